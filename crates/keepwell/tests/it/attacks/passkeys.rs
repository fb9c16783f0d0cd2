//! A23: part of what somebody signs in with, stolen or made up. Each attack is followed by the same steps
//! with what was missing.

use serde_json::{Value, json};
use testkit::{Person, SecurityKey, TestServer};

use crate::security_keys::{alone, beside, challenge, enrol, first_step, sign_in_alone, stranger};

const SIGN_IN: &str = "/api/v1/session/passkey";
const SECOND_STEP: &str = "/api/v1/session/second-step/key";
const PROOF: &str = "/api/v1/session/proof";

async fn ana_with_passkey(server: &TestServer) -> (Person, SecurityKey) {
    let ana = server.person("ana").await;
    let mut key = SecurityKey::new(&server.origin);
    drop(enrol(&ana, &mut key, true).await.expect(201));
    (ana, key)
}

async fn sessions(server: &TestServer) -> i64 {
    let sql = "select count(*) from auth.session";
    server.db.admin().await.query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a23_a_passkey_s_secret_without_the_authenticator_signs_nobody_in() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, mut key) = ana_with_passkey(&server).await;
    let before = sessions(&server).await;
    drop(sign_in_alone(&ana, &mut key.forged()).await.expect(401));
    let mut another = SecurityKey::new(&server.origin);
    another.secret.clone_from(&key.secret);
    another.handle.clone_from(&key.handle);
    drop(sign_in_alone(&ana, &mut another).await.expect(401));
    assert_eq!(sessions(&server).await, before, "nothing is left of it");
    drop(sign_in_alone(&ana, &mut key).await.expect(201));
}

#[tokio::test]
async fn a23_an_authenticator_without_its_secret_signs_nobody_in() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, mut key) = ana_with_passkey(&server).await;
    let (ben, mut bens) = {
        let ben = server.person("ben").await;
        let mut key = SecurityKey::new(&server.origin);
        drop(enrol(&ben, &mut key, true).await.expect(201));
        (ben, key)
    };
    // Of nobody, of Ben, and of another passkey of Ana's own.
    let mut second = SecurityKey::new(&server.origin);
    drop(enrol(&ana, &mut second, true).await.expect(201));
    let right = key.secret.clone();
    let others = [&SecurityKey::new(&server.origin), &bens, &second];
    for secret in others.map(|other| other.secret.clone()) {
        key.secret = secret;
        let refused = sign_in_alone(&ana, &mut key).await.expect(401);
        assert_eq!(refused.json()["type"], "urn:keepwell:problem:not-opened");
    }
    key.secret = right;
    drop(sign_in_alone(&ana, &mut key).await.expect(201));
    drop(sign_in_alone(&ben, &mut bens).await.expect(201));
}

#[tokio::test]
async fn a23_a_password_alone_and_a_second_step_alone_open_nothing() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut key = SecurityKey::plain(&server.origin);
    drop(enrol(&ana, &mut key, false).await.expect(201));

    // The password, and a key of the thief's own.
    let waits = first_step(&ana).await;
    drop(waits.get("/api/v1/days/2026-11-21").await.expect(401));
    let mut thiefs = SecurityKey::plain(&server.origin);
    for key in [&mut thiefs, &mut key.forged()] {
        let asked = challenge(&waits, SECOND_STEP).await;
        drop(waits.post(SECOND_STEP, &beside(&asked, key)).await.expect(422));
        drop(waits.get("/api/v1/days/2026-11-21").await.expect(401));
    }
    // The key, and no password: as the second step of nobody, and as a passkey.
    let browser = stranger(&ana);
    drop(browser.post(&format!("{SECOND_STEP}/challenge"), &json!({})).await.expect(401));
    drop(sign_in_alone(&ana, &mut key).await.expect(401));

    let asked = challenge(&waits, SECOND_STEP).await;
    drop(waits.post(SECOND_STEP, &beside(&asked, &mut key)).await.expect(200));
}

#[tokio::test]
async fn a23_a_key_of_somebody_else_is_no_second_step() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, mut anas) = ana_with_passkey(&server).await;
    let ben = server.person("ben").await;
    let mut bens = SecurityKey::new(&server.origin);
    drop(enrol(&ben, &mut bens, true).await.expect(201));

    let waits = first_step(&ana).await;
    let asked = challenge(&waits, SECOND_STEP).await;
    assert!(!bens.is_among(&asked["publicKey"]["allowCredentials"]));
    drop(waits.post(SECOND_STEP, &beside(&asked, &mut bens)).await.expect(422));
    // Ana's key and Ben's secret are neither's passkey.
    let secret = std::mem::replace(&mut anas.secret, bens.secret.clone());
    drop(sign_in_alone(&ana, &mut anas).await.expect(401));
    anas.secret = secret;
    // A challenge that Ben's session was given is not answered in Ana's.
    let waits = first_step(&ana).await;
    let asked = challenge(&ben, PROOF).await;
    let passkey = json!({"passkey": alone(&asked, &mut anas)});
    assert_eq!(ana.post(PROOF, &passkey).await.expect(422).field(), "ceremony");
    // Nor one that another session of Ana's was given.
    let waits_too = first_step(&ana).await;
    let asked = challenge(&waits_too, SECOND_STEP).await;
    let refused = waits.post(SECOND_STEP, &beside(&asked, &mut anas)).await.expect(422);
    assert_eq!(refused.field(), "ceremony");
    let asked = challenge(&waits, SECOND_STEP).await;
    drop(waits.post(SECOND_STEP, &beside(&asked, &mut anas)).await.expect(200));
}

/// One way in which what a key signs is not what it should be.
type Twist = fn(&mut SecurityKey, &mut Value);

#[tokio::test]
async fn a23_what_was_signed_elsewhere_or_not_like_that_is_refused() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, mut key) = ana_with_passkey(&server).await;
    let twists: [(&str, Twist); 9] = [
        ("another origin", |key, _| key.origin = "https://keepwell.example".to_owned()),
        ("another port", |key, _| key.origin = "https://localhost:1".to_owned()),
        ("no TLS", |key, _| key.origin = key.origin.replace("https", "http")),
        ("a subdomain", |key, _| key.origin = key.origin.replace("localhost", "x.localhost")),
        ("another site", |key, _| key.site = "keepwell.example".to_owned()),
        ("without a touch", |key, _| key.is_touched = false),
        ("without its person", |key, _| key.verifies = false),
        ("another challenge", |_, asked| {
            asked["publicKey"]["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        }),
        ("another person's handle", |key, _| key.handle = vec![7; 32]),
    ];
    let browser = stranger(&ana);
    for (name, twist) in twists {
        let mut asked = challenge(&browser, SIGN_IN).await;
        let mut twisted = key.copy();
        twist(&mut twisted, &mut asked);
        let answer = browser.post(SIGN_IN, &alone(&asked, &mut twisted)).await;
        assert_eq!(answer.status, 401, "{name}: {}", answer.text);
        key.count = twisted.count;
    }

    let asked = challenge(&browser, SIGN_IN).await;
    let mut made = alone(&asked, &mut key);
    made["credential"] = key.sign("webauthn.create", &asked);
    drop(browser.post(SIGN_IN, &made).await.expect(401));

    for part in ["signature", "authenticatorData", "clientDataJSON"] {
        let asked = challenge(&browser, SIGN_IN).await;
        let mut made = alone(&asked, &mut key);
        let text = made["credential"]["response"][part].as_str().unwrap();
        let place = text.len() / 2;
        let other = if &text[place..=place] == "A" { "B" } else { "A" };
        let altered = format!("{}{other}{}", &text[..place], &text[place + 1..]);
        made["credential"]["response"][part] = json!(altered);
        drop(browser.post(SIGN_IN, &made).await.expect(401));
    }
    drop(sign_in_alone(&ana, &mut key).await.expect(201));
}

#[tokio::test]
async fn a23_the_same_flags_count_for_a_second_step() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut key = SecurityKey::plain(&server.origin);
    drop(enrol(&ana, &mut key, false).await.expect(201));
    let twists: [fn(&mut SecurityKey); 3] = [
        |key| key.origin = "https://keepwell.example".to_owned(),
        |key| key.site = "keepwell.example".to_owned(),
        |key| key.is_touched = false,
    ];
    for twist in twists {
        let waits = first_step(&ana).await;
        let asked = challenge(&waits, SECOND_STEP).await;
        let mut twisted = key.copy();
        twist(&mut twisted);
        drop(waits.post(SECOND_STEP, &beside(&asked, &mut twisted)).await.expect(422));
        let asked = challenge(&waits, SECOND_STEP).await;
        drop(waits.post(SECOND_STEP, &beside(&asked, &mut key)).await.expect(200));
    }
    // A key that verified its person when it was added always does.
    let mut careful = SecurityKey::new(&server.origin);
    drop(enrol(&ana, &mut careful, false).await.expect(201));
    let waits = first_step(&ana).await;
    let asked = challenge(&waits, SECOND_STEP).await;
    let mut careless = careful.careless();
    drop(waits.post(SECOND_STEP, &beside(&asked, &mut careless)).await.expect(422));
}

#[tokio::test]
async fn a23_what_was_signed_once_is_worth_nothing_again() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, mut key) = ana_with_passkey(&server).await;
    let browser = stranger(&ana);
    let asked = challenge(&browser, SIGN_IN).await;
    let made = alone(&asked, &mut key);
    drop(browser.post(SIGN_IN, &made).await.expect(201));
    assert_eq!(browser.post(SIGN_IN, &made).await.expect(422).field(), "ceremony");
    // Under a new challenge it does not fit.
    let mut again = made.clone();
    again["ceremony"] = challenge(&browser, SIGN_IN).await["ceremony"].clone();
    drop(browser.post(SIGN_IN, &again).await.expect(401));
    // A challenge that was answered wrongly is gone as well.
    let asked = challenge(&browser, SIGN_IN).await;
    drop(browser.post(SIGN_IN, &alone(&asked, &mut key.forged())).await.expect(401));
    assert_eq!(
        browser.post(SIGN_IN, &alone(&asked, &mut key)).await.expect(422).field(),
        "ceremony"
    );
    // And one that is too old.
    let asked = challenge(&browser, SIGN_IN).await;
    let worker = server.db.connect("keepwell_worker").await;
    let clean = "delete from auth.ceremony";
    assert_eq!(worker.execute(clean, &[]).await.unwrap(), 0, "it still waits");
    let later = "update auth.ceremony set expires_at = expires_at - interval '10 minutes'";
    server.db.admin().await.batch_execute(later).await.unwrap();
    drop(browser.post(SIGN_IN, &alone(&asked, &mut key)).await.expect(422));
    assert!(worker.execute(clean, &[]).await.unwrap() > 0, "and goes");
    drop(sign_in_alone(&ana, &mut key).await.expect(201));
}

#[tokio::test]
async fn a23_a_challenge_serves_its_purpose_only() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, mut key) = ana_with_passkey(&server).await;
    let browser = stranger(&ana);
    let waits = first_step(&ana).await;

    let for_proof = challenge(&ana, PROOF).await;
    let answer = browser.post(SIGN_IN, &alone(&for_proof, &mut key)).await.expect(422);
    assert_eq!(answer.field(), "ceremony");
    let for_sign_in = challenge(&browser, SIGN_IN).await;
    let passkey = json!({"passkey": alone(&for_sign_in, &mut key)});
    assert_eq!(ana.post(PROOF, &passkey).await.expect(422).field(), "ceremony");
    let answer = waits.post(SECOND_STEP, &beside(&for_sign_in, &mut key)).await.expect(422);
    assert_eq!(answer.field(), "ceremony");
    let for_second_step = challenge(&waits, SECOND_STEP).await;
    let answer = browser.post(SIGN_IN, &alone(&for_second_step, &mut key)).await.expect(422);
    assert_eq!(answer.field(), "ceremony");

    // None of them was used up by that.
    drop(browser.post(SIGN_IN, &alone(&for_sign_in, &mut key)).await.expect(201));
    drop(waits.post(SECOND_STEP, &beside(&for_second_step, &mut key)).await.expect(200));
    let passkey = json!({"passkey": alone(&for_proof, &mut key)});
    ana.prove_with(&passkey).await;
}

#[tokio::test]
async fn a23_a_copied_key_is_noticed_and_refused() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, mut key) = ana_with_passkey(&server).await;
    let mut copy = key.copy();
    for _ in 0..3 {
        drop(sign_in_alone(&ana, &mut key).await.expect(201));
    }
    let before = sessions(&server).await;
    let refused = sign_in_alone(&ana, &mut copy).await.expect(401);
    assert!(refused.text.contains("copy"), "{}", refused.text);
    assert_eq!(sessions(&server).await, before, "nothing is left of it");
    let notices = ana.get("/api/v1/account/notices").await.expect(200).json();
    assert_eq!(notices["notices"][0]["what"], "key_copied", "{notices}");

    // As the second step, and in a proof.
    copy.count = 1;
    let waits = first_step(&ana).await;
    let asked = challenge(&waits, SECOND_STEP).await;
    drop(waits.post(SECOND_STEP, &beside(&asked, &mut copy)).await.expect(422));
    copy.count = 1;
    let asked = challenge(&ana, PROOF).await;
    let passkey = json!({"passkey": alone(&asked, &mut copy)});
    drop(ana.post(PROOF, &passkey).await.expect(422));
    copy.count = 1;
    let asked = challenge(&ana, PROOF).await;
    let both = json!({"password": ana.password, "key": beside(&asked, &mut copy)});
    drop(ana.post(PROOF, &both).await.expect(422));
    // One that stopped counting is none of the same either.
    let mut silent = key.without_count();
    drop(sign_in_alone(&ana, &mut silent).await.expect(401));
    let waits = first_step(&ana).await;
    let asked = challenge(&waits, SECOND_STEP).await;
    drop(waits.post(SECOND_STEP, &beside(&asked, &mut key)).await.expect(200));
}

#[tokio::test]
async fn a23_a_proof_by_passkey_takes_its_secret_and_its_person() {
    let server = TestServer::start(keepwell::router).await;
    let (mut ana, mut key) = ana_with_passkey(&server).await;
    let mut other = SecurityKey::new(&server.origin);
    drop(enrol(&ana, &mut other, true).await.expect(201));
    let forget = "update auth.session set proved_at = now() - interval '6 minutes'";
    server.db.admin().await.batch_execute(forget).await.unwrap();
    let right = key.secret.clone();
    // Nobody's secret, and that of another passkey of the same person.
    for secret in [SecurityKey::new(&server.origin).secret, other.secret.clone()] {
        key.secret = secret;
        let asked = challenge(&ana, PROOF).await;
        drop(ana.post(PROOF, &json!({"passkey": alone(&asked, &mut key)})).await.expect(422));
    }
    key.secret = right;
    key.verifies = false;
    let asked = challenge(&ana, PROOF).await;
    drop(ana.post(PROOF, &json!({"passkey": alone(&asked, &mut key)})).await.expect(422));
    let add = "/api/v1/account/second-steps/key/challenge";
    drop(ana.post(add, &json!({})).await.expect(403));
    key.verifies = true;
    let asked = challenge(&ana, PROOF).await;
    ana.prove_with(&json!({"passkey": alone(&asked, &mut key)})).await;
    drop(ana.post(add, &json!({})).await.expect(200));
}

#[tokio::test]
async fn a23_what_an_authenticator_computed_never_reaches_the_server() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, mut key) = ana_with_passkey(&server).await;
    let browser = stranger(&ana);
    let asked = challenge(&browser, SIGN_IN).await;
    let mut made = alone(&asked, &mut key);
    made["credential"]["clientExtensionResults"] = json!({"prf": {"results": {"first": "AAAA"}}});
    let refused = browser.post(SIGN_IN, &made).await.expect(422);
    assert_eq!(refused.field(), "credential");
    assert!(!refused.text.contains("AAAA"));
    made["credential"]["clientExtensionResults"] = json!({"prf": {"enabled": true}});
    drop(browser.post(SIGN_IN, &made).await.expect(201));
}

#[tokio::test]
async fn a18_every_stranger_is_asked_the_same_and_no_key_is_named() {
    let server = TestServer::start(keepwell::router).await;
    let nobody = stranger(&server.person("ana").await);
    let before = challenge(&nobody, SIGN_IN).await;
    let (_, key) = {
        let ben = server.person("ben").await;
        let mut key = SecurityKey::new(&server.origin);
        drop(enrol(&ben, &mut key, true).await.expect(201));
        (ben, key)
    };
    let after = challenge(&nobody, SIGN_IN).await;
    assert_eq!(after["publicKey"]["allowCredentials"], json!([]));
    assert!(!key.is_among(&after["publicKey"]["allowCredentials"]));
    // Nor in the database, from which nobody learns whose a key is that was found somewhere.
    let traces = testkit::search::Search::new(&[key.id(), key.secret.clone()]);
    assert_eq!(traces.traces_in(&server.db.dump()), Vec::<String>::new());
    let shape = |asked: &Value| {
        let mut asked = asked.clone();
        assert!(asked["publicKey"]["challenge"].take().as_str().is_some_and(|one| one.len() >= 22));
        assert!(asked["ceremony"].take().is_string());
        asked
    };
    assert_eq!(shape(&before), shape(&after));
    assert_ne!(before["publicKey"]["challenge"], after["publicKey"]["challenge"]);
}
