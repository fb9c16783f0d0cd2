//! What a person aims for and how the diary is shown: theirs alone, and whose they let in.

use serde_json::{Value, json};
use testkit::TestServer;

const SETTINGS: &str = "/api/v1/settings";

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
