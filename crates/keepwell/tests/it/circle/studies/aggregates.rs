//! Aggregates: over enough people, or not at all.

use serde_json::{Value, json};
use testkit::{Person, TestServer};

use super::{Study, eat, protocol};

/// A study with so many participants, each with one complete day.
async fn study_of(server: &TestServer, people: usize) -> (Study, Vec<Person>) {
    let kim = server.person("kim").await;
    let study = Study::found(server, kim, &protocol()).await;
    let mut participants = Vec::new();
    for number in 0..people {
        participants.push(join(server, &study, number).await);
    }
    (study, participants)
}

async fn join(server: &TestServer, study: &Study, number: usize) -> Person {
    let person = server.person(&format!("p{number}")).await;
    study.enrol(&person).await;
    let grams = 100.0 + 10.0 * f64::from(u32::try_from(number).unwrap());
    eat(&person, "2026-11-20", grams).await;
    person
}

async fn renew(study: &Study) -> Value {
    study.researcher.post(&study.path("/aggregates"), &json!({})).await.expect(200).json()
}

fn energy(aggregates: &Value) -> Option<&Value> {
    aggregates["nutrients"].as_array().unwrap().iter().find(|one| one["nutrient"] == "energy")
}

#[tokio::test]
async fn a11_nothing_is_said_of_fewer_than_the_minimum() {
    let server = TestServer::start(keepwell::router).await;
    let (study, participants) = study_of(&server, 4).await;
    let shown = renew(&study).await;
    assert!(shown["nutrients"].as_array().unwrap().is_empty(), "{shown}");
    assert!(study.participation(&participants[0]).await["exports"].as_array().unwrap().is_empty());

    let fifth = join(&server, &study, 4).await;
    let shown = renew(&study).await;
    let energy = energy(&shown).unwrap();
    assert_eq!(energy["people"], 5);
    // Bananas of 100, 110 .. 140 g.
    let path = "/api/v1/days?from=2026-11-20&to=2026-11-20";
    let of_fifth = &fifth.get(path).await.json()["days"][0]["totals"]["energy"]["amount"];
    let mean = of_fifth.as_f64().unwrap() * 120.0 / 140.0;
    assert!((energy["mean"].as_f64().unwrap() - mean).abs() < 1e-6);
    // Each participant is told.
    let exports = study.participation(&fifth).await["exports"].clone();
    assert_eq!(exports[0]["contents"], "aggregates");
}

#[tokio::test]
async fn a11_asking_twice_around_a_withdrawal_tells_nothing_new() {
    let server = TestServer::start(keepwell::router).await;
    let (study, participants) = study_of(&server, 6).await;
    let first = renew(&study).await;
    assert_eq!(energy(&first).unwrap()["people"], 6);

    study.withdraw(&participants[0], "erase").await;
    let after = renew(&study).await;
    assert_eq!(energy(&after), energy(&first), "what was said before, and nothing newer");
    // One more, or one whose day changed, is no more.
    join(&server, &study, 6).await;
    eat(&participants[1], "2026-11-21", 300.0).await;
    assert_eq!(energy(&renew(&study).await), energy(&first));

    // With enough people on either side of every difference there is a new answer.
    for person in &participants[1..] {
        eat(person, "2026-11-22", 200.0).await;
    }
    for number in 7..11 {
        join(&server, &study, number).await;
    }
    let later = renew(&study).await;
    assert_eq!(energy(&later).unwrap()["people"], 10);
}
