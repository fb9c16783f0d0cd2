//! A18: a password list, and whether an account exists. What the counts themselves promise is in
//! `tries`.
//!
//! That a known and an unknown address take the same time is not asserted by the clock here. It
//! follows from the path: the salt of any address comes from the operator's key, the stretch is paid
//! before anything is looked up, and only address and password together find a slot.

use platform::limits::Rates;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Person, ServerOptions, TestServer};

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

/// Tries to sign in, as a browser that brings `device`.
async fn sign_in(person: &Person, email: &str, password: &str, device: &str) -> Answer {
    let mut browser = person.clone();
    browser.cookie.clear();
    device.clone_into(&mut browser.device);
    browser.post("/api/v1/session", &json!({"email": email, "password": password})).await
}

/// As if so long had passed since the last tries.
async fn later(server: &TestServer, seconds: u64) {
    let sql = format!(
        "update platform.failure_count set last_at = last_at - {seconds} * interval '1 second'"
    );
    server.db.admin().await.batch_execute(&sql).await.unwrap();
}

/// As if so many tries had been wrong, the last one just now.
async fn after_wrong_tries(server: &TestServer, failures: i32) {
    let sql = format!("update platform.failure_count set failures = {failures}, last_at = now()");
    server.db.admin().await.batch_execute(&sql).await.unwrap();
}

#[tokio::test]
async fn a18_guesses_at_one_account_must_wait_also_with_the_right_password() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let ben = server.person("ben").await;
    for guess in 0..5 {
        drop(sign_in(&ana, &ana.email, &format!("guess number {guess}"), "").await.expect(401));
    }
    let mut wait = 1;
    for guess in 5..12 {
        let stretched = server.app.stretching().begun();
        for (email, password) in
            [(ana.email.clone(), ana.password.clone()), (ana.email.to_uppercase(), "x".into())]
        {
            let answer = sign_in(&ana, &email, &password, "").await;
            let told: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!(told <= wait && told + 2 > wait, "{told} of {wait}");
            must_wait(answer);
        }
        assert_eq!(server.app.stretching().begun(), stretched, "a wait costs no stretch");
        later(&server, wait).await;
        drop(sign_in(&ana, &ana.email, &format!("guess number {guess}"), "").await.expect(401));
        wait *= 2;
    }
    // Who is signed in goes on, and others sign in.
    drop(ana.get("/api/v1/session").await.expect(200));
    drop(ben.sign_in().await);
}

#[tokio::test]
async fn a18_guesses_are_counted_over_servers_and_a_restart() {
    let first = TestServer::start(keepwell::router).await;
    let ana = first.person("ana").await;
    let second = first.another(ServerOptions::default(), keepwell::router).await;
    for guess in 0..6 {
        let at = if guess % 2 == 0 { &first } else { &second };
        let answer = sign_in(&ana.at(at), &ana.email, &format!("guess number {guess}"), "").await;
        drop(answer.expect(401));
        later(&first, u64::from(guess == 4)).await;
    }
    must_wait(sign_in(&ana.at(&first), &ana.email, &ana.password, "").await);
    must_wait(sign_in(&ana.at(&second), &ana.email, &ana.password, "").await);
    second.stop().await;
    let restarted = first.another(ServerOptions::default(), keepwell::router).await;
    must_wait(sign_in(&ana.at(&restarted), &ana.email, &ana.password, "").await);
    later(&first, 2).await;
    drop(sign_in(&ana.at(&restarted), &ana.email, &ana.password, "").await.expect(201));
}

#[tokio::test]
async fn a18_an_address_is_counted_over_servers() {
    let options = || {
        let mut options = ServerOptions::default();
        options.rates.sign_in_address_per_hour = 4;
        options
    };
    let first = TestServer::start_with(options(), keepwell::router).await;
    let ana = first.person("ana").await;
    let second = first.another(options(), keepwell::router).await;
    for n in 0..4 {
        let at = if n % 2 == 0 { &first } else { &second };
        let email = format!("person{n}@example.org");
        drop(sign_in(&ana.at(at), &email, "a guess", "").await.expect(401));
    }
    for at in [&first, &second] {
        must_wait(sign_in(&ana.at(at), &ana.email, &ana.password, "").await);
    }
}

#[tokio::test]
async fn a18_after_a_hundred_wrong_tries_unknown_devices_are_refused_and_known_ones_sign_in() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let home = sign_in(&ana, &ana.email, &ana.password, "").await.expect(201).device().unwrap();
    after_wrong_tries(&server, 99).await;
    later(&server, 3_600).await;
    drop(sign_in(&ana, &ana.email, "the hundredth wrong one", "").await.expect(401));

    later(&server, 80_000).await;
    let refused = sign_in(&ana, &ana.email, &ana.password, "").await.expect(429);
    assert_eq!(refused.json()["type"], "urn:keepwell:problem:too-many-wrong");
    let told = refused.json()["detail"].as_str().unwrap().to_owned();
    for way in ["signed in before", "passkey", "recovery code"] {
        assert!(told.contains(way), "{told}");
    }
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((6_300..=6_400).contains(&wait), "{wait}");

    // What is named there works: a stranger locks nobody out.
    let again = sign_in(&ana, &ana.email, &ana.password, &home).await.expect(201);
    drop(sign_in(&ana, &ana.email, &ana.password, &again.device().unwrap()).await.expect(201));
    let recovery = json!({"email": ana.email, "recovery_code": ana.recovery_code});
    let mut back = ana.clone();
    back.cookie =
        ana.post("/api/v1/session/recovery", &recovery).await.expect(201).cookie().unwrap();
    let chosen = json!({"new_password": "ana swims in the sea"});
    drop(back.post("/api/v1/session/recovery/password", &chosen).await.expect(201));
    // And the day ends.
    drop(sign_in(&ana, &ana.email, "ana swims in the sea", "").await.expect(429));
    later(&server, 6_400).await;
    drop(sign_in(&ana, &ana.email, "ana swims in the sea", "").await.expect(201));
}

#[tokio::test]
async fn a18_a_mark_is_worth_nothing_for_another_account_and_is_no_free_pass() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    // A stranger opens an account under Ana's address, and one of his own.
    let open = json!({"email": ana.email, "password": "a stranger was here"});
    let planted = ana.post("/api/v1/account", &open).await.expect(201).device().unwrap();
    let open = json!({"email": "eve@example.org", "password": "a stranger was here"});
    let of_eve = ana.post("/api/v1/account", &open).await.expect(201).device().unwrap();
    drop(sign_in(&ana, &ana.email, "a wrong password", "").await.expect(401));
    after_wrong_tries(&server, 100).await;

    // Even the right password does not open Ana's account with his mark, and he is told no more
    // than for a wrong one.
    let right = sign_in(&ana, &ana.email, &ana.password, &planted).await;
    let wrong = sign_in(&ana, &ana.email, "a wrong password", &planted).await;
    assert_eq!(shape(&right), shape(&wrong));
    assert_eq!(right.status.as_u16(), 401);
    drop(sign_in(&ana, &ana.email, &ana.password, &of_eve).await.expect(429));
    drop(sign_in(&ana, &ana.email, &ana.password, "nonsense").await.expect(429));
    // His own account it does open.
    drop(sign_in(&ana, &ana.email, "a stranger was here", &planted).await.expect(201));
    for _ in 0..5 {
        drop(sign_in(&ana, &ana.email, "a wrong password", &planted).await.expect(401));
    }
    must_wait(sign_in(&ana, &ana.email, &ana.password, &planted).await);
}

#[tokio::test]
async fn a18_a_session_that_was_left_open_is_no_place_to_guess_the_password() {
    let server = TestServer::start(keepwell::router).await;
    let mut ana = server.person("ana").await;
    let home = sign_in(&ana, &ana.email, &ana.password, "").await.expect(201).device().unwrap();
    let prove = async |ana: &Person, device: &str, password: &str| {
        let mut browser = ana.clone();
        device.clone_into(&mut browser.device);
        browser.post("/api/v1/session/proof", &json!({"password": password})).await
    };
    for guess in 0..5 {
        drop(prove(&ana, "", &format!("guess number {guess}")).await.expect(422));
    }
    let stretched = server.app.stretching().begun();
    must_wait(prove(&ana, "", &ana.password).await);
    assert_eq!(server.app.stretching().begun(), stretched, "a wait costs no stretch");
    // Ana at home is not held up, and being right clears her own count each time.
    for _ in 0..2 {
        for guess in 0..4 {
            drop(prove(&ana, &home, &format!("guess number {guess}")).await.expect(422));
        }
        let proved = prove(&ana, &home, &ana.password).await.expect(204);
        ana = ana.with_cookie(proved.cookie().unwrap());
    }
    // Nor does it hold up signing in.
    drop(ana.sign_in().await);
}

#[tokio::test]
async fn a18_a_sign_out_leaves_the_device_known() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let answer = ana.delete("/api/v1/session").await.expect(204);
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1, "the session's alone");
    let cleared = answer.headers["clear-site-data"].to_str().unwrap();
    assert!(!cleared.contains("cookies") && !cleared.contains('*'), "{cleared}");
}

/// Stretches and statements that one refused sign-in takes, as the pool and PostgreSQL count them.
async fn work_of(server: &TestServer, person: &Person, email: &str) -> (u64, i64) {
    let statements = async || {
        let admin = server.db.admin().await;
        // A connection tells its counts when it ends.
        let end = "select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and usename = 'keepwell_app'";
        admin.batch_execute(end).await.unwrap();
        let connected = "select from pg_stat_activity
            where datname = current_database() and usename = 'keepwell_app'";
        while !admin.query(connected, &[]).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        // Whole transactions, and what ran inside the functions.
        let counts = "select (xact_commit + xact_rollback)::bigint, (
                select coalesce(sum(calls), 0)::bigint from pg_stat_user_functions)
            from pg_stat_database where datname = current_database()";
        let row = admin.query_one(counts, &[]).await.unwrap();
        (row.get::<_, i64>(0), row.get::<_, i64>(1))
    };
    let (stretched, before) = (server.app.stretching().begun(), statements().await);
    drop(sign_in(person, email, "a wrong password", "").await.expect(401));
    let stretched = server.app.stretching().begun() - stretched;
    let after = statements().await;
    assert!(after.0 > before.0 && after.1 > before.1, "nothing was counted: the test is broken");
    (stretched, after.1 - before.1)
}

#[tokio::test]
async fn a18_a_known_and_an_unknown_name_cost_the_same_work() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let count = "do $$ begin execute format('alter database %I set track_functions = %L',
        current_database(), 'all'); end $$";
    server.db.admin().await.batch_execute(count).await.unwrap();
    let unknown = work_of(&server, &ana, "nobody@example.org").await;
    let known = work_of(&server, &ana, &ana.email).await;
    assert_eq!(known, unknown);
    assert_eq!(known.0, 1, "one stretch");
    assert!(known.1 >= 2, "admission and the look for a slot");
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
