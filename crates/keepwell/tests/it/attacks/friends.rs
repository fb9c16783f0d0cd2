//! A06, A07 and A08 for friends: a grant of some days of one scope reaches nothing else, a withdrawn one
//! nothing at all, and one that somebody plants or alters in the database opens nothing.

use keys::{GrantIdentity, Scope, ScopeRoot, seal_grant};
use platform::days;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Person, TestServer, day_entry};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::circle::arrange::public_key;

const BANANA: &str = "usda-sr28:09040";
const IN_MARCH: &str = "/api/v1/days/2026-03-01";
const EVERYTHING: &str =
    "array['food', 'summary', 'logged', 'activity', 'body', 'notes', 'plan', 'library']";

fn march(access: &str) -> Value {
    json!([{"scope": "food", "access": access, "first_day": "2026-03-01", "last_day": "2026-03-31"}])
}

/// Ana, who ate on days around March and wrote notes, and Ben.
async fn ana_and_ben() -> (TestServer, Person, Person) {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    for day in ["2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"] {
        ana.eat(day, BANANA, 100.0).await;
        let note = json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC",
            "text": "private words"});
        drop(ana.post(&format!("/api/v1/days/{day}/entries"), &note).await.expect(201));
    }
    (server, ana, ben)
}

/// Begins a transaction in somebody's session that names another's diary, as a request does.
async fn begin_visit(server: &TestServer, sql: &Client, who: &Person, owner: Uuid) {
    server.db.begin_as(sql, &who.cookie).await;
    let named = format!("select set_config('app.owner', '{owner}', true)");
    sql.batch_execute(&named).await.unwrap();
}

/// What all scopes and days show: scope and day of each row.
async fn look_at_everything(sql: &Client) -> Vec<(String, String)> {
    let look = format!(
        "select scope, day::text from diary.look({EVERYTHING}, '1900-01-01', '2079-06-06')"
    );
    let rows = sql.query(&look, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn a08_food_of_march_reaches_no_other_scope_and_no_other_day() {
    let (server, mut ana, ben) = ana_and_ben().await;
    let visitor = ana.befriend(&ben, &march("see")).await;
    let day = visitor.get(IN_MARCH).await.expect(200);
    assert_eq!(day.json()["foods"], 1);
    assert_eq!(day.json()["only"], json!(["food"]));
    assert!(!day.text.contains("private"));
    drop(visitor.get(&format!("{IN_MARCH}/nutrients/energy")).await.expect(200));

    // What was not granted answers as what was never there, whoever is named.
    let nobody = ben.visit(Uuid::now_v7(), None);
    for path in [
        "/api/v1/days/2026-02-28",
        "/api/v1/days/2026-04-01",
        "/api/v1/days/2026-04-02",
        "/api/v1/days/2026-04-01/nutrients/energy",
        "/api/v1/days?from=2026-03-01&to=2026-03-31",
        "/api/v1/logged?from=2026-03-01&to=2026-03-31",
    ] {
        let hers = visitor.get(path).await.expect(404);
        assert_eq!(hers.text, nobody.get(path).await.expect(404).text, "{path}");
    }
    let entry = day_entry(Uuid::now_v7(), BANANA, 10.0);
    let note =
        json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": "x"});
    for (day, body) in [("2026-03-01", &entry), ("2026-04-01", &entry), ("2026-03-01", &note)] {
        drop(visitor.post(&format!("/api/v1/days/{day}/entries"), body).await.expect(403));
    }
    // What is hers alone takes no visitor at all.
    for path in
        ["/api/v1/account/notices", "/api/v1/account/tokens", "/api/v1/sharing", "/api/v1/looks"]
    {
        assert!(visitor.get(path).await.expect(403).text.contains("not-for-visitors"), "{path}");
    }

    // By SQL in his session: the rows of March's food, and no count of any other.
    let sql = server.db.connect("keepwell_app").await;
    begin_visit(&server, &sql, &ben, ana.id).await;
    let seen = look_at_everything(&sql).await;
    let food = |day: &str| ("food".to_owned(), day.to_owned());
    assert_eq!(seen, [food("2026-03-01"), food("2026-03-31")]);
    for (table, rows) in [
        ("diary.record_day", 0),
        ("auth.access_grant", 1),
        ("circle.share", 1),
        ("circle.invitation", 0),
        ("circle.former_holder", 0),
        ("audit.event", 0),
        ("accounts.notice", 0),
    ] {
        let owner = if table == "accounts.notice" { "principal" } else { "owner" };
        let count = format!("select count(*) from {table} where {owner} = $1");
        let seen = sql.query_one(&count, &[&ana.id]).await.unwrap();
        assert_eq!(seen.get::<_, i64>(0), rows, "{table}");
    }
    let locked = format!("select scope from diary.look_for_change({EVERYTHING}, '{{2026-03-01}}')");
    let rows = sql.query(&locked, &[]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<&str>>(), ["food"]);
    let write = "select diary.keep_days_of_visit('{food}', '{2026-03-01}', '{2}', '{1}', '{x}', 'entry_amended')";
    let refused = sql.batch_execute(write).await.unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "42501", "he may only see");
    sql.batch_execute("rollback").await.unwrap();
}

#[tokio::test]
async fn a08_a_friend_who_writes_march_changes_no_other_day_and_signs_what_he_adds() {
    let (_server, mut ana, ben) = ana_and_ben().await;
    let visitor = ana.befriend(&ben, &march("write")).await;
    let entry = day_entry(Uuid::now_v7(), BANANA, 50.0);
    drop(visitor.post(&format!("{IN_MARCH}/entries"), &entry).await.expect(201));
    let hers = ana.get(IN_MARCH).await.expect(200).json();
    let of_ben = hers["entries"].as_array().unwrap().iter().find(|one| one["id"] == entry["id"]);
    assert_eq!(of_ben.unwrap()["author"], json!(ben.id));

    let other_day = day_entry(Uuid::now_v7(), BANANA, 50.0);
    for day in ["2026-02-28", "2026-04-01"] {
        drop(visitor.post(&format!("/api/v1/days/{day}/entries"), &other_day).await.expect(404));
    }
    // Neither does he take something from a day that he may not see, nor move something there.
    let april = ana.get("/api/v1/days/2026-04-01").await.expect(200).json();
    let of = &april["entries"][0]["id"];
    let copy = json!({"from": "2026-04-01", "entries": [{"id": Uuid::now_v7(), "of": of}]});
    let refused = visitor.post(&format!("{IN_MARCH}/copies"), &copy).await;
    assert!([403, 404].contains(&refused.status.as_u16()), "{}", refused.text);
    let moved = visitor
        .request(Method::PATCH, &format!("{IN_MARCH}/entries/{}", entry["id"].as_str().unwrap()));
    let moved = ben.answer(moved.json(&json!({"day": "2026-04-01"}))).await;
    assert!([403, 404].contains(&moved.status.as_u16()), "{}", moved.text);
    let april_now = ana.get("/api/v1/days/2026-04-01").await.expect(200).json();
    assert_eq!(april_now["entries"], april["entries"]);
    // Her own notes on the same day are neither shown nor touched by what he writes.
    let hers = ana.get(IN_MARCH).await.expect(200).text;
    assert!(hers.contains("private words"));
}

#[tokio::test]
async fn a07_a_friend_who_was_withdrawn_gets_nothing_at_once_with_an_open_session() {
    let (server, mut ana, ben) = ana_and_ben().await;
    let visitor = ana.befriend(&ben, &march("write")).await;
    drop(visitor.get(IN_MARCH).await.expect(200));
    let sql = server.db.connect("keepwell_app").await;
    begin_visit(&server, &sql, &ben, ana.id).await;
    assert!(!look_at_everything(&sql).await.is_empty());
    sql.batch_execute("rollback").await.unwrap();

    drop(ana.delete(&format!("/api/v1/sharing/{}", ben.id)).await.expect(204));
    let nobody = ben.visit(Uuid::now_v7(), None);
    let never = nobody.get(IN_MARCH).await.expect(404).text;
    assert_eq!(visitor.get(IN_MARCH).await.expect(404).text, never);
    let entry = day_entry(Uuid::now_v7(), BANANA, 50.0);
    drop(visitor.post(&format!("{IN_MARCH}/entries"), &entry).await.expect(404));
    assert_eq!(ben.get("/api/v1/visits").await.expect(200).json()["visits"], json!([]));
    begin_visit(&server, &sql, &ben, ana.id).await;
    assert!(look_at_everything(&sql).await.is_empty());
    for view in ["auth.visit_entry", "circle.share"] {
        let count = format!("select count(*) from {view}");
        assert_eq!(sql.query_one(&count, &[]).await.unwrap().get::<_, i64>(0), 0, "{view}");
    }
    let write = "select diary.keep_days_of_visit('{food}', '{2026-03-02}', '{1}', '{1}', '{x}', 'entry_recorded')";
    let refused = sql.batch_execute(write).await.unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "28000");
}

#[tokio::test]
async fn a06_a_grant_that_was_planted_or_altered_opens_nothing_and_is_refused() {
    let (server, mut ana, ben) = ana_and_ben().await;
    let admin = server.db.admin().await;
    // Whoever writes to the database knows Ben's public key, and makes up a cover of all her days.
    let (first, last) = (days::number(days::FIRST).unwrap(), days::number(days::LAST).unwrap());
    let identity =
        GrantIdentity { owner: ana.id, holder: ben.id, scope: Scope::Food, epoch: 1, first, last };
    let made_up = ScopeRoot::generate().cover_all();
    let sealed = seal_grant(&identity, &made_up, &public_key(&admin, ben.id).await);
    let plant = "insert into auth.access_grant
            (owner, holder, scope, epoch, first_day, last_day, access, key_sealed)
        values ($1, $2, 'food', 1, '1900-01-01', '2079-06-06', 'write', $3)";
    admin.execute(plant, &[&ana.id, &ben.id, &sealed]).await.unwrap();
    let visitor = ben.visit(ana.id, None);
    let refused = visitor.get(IN_MARCH).await.expect(500).text;
    assert!(refused.contains("altered-record"), "{refused}");
    let entry = day_entry(Uuid::now_v7(), BANANA, 50.0);
    drop(visitor.post(&format!("{IN_MARCH}/entries"), &entry).await.expect(500));
    assert_eq!(ana.get(IN_MARCH).await.expect(200).json()["foods"], 1);
    admin.batch_execute("delete from auth.access_grant where owner <> holder").await.unwrap();

    // What was given is of its days and its scope, whatever the row says.
    let visitor = ana.befriend(&ben, &march("see")).await;
    drop(visitor.get(IN_MARCH).await.expect(200));
    for change in
        ["last_day = '2079-06-06'", "first_day = '1900-01-01'", "scope = 'notes'", "epoch = 2"]
    {
        admin.batch_execute("begin").await.unwrap();
        let alter = format!("update auth.access_grant set {change} where owner <> holder");
        admin.batch_execute(&alter).await.unwrap();
        admin.batch_execute("commit").await.unwrap();
        let refused = visitor.get("/api/v1/days/2026-03-01").await.expect(500).text;
        assert!(refused.contains("altered-record"), "{change}: {refused}");
        let back = "update auth.access_grant set first_day = '2026-03-01', last_day = '2026-03-31',
            scope = 'food', epoch = 1 where owner <> holder";
        admin.batch_execute(back).await.unwrap();
    }
    drop(visitor.get(IN_MARCH).await.expect(200));
}
