//! Personal API tokens: what they may, where they may not come, and how they end.

use keys::{ApiKeyring, ApiToken, Scope};
use platform::{Access, session::hex};
use reqwest::{Method, header};
use serde_json::{Value, json};
use testkit::{Answer, Person, Program, TestServer, day_entry};
use uuid::Uuid;

const DAY: &str = "/api/v1/days/2026-11-20";
const ENTRIES: &str = "/api/v1/days/2026-11-20/entries";
const RANGE: &str = "/api/v1/days?from=2026-11-01&to=2026-11-30";
const TOKENS: &str = "/api/v1/account/tokens";
const BANANA: &str = "usda-sr28:09040";

fn note(text: &str) -> Value {
    json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": text})
}

fn food() -> Value {
    day_entry(Uuid::now_v7(), BANANA, 100.0)
}

async fn ana_with_a_day() -> (TestServer, Person) {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    ana.eat("2026-11-20", BANANA, 100.0).await;
    drop(ana.post(ENTRIES, &note("slept well")).await.expect(201));
    (server, ana)
}

/// Refused for what the token is, in words that name this.
fn may_not(answer: Answer, words: &str) {
    let answer = answer.expect(403).json();
    assert_eq!(answer["type"], "urn:keepwell:problem:token-may-not");
    let detail = answer["detail"].as_str().unwrap();
    assert!(detail.contains(words), "{detail:?} does not say {words:?}");
}

async fn is_worth_nothing(program: &Program) {
    for path in [DAY, RANGE, "/api/v1/foods?q=cheese"] {
        let answer = program.get(path).await.expect(401);
        assert_eq!(answer.json()["type"], "urn:keepwell:problem:sign-in-first");
    }
    drop(program.post(ENTRIES, &food()).await.expect(401));
}

#[tokio::test]
async fn a_token_reads_what_it_says_and_changes_nothing() {
    let (_server, ana) = ana_with_a_day().await;
    let eats = ana.program("read", &["food"]).await;
    let day = eats.get(DAY).await.expect(200).json();
    assert_eq!((&day["foods"], &day["only"]), (&json!(1), &json!(["food"])));
    assert_eq!(day["entries"].as_array().unwrap().len(), 1, "the note is not shown");
    drop(eats.get(&format!("{DAY}/nutrients/energy")).await.expect(200));
    may_not(eats.get(RANGE).await, "summary");
    may_not(eats.post(ENTRIES, &food()).await, "food");
    may_not(eats.post(ENTRIES, &note("x")).await, "notes");
    may_not(eats.send(Method::PATCH, DAY, &json!({"complete": true})).await, "food");
    let entry = format!("{ENTRIES}/{}", day["entries"][0]["id"].as_str().unwrap());
    may_not(eats.send(Method::DELETE, &entry, &json!({})).await, "food or notes");
    may_not(eats.send(Method::PATCH, &entry, &json!({"amount": 1})).await, "food or notes");
    let copies = json!({"from": "2026-11-20", "entries": [
        {"id": Uuid::now_v7(), "of": day["entries"][0]["id"]}]});
    may_not(eats.post(&format!("{DAY}/copies"), &copies).await, "food or notes");

    let notes = ana.program("read", &["notes"]).await;
    let day = notes.get(DAY).await.expect(200).json();
    assert_eq!(
        (&day["entries"][0]["text"], &day["only"]),
        (&json!("slept well"), &json!(["notes"]))
    );
    assert_eq!(day["entries"].as_array().unwrap().len(), 1, "the food is not shown");
    may_not(notes.get(&format!("{DAY}/nutrients/energy")).await, "food");

    let sums = ana.program("read", &["summary"]).await;
    let range = sums.get(RANGE).await.expect(200).json();
    assert_eq!(range["days"][0]["foods"], 1);
    may_not(sums.get(DAY).await, "food or notes");

    // A session sees everything and is told of no limit.
    let day = ana.get(DAY).await.expect(200).json();
    assert_eq!((day["entries"].as_array().unwrap().len(), &day["only"]), (2, &Value::Null));
}

#[tokio::test]
async fn a_token_that_may_write_changes_its_scopes_with_what_stands_beside_them() {
    let (_server, ana) = ana_with_a_day().await;
    let eats = ana.program("write", &["food"]).await;
    let entry = food();
    let day = eats.post(ENTRIES, &entry).await.expect(201).json();
    assert_eq!((&day["foods"], &day["only"]), (&json!(2), &json!(["food"])));
    drop(eats.post(ENTRIES, &entry).await.expect(200));
    may_not(eats.post(ENTRIES, &note("x")).await, "notes");
    let path = format!("{ENTRIES}/{}", entry["id"].as_str().unwrap());
    let day = eats.send(Method::PATCH, &path, &json!({"amount": 50})).await.expect(200).json();
    assert_eq!(day["entries"][1]["grams"], 50.0);
    drop(eats.send(Method::PATCH, &path, &json!({"day": "2026-11-19"})).await.expect(200));
    drop(eats.send(Method::PATCH, DAY, &json!({"complete": true})).await.expect(200));
    // The day's sums were written beside it, and a note is still where it was.
    let range = ana.get(RANGE).await.expect(200).json();
    assert_eq!((range["days"].as_array().unwrap().len(), &range["complete_days"]), (2, &json!(1)));
    let day = ana.get(DAY).await.expect(200).json();
    let texts: Vec<&Value> =
        day["entries"].as_array().unwrap().iter().map(|e| &e["text"]).collect();
    assert!(texts.contains(&&json!("slept well")), "{texts:?}");
    // What it does not see it cannot touch: the note is not found, not refused.
    let note_id = day["entries"].as_array().unwrap().iter().find(|e| e["kind"] == "note").unwrap();
    let note_path = format!("{ENTRIES}/{}", note_id["id"].as_str().unwrap());
    drop(eats.send(Method::PATCH, &note_path, &json!({"text": "x"})).await.expect(404));

    let notes = ana.program("write", &["notes"]).await;
    drop(notes.post(ENTRIES, &note("ran")).await.expect(201));
    may_not(notes.post(ENTRIES, &food()).await, "food");
    assert_eq!(ana.get(DAY).await.expect(200).json()["entries"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn no_route_but_the_declared_ones_takes_a_token() {
    let (_server, ana) = ana_with_a_day().await;
    for access in ["read", "write", "write_only"] {
        let program = ana.program(access, &Scope::ALL.map(Scope::as_str)).await;
        let mut refused = 0;
        for route in keepwell::routes().list() {
            if !matches!(route.access, Access::Session | Access::SessionThatOwes) {
                continue;
            }
            // No body at all: the refusal comes before anything is read.
            let request = program.request(route.method.clone(), &crate::routes::visit(&route.path));
            may_not(program.answer(request).await, "sign in");
            refused += 1;
        }
        assert!(refused > 20, "only {refused} routes refuse tokens");
        // Found in the catalogue, which is nobody's.
        drop(program.get("/api/v1/foods?q=cheese").await.expect(200));
    }
    drop(ana.get("/api/v1/session").await.expect(200));
}

#[tokio::test]
async fn a_token_comes_alone_and_unchanged() {
    let (server, ana) = ana_with_a_day().await;
    let program = ana.program("read", &["food"]).await;
    let cookie = format!("__Host-sid={}", ana.cookie);
    for path in [DAY, "/api/v1/session"] {
        let both = program.request(Method::GET, path).header(header::COOKIE, &cookie);
        let answer = program.answer(both).await.expect(400);
        assert_eq!(answer.json()["type"], "urn:keepwell:problem:malformed", "{path}");
    }
    // Whoever stands in front of us may have an Authorization header of its own.
    let proxied = ana.request(Method::GET, DAY).header(header::AUTHORIZATION, "Basic YTpi");
    drop(ana.answer(proxied).await.expect(200));
    // The checksum: a slip is a stranger's, before the database is asked.
    let mut slipped = program.clone();
    let last = if slipped.token.ends_with('0') { "1" } else { "0" };
    slipped.token.replace_range(slipped.token.len() - 1.., last);
    is_worth_nothing(&slipped).await;
    let mut other = program.clone();
    other.token = secrecy::ExposeSecret::expose_secret(&ApiToken::generate().encode()).to_owned();
    is_worth_nothing(&other).await;
    // A token is no cookie, and a cookie no token.
    let as_cookie = server.client().get(format!("{}{DAY}", server.origin));
    let as_cookie = as_cookie.header(header::COOKIE, format!("__Host-sid={}", program.token));
    drop(program.answer(as_cookie).await.expect(401));
    let as_bearer = server.client().get(format!("{}{DAY}", server.origin)).bearer_auth(&ana.cookie);
    drop(program.answer(as_bearer).await.expect(401));
    // A page of another site gets nowhere with one either; without a browser nothing is asked for.
    let elsewhere = program.request(Method::GET, DAY).header("sec-fetch-site", "cross-site");
    drop(program.answer(elsewhere).await.expect(403));
    drop(program.get(DAY).await.expect(200));
}

#[tokio::test]
async fn a_token_is_made_with_a_fresh_proof_and_shown_once() {
    let (server, mut ana) = ana_with_a_day().await;
    let admin = server.db.admin().await;
    let wish = json!({"name": "Scale", "scopes": ["food"], "access": "write", "days": 366});
    let stale = "update auth.session set proved_at = now() - interval '5 minutes 1 second'";
    admin.batch_execute(stale).await.unwrap();
    let answer = ana.post(TOKENS, &wish).await.expect(403).json();
    assert_eq!(answer["type"], "urn:keepwell:problem:prove-first");
    ana.prove().await;
    let made = ana.post(TOKENS, &wish).await.expect(201).json();
    assert_eq!(made["scopes"], json!(["food", "summary", "logged"]), "said when it is made");
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("kw_") && token.len() == 61, "{token}");

    let list = ana.get(TOKENS).await.expect(200);
    assert!(!list.text.contains(token));
    let one = &list.json()["tokens"][0];
    assert_eq!((&one["id"], &one["name"]), (&made["id"], &json!("Scale")));
    assert_eq!((&one["access"], &one["scopes"]), (&json!("write"), &made["scopes"]));
    // It is no session, neither in the list nor to be ended as one.
    let sessions = ana.get("/api/v1/session/all").await.expect(200).json();
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 1);
    let as_session = format!("/api/v1/session/all/{}", made["id"].as_str().unwrap());
    drop(ana.delete(&as_session).await.expect(404));
    for (field, value) in [("days", json!(367)), ("scopes", json!(["all"])), ("name", json!(""))] {
        let mut wrong = wish.clone();
        wrong[field] = value;
        assert_eq!(ana.post(TOKENS, &wrong).await.expect(422).field(), field);
    }
    let notices = ana.get("/api/v1/account/notices").await.expect(200);
    assert!(notices.text.contains("token_made"), "{}", notices.text);
    // No more than anybody looks through.
    let hoard = "insert into auth.session (principal, token_hash, application, idle_limit, expires_at,
            keyring_sealed, name_sealed, access, scopes)
        select principal, sha256(n::text::bytea), application, idle_limit, expires_at, keyring_sealed,
            name_sealed, access, scopes
        from auth.session, generate_series(1, 49) n where application = 'token'";
    admin.batch_execute(hoard).await.unwrap();
    drop(ana.post(TOKENS, &wish).await.expect(409));
}

#[tokio::test]
async fn a_token_ends_by_hand_by_time_and_with_the_credentials() {
    let (server, mut ana) = ana_with_a_day().await;
    let admin = server.db.admin().await;
    let ben = server.person("ben").await;
    let (one, two) = (ana.program("read", &["food"]).await, ana.program("read", &["food"]).await);
    let path = format!("{TOKENS}/{}", one.id);
    drop(ben.delete(&path).await.expect(404));
    drop(one.get(DAY).await.expect(200));
    drop(ana.delete(&path).await.expect(204));
    drop(ana.delete(&path).await.expect(404));
    is_worth_nothing(&one).await;
    drop(two.get(DAY).await.expect(200));
    let left = ana.get(TOKENS).await.expect(200).json();
    assert_eq!(left["tokens"].as_array().unwrap().len(), 1);
    assert!(ana.get("/api/v1/account/notices").await.text.contains("token_ended"));

    // By time, by the database's own clock; idleness ends no token before.
    let life = "select count(*) from auth.session where application = 'token'
        and expires_at = created_at + interval '30 days' and idle_limit = interval '30 days'";
    assert_eq!(admin.query_one(life, &[]).await.unwrap().get::<_, i64>(0), 1);
    let late = "update auth.session set last_used_at = now() - interval '29 days',
        expires_at = now() + interval '20 seconds' where application = 'token'";
    admin.batch_execute(late).await.unwrap();
    drop(two.get(DAY).await.expect(200));
    let over = "update auth.session set expires_at = now() where application = 'token'";
    admin.batch_execute(over).await.unwrap();
    is_worth_nothing(&two).await;
    let worker = server.db.connect("keepwell_worker").await;
    assert_eq!(worker.execute("delete from auth.session", &[]).await.unwrap(), 1);

    // With a new password, with a recovery, and with signing out everywhere else.
    let three = ana.program("read", &["food"]).await;
    let change = json!({"current_password": ana.password, "new_password": "ana swims in the lake"});
    drop(ana.put("/api/v1/account/password", &change).await.expect(204));
    "ana swims in the lake".clone_into(&mut ana.password);
    is_worth_nothing(&three).await;
    let four = ana.program("read", &["food"]).await;
    drop(ana.delete("/api/v1/session/all").await.expect(204));
    is_worth_nothing(&four).await;
    let five = ana.program("read", &["food"]).await;
    drop(five.get(DAY).await.expect(200));
    let back = ana.recover("ana walks in the woods").await;
    is_worth_nothing(&five).await;
    drop(back.program("read", &["food"]).await.get(DAY).await.expect(200));
}

#[tokio::test]
async fn a_token_s_keyring_opens_its_scopes_and_no_private_key() {
    let (server, ana) = ana_with_a_day().await;
    let admin = server.db.admin().await;
    for (access, scopes, opened) in [
        ("read", &["food"][..], &[Scope::Food][..]),
        ("write", &["food"], &[Scope::Food, Scope::Summary, Scope::Logged]),
        ("read", &["notes", "plan"], &[Scope::Notes, Scope::Plan]),
        ("write_only", &["food", "notes"], &[]),
    ] {
        let program = ana.program(access, scopes).await;
        let token = ApiToken::parse(&program.token).unwrap();
        let sql = "select keyring_sealed from auth.session where token_hash = $1";
        let hash = token.database_token().fingerprint();
        let sealed: Vec<u8> = admin.query_one(sql, &[&hash.as_slice()]).await.unwrap().get(0);
        let keyring =
            ApiKeyring::open(&server.root.keyring_key(&token.keyring_key()), ana.id, &sealed)
                .unwrap();
        for scope in Scope::ALL {
            let has = keyring.current(ana.id, scope).is_some();
            assert_eq!(has, opened.contains(&scope), "{access} {scope:?}");
        }
        let key = "select public_key from auth.principal where principal = $1";
        let public: Vec<u8> = admin.query_one(key, &[&ana.id]).await.unwrap().get(0);
        assert_eq!(keyring.public().bytes()[..], public[..]);
        // Not a person's keyring under the same key.
        assert!(
            keys::Keyring::open(&server.root.keyring_key(&token.keyring_key()), ana.id, &sealed)
                .is_err()
        );
    }
}

#[tokio::test]
async fn what_a_token_changes_is_in_the_audit_as_a_token_s() {
    let (server, ana) = ana_with_a_day().await;
    let admin = server.db.admin().await;
    let writer = ana.program("write", &["food", "notes"]).await;
    let leaver = ana.program("write_only", &["food"]).await;
    drop(writer.post(ENTRIES, &food()).await.expect(201));
    drop(writer.send(Method::PATCH, DAY, &json!({"complete": true})).await.expect(200));
    let item = json!({"day": "2026-11-20", "entry": food()});
    drop(leaver.post("/api/v1/inbox", &item).await.expect(202));
    drop(writer.get(DAY).await.expect(200));
    let sql = "select string_agg(application || ' ' || action || ' ' || subject, ', ' order by seq)
        from audit.event where actor = $1 and application = 'token'";
    let acts: String = admin.query_one(sql, &[&ana.id]).await.unwrap().get(0);
    assert_eq!(
        acts,
        "token entry_recorded food 2026-11-20, token day_marked food 2026-11-20, token item_left food"
    );
    let made = "select subject from audit.event where action = 'token_made' order by seq";
    let made: Vec<String> =
        admin.query(made, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(made, ["write food summary logged notes", "write_only food"]);
}

#[tokio::test]
async fn another_token_s_keyring_or_rights_in_the_row_open_nothing() {
    let (server, ana) = ana_with_a_day().await;
    let admin = server.db.admin().await;
    let eats = ana.program("read", &["food"]).await;
    let notes = ana.program("read", &["notes"]).await;
    let hash = |program: &Program| {
        let token = ApiToken::parse(&program.token).unwrap();
        let hash = token.database_token().fingerprint();
        format!("decode('{}', 'hex')", hex(&hash).as_str())
    };
    // Whoever writes into the database widens the row: the keys are not there.
    let widened = format!(
        "update auth.session set scopes = array['food', 'notes'], access = 'write'
        where token_hash = {}",
        hash(&eats)
    );
    admin.batch_execute(&widened).await.unwrap();
    let answer = eats.get(DAY).await.expect(500).json();
    assert_eq!(answer["type"], "urn:keepwell:problem:altered-record");
    let exchanged = format!(
        "update auth.session set keyring_sealed =
            (select keyring_sealed from auth.session where token_hash = {}) where token_hash = {}",
        hash(&notes),
        hash(&eats)
    );
    admin.batch_execute(&exchanged).await.unwrap();
    drop(eats.get(DAY).await.expect(500));
    drop(notes.get(DAY).await.expect(200));
}
