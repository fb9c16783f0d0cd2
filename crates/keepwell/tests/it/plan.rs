//! What a person aims for and how the diary is shown: theirs alone, and whose they let in.

use serde_json::{Value, json};
use testkit::{Person, TestServer};
use uuid::Uuid;

const SETTINGS: &str = "/api/v1/settings";
const PLAN: &str = "/api/v1/plan";
const TARGETS: &str = "/api/v1/plan/targets?date=2026-11-20";
const EXPENDITURE: &str = "/api/v1/expenditure?date=2026-11-20";
const RICE: &str = "usda-sr28:20045";

fn part(scope: &str, may_write: bool) -> Value {
    json!({"scope": scope, "access": if may_write { "write" } else { "see" }})
}

#[tokio::test]
async fn settings_are_the_usual_ones_until_they_are_set() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let usual = ana.get(SETTINGS).await.expect(200).json();
    assert_eq!(
        (&usual["units"], &usual["energy"], &usual["calm"]),
        (&json!("metric"), &json!("kcal"), &json!(false))
    );
    assert_eq!(usual["groups"].as_array().unwrap().len(), 8);

    let wish = json!({
        "energy": "kj", "calm": true, "water_goal_ml": 2000.0, "highlighted": ["iron", "vitamin_d"],
        "groups": [{"group": "own1", "name": "Second breakfast"}, {"group": "dinner"}],
    });
    let kept = ana.put(SETTINGS, &wish).await.expect(200).json();
    assert_eq!(
        kept["groups"][0],
        json!({"group": "own1", "name": "Second breakfast", "hidden": false})
    );
    assert_eq!(kept["groups"].as_array().unwrap().len(), 8);
    let again = ana.sign_in().await.get(SETTINGS).await.expect(200).json();
    assert_eq!(again, kept);

    for (wrong, field) in [
        (json!({"highlighted": ["happiness"]}), "highlighted[0]"),
        (json!({"water_goal_ml": -1.0}), "water_goal_ml"),
        (json!({"groups": [{"group": "lunch"}, {"group": "lunch"}]}), "groups"),
    ] {
        assert_eq!(ana.put(SETTINGS, &wrong).await.expect(422).field(), field, "{wrong}");
    }
    assert_eq!(ana.get(SETTINGS).await.expect(200).json(), kept);
}

#[tokio::test]
async fn settings_are_for_whom_the_plan_was_given_and_for_nobody_else() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben, eva, zoe) = (
        server.person("ana").await,
        server.person("ben").await,
        server.person("eva").await,
        server.person("zoe").await,
    );
    drop(ana.put(SETTINGS, &json!({"water_goal_ml": 1500.0})).await.expect(200));
    let without = ana.befriend(&ben, &json!([part("food", true)])).await;
    let sees = ana.befriend(&eva, &json!([part("plan", false)])).await;
    let writes = ana.befriend(&zoe, &json!([part("plan", true)])).await;

    drop(without.get(SETTINGS).await.expect(404));
    drop(without.put(SETTINGS, &json!({})).await.expect(404));
    assert_eq!(sees.get(SETTINGS).await.expect(200).json()["water_goal_ml"], 1500.0);
    drop(sees.put(SETTINGS, &json!({})).await.expect(403));
    assert_eq!(ana.get(SETTINGS).await.expect(200).json()["water_goal_ml"], 1500.0);
    drop(writes.put(SETTINGS, &json!({"water_goal_ml": 1800.0})).await.expect(200));
    assert_eq!(ana.get(SETTINGS).await.expect(200).json()["water_goal_ml"], 1800.0);
    // Everybody has their own besides.
    assert_eq!(zoe.get(SETTINGS).await.expect(200).json()["water_goal_ml"], Value::Null);

    ana.prove().await;
    let (plan, food) =
        (ana.program("read", &["plan"]).await, ana.program("write", &["food"]).await);
    assert_eq!(plan.get(SETTINGS).await.expect(200).json()["water_goal_ml"], 1800.0);
    drop(food.get(SETTINGS).await.expect(403));
    drop(plan.send(reqwest::Method::PUT, SETTINGS, &json!({})).await.expect(403));
}

#[tokio::test]
async fn an_altered_plan_is_refused_and_put_into_the_audit() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    drop(ana.put(SETTINGS, &json!({"calm": true})).await.expect(200));
    let admin = server.db.admin().await;
    let alter = "update diary.record_item
        set body_sealed = set_byte(body_sealed, 40, get_byte(body_sealed, 40) # 1)";
    assert_eq!(admin.execute(alter, &[]).await.unwrap(), 1);
    drop(ana.get(SETTINGS).await.expect(500));
    drop(ana.put(SETTINGS, &json!({})).await.expect(500));
    let noted = "select count(*) from audit.event where owner = $1 and action = 'record_refused'";
    assert!(1 <= admin.query_one(noted, &[&ana.id]).await.unwrap().get::<_, i64>(0));
}

/// Mifflin-St Jeor: 700 + 1062.5 - 150 - 161 = 1451.5; at 1.375 that is 1995.8.
fn a_woman_of_thirty() -> Value {
    json!({"birth_year": 1996, "sex": "female", "height_cm": 170.0, "weight_kg": 70.0, "activity": "light"})
}

async fn weigh(person: &Person, day: &str, kg: f64) {
    let entry = json!({
        "id": Uuid::now_v7(), "kind": "measurement", "time": "07:00", "zone": "UTC",
        "measure": "weight", "value": kg, "unit": "kg",
    });
    drop(person.post(&format!("/api/v1/days/{day}/entries"), &entry).await.expect(201));
}

fn close(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() < 0.1, "{value} and {expected}");
}

#[tokio::test]
async fn targets_follow_from_what_was_told_and_nothing_is_guessed() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    assert_eq!(ana.get(PLAN).await.expect(200).json()["reference"], "nasem");
    let bare = ana.get(TARGETS).await.expect(200).json();
    assert_eq!(bare["targets"], json!({}));
    assert_eq!(bare["missing"], json!(["sex", "birth_year", "height_cm", "weight_kg", "activity"]));

    let plan = json!({
        "profile": a_woman_of_thirty(), "kg_per_week": -0.25,
        "own": {"iron": {"min": 20.0}},
        "agreed": [{"id": Uuid::nil(), "name": "Dr. Roth", "nutrient": "vitamin_d", "min": 25.0}],
        "weekdays": {"saturday": {"energy_percent": 120.0}},
    });
    drop(ana.put(PLAN, &plan).await.expect(200));
    let friday = ana.get(TARGETS).await.expect(200).json();
    close(&friday["energy"]["kcal"], 1995.8 - 275.0);
    close(&friday["energy"]["rest_kcal"], 1451.5);
    assert_eq!(
        friday["targets"]["calcium"]["min"],
        json!({"amount": 1000.0, "source": "nasem", "letters": "RDA", "name": null})
    );
    assert_eq!(friday["targets"]["iron"]["min"]["source"], "own");
    assert_eq!(friday["targets"]["iron"]["max"]["letters"], "UL");
    assert_eq!(friday["targets"]["vitamin_d"]["min"]["name"], "Dr. Roth");
    assert_eq!(friday["targets"]["vitamin_b3"]["counts"][1]["nutrient"], "tryptophan");
    let saturday = ana.get("/api/v1/plan/targets?date=2026-11-21").await.expect(200).json();
    close(&saturday["energy"]["kcal"], (1995.8 - 275.0) * 1.2);

    // A weight that was measured takes the place of the one that was told, from its day on.
    weigh(&ana, "2026-11-19", 80.0).await;
    let after = ana.get(TARGETS).await.expect(200).json();
    assert_eq!(
        (after["weight_kg"].clone(), after["weighed_on"].clone()),
        (json!(80.0), json!("2026-11-19"))
    );
    close(&after["energy"]["rest_kcal"], 1551.5);
    let before = ana.get("/api/v1/plan/targets?date=2026-11-18").await.expect(200).json();
    assert_eq!(before["weight_kg"], 70.0);

    for (wrong, field) in [
        (json!({"kg_per_week": -5.0}), "kg_per_week"),
        (json!({"profile": {"height_cm": 1.7}}), "height_cm"),
        (
            json!({"macros": {"mode": "ratio", "carbohydrate": 1.0, "protein": 1.0, "fat": 1.0}}),
            "macros",
        ),
    ] {
        assert_eq!(ana.put(PLAN, &wrong).await.expect(422).field(), field);
    }
    drop(ana.get("/api/v1/plan/targets").await.expect(422));
    drop(ana.get("/api/v1/plan/targets?date=tomorrow").await.expect(422));
}

#[tokio::test]
async fn the_own_days_say_what_is_spent_and_how_sure_that_is() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let plan = json!({"profile": a_woman_of_thirty(), "basis": "adaptive"});
    drop(ana.put(PLAN, &plan).await.expect(200));
    let none = ana.get(EXPENDITURE).await.expect(200).json();
    assert_eq!(none["estimate"], Value::Null);
    assert_eq!(none["too_little"][0], json!({"what": "complete_days", "have": 0, "need": 10}));
    let early = ana.get(TARGETS).await.expect(200).json();
    assert_eq!(early["energy"]["care"], json!(["from_equation_until_there_are_days"]));

    // 1.5 kg of rice are 1950 kcal; at 40 g less each day she spends 308 kcal more than that.
    for day in 1..=20 {
        let date = format!("2026-11-{day:02}");
        ana.eat(&date, RICE, 1_500.0).await;
        weigh(&ana, &date, 70.0 - 0.04 * f64::from(day)).await;
        if day <= 18 {
            let complete = json!({"complete": true});
            drop(ana.patch(&format!("/api/v1/days/{date}"), &complete).await.expect(200));
        }
    }
    let known = ana.get(EXPENDITURE).await.expect(200).json();
    let estimate = &known["estimate"];
    assert_eq!(
        (estimate["complete_days"].clone(), estimate["weights"].clone()),
        (json!(18), json!(20))
    );
    let kcal = estimate["kcal"].as_f64().unwrap();
    assert!((2_200.0..2_270.0).contains(&kcal), "{known}");
    assert!((40.0..200.0).contains(&estimate["plus_minus_kcal"].as_f64().unwrap()), "{known}");
    let day = ana.get(TARGETS).await.expect(200).json();
    close(&day["energy"]["kcal"], kcal);
    assert_eq!(day["energy"]["plus_minus_kcal"], estimate["plus_minus_kcal"]);
}

#[tokio::test]
async fn a_plan_is_for_whom_it_was_given_and_for_nobody_else() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, ben, eva, zoe) = (
        server.person("ana").await,
        server.person("ben").await,
        server.person("eva").await,
        server.person("zoe").await,
    );
    drop(ana.put(PLAN, &json!({"profile": a_woman_of_thirty()})).await.expect(200));
    weigh(&ana, "2026-11-19", 80.0).await;
    let without = ana.befriend(&ben, &json!([part("food", true), part("summary", false)])).await;
    let sees = ana.befriend(&eva, &json!([part("plan", false)])).await;
    let writes = ana.befriend(&zoe, &json!([part("plan", true), part("body", false)])).await;

    for path in [PLAN, TARGETS, EXPENDITURE] {
        drop(without.get(path).await.expect(404));
    }
    drop(without.put(PLAN, &json!({})).await.expect(404));
    // Whoever was not given the body has targets from what was told, and no measured weight.
    let aims = sees.get(TARGETS).await.expect(200).json();
    assert_eq!((aims["weight_kg"].clone(), aims["weighed_on"].clone()), (json!(70.0), Value::Null));
    drop(sees.get(EXPENDITURE).await.expect(404));
    drop(sees.put(PLAN, &json!({})).await.expect(403));
    assert_eq!(writes.get(TARGETS).await.expect(200).json()["weight_kg"], 80.0);
    let changed = json!({"profile": a_woman_of_thirty(), "own": {"iron": {"min": 30.0}}});
    drop(writes.put(PLAN, &changed).await.expect(200));
    let hers = ana.get(TARGETS).await.expect(200).json();
    assert_eq!(hers["targets"]["iron"]["min"]["amount"], 30.0);

    ana.prove().await;
    let (plan, food) = (ana.program("read", &["plan"]).await, ana.program("read", &["food"]).await);
    assert_eq!(plan.get(TARGETS).await.expect(200).json()["weight_kg"], 70.0);
    drop(plan.get(EXPENDITURE).await.expect(403));
    for path in [PLAN, TARGETS, EXPENDITURE] {
        drop(food.get(path).await.expect(403));
    }
}
