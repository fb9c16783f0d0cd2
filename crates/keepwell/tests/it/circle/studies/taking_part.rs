//! Taking part: what is shown before, what is recorded, what a new version changes.

use serde_json::json;
use testkit::TestServer;

use super::{Study, let_proofs_lapse, protocol, today};

#[tokio::test]
async fn who_takes_part_reads_agrees_and_is_asked_and_the_consent_is_on_record() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, kim) = (server.person("ana").await, server.person("kim").await);
    let mut by_code = protocol();
    by_code["listed"] = json!(false);
    let study = Study::found(&server, kim, &by_code).await;

    // Who has not the code finds nothing.
    assert!(ana.get("/api/v1/studies").await.json()["studies"].as_array().unwrap().is_empty());
    drop(ana.get(&study.path("")).await.expect(404));
    let other = json!({"code": "00000-00000-00000-00000-00000"});
    assert!(matches!(ana.post("/api/v1/studies/look", &other).await.status.as_u16(), 404 | 422));
    let code = study.progress().await["code"].clone();
    let look = json!({"code": code});
    let seen = ana.post("/api/v1/studies/look", &look).await.expect(200).json();
    assert_eq!(seen["study"], study.id.to_string());
    assert_eq!(seen["protocol"]["scopes"], json!(["logged", "summary", "food"]));

    let mut agreement = json!({
        "version": 1, "consent_hash": seen["protocol"]["consent_hash"], "today": today(),
    });
    drop(ana.post(&study.path("/enrol"), &agreement).await.expect(404));
    agreement["code"] = code;
    let mut other_text = agreement.clone();
    other_text["consent_hash"] = json!("00".repeat(32));
    drop(ana.post(&study.path("/enrol"), &other_text).await.expect(409));
    let_proofs_lapse(&server).await;
    drop(ana.post(&study.path("/enrol"), &agreement).await.expect(403));
    let mut ana = ana;
    ana.prove().await;
    drop(ana.post(&study.path("/enrol"), &agreement).await.expect(204));

    let mine = study.participation(&ana).await;
    let consent = &mine["consents"][0];
    assert_eq!(consent["version"], 1);
    assert_eq!(consent["consent_hash"], agreement["consent_hash"]);
    assert_eq!(consent["application"], "web");
    assert_eq!(consent["first_day"], "2026-11-01");
    assert!(consent["given_at"].as_str().unwrap().starts_with(&today()[..7]));
    let share = &ana.get("/api/v1/sharing").await.json()["shares"][0];
    assert_eq!(share["kind"], "study");
    assert_eq!(share["name"], "Fibre and sleep");
    let scopes: Vec<&str> = share["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            assert_eq!((&part["access"], &part["last_day"]), (&json!("see"), &json!("2026-11-30")));
            part["scope"].as_str().unwrap()
        })
        .collect();
    assert_eq!(scopes, ["food", "logged", "summary"]);

    // What is due is answered as it was asked, and read back by who answered it.
    let bad = json!({
        "questionnaire": "start", "due_on": mine["due"][0]["due_on"], "today": today(),
        "answers": {"hours": 25},
    });
    let refused = ana.post(&study.path("/answers"), &bad).await.expect(422);
    assert_eq!(refused.field(), "answers.hours");
    study.answer(&ana, 7.5, "a little late").await;
    study.answer(&ana, 8.0, "it was longer").await;
    let mine = study.participation(&ana).await;
    assert_eq!(mine["due"][0]["answered"], true);
    assert_eq!(mine["answers"].as_array().unwrap().len(), 1);
    assert_eq!(mine["answers"][0]["answers"], json!({"hours": 8.0, "words": "it was longer"}));
    let progress = study.progress().await;
    assert_eq!((&progress["taking_part"], &progress["stopped"]), (&json!(1), &json!(0)));
    assert_eq!(progress["participants"][0]["answers_given"], 1);
    assert_eq!(progress["participants"][0]["answers_due"], 1);
}

#[tokio::test]
async fn a_new_version_asks_again_and_nothing_more_is_read_until_it_is_agreed_to() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, kim) = (server.person("ana").await, server.person("kim").await);
    let mut little = protocol();
    little["scopes"] = json!(["logged"]);
    let study = Study::found(&server, kim, &little).await;
    study.enrol(&ana).await;
    ana.eat("2026-11-20", "usda-sr28:09040", 100.0).await;

    let mut more = protocol();
    more["consent"] = json!("I agree that my foods are read.");
    more["dates"] = json!(true);
    let next = json!({"version": 2, "protocol": more});
    drop(study.researcher.post(&study.path("/protocol"), &next).await.expect(204));
    drop(study.researcher.post(&study.path("/protocol"), &next).await.expect(409));
    drop(ana.post(&study.path("/protocol"), &next).await.expect(404));

    let mine = study.participation(&ana).await;
    assert_eq!((&mine["newest_version"], &mine["protocol"]["version"]), (&json!(2), &json!(1)));
    assert_eq!(study.progress().await["on_earlier_versions"], 1);
    let rows = study.export("foods", "csv").await;
    assert_eq!(rows.lines().count(), 1, "only the header: {rows}");
    let days = study.export("days", "csv").await;
    assert_eq!(days.lines().count(), 2);
    assert!(!days.contains("2026-11-20"), "dates were not agreed to");

    // A consent to the old text is none to the new one.
    let old = json!({
        "version": 1, "today": today(), "consent_hash": mine["protocol"]["consent_hash"],
    });
    drop(ana.post(&study.path("/enrol"), &old).await.expect(409));
    study.enrol(&ana).await;
    let mine = study.participation(&ana).await;
    assert!(mine["consents"][1]["replaced_at"].is_string());
    assert_eq!(mine["consents"][0]["version"], 2);
    let foods = study.export("foods", "csv").await;
    assert!(foods.contains("usda-sr28:09040"), "{foods}");
    assert!(study.export("days", "csv").await.contains("2026-11-20"));

    // Less is asked for again: what was given beyond that is taken back, with new keys.
    let next = json!({"version": 3, "protocol": little});
    drop(study.researcher.post(&study.path("/protocol"), &next).await.expect(204));
    let epoch = |scope: &'static str| {
        let (server, owner) = (&server, ana.id);
        async move {
            let sql =
                "select max(epoch) from auth.access_grant where owner = $1 and scope = $2::text";
            let admin = server.db.admin().await;
            admin.query_one(sql, &[&owner, &scope]).await.unwrap().get::<_, i32>(0)
        }
    };
    let before = epoch("food").await;
    study.enrol(&ana).await;
    assert_eq!(epoch("food").await, before + 1);
    let share = &ana.get("/api/v1/sharing").await.json()["shares"][0];
    assert_eq!(share["parts"].as_array().unwrap().len(), 1);
    assert!(ana.get("/api/v1/days/2026-11-20").await.expect(200).text.contains("usda-sr28:09040"));
}

#[tokio::test]
async fn only_members_with_their_role_reach_what_researchers_do() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, kim) = (server.person("ana").await, server.person("kim").await);
    let study = Study::found(&server, kim, &protocol()).await;
    study.enrol(&ana).await;
    let wish = json!({"contents": "days", "format": "csv"});
    for path in ["/progress", "/dictionary", "/exports", "/aggregates"] {
        drop(ana.get(&study.path(path)).await.expect(404));
        drop(study.researcher.get(&study.path(path)).await.expect(200));
    }
    drop(ana.post(&study.path("/exports"), &wish).await.expect(404));
    drop(ana.post(&study.path("/aggregates"), &json!({})).await.expect(404));
    let_proofs_lapse(&server).await;
    drop(study.researcher.post(&study.path("/exports"), &wish).await.expect(403));
    drop(study.researcher.post(&study.path("/aggregates"), &json!({})).await.expect(403));
}
