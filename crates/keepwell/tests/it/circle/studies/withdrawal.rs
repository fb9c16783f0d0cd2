//! Stopping: from that moment nothing new is read, by whatever way.

use serde_json::json;
use testkit::TestServer;

use super::{Study, eat, protocol};

const FILE: [&str; 3] = ["days", "foods", "answers"];

#[tokio::test]
async fn a11_after_a_withdrawal_no_new_data_and_earlier_exports_are_listed() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, kim) = (server.person("ana").await, server.person("kim").await);
    let study = Study::found(&server, kim, &protocol()).await;
    study.enrol(&ana).await;
    eat(&ana, "2026-11-20", 118.0).await;
    study.answer(&ana, 7.5, "kept by the study").await;
    assert_eq!(study.export("days", "csv").await.lines().count(), 2);

    // The same ways, while it is given and after it was taken back.
    let admin = server.db.admin().await;
    let looks = async |expected: usize| {
        server.db.begin_as(&admin, &study.researcher.cookie).await;
        let name = format!(
            "select set_config('app.owner', '{}', true), set_config('app.holder', '{}', true);
            set local role keepwell_app",
            ana.id, study.id
        );
        admin.batch_execute(&name).await.unwrap();
        let look = "select from diary.look(array['food', 'summary', 'logged'], '1900-01-01', '2079-06-06')";
        let seen = admin.query(look, &[]).await.unwrap().len();
        let entry = admin.query("select from auth.visit_entry", &[]).await.unwrap().len();
        admin.batch_execute("rollback").await.unwrap();
        assert_eq!((seen, entry), (expected, expected.min(1)));
        let visit = study
            .researcher
            .request(reqwest::Method::GET, "/api/v1/days/2026-11-20")
            .header("keepwell-diary", ana.id.to_string())
            .header("keepwell-as", study.id.to_string());
        study.researcher.answer(visit).await
    };
    drop(looks(3).await);
    study.withdraw(&ana, "keep").await;
    drop(looks(0).await.expect(404));

    eat(&ana, "2026-11-21", 50.0).await;
    for contents in ["days", "foods"] {
        assert_eq!(study.export(contents, "csv").await.lines().count(), 1, "only the header");
    }
    let kept = study.export("answers", "csv").await;
    assert!(kept.contains("kept by the study"), "{kept}");
    let progress = study.progress().await;
    assert_eq!((&progress["taking_part"], &progress["stopped"]), (&json!(0), &json!(1)));
    assert!(progress["participants"][0]["days_logged"].is_null());

    let mine = study.participation(&ana).await;
    assert!(mine["consents"][0]["withdrawn_at"].is_string());
    assert!(mine["due"].as_array().unwrap().is_empty());
    let listed: Vec<&str> = mine["exports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["contents"].as_str().unwrap())
        .collect();
    assert_eq!(listed, ["answers", "days"], "the newest first; none of the empty ones");
    let answer = json!({
        "questionnaire": "start", "due_on": super::today(), "today": super::today(),
        "answers": {"hours": 8},
    });
    drop(ana.post(&study.path("/answers"), &answer).await.expect(404));

    // Later the answers too.
    study.withdraw(&ana, "erase").await;
    for contents in FILE {
        assert_eq!(study.export(contents, "csv").await.lines().count(), 1);
    }
    assert!(study.progress().await["participants"].as_array().unwrap().is_empty());
    assert!(study.participation(&ana).await["answers"].as_array().unwrap().is_empty());
    let left = "select count(*) from circle.answer where owner = $1";
    assert_eq!(admin.query_one(left, &[&ana.id]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a11_sql_in_a_researcher_s_request_reaches_no_participant_s_rows_or_past_consents() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, kim) = (server.person("ana").await, server.person("kim").await);
    let study = Study::found(&server, kim, &protocol()).await;
    study.enrol(&ana).await;
    eat(&ana, "2026-11-20", 118.0).await;
    study.answer(&ana, 7.5, "well").await;
    drop(ana.put("/api/v1/settings", &json!({"calm": true})).await.expect(200));
    let admin = server.db.admin().await;
    let tables = [
        "circle.consent",
        "circle.answer",
        "circle.export_part",
        "auth.access_grant",
        "circle.share",
        "diary.record_day",
        "diary.record_item",
    ];
    let count = async |table: &str, cookie: &str| {
        server.db.begin_as(&admin, cookie).await;
        admin.batch_execute("set local role keepwell_app").await.unwrap();
        let sql = format!("select from {table} where owner = $1");
        let rows = admin.query(&sql, &[&ana.id]).await.unwrap().len();
        admin.batch_execute("rollback").await.unwrap();
        rows
    };
    drop(study.export("days", "csv").await);
    for table in tables {
        assert_eq!(count(table, &study.researcher.cookie).await, 0, "{table}");
        assert!(count(table, &ana.cookie).await > 0, "{table}");
    }
    // What shows answers writes the participant's audit, and shows nothing once they are erased.
    let looked = async || {
        server.db.begin_as(&admin, &study.researcher.cookie).await;
        admin.batch_execute("set local role keepwell_app").await.unwrap();
        let sql = "select from circle.look_at_answers($1, $2)";
        let rows = admin.query(sql, &[&study.id, &ana.id]).await.unwrap().len();
        admin.batch_execute("commit").await.unwrap();
        let audit = "select count(*) from audit.event
            where owner = $1 and action = 'answers_read' and subject like 'answers %'";
        (rows, admin.query_one(audit, &[&ana.id]).await.unwrap().get::<_, i64>(0))
    };
    assert_eq!(looked().await, (1, 1));
    study.withdraw(&ana, "erase").await;
    assert_eq!(looked().await, (0, 1));
}

#[tokio::test]
async fn taking_everything_back_on_the_page_of_shares_ends_the_consent_too() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, kim) = (server.person("ana").await, server.person("kim").await);
    let study = Study::found(&server, kim, &protocol()).await;
    study.enrol(&ana).await;
    drop(ana.delete(&format!("/api/v1/sharing/{}", study.id)).await.expect(204));
    assert!(study.participation(&ana).await["consents"][0]["withdrawn_at"].is_string());
    assert_eq!(study.progress().await["taking_part"], 0);
}
