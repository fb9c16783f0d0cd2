//! The canary: markers through every input, then every byte that is left behind, and every line
//! that was logged, in every form (A01, A05, A21).

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock},
};

use platform::mail::SmtpTls;
use serde_json::json;
use testkit::{
    MailServer, Manner, Person, SOCKET_VARIABLE, ServerOptions, TestDb, TestServer, search::Search,
};
use uuid::Uuid;

const DAY: &str = "/api/v1/days/2026-11-20";

/// What the program logs, as its own subscriber would write it.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn capture_log() {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_target(false)
            .with_ansi(false)
            .with_writer(|| Lines)
            .init();
    });
}

/// What a person keeps beside their days and measures on them; what is refused of it, too.
async fn leave_own_things(ana: &Person, marked: &impl Fn(&str) -> String) {
    let label = json!({"shape": "eu", "amount": 100, "unit": "g",
        "lines": [{"key": "energy", "amount": 1000, "unit": "kJ"}]});
    let food = json!({"kind": "food", "name": marked("own-food"), "maker": marked("maker"),
        "note": marked("label"), "label": label,
        "portions": [{"seq": 1, "name": marked("portion"), "grams": 40}]});
    let id = Uuid::now_v7();
    let recipe = json!({"kind": "recipe", "name": marked("recipe"), "portions": 1,
        "portion_name": "all", "steps": marked("steps"), "from": marked("from"),
        "parts": [{"food": format!("own:{id}"), "amount": 100}]});
    for (path, body) in [
        (format!("/api/v1/library/{id}"), &food),
        (format!("/api/v1/library/{}", Uuid::now_v7()), &recipe),
        (
            "/api/v1/settings".to_owned(),
            &json!({"groups": [{"group": "own1", "name": marked("m")}]}),
        ),
        (
            format!("/api/v1/measures/{}", Uuid::now_v7()),
            &json!({"name": marked("measure"), "unit": "kg"}),
        ),
    ] {
        let answer = ana.put(&path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
    }
    let entries = format!("{DAY}/entries");
    for (kind, more) in [
        ("food", json!({"food": format!("own:{id}"), "amount": 40, "group": "lunch"})),
        (
            "measurement",
            json!({"measure": "weight", "value": 70, "unit": "kg", "note": marked("arm")}),
        ),
        ("activity", json!({"name": marked("activity"), "minutes": 30, "kcal": 250})),
    ] {
        let mut entry = json!({"id": Uuid::now_v7(), "kind": kind, "time": "08:00", "zone": "UTC"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        drop(ana.post(&entries, &entry).await.expect(201));
    }
    let mut unknown = food.clone();
    unknown["label"]["lines"][0]["key"] = json!(marked("line"));
    for (path, body) in [
        (format!("/api/v1/library/{}", Uuid::now_v7()), &unknown),
        (format!("/api/v1/library/{}", marked("number")), &food),
        ("/api/v1/settings".to_owned(), &json!({"highlighted": [marked("nutrient")]})),
        ("/api/v1/plan".to_owned(), &json!({marked("wish"): 1})),
        (format!("/api/v1/library/favourites/{}", marked("favourite")), &json!({})),
    ] {
        let answer = ana.put(&path, body).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.text);
    }
    for path in [
        format!("/api/v1/compendium?query={}", marked("compendium")),
        format!("/api/v1/measurements?from=2026-11-01&to=2026-11-30&measure={}", marked("key")),
        format!(
            "/api/v1/report/sources?from=2026-11-01&to=2026-11-30&nutrient={}",
            marked("source")
        ),
    ] {
        drop(ana.get(&path).await);
    }
}

/// Everything a person or a forger can send, with a word in it that stands nowhere else.
async fn leave_markers(server: &TestServer, word: &str) -> (Person, Vec<String>) {
    let ana = server.person(&format!("{word}-mail")).await;
    let marked = |what: &str| format!("{word}-{what}");
    let id = Uuid::now_v7();
    let entries = format!("{DAY}/entries");
    let note = json!({"id": id, "kind": "note", "time": "08:00", "zone": format!("{word}/zone"), "text": marked("note")});
    drop(ana.post(&entries, &note).await.expect(201));
    drop(
        ana.patch(&format!("{entries}/{id}"), &json!({"text": marked("amended")}))
            .await
            .expect(200),
    );
    drop(ana.get(&format!("/api/v1/foods?q={}", marked("search"))).await.expect(200));
    leave_own_things(&ana, &marked).await;
    // Mails wait for this address and for another one; the mail server repeats both and takes none.
    let new_email = json!({"new_email": format!("{word}-new@example.org")});
    drop(ana.post("/api/v1/account/email", &new_email).await.expect(202));
    drop(ana.post("/api/v1/account/email/verify", &json!({})).await.expect(202));
    assert_eq!(server.send_mail().await.put_off, 3);
    // What is refused leaves as little behind.
    for (path, body) in [
        ("/api/v1/session", json!({"email": ana.email, "password": marked("wrong-password")})),
        ("/api/v1/session", json!({"email": format!("{word}-typed@example.org"), "password": "x"})),
        ("/api/v1/account", json!({"email": ana.email, "password": ana.password})),
        ("/api/v1/account", json!({marked("field"): marked("value")})),
        ("/api/v1/account/email", json!({"new_email": marked("no address")})),
        ("/api/v1/account/email/verify", json!({"code": marked("code")})),
        (
            "/api/v1/account/email/confirm",
            json!({"old_code": marked("old"), "new_code": marked("new"), "password": marked("p")}),
        ),
        ("/api/v1/session/recovery", json!({"email": ana.email, "recovery_code": marked("code")})),
        (entries.as_str(), json!({"id": marked("id"), "kind": marked("kind")})),
    ] {
        let answer = ana.post(path, &body).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.text);
    }
    drop(ana.get(&format!("/api/v1/days/{}", marked("date"))).await.expect(422));
    drop(ana.get(&format!("{DAY}/nutrients/{}", marked("nutrient"))).await.expect(404));
    drop(ana.get(&format!("/{}", marked("page"))).await);
    drop(ana.sign_in().await);
    drop(ana.recover(&marked("new password")).await);
    // A fault inside: the database refuses what the program asks of it.
    let admin = server.db.admin().await;
    let mut fault = ana.clone();
    fault.password = marked("new password");
    let fault = fault.sign_in().await;
    // A program's token, what it sends, and what it sends that is refused.
    let wish =
        json!({"name": marked("token"), "scopes": ["notes"], "access": "write_only", "days": 9});
    let made = fault.post("/api/v1/account/tokens", &wish).await.expect(201).json();
    let api_token = made["token"].as_str().unwrap().to_owned();
    let note = json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": marked("left")});
    for (path, body, status) in [
        ("/api/v1/inbox", json!({"day": "2026-11-20", "entry": note}), 202),
        ("/api/v1/inbox", json!({"day": marked("day"), "entry": note}), 422),
        (entries.as_str(), note, 403),
    ] {
        let request = server.client().post(format!("{}{path}", server.origin)).json(&body);
        let request = request.bearer_auth(&api_token);
        drop(fault.answer(request).await.expect(status));
    }
    admin.batch_execute("revoke execute on function diary.keep_days(uuid, text[], date[], bigint[], integer[], bytea[], text) from keepwell_app").await.unwrap();
    let another = json!({"id": Uuid::now_v7(), "kind": "note", "time": "08:00", "zone": "UTC", "text": marked("lost")});
    let answer = fault.post(&entries, &another).await.expect(500);
    assert!(
        !answer.text.contains("keep_days") && !answer.text.contains("42501"),
        "{}",
        answer.text
    );

    let mut markers =
        vec![word.to_owned(), ana.cookie.clone(), fault.cookie.clone(), id.to_string()];
    markers.push(ana.recovery_code.clone());
    markers.push(ana.recovery_code.replace('-', ""));
    let token = keys::SessionToken::parse(&fault.cookie).unwrap().database_token();
    markers.push(token.expose().iter().map(|byte| format!("{byte:02x}")).collect());
    let database_token = keys::ApiToken::parse(&api_token).unwrap().database_token();
    markers.push(database_token.expose().iter().map(|byte| format!("{byte:02x}")).collect());
    markers.push(api_token["kw_".len()..].to_owned());
    (ana, markers)
}

/// The files of one database, and what the whole server keeps: its log of changes, its log, its
/// temporary files.
async fn files(db: &TestDb) -> Vec<PathBuf> {
    let admin = db.admin().await;
    let row = admin
        .query_one(
            "select current_setting('data_directory'), oid::text from pg_database
            where datname = current_database()",
            &[],
        )
        .await
        .unwrap();
    let (data, oid): (String, String) = (row.get(0), row.get(1));
    let data = Path::new(&data);
    let socket = PathBuf::from(std::env::var(SOCKET_VARIABLE).unwrap());
    let mut folders = vec![
        data.join("base").join(oid),
        data.join("base/pgsql_tmp"),
        data.join("pg_wal"),
        data.join("pg_stat"),
        data.join("pg_stat_tmp"),
        data.join("pg_xact"),
        socket.parent().unwrap().join("log"),
    ];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert!(
        files.len() > 100,
        "the files of the database cannot be read: run as its user, or as root"
    );
    files
}

async fn traces_on_disk(db: &TestDb, search: &Search) -> Vec<String> {
    db.admin().await.batch_execute("checkpoint").await.unwrap();
    let mut traces = Vec::new();
    for file in files(db).await {
        // Other tests' databases come and go meanwhile.
        let Ok(bytes) = std::fs::read(&file) else { continue };
        traces.extend(
            search.traces_in(&bytes).iter().map(|trace| format!("{trace}: {}", file.display())),
        );
    }
    traces
}

#[tokio::test]
async fn a01_a05_a21_no_marker_is_left_in_any_byte_or_logged_line() {
    capture_log();
    let mail = MailServer::start(SmtpTls::FromTheStart).await;
    mail.behave(Manner::Refuses);
    let options = ServerOptions { smtp: Some(mail.config()), ..ServerOptions::default() };
    let server = TestServer::start_with(options, keepwell::router).await;
    let word = format!("canary{}", Uuid::now_v7().simple());
    let (_, markers) = leave_markers(&server, &word).await;
    let search = Search::new(&markers);
    assert_eq!(traces_on_disk(&server.db, &search).await, Vec::<String>::new());
    assert_eq!(search.traces_in(&server.db.dump()), Vec::<String>::new());

    let log = LOG.lock().unwrap().clone();
    assert_eq!(search.traces_in(&log), Vec::<String>::new());
    let log = String::from_utf8(log).unwrap();
    assert!(log.contains("answered") && log.contains("/api/v1/days/{date}/entries"), "{log}");
    assert!(log.contains("a mail was not sent") && log.contains("550"), "{log}");
    assert!(log.contains("database error 42501"), "the fault was logged by its code: {log}");
    assert!(!log.contains("2026-11-20"), "a log names no day");
}

#[tokio::test]
async fn the_search_sees_what_is_planted_in_plain() {
    let db = TestDb::new().await;
    let word = format!("planted{}", Uuid::now_v7().simple());
    let search = Search::new(std::slice::from_ref(&word));
    assert_eq!(traces_on_disk(&db, &search).await, Vec::<String>::new());
    let admin = db.admin().await;
    let plant = format!(
        "drop table if exists public.plain;
        create table public.plain as select '{word}'::text as word, convert_to('{word}', 'UTF8') as bytes"
    );
    // The log is one for all tests: a checkpoint that another one asks for may recycle its files first.
    let mut traces = Vec::new();
    for _ in 0..5 {
        admin.batch_execute(&plant).await.unwrap();
        traces.extend(traces_on_disk(&db, &search).await);
        if traces.iter().any(|trace| trace.contains("/pg_wal/")) {
            break;
        }
    }
    assert!(traces.iter().any(|trace| trace.contains("/base/")), "{traces:?}");
    assert!(traces.iter().any(|trace| trace.contains("/pg_wal/")), "{traces:?}");
    let dump = search.traces_in(&db.dump());
    assert!(dump.iter().any(|trace| trace.ends_with("as text")), "{dump:?}");
    assert!(dump.iter().any(|trace| trace.ends_with("as hex")), "{dump:?}");
}
