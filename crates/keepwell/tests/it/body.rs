//! Measurements and activities on a day: recorded, changed, moved, and shown to whom they were given.

use keys::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Person, TestServer};
use uuid::Uuid;

use crate::circle::arrange::{Part, share};

const BANANA: &str = "usda-sr28:09040";
const NOVEMBER: &str = "from=2026-11-01&to=2026-11-30";
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

#[tokio::test]
async fn measurements_of_a_range_come_in_the_order_of_time_or_the_last_of_each() {
    let (server, ana) = ana().await;
    let own = format!("own:{}", Uuid::now_v7());
    for (day, mut one) in [
        ("2026-11-18", weight(69.0, "kg")),
        ("2026-11-19", entry("measurement", &json!({"measure": own, "name": "Grip", "value": 40}))),
        ("2026-11-21", weight(151.0, "lb")),
        ("2026-11-21", weight(70.5, "kg")),
        ("2026-12-02", weight(72.0, "kg")),
    ] {
        if one["value"] == 70.5 {
            one["time"] = json!("21:00");
        }
        drop(ana.post(&format!("/api/v1/days/{day}/entries"), &one).await.expect(201));
    }
    let of = |measure: &str| format!("/api/v1/measurements?measure={measure}&{NOVEMBER}");
    let points = ana.get(&of("weight")).await.expect(200).json();
    let shown: Vec<(&str, f64, &str)> = points["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let value = one["value"].as_f64().unwrap();
            (one["date"].as_str().unwrap(), value, one["unit"].as_str().unwrap())
        })
        .collect();
    let expected = [
        ("2026-11-18", 69.0, "kg"),
        ("2026-11-20", 150.0, "lb"),
        ("2026-11-21", 151.0, "lb"),
        ("2026-11-21", 70.5, "kg"),
    ];
    assert_eq!(shown, expected);
    assert_eq!(points["points"][1]["canonical"]["unit"], "kg");
    let grip = ana.get(&of(&own)).await.expect(200).json();
    assert_eq!(grip["points"][0]["name"], "Grip");

    let latest = ana.get(&format!("/api/v1/measurements?{NOVEMBER}")).await.expect(200).json();
    let values: Vec<&Value> =
        latest["points"].as_array().unwrap().iter().map(|one| &one["value"]).collect();
    assert_eq!(values, [&json!(70.5), &json!(40.0)]);
    for bad in [
        "measure=aura&from=2026-11-01&to=2026-11-30",
        "from=2026-11-02&to=2026-11-01",
        "from=2025-01-01&to=2026-11-01",
        "measure=weight",
        "from=2026-11-01&to=2026-11-30&x=1",
    ] {
        drop(ana.get(&format!("/api/v1/measurements?{bad}")).await.expect(422));
    }

    let eats = ana.program("read", &["food", "activity"]).await;
    drop(eats.get(&of("weight")).await.expect(403));
    let scale = ana.program("read", &["body"]).await;
    assert_eq!(scale.get(&of("weight")).await.expect(200).json(), points);
    drop(scale.get(&format!("/api/v1/activities?{NOVEMBER}")).await.expect(403));

    // A friend sees the days that were given.
    let ben = server.person("ben").await;
    let admin = server.db.admin().await;
    let few = [Part::see(Scope::Body, "2026-11-19", "2026-11-20")];
    share(&server, &admin, &ana, ben.id, "friend", &few).await;
    let visitor = ben.visit(ana.id, None);
    let seen = visitor.get(&of("weight")).await.expect(200).json();
    assert_eq!(seen["points"].as_array().unwrap().len(), 1);
    drop(visitor.get(&format!("/api/v1/activities?{NOVEMBER}")).await.expect(404));
    // Items have no day: who was given some days sees none.
    drop(visitor.get("/api/v1/measures").await.expect(404));
}

#[tokio::test]
async fn activities_of_a_range_say_the_minutes_and_the_energy_of_each_day() {
    let (_server, ana) = ana().await;
    drop(ana.post(ENTRIES, &walk(30.0)).await.expect(201));
    drop(ana.post("/api/v1/days/2026-11-22/entries", &walk(15.0)).await.expect(201));
    let days = ana.get(&format!("/api/v1/activities?{NOVEMBER}")).await.expect(200).json();
    let days = days["days"].as_array().unwrap();
    let shown: Vec<(&str, f64, f64)> = days
        .iter()
        .map(|day| {
            let kcal = day["net_kcal"].as_f64().unwrap();
            (day["date"].as_str().unwrap(), day["minutes"].as_f64().unwrap(), kcal.round())
        })
        .collect();
    assert_eq!(shown, [("2026-11-20", 90.0, 294.0), ("2026-11-22", 15.0, 49.0)]);
    assert_eq!(days[0]["activities"].as_array().unwrap().len(), 2);

    let found = ana.get("/api/v1/compendium?query=hund").await.expect(200).json();
    assert_eq!(found["activities"][0]["code"], "17165");
    let everyday = ana.get("/api/v1/compendium").await.expect(200).json();
    assert!(everyday["activities"].as_array().unwrap().len() >= 8);
}

#[tokio::test]
async fn own_measures_and_activities_are_kept_renamed_and_removed() {
    let (_server, ana) = ana().await;
    let (grip, row) = (Uuid::now_v7(), Uuid::now_v7());
    let measure = format!("/api/v1/measures/{grip}");
    let named = json!({"name": "Grip", "unit": "kg"});
    drop(ana.put(&measure, &named).await.expect(201));
    drop(ana.put(&measure, &named).await.expect(200));
    let other = format!("/api/v1/measures/{}", Uuid::now_v7());
    assert_eq!(ana.put(&other, &json!({"name": "GRIP"})).await.expect(422).field(), "name");
    let value =
        json!({"measure": format!("own:{grip}"), "name": "Grip", "unit": "kg", "value": 40});
    drop(ana.post(ENTRIES, &entry("measurement", &value)).await.expect(201));
    drop(ana.put(&measure, &json!({"name": "Grip, left", "unit": "kg"})).await.expect(200));
    let list = ana.get("/api/v1/measures").await.expect(200).json();
    assert_eq!(list["own"], json!([{"id": grip, "name": "Grip, left", "unit": "kg"}]));
    assert_eq!(list["measures"][0]["units"], json!(["kg", "lb", "st"]));
    drop(ana.delete(&measure).await.expect(204));
    drop(ana.delete(&measure).await.expect(204));
    assert_eq!(ana.get("/api/v1/measures").await.expect(200).json()["own"], json!([]));
    // What was measured stays, with the name that it had.
    assert!(ana.get(DAY).await.expect(200).text.contains("\"Grip\""));

    let activity = format!("/api/v1/activities/own/{row}");
    drop(ana.put(&activity, &json!({"name": "Rowing with Eva", "met": 5})).await.expect(201));
    assert_eq!(
        ana.put(&activity, &json!({"name": "x", "met": 99})).await.expect(422).field(),
        "met"
    );
    let list = ana.get("/api/v1/activities/own").await.expect(200).json();
    assert_eq!(list["own"], json!([{"id": row, "name": "Rowing with Eva", "met": 5.0}]));
    drop(ana.delete(&activity).await.expect(204));

    let scale = ana.program("read", &["body"]).await;
    drop(scale.get("/api/v1/measures").await.expect(200));
    drop(scale.get("/api/v1/activities/own").await.expect(403));
    drop(scale.send(Method::PUT, &measure, &named).await.expect(403));
}

#[tokio::test]
async fn a_fast_runs_ends_and_counts_and_never_do_two() {
    let (server, ana) = ana().await;
    let now = jiff::Timestamp::now();
    let at = |hours: i64| {
        let at = now - jiff::SignedDuration::from_hours(hours);
        json!({"at": at.to_string(), "zone": "Europe/Berlin"})
    };
    let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
    let path = |id: Uuid| format!("/api/v1/fasts/{id}");
    let running = json!({"begins": at(10), "goal_hours": 16});
    drop(ana.put(&path(one), &running).await.expect(201));
    drop(ana.put(&path(one), &running).await.expect(200));
    let other = ana.put(&path(two), &json!({"begins": at(2)})).await.expect(409);
    assert!(other.text.contains("another fast is running"), "{}", other.text);
    let fasts = ana.get("/api/v1/fasts").await.expect(200).json();
    assert_eq!(
        (fasts["fasts"].as_array().unwrap().len(), &fasts["statistics"]["count"]),
        (1, &json!(0))
    );
    assert_eq!(fasts["fasts"][0]["ends"], Value::Null);

    let ended = json!({"begins": at(20), "ends": at(3), "goal_hours": 16});
    let ended = ana.put(&path(one), &ended).await.expect(200).json();
    assert_eq!((&ended["hours"], &ended["reached"]), (&json!(17.0), &json!(true)));
    let within = json!({"begins": at(5), "ends": at(4)});
    assert_eq!(ana.put(&path(two), &within).await.expect(422).field(), "begins");
    drop(ana.put(&path(two), &json!({"begins": at(2)})).await.expect(201));
    let fasts = ana.get("/api/v1/fasts").await.expect(200).json();
    assert_eq!(fasts["fasts"][0]["id"], json!(two), "the newest first");
    assert_eq!(fasts["statistics"]["reached"], 1);
    // A fast is food's: the day and its mark know nothing of it.
    drop(ana.program("read", &["food"]).await.get("/api/v1/fasts").await.expect(200));
    drop(ana.program("read", &["body"]).await.get("/api/v1/fasts").await.expect(403));

    let (ben, eva) = (server.person("ben").await, server.person("eva").await);
    let admin = server.db.admin().await;
    let whole = [Part::see(Scope::Food, "1900-01-01", "2079-06-06")];
    share(&server, &admin, &ana, ben.id, "friend", &whole).await;
    let some = [Part::see(Scope::Food, "2026-11-01", "2026-11-30")];
    share(&server, &admin, &ana, eva.id, "friend", &some).await;
    assert_eq!(ben.visit(ana.id, None).get("/api/v1/fasts").await.expect(200).json(), fasts);
    drop(eva.visit(ana.id, None).get("/api/v1/fasts").await.expect(404));
    drop(ben.visit(ana.id, None).delete(&path(two)).await.expect(403));

    drop(ana.delete(&path(two)).await.expect(204));
    drop(ana.delete(&path(two)).await.expect(204));
    assert_eq!(
        ana.get("/api/v1/fasts").await.expect(200).json()["fasts"].as_array().unwrap().len(),
        1
    );
    let altered =
        "update diary.record_item set version = version + 1 where owner = $1 and scope = 'food'";
    assert_eq!(admin.execute(altered, &[&ana.id]).await.unwrap(), 1);
    let refused = ana.get("/api/v1/fasts").await.expect(500).json();
    assert_eq!(refused["type"], "urn:keepwell:problem:altered-record");
}
