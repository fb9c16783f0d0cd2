//! A day as people use it.

use serde_json::json;
use testkit::{TestServer, day_entry};
use uuid::Uuid;

const DAY: &str = "/api/v1/days/2026-11-20";
const CHEDDAR: &str = "usda-sr28:01009";
const BANANA: &str = "usda-sr28:09040";

#[tokio::test]
async fn what_was_eaten_is_there_with_its_sums_and_their_coverage() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    ana.eat("2026-11-20", CHEDDAR, 50.0).await;
    ana.eat("2026-11-20", BANANA, 118.0).await;

    let day = ana.get(DAY).await.expect(200).json();
    assert_eq!(day["foods"], 2);
    assert_eq!(day["totals"]["energy"]["known"], 2);
    // Nobody measured iodine in either: it is unknown, which is not zero.
    assert!(day["totals"]["iodine"].is_null());
    let behind = ana.get(&format!("{DAY}/nutrients/potassium")).await.expect(200).json();
    assert_eq!(behind["contributions"][0]["food"], BANANA);
    assert_eq!(behind["contributions"][0]["source"], "USDA SR28");
}

#[tokio::test]
async fn sending_again_changes_nothing() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let entry = day_entry(Uuid::now_v7(), CHEDDAR, 50.0);
    let path = format!("{DAY}/entries");
    let first = ana.post(&path, &entry).await.expect(201).json();
    let again = ana.post(&path, &entry).await.expect(200).json();
    assert_eq!(first, again);
}

#[tokio::test]
async fn an_entry_can_be_changed_moved_copied_removed_and_brought_back() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let id = ana.eat("2026-11-20", CHEDDAR, 50.0).await;
    let entry = format!("{DAY}/entries/{id}");

    let day = ana.patch(&entry, &json!({"group": "dinner", "amount": 2, "portion": 6})).await;
    let day = day.expect(200).json();
    assert_eq!(day["entries"][0]["group"], "dinner");
    assert_eq!(day["entries"][0]["grams"], 56.0);

    let day = ana.patch(&entry, &json!({"day": "2026-11-19"})).await.expect(200).json();
    assert_eq!(day["entries"], json!([]));
    let copies = json!({"from": "2026-11-19", "entries": [{"id": Uuid::now_v7(), "of": id}]});
    let day = ana.post(&format!("{DAY}/copies"), &copies).await.expect(201).json();
    assert_eq!(day["foods"], 1);

    let yesterday = format!("/api/v1/days/2026-11-19/entries/{id}");
    let day = ana.delete(&yesterday).await.expect(200).json();
    assert_eq!(day["foods"], 0);
    drop(ana.delete(&yesterday).await.expect(200));
    let back = day_entry(id, CHEDDAR, 56.0);
    drop(ana.post("/api/v1/days/2026-11-19/entries", &back).await.expect(201));
}

#[tokio::test]
async fn two_devices_that_change_one_day_at_once_lose_nothing() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let phone = ana.sign_in().await;
    let many = (0..20).map(|n| {
        let device = if n % 2 == 0 { ana.clone() } else { phone.clone() };
        tokio::spawn(async move { device.eat("2026-11-20", BANANA, 10.0 + f64::from(n)).await })
    });
    for one in many.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    assert_eq!(ana.get(DAY).await.expect(200).json()["foods"], 20);
}

#[tokio::test]
async fn a_range_sums_its_days_and_averages_the_complete_ones() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    for (day, grams) in [("2026-11-18", 100.0), ("2026-11-19", 200.0), ("2026-11-20", 900.0)] {
        ana.eat(day, BANANA, grams).await;
    }
    for day in ["2026-11-18", "2026-11-19"] {
        drop(
            ana.patch(&format!("/api/v1/days/{day}"), &json!({"complete": true})).await.expect(200),
        );
    }
    let range = ana.get("/api/v1/days?from=2026-11-01&to=2026-11-30&nutrients=energy,iodine").await;
    let range = range.expect(200).json();
    assert_eq!(range["complete_days"], 2);
    assert_eq!(range["days"].as_array().unwrap().len(), 3);
    let energy = range["averages"]["energy"]["amount"].as_f64().unwrap();
    assert!((energy - 89.0 * 1.5).abs() < 1e-6, "{energy}");
    assert!(range["averages"]["iodine"].is_null());
}
