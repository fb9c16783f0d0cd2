//! Who was let in, holds a token or sends what nobody should, against what people keep beside their days
//! and measure on them: plan, library, measures, fasts.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Person, TestServer, day_entry};
use uuid::Uuid;

const SETTINGS: &str = "/api/v1/settings";
const LIBRARY: &str = "/api/v1/library";
const DAY: &str = "/api/v1/days/2026-03-01";
const NOTHING_GIVEN: &[(&str, &str)] = &[
    ("library", LIBRARY),
    ("plan", SETTINGS),
    ("plan", "/api/v1/plan"),
    ("plan", "/api/v1/plan/targets?date=2026-03-01"),
    ("plan", "/api/v1/expenditure?date=2026-03-01"),
    ("food", "/api/v1/fasts"),
    ("body", "/api/v1/measures"),
    ("body", "/api/v1/measurements?from=2026-03-01&to=2026-03-31"),
    ("activity", "/api/v1/activities?from=2026-03-01&to=2026-03-31"),
    ("summary", "/api/v1/report?from=2026-03-01&to=2026-03-31"),
];

fn part(scope: &str, access: &str) -> Value {
    json!({"scope": scope, "access": access})
}

fn food(name: &str) -> Value {
    json!({
        "kind": "food", "name": name,
        "label": {"shape": "eu", "amount": 100, "unit": "g", "lines": [
            {"key": "energy", "amount": 1567, "unit": "kJ"},
        ]},
        "portions": [{"seq": 1, "name": "1 bowl", "grams": 40}],
    })
}

fn recipe(name: &str, of: &[Uuid]) -> Value {
    let parts: Vec<Value> =
        of.iter().map(|id| json!({"food": format!("own:{id}"), "amount": 100})).collect();
    json!({"kind": "recipe", "name": name, "portions": 1, "portion_name": "all", "parts": parts})
}

async fn keep(person: &Person, id: Uuid, item: &Value) {
    drop(person.put(&format!("{LIBRARY}/{id}"), item).await.expect(200));
}

async fn foods(person: &Person) -> Vec<Value> {
    person.get(LIBRARY).await.expect(200).json()["foods"].as_array().unwrap().clone()
}

/// A measurement of Ana's weight and a walk on a day.
async fn measure_and_walk(person: &Person, day: &str) {
    for (kind, entry) in [
        ("measurement", json!({"measure": "weight", "value": 70, "unit": "kg"})),
        ("activity", json!({"activity": "17190", "minutes": 30, "weight_kg": 70})),
    ] {
        let mut sent = json!({"id": Uuid::now_v7(), "kind": kind, "time": "08:00", "zone": "UTC"});
        sent.as_object_mut().unwrap().extend(entry.as_object().unwrap().clone());
        drop(person.post(&format!("/api/v1/days/{day}/entries"), &sent).await.expect(201));
    }
}

#[tokio::test]
async fn a08_a_visitor_and_a_token_reach_each_thing_with_its_own_scope_only() {
    let server = TestServer::start(keepwell::router).await;
    let mut ana = server.person("ana").await;
    ana.eat("2026-03-01", "usda-sr28:09040", 100.0).await;
    measure_and_walk(&ana, "2026-03-01").await;
    keep(&ana, Uuid::now_v7(), &food("Ana's granola")).await;
    drop(ana.put(SETTINGS, &json!({"water_goal_ml": 1_900})).await.expect(200));
    let all = ["food", "summary", "logged", "activity", "body", "notes", "plan", "library"];
    for missing in ["library", "plan", "food", "body", "activity", "summary"] {
        let rest: Vec<&str> = all.into_iter().filter(|scope| *scope != missing).collect();
        let friend = server.person(&format!("without-{missing}")).await;
        let parts: Vec<Value> = rest.iter().map(|scope| part(scope, "see")).collect();
        let visitor = ana.befriend(&friend, &Value::from(parts)).await;
        ana.prove().await;
        let program = ana.program("read", &rest).await;
        let nobody = friend.visit(Uuid::now_v7(), None);
        for (scope, path) in NOTHING_GIVEN {
            // What follows from several parts needs each of them, or says less.
            let needs = *scope == missing
                || path.contains("expenditure") && ["summary", "body"].contains(&missing);
            let (seen, read) = (visitor.get(path).await, program.get(path).await);
            if needs {
                assert_eq!(
                    seen.expect(404).text,
                    nobody.get(path).await.expect(404).text,
                    "{path}"
                );
                drop(read.expect(403));
            } else {
                drop((seen.expect(200), read.expect(200)));
            }
        }
        let day = visitor.get(DAY).await.expect(200).json();
        let kinds: Vec<&str> = day["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["kind"].as_str().unwrap())
            .collect();
        for (scope, kind) in [("food", "food"), ("body", "measurement"), ("activity", "activity")] {
            assert_eq!(kinds.contains(&kind), missing != scope, "{kind} without {missing}");
        }
    }
}

#[tokio::test]
async fn a08_some_days_show_their_measurements_and_no_list_of_what_is_measured() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben) = (server.person("ana").await, server.person("ben").await);
    for day in ["2026-02-28", "2026-03-01", "2026-04-01"] {
        measure_and_walk(&ana, day).await;
    }
    let march = |scope: &str| json!({"scope": scope, "access": "write", "first_day": "2026-03-01", "last_day": "2026-03-31"});
    let parts = Value::from(["food", "body", "activity"].map(march).to_vec());
    let visitor = ana.befriend(&ben, &parts).await;
    for (path, list) in [("measurements?measure=weight&", "points"), ("activities?", "activities")]
    {
        let path = format!("/api/v1/{path}from=2026-01-01&to=2026-06-30");
        let seen = visitor.get(&path).await.expect(200).json();
        let own = ana.get(&path).await.expect(200).json();
        let count = |all: &Value| {
            let all = all.as_object().unwrap();
            let list = all.get(list).or_else(|| all.values().find(|value| value.is_array()));
            list.unwrap().as_array().unwrap().len()
        };
        assert_eq!((count(&seen), count(&own)), (1, 3), "{path}: {seen}");
        assert!(!seen.to_string().contains("2026-02") && !seen.to_string().contains("2026-04"));
    }
    let own = Uuid::now_v7();
    for (method, path, body) in [
        (Method::GET, "/api/v1/measures".to_owned(), Value::Null),
        (Method::PUT, format!("/api/v1/measures/{own}"), json!({"name": "Grip", "unit": "kg"})),
        (Method::DELETE, format!("/api/v1/measures/{own}"), Value::Null),
        (Method::GET, "/api/v1/fasts".to_owned(), Value::Null),
        (Method::GET, LIBRARY.to_owned(), Value::Null),
    ] {
        let request = visitor.request(method.clone(), &path);
        let request = if body.is_null() { request } else { request.json(&body) };
        drop(ben.answer(request).await.expect(404));
    }
    // A day outside, by every way in.
    let weight = json!({"id": Uuid::now_v7(), "kind": "measurement", "time": "08:00", "zone": "UTC",
        "measure": "weight", "value": 40, "unit": "kg"});
    drop(visitor.post("/api/v1/days/2026-04-01/entries", &weight).await.expect(404));
    drop(visitor.post("/api/v1/days/2026-03-02/entries", &weight).await.expect(201));
}

#[tokio::test]
async fn calm_mode_is_switched_by_its_owner_alone() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben) = (server.person("ana").await, server.person("ben").await);
    let visitor = ana.befriend(&ben, &json!([part("plan", "write")])).await;
    let calm = async || {
        let settings = ana.get(SETTINGS).await.expect(200).json();
        (settings["calm"] == json!(true), settings["calm_for_visitors"] == json!(true))
    };
    let wish = json!({"calm": true, "calm_for_visitors": true, "water_goal_ml": 1_500});
    let kept = visitor.put(SETTINGS, &wish).await.expect(200).json();
    assert_eq!((&kept["calm"], &kept["water_goal_ml"]), (&json!(false), &json!(1_500.0)));
    assert_eq!(calm().await, (false, false));
    drop(ana.put(SETTINGS, &wish).await.expect(200));
    assert_eq!(calm().await, (true, true));
    drop(visitor.put(SETTINGS, &json!({"water_goal_ml": 1_600})).await.expect(200));
    assert_eq!(calm().await, (true, true));
    drop(ana.put(SETTINGS, &json!({})).await.expect(200));
    assert_eq!(calm().await, (false, false));
}

#[tokio::test]
async fn a04_the_number_of_another_s_thing_opens_and_changes_nothing() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let id = Uuid::now_v7();
    keep(&ana, id, &food("Ana's granola")).await;
    let item = format!("{LIBRARY}/{id}");
    drop(ben.get(&item).await.expect(404));
    let eaten = day_entry(Uuid::now_v7(), &format!("own:{id}"), 100.0);
    let refused = ben.post(&format!("{DAY}/entries"), &eaten).await.expect(422);
    assert!(!refused.text.contains("granola"), "{}", refused.text);
    drop(ben.put(&format!("{LIBRARY}/{}", Uuid::now_v7()), &recipe("x", &[id])).await.expect(422));
    // The same number in his own library is another thing.
    keep(&ben, id, &food("Ben's muesli")).await;
    drop(ben.delete(&item).await.expect(204));
    assert_eq!(foods(&ana).await[0]["name"], "Ana's granola");
}

#[tokio::test]
async fn what_is_too_much_too_long_or_goes_in_circles_is_refused() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let ids: Vec<Uuid> = (0..4).map(|_| Uuid::now_v7()).collect();
    let [base, one, two, three] = ids[..] else { unreachable!("four") };
    keep(&ana, base, &food("base")).await;
    keep(&ana, one, &recipe("one", &[base])).await;
    keep(&ana, two, &recipe("two", &[one])).await;
    keep(&ana, three, &recipe("three", &[two, one])).await;
    for (id, of) in [(one, one), (one, two), (one, three), (two, three)] {
        let around = recipe("around", &[base, of]);
        assert_eq!(ana.put(&format!("{LIBRARY}/{id}"), &around).await.status.as_u16(), 422);
    }
    // In one request, too, whatever comes first.
    for order in [[one, two], [two, one]] {
        let items: Vec<Value> = order
            .iter()
            .map(|id| json!({"id": id, "item": recipe("r", &[if *id == one { two } else { one }])}))
            .collect();
        drop(ana.post(LIBRARY, &json!({ "items": items })).await.expect(422));
    }
    let mut long = food(&"n".repeat(10_000));
    assert_eq!(ana.put(&format!("{LIBRARY}/{base}"), &long).await.status.as_u16(), 422);
    long["name"] = json!("short");
    long["note"] = json!("n".repeat(900_000));
    let refused = ana.put(&format!("{LIBRARY}/{base}"), &long).await.status.as_u16();
    assert!([413, 422].contains(&refused), "{refused}");
    let mut many = food("many");
    many["portions"] =
        (0..70_000).map(|seq| json!({"seq": seq % 60_000, "name": "p", "grams": 1})).collect();
    let refused = ana.put(&format!("{LIBRARY}/{base}"), &many).await.status.as_u16();
    assert!([413, 422].contains(&refused), "{refused}");
    for amount in [json!(1e308), json!(-1), json!(0), json!("NaN"), Value::Null] {
        let mut odd = recipe("odd", &[base]);
        odd["parts"][0]["amount"] = amount.clone();
        let refused = ana.put(&format!("{LIBRARY}/{}", Uuid::now_v7()), &odd).await;
        assert!(refused.status.is_client_error(), "{amount}: {}", refused.text);
    }

    // Two thousand, and not one more; what is there can still be changed and taken away.
    let mut numbers = Vec::new();
    for hundred in 0..20 {
        let batch: Vec<Uuid> =
            (0..if hundred == 19 { 96 } else { 100 }).map(|_| Uuid::now_v7()).collect();
        let items: Vec<Value> =
            batch.iter().map(|id| json!({"id": id, "item": food("one of many")})).collect();
        drop(ana.post(LIBRARY, &json!({ "items": items })).await.expect(200));
        numbers.extend(batch);
    }
    let more = format!("{LIBRARY}/{}", Uuid::now_v7());
    drop(ana.put(&more, &food("one more")).await.expect(422));
    keep(&ana, numbers[0], &food("changed")).await;
    drop(ana.delete(&format!("{LIBRARY}/{}", numbers[1])).await.expect(204));
    drop(ana.put(&more, &food("one more")).await.expect(200));
}

#[tokio::test]
async fn a24_devices_that_keep_things_at_once_lose_none() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let phone = ana.sign_in().await;
    let mut kept = Vec::new();
    for turn in 0..5 {
        let ids: Vec<Uuid> = (0..4).map(|_| Uuid::now_v7()).collect();
        let put = async |who: &Person, id: Uuid| {
            let mut answer = who.put(&format!("{LIBRARY}/{id}"), &food(&format!("{turn}"))).await;
            // Whoever is told so sends it again.
            while answer.status.as_u16() == 409 {
                answer = who.put(&format!("{LIBRARY}/{id}"), &food(&format!("{turn}"))).await;
            }
            drop(answer.expect(200));
        };
        tokio::join!(
            put(&ana, ids[0]),
            put(&phone, ids[1]),
            put(&ana, ids[2]),
            put(&phone, ids[3])
        );
        kept.extend(ids);
    }
    let there = foods(&ana).await;
    assert_eq!(there.len(), kept.len());
    for id in kept {
        assert!(there.iter().any(|food| food["id"] == json!(id)), "{id} is lost");
    }
}

#[tokio::test]
async fn a14_a_program_that_only_adds_leaves_what_belongs_to_its_parts() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let notes = ana.program("write_only", &["notes", "plan", "library"]).await;
    let scale = ana.program("write_only", &["body"]).await;
    let left = |kind: &str, more: &Value| {
        let mut entry = json!({"id": Uuid::now_v7(), "kind": kind, "time": "08:00", "zone": "UTC"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"day": "2026-03-01", "entry": entry})
    };
    let weight = left("measurement", &json!({"measure": "weight", "value": 70, "unit": "kg"}));
    let walk = left("activity", &json!({"activity": "17190", "minutes": 30, "weight_kg": 70}));
    drop(notes.post("/api/v1/inbox", &weight).await.expect(403));
    drop(notes.post("/api/v1/inbox", &walk).await.expect(403));
    drop(scale.post("/api/v1/inbox", &walk).await.expect(403));
    for path in [SETTINGS, LIBRARY, "/api/v1/measures", "/api/v1/plan"] {
        drop(notes.get(path).await.expect(403));
        drop(scale.get(path).await.expect(403));
    }
    drop(notes.send(Method::PUT, SETTINGS, &json!({})).await.expect(403));
    drop(scale.post("/api/v1/inbox", &weight).await.expect(202));
    drop(ana.post("/api/v1/inbox/merge", &json!({})).await.expect(200));
    let day = ana.get(DAY).await.expect(200).json();
    assert_eq!(day["entries"][0]["kind"], "measurement");
}
