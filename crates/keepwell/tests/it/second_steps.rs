//! Second steps, and the proof that changes of credentials need. Each arrow of the drawing in
//! docs/signing-in.md is walked here or in `attacks/sessions.rs`.

use platform::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Authenticator, Person, ServerOptions, TestServer};

const DAY: &str = "/api/v1/days/2026-11-20";
const STEPS: &str = "/api/v1/account/second-steps";

/// A server whose clock can be set, for codes that change with the time.
async fn server() -> TestServer {
    server_with(|_| {}).await
}

async fn server_with(change: impl FnOnce(&mut ServerOptions)) -> TestServer {
    let clock = Clock::standing_at(Clock::real().now());
    let mut options = ServerOptions { clock, ..ServerOptions::default() };
    change(&mut options);
    TestServer::start_with(options, keepwell::router).await
}

fn totp(app: &Authenticator, server: &TestServer) -> Value {
    json!({"totp": app.next(server)})
}

async fn kind(person: &Person, path: &str) -> String {
    let answer = person.get(path).await;
    answer.json()["type"].as_str().unwrap_or("answered").replace("urn:keepwell:problem:", "")
}

async fn proved_long_ago(server: &TestServer) {
    let admin = server.db.admin().await;
    let back = "update auth.session set proved_at = now() - interval '5 minutes 1 second'";
    admin.batch_execute(back).await.unwrap();
}

#[tokio::test]
async fn a_code_of_the_app_opens_the_diary_under_a_new_token() {
    let server = server().await;
    let ana = server.person("ana").await;
    ana.eat("2026-11-20", "usda-sr28:09040", 100.0).await;
    let (app, _) = ana.set_up_app(&server).await;

    let half = ana.half_sign_in().await;
    for path in ["/api/v1/session", DAY, STEPS, "/api/v1/session/all"] {
        assert_eq!(kind(&half, path).await, "second-step-first", "{path}");
    }
    let wrong = half.show(json!({"totp": "000000"})).await.unwrap_err().expect(422);
    assert_eq!(wrong.field(), "totp");
    let whole = half.show(totp(&app, &server)).await.unwrap();
    let session = whole.get("/api/v1/session").await.expect(200).json();
    assert_eq!(
        (&session["first_step"], &session["second_step"]),
        (&json!("password"), &json!("totp"))
    );
    assert_eq!(whole.get(DAY).await.expect(200).json()["foods"], 1, "the diary opens");
    // Whoever saw the token before the second step has nothing (session fixation).
    assert_ne!(half.cookie, whole.cookie);
    assert_eq!(kind(&half, DAY).await, "sign-in-first");
}

#[tokio::test]
async fn a_code_counts_once_and_only_at_its_time() {
    let server = server().await;
    let ana = server.person("ana").await;
    let (app, _) = ana.set_up_app(&server).await;
    let now = || server.app.clock().now();
    // The code that confirmed the app has been used.
    let half = ana.half_sign_in().await;
    let used = json!({"totp": app.code(now())});
    assert_eq!(half.show(used).await.unwrap_err().expect(422).field(), "totp");
    let code = totp(&app, &server);
    drop(half.show(code.clone()).await.unwrap());
    let again = ana.half_sign_in().await;
    drop(again.show(code).await.unwrap_err().expect(422));
    // A clock that is half a minute fast or slow is forgiven, and a whole one is not.
    for (away, right) in [(60, false), (30, true)] {
        let code = json!({"totp": app.code(now() + jiff::SignedDuration::from_secs(away))});
        assert_eq!(again.show(code).await.is_ok(), right, "{away} s fast");
    }
    // What lies before a code that was used is over too, however right it is.
    let late = ana.half_sign_in().await;
    drop(late.show(json!({"totp": app.code(now())})).await.unwrap_err().expect(422));
}

#[tokio::test]
async fn after_five_tries_a_session_that_waits_is_over() {
    let server = server().await;
    let ana = server.person("ana").await;
    let (app, codes) = ana.set_up_app(&server).await;
    let half = ana.half_sign_in().await;
    for _ in 0..5 {
        drop(half.show(json!({"totp": "000000"})).await.unwrap_err().expect(422));
    }
    drop(half.show(totp(&app, &server)).await.unwrap_err().expect(401));
    drop(half.show(json!({"single_use_code": codes[0]})).await.unwrap_err().expect(401));
    assert_eq!(kind(&half, DAY).await, "sign-in-first");
    // It is over for that session, not for Ana, once the wait that guessing brings has passed.
    let admin = server.db.admin().await;
    admin.batch_execute("delete from platform.failure_count").await.unwrap();
    drop(ana.half_sign_in().await.show(totp(&app, &server)).await.unwrap());
}

#[tokio::test]
async fn a_session_that_waits_is_over_after_ten_minutes() {
    let server = server().await;
    let ana = server.person("ana").await;
    let (app, _) = ana.set_up_app(&server).await;
    let half = ana.half_sign_in().await;
    let admin = server.db.admin().await;
    let back = "update auth.session set created_at = created_at - interval '10 minutes'
        where state = 'awaits_second_step'";
    admin.batch_execute(back).await.unwrap();
    drop(half.show(totp(&app, &server)).await.unwrap_err().expect(401));
    let worker = server.db.connect("keepwell_worker").await;
    assert_eq!(worker.execute("delete from auth.session", &[]).await.unwrap(), 1);
}

#[tokio::test]
async fn ten_codes_are_each_used_once() {
    let server = server().await;
    let ana = server.person("ana").await;
    let (app, codes) = ana.set_up_app(&server).await;
    assert_eq!(codes.len(), 10);
    let typed = json!({"single_use_code": codes[3].to_lowercase().replace('-', " ")});
    let whole = ana.half_sign_in().await.show(typed.clone()).await.unwrap();
    let session = whole.get("/api/v1/session").await.expect(200).json();
    assert_eq!(session["second_step"], "single_use_code");
    assert_eq!(whole.get(STEPS).await.expect(200).json()["single_use_codes_left"], 9);
    let half = ana.half_sign_in().await;
    let refused = half.show(typed).await.unwrap_err().expect(422);
    assert_eq!(refused.field(), "single_use_code");
    // Somebody else's code is no code here, and stays theirs.
    let ben = server.person("ben").await;
    let (_, of_ben) = ben.set_up_app(&server).await;
    drop(half.show(json!({"single_use_code": of_ben[0]})).await.unwrap_err().expect(422));
    assert_eq!(ben.get(STEPS).await.expect(200).json()["single_use_codes_left"], 10);

    let new = whole.post("/api/v1/account/single-use-codes", &json!({})).await.expect(201).json();
    assert_eq!(new["single_use_codes"].as_array().unwrap().len(), 10);
    drop(half.show(json!({"single_use_code": codes[0]})).await.unwrap_err().expect(422));
    drop(half.show(json!({"single_use_code": new["single_use_codes"][0]})).await.unwrap());
    drop(app);
}

#[tokio::test]
async fn the_last_second_step_goes_with_its_codes_and_leaves_a_long_password() {
    let server = server().await;
    let ana = server.person("ana").await;
    let (app, codes) = ana.set_up_app(&server).await;
    // With a second step eight characters are enough.
    let change = |old: &str, new: &str| json!({"current_password": old, "new_password": new});
    let path = "/api/v1/account/password";
    drop(ana.put(path, &change("wrong", "qu1et leaf")).await.expect(422));
    drop(ana.put(path, &change(&ana.password, "leaf")).await.expect(422));
    drop(ana.put(path, &change(&ana.password, "qu1et leaf")).await.expect(204));
    let short = ana.with_password("qu1et leaf");
    drop(short.half_sign_in().await.show(totp(&app, &server)).await.unwrap());

    let steps = ana.get(STEPS).await.expect(200).json();
    assert_eq!(steps["steps"][0]["name"], "Phone");
    let step = format!("{STEPS}/{}", steps["steps"][0]["factor"].as_str().unwrap());
    let remove = async |password: Option<&str>| {
        let body = json!({"password": password}).to_string();
        ana.send(Method::DELETE, &step, body).await
    };
    drop(remove(None).await.expect(422));
    let refused = remove(Some("qu1et leaf")).await.expect(422);
    assert!(refused.text.contains("15 characters"), "{}", refused.text);
    let long = "walks by the lake";
    drop(ana.put(path, &change("qu1et leaf", long)).await.expect(204));
    drop(remove(Some("walks by the sea!")).await.expect(422));
    drop(remove(Some(long)).await.expect(204));
    assert_eq!(ana.get(STEPS).await.expect(200).json()["steps"], json!([]));
    let alone = ana.with_password(long).sign_in().await;
    drop(alone.get(DAY).await.expect(200));
    let code = json!({"email": ana.email, "recovery_code": codes[0]});
    drop(ana.post("/api/v1/session/recovery", &code).await.expect(401));
}

#[tokio::test]
async fn who_owes_a_second_step_sets_one_up_first() {
    let server = server_with(|options| options.second_step_required = true).await;
    let ana = server.person("ana").await;
    assert_eq!(kind(&ana, DAY).await, "second-step-owed");
    let session = ana.get("/api/v1/session").await.expect(200).json();
    assert_eq!(session["owes_second_step"], true);
    let phone = ana.sign_in().await;
    assert_eq!(kind(&phone, DAY).await, "second-step-owed");
    assert_eq!(ana.get(STEPS).await.expect(200).json()["required"], true);
    let (app, _) = ana.set_up_app(&server).await;
    for device in [&ana, &phone] {
        drop(device.get(DAY).await.expect(200));
    }
    drop(ana.half_sign_in().await.show(totp(&app, &server)).await.unwrap());
    let steps = ana.get(STEPS).await.expect(200).json();
    let step = format!("{STEPS}/{}", steps["steps"][0]["factor"].as_str().unwrap());
    let last = json!({"password": ana.password}).to_string();
    drop(ana.send(Method::DELETE, &step, last).await.expect(409));
}

#[tokio::test]
async fn credentials_change_only_within_five_minutes_of_a_proof() {
    let server = server().await;
    let mut ana = server.person("ana").await;
    let (app, _) = ana.set_up_app(&server).await;
    let steps = ana.get(STEPS).await.expect(200).json();
    let step = format!("{STEPS}/{}", steps["steps"][0]["factor"].as_str().unwrap());
    let passwords =
        json!({"current_password": ana.password, "new_password": "walks by the lake"}).to_string();
    let changes = [
        (Method::POST, format!("{STEPS}/totp"), "{}"),
        (Method::PATCH, step.clone(), r#"{"name": "Old phone"}"#),
        (Method::POST, "/api/v1/account/single-use-codes".to_owned(), "{}"),
        (Method::POST, "/api/v1/account/recovery-code".to_owned(), "{}"),
        (Method::PUT, "/api/v1/session/pin".to_owned(), r#"{"pin": "274951"}"#),
        (Method::PUT, "/api/v1/account/password".to_owned(), passwords.as_str()),
    ];
    proved_long_ago(&server).await;
    for (method, path, body) in &changes {
        let refused = ana.send(method.clone(), path, body.to_string()).await.expect(403);
        assert_eq!(refused.json()["type"], "urn:keepwell:problem:prove-first", "{path}");
    }
    let refused = ana.send(Method::DELETE, &step, "{}").await.expect(403);
    assert_eq!(refused.json()["type"], "urn:keepwell:problem:prove-first");

    // The password alone is no proof where there is a second step, nor is the second step.
    let proof = "/api/v1/session/proof";
    drop(ana.post(proof, &json!({"password": ana.password})).await.expect(422));
    let guess = json!({"password": "walks by the see", "totp": app.next(&server)});
    assert_eq!(ana.post(proof, &guess).await.expect(422).field(), "password");
    drop(ana.send(Method::DELETE, &step, "{}").await.expect(403));
    let both = json!({"password": ana.password, "totp": app.next(&server)});
    ana.prove_with(&both).await;
    assert_eq!(ana.post(proof, &both).await.expect(422).field(), "totp", "a code counts once");
    for (method, path, body) in &changes {
        let answer = ana.send(method.clone(), path, body.to_string()).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_password_is_brought_up_to_the_present_cost_when_it_is_typed() {
    let server = server().await;
    let ana = server.person("ana").await;
    let admin = server.db.admin().await;
    // The setting of an earlier start, with which Ana's password was stretched.
    let weaker = keys::PasswordCost { memory_kib: 16, passes: 1, lanes: 1 };
    let password = secrecy::SecretString::from(ana.password.as_str());
    let salt = server.root.password_salt(&ana.email);
    let stretch = |cost| keys::stretch(&password, &salt, cost).unwrap();
    let pair = {
        let sealed: Vec<u8> = admin
            .query_one("select private_key_sealed from accounts.key_slot where kind = 1", &[])
            .await
            .unwrap()
            .get(0);
        let now = stretch(keys::PasswordCost::WEAK_FOR_TESTS);
        now.slot_key().open(ana.id, keys::SlotKind::Password, &sealed).unwrap()
    };
    let old = stretch(weaker);
    let fingerprint = old.proof(&server.root).fingerprint().to_vec();
    let sealed = old.slot_key().seal(ana.id, keys::SlotKind::Password, &pair);
    let sql = "update accounts.key_slot set proof_hash = $1, private_key_sealed = $2,
        stretch_memory_kib = 16 where kind = 1";
    admin.execute(sql, &[&fingerprint, &sealed]).await.unwrap();
    admin.batch_execute("insert into accounts.stretch_cost values (16, 1, 1)").await.unwrap();

    drop(ana.sign_in().await.get(DAY).await.expect(200));
    let cost = "select stretch_memory_kib from accounts.key_slot where kind = 1";
    assert_eq!(admin.query_one(cost, &[]).await.unwrap().get::<_, i32>(0), 8, "the present cost");
    drop(ana.sign_in().await.get(DAY).await.expect(200));
    assert_eq!(admin.query(cost, &[]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn changes_at_the_same_moment_leave_no_account_without_what_it_must_have() {
    let server = server_with(|options| options.second_step_required = true).await;
    let admin = server.db.admin().await;
    for turn in 0..6 {
        let ana = server.person(&format!("ana{turn}")).await;
        ana.set_up_app(&server).await;
        ana.set_up_app(&server).await;
        let steps = ana.get(STEPS).await.expect(200).json();
        let path =
            |at: usize| format!("{STEPS}/{}", steps["steps"][at]["factor"].as_str().unwrap());
        let (one, other) = (path(0), path(1));
        let (one, other) = tokio::join!(
            ana.send(Method::DELETE, &one, "{}"),
            ana.send(Method::DELETE, &other, "{}"),
        );
        let mut both = [one.status.as_u16(), other.status.as_u16()];
        both.sort_unstable();
        assert_eq!(both, [204, 409], "one of two second steps stays");
        // New codes replace the old ones, however many ask at once.
        let none = json!({});
        let ask = || ana.post("/api/v1/account/single-use-codes", &none);
        let made = tokio::join!(ask(), ask(), ask());
        for made in [made.0, made.1, made.2] {
            drop(made.expect(201));
        }
        let sql = "select count(*) from accounts.key_slot where kind = 4 and principal = $1";
        assert_eq!(admin.query_one(sql, &[&ana.id]).await.unwrap().get::<_, i64>(0), 10);
    }
}

#[tokio::test]
async fn an_app_that_is_being_set_up_is_confirmed_once_and_by_who_began() {
    let server = server().await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let begun = ana.post(&format!("{STEPS}/totp"), &json!({})).await.expect(200).json();
    let app = Authenticator::new(begun["secret"].as_str().unwrap());
    let confirm = format!("{STEPS}/totp/confirm");
    let first =
        |code: String| json!({"ceremony": begun["ceremony"], "code": code, "name": "Phone"});
    let code = app.next(&server);
    drop(ben.post(&confirm, &first(code.clone())).await.expect(422));
    drop(ana.post(&confirm, &first("000000".to_owned())).await.expect(422));
    drop(ana.post(&confirm, &first(code.clone())).await.expect(201));
    drop(ana.post(&confirm, &first(code)).await.expect(422));
}
