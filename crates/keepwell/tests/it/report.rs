//! The report of a day or a range, which foods something comes from, and what would fill a gap.

use serde_json::{Value, json};
use testkit::{Person, TestServer};

const BANANA: &str = "usda-sr28:09040";
const CHEDDAR: &str = "usda-sr28:01009";

fn part(scope: &str) -> Value {
    json!({"scope": scope, "access": "see"})
}

async fn complete(person: &Person, day: &str) {
    let path = format!("/api/v1/days/{day}");
    drop(person.patch(&path, &json!({"complete": true})).await.expect(200));
}

fn line<'a>(report: &'a Value, nutrient: &str) -> &'a Value {
    let lines = report["nutrients"].as_array().unwrap();
    lines.iter().find(|line| line["nutrient"] == nutrient).unwrap_or(&Value::Null)
}

fn near(value: &Value, expected: f64) -> bool {
    (value.as_f64().unwrap_or(f64::NAN) - expected).abs() < 1e-6
}

#[tokio::test]
async fn a_report_averages_complete_days_and_says_how_many() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    for (day, grams) in [("2026-03-28", 100.0), ("2026-03-29", 300.0), ("2026-03-30", 900.0)] {
        ana.eat(day, BANANA, grams).await;
    }
    complete(&ana, "2026-03-28").await;
    // A day of 23 hours in Berlin.
    complete(&ana, "2026-03-29").await;
    let report = ana.get("/api/v1/report?from=2026-03-01&to=2026-03-31").await.expect(200).json();
    assert_eq!(
        [&report["days"], &report["logged_days"], &report["complete_days"]],
        [&json!(31), &json!(3), &json!(2)]
    );
    assert!(near(&report["energy"]["eaten_kcal"], 178.0), "{report}");
    let potassium = line(&report, "potassium");
    assert!(near(&potassium["amount"], 716.0), "{potassium}");
    assert_eq!(
        (&potassium["days"], &potassium["known"], &potassium["foods"]),
        (&json!(2), &json!(2), &json!(2))
    );
    assert_eq!(line(&report, "iodine"), &Value::Null);
    let shares = report["macronutrients"].as_array().unwrap();
    let all: f64 = shares.iter().map(|one| one["share"].as_f64().unwrap()).sum();
    assert!((all - 1.0).abs() < 1e-9);
    let balances = report["balances"].as_array().unwrap();
    let salts = balances.iter().find(|one| one["key"] == "potassium_sodium").unwrap();
    assert!(near(&salts["ratio"], 358.0));
    assert_eq!(salts["side"], "within");

    // One day is what it is, complete or not.
    let day = ana.get("/api/v1/report?from=2026-03-30&to=2026-03-30").await.expect(200).json();
    assert_eq!([&day["complete_days"], &day["averaged_days"]], [&json!(0), &json!(1)]);
    assert!(near(&day["energy"]["eaten_kcal"], 801.0));
    let nothing = ana.get("/api/v1/report?from=2026-04-01&to=2026-04-30").await.expect(200).json();
    assert_eq!(nothing["averaged_days"], 0);
    assert!(nothing["energy"]["eaten_kcal"].is_null());

    for (query, field) in [
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("from=2025-01-01&to=2026-02-05", "to"),
        ("from=x&to=2026-03-01", "from"),
        ("to=2026-03-01", "from"),
    ] {
        let refused = ana.get(&format!("/api/v1/report?{query}")).await.expect(422);
        assert_eq!(refused.field(), field, "{query}");
    }
}

#[tokio::test]
async fn a_report_compares_with_the_targets_of_its_days() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben) = (server.person("ana").await, server.person("ben").await);
    // 2026-03-02 is a Monday.
    for day in ["2026-03-02", "2026-03-03"] {
        ana.eat(day, BANANA, 100.0).await;
        complete(&ana, day).await;
    }
    let plan = json!({
        "basis": "own", "own_energy_kcal": 1000.0,
        "own": {"potassium": {"min": 716.0, "max": 1432.0}},
        "weekdays": {"monday": {"energy_percent": 200.0}},
    });
    drop(ana.put("/api/v1/plan", &plan).await.expect(200));
    drop(ana.put("/api/v1/settings", &json!({"highlighted": ["potassium"]})).await.expect(200));
    let path = "/api/v1/report?from=2026-03-01&to=2026-03-31";
    let report = ana.get(path).await.expect(200).json();
    assert!(near(&report["energy"]["target_kcal"], 1500.0), "{}", report["energy"]);
    let potassium = line(&report, "potassium");
    assert!(near(&potassium["of_min"], 0.5) && near(&potassium["of_max"], 0.25), "{potassium}");
    assert_eq!(report["highlighted"], json!(["potassium"]));
    let scores = report["scores"].as_array().unwrap();
    let minerals = scores.iter().find(|score| score["key"] == "minerals").unwrap();
    assert!(near(
        &minerals["parts"]
            .as_array()
            .unwrap()
            .iter()
            .find(|part| part["nutrient"] == "potassium")
            .unwrap()["share"],
        0.5
    ));

    let visitor = ana.befriend(&ben, &json!([part("summary"), part("plan")])).await;
    let seen = visitor.get(path).await.expect(200).json();
    assert_eq!((&seen["scores"], &seen["nutrients"]), (&report["scores"], &report["nutrients"]));
    assert!(seen["energy"].get("spent_kcal").is_none());
}

#[tokio::test]
async fn foods_and_meals_tell_what_they_gave() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    ana.eat("2026-03-01", CHEDDAR, 50.0).await;
    ana.eat("2026-03-02", CHEDDAR, 30.0).await;
    ana.eat("2026-03-02", BANANA, 100.0).await;
    complete(&ana, "2026-03-02").await;
    let path = "/api/v1/report/sources?from=2026-03-01&to=2026-03-31&nutrient=calcium";
    let found = ana.get(path).await.expect(200).json();
    assert_eq!(found["from"][0]["food"], CHEDDAR);
    assert_eq!(found["from"][0]["times"], 2);
    assert!(near(&found["from"][0]["grams"], 80.0));
    assert_eq!((&found["days"], &found["complete_days"]), (&json!(2), &json!(1)));
    let groups = found["groups"].as_object().unwrap();
    let foods: u64 = groups.values().map(|group| group["foods"].as_u64().unwrap()).sum();
    assert_eq!(foods, 2);
    let iodine = path.replace("calcium", "iodine");
    let unknown = ana.get(&iodine).await.expect(200).json();
    assert_eq!((&unknown["known"], &unknown["foods"]), (&json!(0), &json!(3)));
    assert!(unknown["from"][0]["amount"].is_null());
    let wrong = ana.get(&path.replace("calcium", "luck")).await.expect(422);
    assert_eq!(wrong.field(), "nutrient");
}

#[tokio::test]
async fn a_visitor_s_report_has_what_was_granted_and_nothing_else() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben, eva) =
        (server.person("ana").await, server.person("ben").await, server.person("eva").await);
    ana.eat("2026-03-01", BANANA, 100.0).await;
    complete(&ana, "2026-03-01").await;
    let report = "/api/v1/report?from=2026-03-01&to=2026-03-31";
    let sources = "/api/v1/report/sources?from=2026-03-01&to=2026-03-31&nutrient=iron";
    let hers = ana.get(report).await.expect(200).json();
    assert!(hers["energy"].get("spent_kcal").is_some());

    let sums = ana.befriend(&ben, &json!([part("summary")])).await;
    let seen = sums.get(report).await.expect(200).json();
    assert_eq!(seen["nutrients"], hers["nutrients"]);
    for absent in ["spent_kcal", "target_kcal"] {
        assert!(seen["energy"].get(absent).is_none(), "{absent}");
    }
    assert!(seen.get("scores").is_none());
    drop(sums.get(sources).await.expect(404));

    let notes = ana.befriend(&eva, &json!([part("notes")])).await;
    drop(notes.get(report).await.expect(404));
    let admin = server.db.admin().await;
    let looks = "select count(*) from audit.event where owner = $1 and holder = $2
        and action = 'looked' and subject = 'summary 2026-03-01..2026-03-31'";
    let looked: i64 = admin.query_one(looks, &[&ana.id, &ben.id]).await.unwrap().get(0);
    assert_eq!(looked, 1);
}

#[tokio::test]
async fn what_would_fill_a_gap_is_asked_of_the_catalogue() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let path = "/api/v1/foods/gap?want=iron:5,vitamin_c:40&per=100kcal&limit=5";
    let found = ana.get(path).await.expect(200).json();
    let whole = found["whole"].as_array().unwrap();
    assert_eq!(whole.len(), 5);
    assert_eq!(whole[0]["amounts"].as_array().unwrap().len(), 2);
    assert!(near(&whole[0]["energy_kcal"], 100.0));
    for (query, field) in [
        ("want=iron", "want"),
        ("want=iron:0", "want"),
        ("want=iron:1&per=pound", "per"),
        ("want=iron:1&limit=1000", "limit"),
        ("per=100g", "want"),
    ] {
        let refused = ana.get(&format!("/api/v1/foods/gap?{query}")).await.expect(422);
        assert_eq!(refused.field(), field, "{query}");
    }
}
