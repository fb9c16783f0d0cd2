//! Security keys and passkeys, as people use them. What thieves make of them is in `attacks::passkeys`.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Person, SecurityKey, ServerOptions, TestServer};

const SIGN_IN: &str = "/api/v1/session/passkey";
const SECOND_STEP: &str = "/api/v1/session/second-step/key";
const STEPS: &str = "/api/v1/account/second-steps";

/// A challenge for the path that its answer goes to.
pub(crate) async fn challenge(person: &Person, path: &str) -> Value {
    person.post(&format!("{path}/challenge"), &json!({})).await.expect(200).json()
}

/// Somebody's browser before anybody has signed in.
pub(crate) fn stranger(person: &Person) -> Person {
    with_cookie(person, "")
}

/// The same person, with the session that was answered.
pub(crate) fn after(person: &Person, answer: &Answer) -> Person {
    with_cookie(person, &answer.cookie().unwrap())
}

fn with_cookie(person: &Person, cookie: &str) -> Person {
    let mut person = person.clone();
    cookie.clone_into(&mut person.cookie);
    person
}

/// Adds a key, with the secret that opens the diary where `opens` says so.
pub(crate) async fn enrol(person: &Person, key: &mut SecurityKey, opens: bool) -> Answer {
    let asked = challenge(person, &format!("{STEPS}/key")).await;
    let mut new = json!({
        "ceremony": asked["ceremony"], "credential": key.create(&asked), "name": "Key on my key ring",
    });
    if opens {
        new["slot_secret"] = json!(key.secret);
    }
    person.post(&format!("{STEPS}/key"), &new).await
}

/// What the browser sends for a passkey that opens the diary alone.
pub(crate) fn alone(asked: &Value, key: &mut SecurityKey) -> Value {
    json!({
        "ceremony": asked["ceremony"], "credential": key.get(asked), "slot_secret": key.secret,
    })
}

/// What the browser sends for a key beside something else.
pub(crate) fn beside(asked: &Value, key: &mut SecurityKey) -> Value {
    json!({"ceremony": asked["ceremony"], "credential": key.get(asked)})
}

/// Signs in with a passkey alone.
pub(crate) async fn sign_in_alone(person: &Person, key: &mut SecurityKey) -> Answer {
    let browser = stranger(person);
    let asked = challenge(&browser, SIGN_IN).await;
    browser.post(SIGN_IN, &alone(&asked, key)).await
}

/// Signs in with the password; the answer awaits the second step.
pub(crate) async fn first_step(person: &Person) -> Person {
    let browser = stranger(person);
    let typed = json!({"email": person.email, "password": person.password});
    let answer = browser.post("/api/v1/session", &typed).await.expect(201);
    assert_eq!(answer.json()["state"], "awaits_second_step");
    after(&browser, &answer)
}

async fn is_open(person: &Person) {
    drop(person.get("/api/v1/days/2026-11-21").await.expect(200));
}

#[tokio::test]
async fn a_passkey_with_a_key_of_its_own_signs_in_alone() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    ana.eat("2026-11-21", "usda-sr28:09003", 150.0).await;
    let mut key = SecurityKey::new(&server.origin);
    let added = enrol(&ana, &mut key, true).await.expect(201).json();
    assert_eq!(added["opens_diary"], true);
    assert_eq!(added["codes"]["single_use_codes"].as_array().map(Vec::len), Some(10));

    let answer = sign_in_alone(&ana, &mut key).await.expect(201);
    let session = answer.json();
    assert_eq!(session["state"], "open");
    assert_eq!(session["first_step"], "passkey");
    assert_eq!(session["second_step"], Value::Null);
    assert_eq!(session["person_id"], ana.id.to_string());
    let back = after(&ana, &answer);
    let day = back.get("/api/v1/days/2026-11-21").await.expect(200).json();
    assert_eq!(day["entries"].as_array().map(Vec::len), Some(1));
    // It was used just now.
    let steps = back.get(STEPS).await.expect(200).json();
    assert_eq!(steps["steps"][0]["opens_diary"], true);
    assert_ne!(steps["steps"][0]["last_used_at"], Value::Null);
    // The password alone does not do any more.
    first_step(&ana).await;
}

#[tokio::test]
async fn a_key_without_a_pin_is_a_second_step_and_no_more() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut key = SecurityKey::plain(&server.origin);
    let refused = enrol(&ana, &mut key, true).await.expect(422);
    assert_eq!(refused.field(), "slot_secret");
    let added = enrol(&ana, &mut key, false).await.expect(201).json();
    assert_eq!(added["opens_diary"], false);

    let waits = first_step(&ana).await;
    let asked = challenge(&waits, SECOND_STEP).await;
    assert!(key.is_among(&asked["publicKey"]["allowCredentials"]), "{asked}");
    let answer = waits.post(SECOND_STEP, &beside(&asked, &mut key)).await.expect(200);
    assert_eq!(answer.json()["second_step"], "security_key");
    assert!(answer.device().is_some(), "the device is known from here on");
    is_open(&after(&ana, &answer)).await;
    // The token of before is worth nothing.
    drop(waits.get("/api/v1/session").await.expect(401));

    // Alone it says in words what to do.
    let browser = stranger(&ana);
    let asked = challenge(&browser, SIGN_IN).await;
    let refused = browser.post(SIGN_IN, &beside(&asked, &mut key)).await.expect(422);
    assert_eq!(refused.field(), "slot_secret");
    assert!(refused.text.contains("password first"), "{}", refused.text);
}

#[tokio::test]
async fn a_key_that_does_not_count_can_be_used_again_and_again() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut key = SecurityKey::new(&server.origin).without_count();
    drop(enrol(&ana, &mut key, true).await.expect(201));
    for _ in 0..3 {
        drop(sign_in_alone(&ana, &mut key).await.expect(201));
    }
}

#[tokio::test]
async fn a_passkey_gets_its_slot_later_and_loses_it_when_it_is_removed() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut key = SecurityKey::new(&server.origin);
    let added = enrol(&ana, &mut key, false).await.expect(201).json();
    let factor = added["factor"].as_str().unwrap();
    drop(sign_in_alone(&ana, &mut key).await.expect(401));

    let slot = format!("{STEPS}/{factor}/slot");
    // Who does not say who they are gives it no slot.
    let asked = challenge(&ana, &slot).await;
    let mut unsure = key.careless();
    drop(ana.post(&slot, &alone(&asked, &mut unsure)).await.expect(422));
    key.count = unsure.count;
    let asked = challenge(&ana, &slot).await;
    drop(ana.post(&slot, &alone(&asked, &mut key)).await.expect(204));
    drop(sign_in_alone(&ana, &mut key).await.expect(201));
    // It has one.
    let asked = challenge(&ana, &slot).await;
    drop(ana.post(&slot, &alone(&asked, &mut key)).await.expect(409));
    let nobodys = format!("{STEPS}/{}/slot/challenge", ana.id);
    drop(ana.post(&nobodys, &json!({})).await.expect(404));

    let mut other = SecurityKey::new(&server.origin);
    drop(enrol(&ana, &mut other, true).await.expect(201));
    let gone = ana.request(Method::DELETE, &format!("{STEPS}/{factor}")).json(&json!({}));
    drop(ana.answer(gone).await.expect(204));
    drop(sign_in_alone(&ana, &mut key).await.expect(401));
    drop(sign_in_alone(&ana, &mut other).await.expect(201));
}

#[tokio::test]
async fn a_key_that_is_there_is_named_so_that_it_is_not_added_again() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut key = SecurityKey::new(&server.origin);
    drop(enrol(&ana, &mut key, false).await.expect(201));
    let asked = challenge(&ana, &format!("{STEPS}/key")).await;
    assert!(key.is_among(&asked["publicKey"]["excludeCredentials"]), "{asked}");
    drop(enrol(&ana, &mut key, false).await.expect(422));
    // What the authenticator keeps: the address for its person, and nothing that the database knows.
    let user = &asked["publicKey"]["user"];
    assert_eq!(user["name"], ana.email);
    assert!(!key.handle.windows(16).any(|bytes| bytes == ana.id.as_bytes()));
    assert_eq!(asked["publicKey"]["rp"]["id"], "localhost");
    assert_eq!(asked["publicKey"]["attestation"], "none");
    assert_eq!(asked["publicKey"]["authenticatorSelection"]["residentKey"], "preferred");
    assert_ne!(asked["publicKey"]["extensions"]["prf"]["eval"]["first"], Value::Null);
}

#[tokio::test]
async fn a_locked_session_is_opened_with_a_key() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut key = SecurityKey::plain(&server.origin);
    drop(enrol(&ana, &mut key, false).await.expect(201));
    let lock = "update auth.session set state = 'locked'";
    server.db.admin().await.batch_execute(lock).await.unwrap();
    drop(ana.get("/api/v1/session").await.expect(423));

    let unlock = "/api/v1/session/unlock";
    let asked = challenge(&ana, unlock).await;
    // As the second step it is not taken here.
    drop(ana.post(SECOND_STEP, &beside(&asked, &mut key)).await.expect(423));
    drop(ana.post(unlock, &json!({})).await.expect(422));
    let shown = json!({"key": beside(&asked, &mut key)});
    let answer = ana.post(unlock, &shown).await.expect(204);
    is_open(&after(&ana, &answer)).await;
    drop(ana.get("/api/v1/session").await.expect(401));
}

#[tokio::test]
async fn a_key_proves_once_more_who_it_is() {
    let server = TestServer::start(keepwell::router).await;
    let mut ana = server.person("ana").await;
    let mut key = SecurityKey::new(&server.origin);
    drop(enrol(&ana, &mut key, true).await.expect(201));
    let path = "/api/v1/session/proof";
    let forget = "update auth.session set proved_at = now() - interval '6 minutes'";
    let admin = server.db.admin().await;
    let begin_key = format!("{STEPS}/key/challenge");

    admin.batch_execute(forget).await.unwrap();
    drop(ana.post(&begin_key, &json!({})).await.expect(403));
    // The password does not do alone, and does with the key.
    drop(ana.post(path, &json!({"password": ana.password})).await.expect(422));
    let asked = challenge(&ana, path).await;
    let both = json!({"password": ana.password, "key": beside(&asked, &mut key)});
    ana.prove_with(&both).await;
    drop(ana.post(&begin_key, &json!({})).await.expect(200));

    admin.batch_execute(forget).await.unwrap();
    let asked = challenge(&ana, path).await;
    ana.prove_with(&json!({"passkey": alone(&asked, &mut key)})).await;
    drop(ana.post(&begin_key, &json!({})).await.expect(200));

    // Which it is must be clear.
    let asked = challenge(&ana, path).await;
    let mixed = json!({"password": ana.password, "passkey": alone(&asked, &mut key)});
    assert_eq!(ana.post(path, &mixed).await.expect(422).field(), "passkey");
    assert_eq!(ana.post(path, &json!({})).await.expect(422).field(), "password");
}

#[tokio::test]
async fn who_owes_a_second_step_may_make_it_a_key() {
    let options = ServerOptions { second_step_required: true, ..ServerOptions::default() };
    let server = TestServer::start_with(options, keepwell::router).await;
    let ana = server.person("ana").await.sign_in().await;
    drop(ana.get("/api/v1/days/2026-11-21").await.expect(403));
    let mut key = SecurityKey::new(&server.origin);
    drop(enrol(&ana, &mut key, true).await.expect(201));
    is_open(&ana).await;
    // A passkey is both steps: who comes with it owes nothing.
    let answer = sign_in_alone(&ana, &mut key).await.expect(201);
    assert_eq!(answer.json()["owes_second_step"], false);
    is_open(&after(&ana, &answer)).await;
}
