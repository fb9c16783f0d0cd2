//! Measurements and activities on a day: recorded, changed, moved, and shown to whom they were given.

use keys::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Person, TestServer};
use uuid::Uuid;

use crate::circle::arrange::{Part, share};

const BANANA: &str = "usda-sr28:09040";
const DAY: &str = "/api/v1/days/2026-11-20";
const ENTRIES: &str = "/api/v1/days/2026-11-20/entries";

/// An entry of this kind.
fn entry(kind: &str, fields: &Value) -> Value {
    let mut entry =
        json!({"id": Uuid::now_v7(), "kind": kind, "time": "07:30", "zone": "Europe/Berlin"});
    for (field, value) in fields.as_object().unwrap() {
        entry[field] = value.clone();
    }
    entry
}

fn weight(value: f64, unit: &str) -> Value {
    entry("measurement", &json!({"measure": "weight", "value": value, "unit": unit}))
}

fn walk(minutes: f64) -> Value {
    entry("activity", &json!({"activity": "17190", "minutes": minutes, "weight_kg": 70.0}))
}

fn kinds(day: &Value) -> Vec<&str> {
    day["entries"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

/// Ana, with a food, a note, a weight and a walk on one day.
async fn ana() -> (TestServer, Person) {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    ana.eat("2026-11-20", BANANA, 100.0).await;
    let note = json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": "slept well"});
    for one in [note, weight(150.0, "lb"), walk(60.0)] {
        drop(ana.post(ENTRIES, &one).await.expect(201));
    }
    (server, ana)
}

#[tokio::test]
async fn a_measurement_is_kept_as_it_was_typed_and_compared_in_one_unit() {
    let (_server, ana) = ana().await;
    let day = ana.get(DAY).await.expect(200).json();
    assert_eq!(kinds(&day), ["food", "note", "measurement", "activity"]);
    let measured = &day["entries"][2];
    assert_eq!((&measured["value"], &measured["unit"]), (&json!(150.0), &json!("lb")));
    assert_eq!(measured["canonical"], json!({"value": 68.038_855_5, "unit": "kg"}));

    let pressure = entry(
        "measurement",
        &json!({"measure": "blood_pressure", "value": 121, "second": 79, "unit": "mmHg", "note": "left arm"}),
    );
    let day = ana.post(ENTRIES, &pressure).await.expect(201).json();
    let shown = day["entries"].as_array().unwrap().iter().find(|one| one["id"] == pressure["id"]);
    assert_eq!(
        (&shown.unwrap()["second"], &shown.unwrap()["note"]),
        (&json!(79.0), &json!("left arm"))
    );
    // Sending it again changes nothing.
    assert_eq!(ana.post(ENTRIES, &pressure).await.expect(200).json(), day);

    let own = entry(
        "measurement",
        &json!({"measure": format!("own:{}", Uuid::now_v7()), "name": "Grip", "unit": "kgf", "value": 41.5}),
    );
    let day = ana.post(ENTRIES, &own).await.expect(201).json();
    let shown = day["entries"].as_array().unwrap().iter().find(|one| one["id"] == own["id"]);
    assert_eq!((&shown.unwrap()["name"], &shown.unwrap()["unit"]), (&json!("Grip"), &json!("kgf")));

    for (field, wrong) in [
        ("value", json!({"measure": "weight", "value": 900, "unit": "kg"})),
        ("unit", json!({"measure": "weight", "value": 70, "unit": "cm"})),
        ("unit", json!({"measure": "weight", "value": 70})),
        ("measure", json!({"measure": "aura", "value": 70, "unit": "kg"})),
        ("second", json!({"measure": "weight", "value": 70, "unit": "kg", "second": 60})),
        (
            "second",
            json!({"measure": "blood_pressure", "value": 80, "second": 120, "unit": "mmHg"}),
        ),
        ("second", json!({"measure": "blood_pressure", "value": 80, "unit": "mmHg"})),
        ("name", json!({"measure": "weight", "value": 70, "unit": "kg", "name": "mine"})),
        ("name", json!({"measure": format!("own:{}", Uuid::nil()), "value": 70})),
        ("ml", json!({"measure": "weight", "value": 70, "unit": "kg", "ml": 10})),
    ] {
        let answer = ana.post(ENTRIES, &entry("measurement", &wrong)).await.expect(422).json();
        assert_eq!(answer["errors"][0]["field"], field, "{wrong}");
    }
}

#[tokio::test]
async fn an_activity_says_what_it_took_and_the_day_what_all_took_above_rest() {
    let (_server, ana) = ana().await;
    let day = ana.get(DAY).await.expect(200).json();
    let walked = &day["entries"][3];
    assert_eq!(walked["name_de"], "Gehen, 4,5–5,5 km/h, mittel");
    let close = |value: &Value, expected: f64| {
        assert!((value.as_f64().unwrap() - expected).abs() < 1e-9, "{value}, not {expected}");
    };
    // 3.8 MET for an hour and 70 kg: 266 kcal, 70 of them what rest takes.
    close(&walked["kcal"], 266.0);
    close(&walked["net_kcal"], 196.0);
    close(&day["spent_kcal"], 196.0);

    let rowed = entry("activity", &json!({"name": "Rowing with Eva", "minutes": 30, "kcal": 250}));
    let day = ana.post(ENTRIES, &rowed).await.expect(201).json();
    close(&day["spent_kcal"], 446.0);
    let path = format!("{ENTRIES}/{}", rowed["id"].as_str().unwrap());
    let day = ana.patch(&path, &json!({"met": 5.0, "weight_kg": 70, "note": "calm water"})).await;
    close(&day.expect(200).json()["spent_kcal"], 196.0 + 140.0);
    let path = format!("{ENTRIES}/{}", walked["id"].as_str().unwrap());
    let day = ana.patch(&path, &json!({"minutes": 30})).await.expect(200).json();
    close(&day["spent_kcal"], 98.0 + 140.0);

    for (field, wrong) in [
        ("activity", json!({"activity": "99999", "minutes": 30, "weight_kg": 70})),
        ("minutes", json!({"activity": "17190", "weight_kg": 70})),
        ("minutes", json!({"activity": "17190", "minutes": 0, "weight_kg": 70})),
        ("weight_kg", json!({"activity": "17190", "minutes": 30})),
        ("met", json!({"name": "Juggling knives", "minutes": 30, "weight_kg": 70})),
        ("met", json!({"activity": "17190", "minutes": 30, "weight_kg": 70, "met": 99})),
        ("kcal", json!({"activity": "17190", "minutes": 30, "weight_kg": 70, "kcal": 100})),
        ("name", json!({"activity": "17190", "minutes": 30, "weight_kg": 70, "name": "mine"})),
    ] {
        let answer = ana.post(ENTRIES, &entry("activity", &wrong)).await.expect(422).json();
        assert_eq!(answer["errors"][0]["field"], field, "{wrong}");
    }
}

#[tokio::test]
async fn they_are_amended_moved_copied_and_removed_as_food_is() {
    let (_server, ana) = ana().await;
    let day = ana.get(DAY).await.expect(200).json();
    let (measured, walked) = (&day["entries"][2]["id"], &day["entries"][3]["id"]);
    let path = |id: &Value| format!("{ENTRIES}/{}", id.as_str().unwrap());
    let day = ana
        .patch(&path(measured), &json!({"value": 151, "time": "06:00"}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&day["entries"][2]["value"], &day["entries"][2]["time"]),
        (&json!(151.0), &json!("06:00"))
    );
    drop(ana.patch(&path(measured), &json!({"minutes": 5})).await.expect(422));
    drop(ana.patch(&path(walked), &json!({"value": 5})).await.expect(422));

    let day = ana.patch(&path(measured), &json!({"day": "2026-11-19"})).await.expect(200).json();
    assert_eq!(kinds(&day), ["food", "note", "activity"]);
    let copies = json!({"from": "2026-11-20", "entries": [{"id": Uuid::now_v7(), "of": walked}]});
    let other = ana.post("/api/v1/days/2026-11-19/copies", &copies).await.expect(201).json();
    assert_eq!(kinds(&other), ["measurement", "activity"]);
    let day = ana.delete(&path(walked)).await.expect(200).json();
    assert_eq!((kinds(&day), &day["spent_kcal"]), (vec!["food", "note"], &json!(0.0)));
    // Moving and removing again changes nothing.
    drop(ana.patch(&path(measured), &json!({"day": "2026-11-19"})).await.expect(200));
    drop(ana.delete(&path(walked)).await.expect(200));
}

#[tokio::test]
async fn a_day_with_a_weight_alone_is_no_day_of_food() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    drop(ana.post(ENTRIES, &weight(70.0, "kg")).await.expect(201));
    drop(ana.post(ENTRIES, &walk(10.0)).await.expect(201));
    let logged = "/api/v1/logged?from=2026-11-01&to=2026-11-30";
    assert_eq!(ana.get(logged).await.expect(200).json()["days"], json!([]));
    let range = ana.get("/api/v1/days?from=2026-11-01&to=2026-11-30").await.expect(200).json();
    assert_eq!(range["days"], json!([]));
    let rows = "select scope::text from diary.record_day where owner = $1 order by 1";
    let rows = server.db.admin().await.query(rows, &[&ana.id]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<&str>>(), ["activity", "body"]);
}

#[tokio::test]
async fn a_token_of_the_body_sees_and_writes_weights_and_nothing_else() {
    let (_server, ana) = ana().await;
    let scale = ana.program("write", &["body"]).await;
    let day = scale.get(DAY).await.expect(200).json();
    assert_eq!((kinds(&day), &day["only"]), (vec!["measurement"], &json!(["body"])));
    assert_eq!((&day["foods"], &day["spent_kcal"]), (&json!(0), &json!(0.0)));
    drop(scale.post(ENTRIES, &weight(69.0, "kg")).await.expect(201));
    let refused = scale.post(ENTRIES, &walk(10.0)).await.expect(403).json();
    assert!(refused["detail"].as_str().unwrap().contains("activity"), "{refused}");
    drop(scale.get("/api/v1/days?from=2026-11-01&to=2026-11-30").await.expect(403));
    // What it does not see it cannot touch.
    let hers = ana.get(DAY).await.expect(200).json();
    let walked = hers["entries"].as_array().unwrap().iter().find(|one| one["kind"] == "activity");
    let path = format!("{ENTRIES}/{}", walked.unwrap()["id"].as_str().unwrap());
    drop(scale.send(Method::PATCH, &path, &json!({"minutes": 1})).await.expect(404));

    let watch = ana.program("write", &["activity"]).await;
    let day = watch.post(ENTRIES, &walk(10.0)).await.expect(201).json();
    assert_eq!((kinds(&day), &day["only"]), (vec!["activity", "activity"], &json!(["activity"])));
    drop(watch.post(ENTRIES, &weight(69.0, "kg")).await.expect(403));
}

#[tokio::test]
async fn a_scale_leaves_weights_that_its_owner_files() {
    let (_server, ana) = ana().await;
    let scale = ana.program("write_only", &["body"]).await;
    let left = json!({"day": "2026-11-21", "entry": weight(69.5, "kg")});
    drop(scale.post("/api/v1/inbox", &left).await.expect(202));
    drop(scale.get(DAY).await.expect(403));
    let walked = json!({"day": "2026-11-21", "entry": walk(5.0)});
    drop(scale.post("/api/v1/inbox", &walked).await.expect(403));
    let merged = ana.post("/api/v1/inbox/merge", &json!({})).await.expect(200).json();
    assert_eq!(merged["merged"], json!([{"day": "2026-11-21", "count": 1}]));
    let day = ana.get("/api/v1/days/2026-11-21").await.expect(200).json();
    assert_eq!((kinds(&day), &day["entries"][0]["value"]), (vec!["measurement"], &json!(69.5)));
}

#[tokio::test]
async fn a08_a_friend_with_the_body_alone_sees_weights_and_one_with_food_none() {
    let (server, ana) = ana().await;
    let (ben, eva) = (server.person("ben").await, server.person("eva").await);
    let admin = server.db.admin().await;
    let november = |scope| Part::see(scope, "2026-11-01", "2026-11-30");
    share(&server, &admin, &ana, ben.id, "friend", &[november(Scope::Body)]).await;
    let food = [november(Scope::Food), november(Scope::Summary), november(Scope::Logged)];
    share(&server, &admin, &ana, eva.id, "friend", &food).await;

    let (ben, eva) = (ben.visit(ana.id, None), eva.visit(ana.id, None));
    let seen = ben.get(DAY).await.expect(200);
    assert_eq!(
        (kinds(&seen.json()), &seen.json()["only"]),
        (vec!["measurement"], &json!(["body"]))
    );
    assert!(!seen.text.contains("slept well") && !seen.text.contains("banana"), "{}", seen.text);
    drop(ben.get("/api/v1/days/2026-12-01").await.expect(404));
    drop(ben.post(ENTRIES, &weight(69.0, "kg")).await.expect(403));
    let seen = eva.get(DAY).await.expect(200).json();
    assert_eq!((kinds(&seen), &seen["only"]), (vec!["food"], &json!(["food"])));
    assert_eq!(seen["spent_kcal"], 0.0);
    let looked =
        "select subject from audit.event where owner = $1 and action = 'looked' order by seq";
    let looked = admin.query(looked, &[&ana.id]).await.unwrap();
    let looked: Vec<&str> = looked.iter().map(|row| row.get(0)).collect();
    assert_eq!(looked, ["body 2026-11-20", "food 2026-11-20"]);
}

#[tokio::test]
async fn a_friend_who_writes_activities_signs_what_they_add() {
    let (server, ana) = ana().await;
    let ben = server.person("ben").await;
    let admin = server.db.admin().await;
    let parts = [Part::write(Scope::Activity, "2026-11-01", "2026-11-30")];
    share(&server, &admin, &ana, ben.id, "friend", &parts).await;
    let visitor = ben.visit(ana.id, None);
    let walked = walk(20.0);
    drop(visitor.post(ENTRIES, &walked).await.expect(201));
    drop(visitor.post(ENTRIES, &weight(60.0, "kg")).await.expect(403));
    let author = |day: &Value| {
        let entries = day["entries"].as_array().unwrap();
        entries.iter().find(|one| one["id"] == walked["id"]).unwrap()["author"].clone()
    };
    assert_eq!(author(&ana.get(DAY).await.expect(200).json()), json!(ben.id));
    // What the owner changes is the owner's.
    let path = format!("{ENTRIES}/{}", walked["id"].as_str().unwrap());
    let day = ana.patch(&path, &json!({"minutes": 25})).await.expect(200).json();
    assert_eq!(author(&day), Value::Null);
}

#[tokio::test]
async fn a07_after_a_withdrawal_weights_have_new_keys_and_their_owner_goes_on() {
    let (server, mut ana) = ana().await;
    let ben = server.person("ben").await;
    let admin = server.db.admin().await;
    let parts = [
        Part::see(Scope::Body, "1900-01-01", "2079-06-06"),
        Part::see(Scope::Activity, "1900-01-01", "2079-06-06"),
    ];
    share(&server, &admin, &ana, ben.id, "friend", &parts).await;
    let visitor = ben.visit(ana.id, None);
    let day = visitor.get(DAY).await.expect(200).json();
    assert_eq!(kinds(&day), ["measurement", "activity"]);
    let rows = "select scope::text, epoch, body_sealed from diary.record_day
        where owner = $1 and scope in ('body', 'activity', 'notes') order by 1";
    let before = admin.query(rows, &[&ana.id]).await.unwrap();

    ana.prove().await;
    drop(ana.delete(&format!("/api/v1/sharing/{}", ben.id)).await.expect(204));
    drop(visitor.get(DAY).await.expect(404));
    let after = admin.query(rows, &[&ana.id]).await.unwrap();
    let epochs: Vec<(String, i32)> = after.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(epochs, [("activity".into(), 2), ("body".into(), 2), ("notes".into(), 1)]);
    for (old, new) in before.iter().zip(&after).take(2) {
        let (old, new): (Vec<u8>, Vec<u8>) = (old.get(2), new.get(2));
        assert!(old != new && old.len() == new.len());
    }
    let hers = ana.get(DAY).await.expect(200).json();
    assert_eq!(kinds(&hers), ["food", "note", "measurement", "activity"]);
    drop(ana.post(ENTRIES, &weight(71.0, "kg")).await.expect(201));
}
