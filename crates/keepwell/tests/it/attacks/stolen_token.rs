//! A14: somebody has a program's write-only token.

use keys::{ApiKeyring, ApiToken, Scope, SessionToken};
use platform::{Access, session::hex};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Person, Program, TestServer, day_entry};
use tokio_postgres::Client;
use uuid::Uuid;

use super::loot::tables;

const DAY: &str = "/api/v1/days/2026-11-20";
const WORD: &str = "pomegranate";

/// Nobody's, and read by everybody.
const NOBODYS: &str = "accounts.stretch_cost";

fn item(text: &str) -> Value {
    json!({"day": "2026-11-20", "entry": {
        "id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": text,
    }})
}

async fn ana_and_her_scale() -> (TestServer, Person, Program) {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    ana.eat("2026-11-20", "usda-sr28:09040", 100.0).await;
    drop(ana.put("/api/v1/settings", &json!({"calm": true})).await.expect(200));
    let scale = ana.program("write_only", &Scope::ALL.map(Scope::as_str)).await;
    (server, ana, scale)
}

/// How many rows a statement returns; none where it is not allowed to look.
async fn seen(client: &Client, sql: &str) -> usize {
    client.batch_execute("savepoint attempt").await.unwrap();
    let rows = match client.query(sql, &[]).await {
        Ok(rows) => rows.len(),
        Err(refused) => {
            assert_eq!(refused.code().unwrap().code(), "42501", "{sql}: {refused:?}");
            0
        }
    };
    client.batch_execute("rollback to attempt").await.unwrap();
    rows
}

#[tokio::test]
async fn a14_a_write_only_token_adds_and_reads_nothing_back_over_http() {
    let (server, ana, scale) = ana_and_her_scale().await;
    let left = item(WORD);
    let first = scale.post("/api/v1/inbox", &left).await.expect(202);
    // What is there, what was there and what is altered get the same answer.
    let again = scale.post("/api/v1/inbox", &left).await.expect(202);
    let mut altered = left.clone();
    altered["entry"]["text"] = json!("something else");
    let other = scale.post("/api/v1/inbox", &altered).await.expect(202);
    assert_eq!((&first.text, &first.text), (&again.text, &other.text));

    let id = left["entry"]["id"].as_str().unwrap();
    let mut visited = 0;
    for route in keepwell::routes().list().iter().filter(|one| one.access != Access::Public) {
        let path =
            crate::routes::visit(&route.path).replace("01930000-0000-7000-8000-000000000001", id);
        for body in [json!({}), left["entry"].clone(), left.clone()] {
            let answer = scale.send(route.method.clone(), &path, &body).await;
            let name = format!("{} {path}: {}", route.method, answer.text);
            let status = answer.status.as_u16();
            // What everybody may know: foods, and what activities take.
            let is_catalogue =
                route.path.starts_with("/api/v1/foods") || route.path == "/api/v1/compendium";
            let is_inbox = route.path == "/api/v1/inbox";
            assert!([403, 422].contains(&status) || is_catalogue || is_inbox, "{name}");
            assert!(!answer.text.contains(WORD) && !answer.text.contains("anana"), "{name}");
            assert!(answer.cookie().is_none(), "{name}");
        }
        visited += 1;
    }
    assert!(visited > 25, "only {visited} routes were visited");

    // The same steps with a token that may read succeed, once the item is filed.
    drop(ana.post("/api/v1/inbox/merge", &json!({})).await.expect(200));
    drop(scale.get(DAY).await.expect(403));
    let reader = ana.program("read", &["food", "notes", "summary"]).await;
    let day = reader.get(DAY).await.expect(200);
    assert!(day.text.contains(WORD) && day.text.contains("anana"), "{}", day.text);
    drop(reader.get("/api/v1/days?from=2026-11-01&to=2026-11-30").await.expect(200));
    drop(server);
}

#[tokio::test]
async fn a14_a_write_only_token_reads_nothing_by_sql_in_its_own_request() {
    let (server, ana, scale) = ana_and_her_scale().await;
    drop(scale.post("/api/v1/inbox", &item(WORD)).await.expect(202));
    let admin = server.db.admin().await;
    let thief = server.db.connect("keepwell_app").await;
    let mut found = Vec::new();
    for owner in [String::new(), ana.id.to_string()] {
        server.db.begin_as(&thief, &scale.token).await;
        let named = format!("select set_config('app.owner', '{owner}', true)");
        thief.batch_execute(&named).await.unwrap();
        for table in tables(&admin).await.iter().filter(|table| *table != NOBODYS) {
            for sql in [
                format!("select 1 from {table}"),
                format!("select from {table} for update"),
                format!("delete from {table} returning 1"),
                format!("insert into {table} select * from {table} returning 1"),
            ] {
                if seen(&thief, &sql).await > 0 {
                    found.push(sql);
                }
            }
        }
        for view in [
            "auth.me",
            "auth.entry",
            "auth.standing",
            "auth.my_session",
            "auth.my_sessions",
            "auth.my_tokens",
            "accounts.my_slot_proofs",
            "accounts.standing_second_step",
        ] {
            assert_eq!(seen(&thief, &format!("select 1 from {view}")).await, 0, "{view}");
        }
        // What its own request is given: that it is there, and that it may read and write nothing.
        let caller = thief
            .query_one(
                "select readable_scopes = '{}' and writable_scopes = '{}', application from auth.caller",
                &[],
            )
            .await
            .unwrap();
        assert_eq!((caller.get(0), caller.get(1)), (true, "token"));
        thief.batch_execute("rollback").await.unwrap();
    }
    assert_eq!(found, Vec::<String>::new());

    // None of the functions of sessions makes anything of it.
    for call in [
        "select auth.renew_session(repeat('ab', 32), 'ring', 'spare', 0)",
        "select auth.keep_keyring('ring', 'spare', 0, 'device', sha256('tag'))",
        "select auth.make_token(gen_random_uuid(), sha256('x'), 'n', 'read', array['food'], '1 day', 'k', 's', 0)",
        "select accounts.change_email('mine', true)",
        "select auth.keep_my_keyrings(array[]::uuid[], array[]::bytea[])",
        "select audit.append_visit('planted', 'by a token')",
        "select circle.found(gen_random_uuid(), 'practice', 'k', sha256('t'), 's')",
    ] {
        server.db.begin_as(&thief, &scale.token).await;
        let refused = thief.batch_execute(call).await.unwrap_err();
        assert_eq!(refused.code().unwrap().code(), "28000", "{call}: {refused:?}");
        thief.batch_execute("rollback").await.unwrap();
    }
    let everything =
        "select token_hash, expires_at, access, scopes, idle_limit, state from auth.session";
    let before = admin.query(everything, &[]).await.unwrap().len();
    for call in [
        "select auth.set_idle_limit('1 hour')",
        "select auth.set_pin(repeat('ab', 32), '30 days')",
        "select auth.lock_session()",
        "select auth.owe_second_step()",
        "select auth.end_session()",
        "select auth.end_other_sessions()",
        "select auth.end_token((select gen_random_uuid()))",
        "select auth.unlock_with_pin(repeat('ab', 32))",
        "select auth.take_try()",
    ] {
        server.db.begin_as(&thief, &scale.token).await;
        thief.batch_execute(call).await.unwrap();
        thief.batch_execute("commit").await.unwrap();
    }
    let after = admin.query(everything, &[]).await.unwrap().len();
    assert_eq!(before, after);
    drop(ana.get("/api/v1/session").await.expect(200));
    let row = "select state, idle_limit = interval '30 days' and pin_hash is null
            and not owes_second_step as unchanged
        from auth.session where application = 'token'";
    let row = admin.query_one(row, &[]).await.unwrap();
    assert_eq!((row.get(0), row.get(1)), ("open", true));

    // It adds, by the one function, of its scopes; whether an item was there already is not told.
    server.db.begin_as(&thief, &scale.token).await;
    let leave = "select diary.leave_item('01930000-0000-7000-8000-000000000001', 'food', 'x')";
    for _ in 0..2 {
        assert!(thief.query_one(leave, &[]).await.unwrap().get::<_, bool>(0));
    }
    thief.batch_execute("rollback").await.unwrap();

    // A token that may read sees the day by the same statement; a session the inbox as well.
    let reader = ana.program("read", &["food", "summary"]).await;
    server.db.begin_as(&thief, &reader.token).await;
    assert_eq!(seen(&thief, "select 1 from diary.record_day").await, 2);
    assert_eq!(seen(&thief, "select 1 from diary.inbox").await, 0);
    assert_eq!(seen(&thief, "delete from diary.record_day returning 1").await, 0);
    thief.batch_execute("rollback").await.unwrap();
    server.db.begin_as(&thief, &ana.cookie).await;
    assert_eq!(seen(&thief, "select 1 from diary.record_day").await, 3);
    assert_eq!(seen(&thief, "select 1 from diary.inbox").await, 1);
    thief.batch_execute("rollback").await.unwrap();
}

#[tokio::test]
async fn a14_a_write_only_token_with_the_whole_database_opens_nothing() {
    let (server, ana, scale) = ana_and_her_scale().await;
    drop(scale.post("/api/v1/inbox", &item(WORD)).await.expect(202));
    let admin = server.db.admin().await;
    let token = ApiToken::parse(&scale.token).unwrap();
    // Its keyring has no cover, whatever its row claims; no other sealed thing opens with its keys.
    let sealed = "select keyring_sealed, application from auth.session";
    for row in admin.query(sealed, &[]).await.unwrap() {
        let (sealed, application): (Vec<u8>, String) = (row.get(0), row.get(1));
        match ApiKeyring::open(&server.root.keyring_key(&token.keyring_key()), ana.id, &sealed) {
            Ok(keyring) => {
                assert_eq!(application, "token");
                assert!(
                    Scope::ALL.into_iter().all(|scope| keyring.current(ana.id, scope).is_none())
                );
            }
            Err(_) => assert_eq!(application, "web"),
        }
        assert!(
            keys::Keyring::open(&server.root.keyring_key(&token.keyring_key()), ana.id, &sealed)
                .is_err()
        );
    }
    // The session's own key opens its own.
    let cookie = SessionToken::parse(&ana.cookie).unwrap();
    let hash = cookie.database_token().fingerprint();
    let own = format!("{sealed} where token_hash = decode('{}', 'hex')", hex(&hash).as_str());
    let sealed: Vec<u8> = admin.query_one(&own, &[]).await.unwrap().get(0);
    assert!(
        keys::Keyring::open(&server.root.keyring_key(&cookie.keyring_key()), ana.id, &sealed)
            .is_ok()
    );
}

#[tokio::test]
async fn a14_an_inbox_has_room_for_a_thousand_items() {
    let (server, ana, scale) = ana_and_her_scale().await;
    let admin = server.db.admin().await;
    let fill = format!(
        "insert into diary.inbox (owner, item, scope, body_sealed)
        select '{}', gen_random_uuid(), 'food', 'x' from generate_series(1, 999)",
        ana.id
    );
    admin.batch_execute(&fill).await.unwrap();
    // Ben's inbox is his own.
    let ben = server.person("ben").await;
    let bens = ben.program("write_only", &["notes"]).await;
    drop(scale.post("/api/v1/inbox", &item("the last")).await.expect(202));
    let answer = scale.post("/api/v1/inbox", &item("too many")).await.expect(409);
    assert!(!answer.text.contains("1000") && !answer.text.contains("1,000"), "{}", answer.text);
    drop(bens.post("/api/v1/inbox", &item("mine")).await.expect(202));
}

/// A03 and A04 for tokens: another person's rows stay unseen and unchanged by each kind.
#[tokio::test]
async fn a04_no_token_reaches_another_person_s_rows() {
    let (server, ana, scale) = ana_and_her_scale().await;
    let ben = server.person("ben").await;
    ben.eat("2026-11-20", "usda-sr28:09040", 100.0).await;
    let admin = server.db.admin().await;
    let thief = server.db.connect("keepwell_app").await;
    let all = Scope::ALL.map(Scope::as_str);
    let tokens = [
        scale.token,
        ana.program("read", &all).await.token,
        ana.program("write", &all).await.token,
    ];
    let sql = "select t::text from diary.record_day t where owner = $1 order by 1";
    let rows = |rows: Vec<tokio_postgres::Row>| -> Vec<String> {
        rows.iter().map(|row| row.get(0)).collect()
    };
    let before = rows(admin.query(sql, &[&ben.id]).await.unwrap());
    for token in &tokens {
        for owner in [ben.id.to_string(), String::new()] {
            for change in [
                "select 1 from diary.record_day where owner = BEN".to_owned(),
                "delete from diary.record_day where owner = BEN returning 1".to_owned(),
                "update diary.record_day set version = 9 where owner = BEN returning 1".to_owned(),
                "update diary.record_day set owner = BEN returning 1".to_owned(),
                "insert into diary.record_day values (BEN, 'food', '2026-11-01', 1, 1, 'x') returning 1"
                    .to_owned(),
                "select 1 from auth.session where principal = BEN".to_owned(),
            ] {
                server.db.begin_as(&thief, token).await;
                let named = format!("select set_config('app.owner', '{owner}', true)");
                thief.batch_execute(&named).await.unwrap();
                let sql = change.replace("BEN", &format!("'{}'", ben.id));
                assert_eq!(seen(&thief, &sql).await, 0, "{sql} as {owner:?}");
                thief.batch_execute("rollback").await.unwrap();
            }
        }
    }
    assert_eq!(rows(admin.query(sql, &[&ben.id]).await.unwrap()), before);
    // Named as somebody else's page, a token's request is still its owner's alone.
    let program = ana.program("read", &["food"]).await;
    let named = program.request(Method::GET, DAY).header("keepwell-person", ben.id.to_string());
    let day = program.answer(named).await;
    assert!(!day.text.contains(&ben.id.to_string()));
    let entry = day_entry(Uuid::now_v7(), "usda-sr28:09040", 5.0);
    drop(program.post(&format!("{DAY}/entries"), &entry).await.expect(403));
}
