//! A18: a password list, and whether an account exists.
//!
//! That a known and an unknown address take the same time is not asserted by the clock here. It
//! follows from the path: the salt of any address comes from the operator's key, the stretch is paid
//! before anything is looked up, and only address and password together find a slot.

use platform::limits::Rates;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, ServerOptions, TestServer};

async fn server_with(rates: impl FnOnce(&mut Rates)) -> TestServer {
    let mut options = ServerOptions::default();
    rates(&mut options.rates);
    TestServer::start_with(options, keepwell::router).await
}

fn must_wait(answer: Answer) {
    let answer = answer.expect(429);
    let seconds: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=3_600).contains(&seconds), "{seconds}");
    assert_eq!(answer.json()["type"], "urn:keepwell:problem:too-many");
}

#[tokio::test]
async fn a18_guesses_at_one_account_must_wait_also_with_the_right_password() {
    let server = server_with(|rates| rates.sign_in_account_per_minute = 3).await;
    let ana = server.person("ana").await;
    let ben = server.person("ben").await;
    for guess in ["first guess of many", "second guess of many", "third guess of many"] {
        let body = json!({"email": ana.email, "password": guess});
        drop(ana.post("/api/v1/session", &body).await.expect(401));
    }
    for (email, password) in
        [(ana.email.clone(), ana.password.clone()), (ana.email.to_uppercase(), "x".into())]
    {
        let body = json!({"email": email, "password": password});
        must_wait(ana.post("/api/v1/session", &body).await);
    }
    // Who is signed in goes on, and others sign in.
    drop(ana.get("/api/v1/session").await.expect(200));
    drop(ben.sign_in().await);
}

#[tokio::test]
async fn a18_one_address_with_a_list_must_wait_for_every_kind_of_try() {
    let server = server_with(|rates| {
        rates.sign_in_address_per_minute = 3;
        rates.sign_up_address_per_hour = 3;
        rates.recovery_address_per_hour = 3;
    })
    .await;
    let ana = server.person("ana").await;
    for n in 0..4 {
        let email = format!("person{n}@example.org");
        let sign_in =
            ana.post("/api/v1/session", &json!({"email": email, "password": "a guess"})).await;
        let sign_up = json!({"email": email, "password": "walks by the lake"});
        let sign_up = ana.post("/api/v1/account", &sign_up).await;
        let recovery = json!({"email": email, "recovery_code": ana.recovery_code});
        let recovery = ana.post("/api/v1/session/recovery", &recovery).await;
        // Ana's own sign-up was the first of the hour.
        if n < 2 {
            drop(sign_up.expect(201));
        } else {
            must_wait(sign_up);
        }
        if n < 3 {
            drop(sign_in.expect(401));
            drop(recovery.expect(401));
        } else {
            must_wait(sign_in);
            must_wait(recovery);
        }
    }
}

#[tokio::test]
async fn a18_any_address_that_asks_too_often_must_wait() {
    let server = server_with(|rates| rates.address_per_minute = 20).await;
    let ana = server.person("ana").await;
    let mut admitted = 0;
    loop {
        let answer = ana.get("/api/v1/nutrients").await;
        if answer.status.as_u16() == 429 {
            must_wait(answer);
            break;
        }
        admitted += 1;
        assert!(admitted < 60, "nobody was made to wait");
    }
    assert!(admitted >= 15);
}

/// Everything of an answer that could tell two apart.
fn shape(answer: &Answer) -> (u16, Vec<(String, String)>, Value) {
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| {
            let value = value.to_str().unwrap_or_default();
            // A cookie's value is random; that it is set, and how, is not.
            let value = if name == "set-cookie" {
                value.split(';').skip(1).collect()
            } else {
                value.to_owned()
            };
            (name.to_string(), value)
        })
        .collect();
    headers.sort();
    let mut body = answer.json();
    if let Some(code) = body.get_mut("recovery_code") {
        *code = json!("shown once");
    }
    (answer.status.as_u16(), headers, body)
}

#[tokio::test]
async fn a18_no_answer_tells_whether_an_account_exists() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let ben = server.person("ben").await;
    let nobody = "nobody@example.org";
    let ask = async |path: &str, body: Value| {
        shape(&ana.send(Method::POST, path, body.to_string()).await)
    };

    let sign_in = "/api/v1/session";
    let known = ask(sign_in, json!({"email": ana.email, "password": "a wrong password"})).await;
    let unknown = ask(sign_in, json!({"email": nobody, "password": "a wrong password"})).await;
    let malformed =
        ask(sign_in, json!({"email": "not an address", "password": "a wrong password"})).await;
    assert_eq!(known.0, 401);
    assert_eq!(known, unknown);
    assert_eq!(known, malformed);

    // An address that is somebody's can be used to open another account: it tells nothing.
    let sign_up = "/api/v1/account";
    let known =
        ask(sign_up, json!({"email": ana.email, "password": "quite another password"})).await;
    let unknown =
        ask(sign_up, json!({"email": nobody, "password": "quite another password"})).await;
    assert_eq!(known.0, 201);
    assert_eq!((known.0, &known.2), (unknown.0, &unknown.2));
    assert_eq!(known.1, unknown.1);

    let recovery = "/api/v1/session/recovery";
    let with = |email: &str, code: &str| json!({"email": email, "recovery_code": code});
    let wrong = keys::RecoveryCode::generate().display();
    let wrong = secrecy::ExposeSecret::expose_secret(&wrong).to_owned();
    let known = ask(recovery, with(&ana.email, &wrong)).await;
    assert_eq!(known.0, 401);
    for (email, code) in [
        (nobody, wrong.as_str()),
        (&ana.email, "not a code"),
        // Somebody's code with another's address, and with nobody's.
        (&ana.email, &ben.recovery_code),
        (nobody, &ben.recovery_code),
    ] {
        assert_eq!(ask(recovery, with(email, code)).await, known, "{email} {code}");
    }
    // Nothing of this has used Ben's code up, or locked Ana out.
    drop(ana.sign_in().await);
    let right = ask(recovery, with(&ben.email, &ben.recovery_code)).await;
    assert_eq!(right.0, 201, "{right:?}");
}
