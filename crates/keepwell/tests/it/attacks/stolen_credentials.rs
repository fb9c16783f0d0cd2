//! A23: a stolen password alone, a stolen second factor alone, and what each lets somebody try.

use platform::Clock;
use serde_json::json;
use testkit::{Authenticator, Person, ServerOptions, TestServer};

const RECOVERY: &str = "/api/v1/session/recovery";

/// Ana has a second step; Mallory is a browser that nobody has signed in with.
async fn arrange() -> (TestServer, Person, Authenticator, Vec<String>) {
    let clock = Clock::standing_at(Clock::real().now());
    let options = ServerOptions { clock, ..ServerOptions::default() };
    let server = TestServer::start_with(options, keepwell::router).await;
    let ana = server.person("ana").await;
    ana.eat("2026-11-20", "usda-sr28:09040", 100.0).await;
    let (app, codes) = ana.set_up_app(&server).await;
    (server, ana, app, codes)
}

/// Nothing of Ana's answers this session.
async fn opens_nothing(thief: &Person) {
    for path in ["/api/v1/session", "/api/v1/days/2026-11-20", "/api/v1/account/second-steps"] {
        drop(thief.get(path).await.expect(401));
    }
    let chosen = json!({"new_password": "walks by the lake"});
    drop(thief.post("/api/v1/session/recovery/password", &chosen).await.expect(401));
}

async fn come_in_with(ana: &Person, code: &str) -> Person {
    let mut thief = ana.clone();
    thief.cookie.clear();
    let body = json!({"email": ana.email, "recovery_code": code});
    let answer = thief.post(RECOVERY, &body).await.expect(201);
    assert_eq!(answer.json()["state"], "awaits_second_step");
    thief.cookie = answer.cookie().unwrap();
    thief
}

#[tokio::test]
async fn a23_a_stolen_password_alone_opens_nothing() {
    let (server, ana, app, _) = arrange().await;
    let thief = ana.half_sign_in().await;
    opens_nothing(&thief).await;
    // Whatever is guessed, of whichever kind.
    for guess in [
        json!({}),
        json!({"totp": "123456"}),
        json!({"single_use_code": "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"}),
    ] {
        drop(thief.show(guess).await.unwrap_err().expect(422));
    }
    opens_nothing(&thief).await;
    // With the missing piece the same steps open it.
    let whole = thief.show(json!({"totp": app.next(&server)})).await.unwrap();
    assert_eq!(whole.get("/api/v1/days/2026-11-20").await.expect(200).json()["foods"], 1);
}

#[tokio::test]
async fn a23_sql_in_a_half_signed_in_request_passes_no_second_step() {
    let (server, ana, _, _) = arrange().await;
    let half = ana.half_sign_in().await;
    let admin = server.db.admin().await;
    let factor: uuid::Uuid =
        admin.query_one("select factor from accounts.second_step", &[]).await.unwrap().get(0);
    let hash: Vec<u8> =
        admin.query_one("select pass_hash from accounts.second_step", &[]).await.unwrap().get(0);
    // The thief has the password, SQL, and a dump: everything but the root key and the factor.
    let thief = server.db.connect("keepwell_app").await;
    server.db.begin_as(&thief, &half.cookie).await;
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    for pass in [hash.as_str(), "", "00"] {
        let sql = format!("select accounts.pass_second_step('{factor}', '{pass}', 99999999, null)");
        let passed: bool = thief.query_one(&sql, &[]).await.unwrap().get(0);
        assert!(!passed, "{pass}");
    }
    let seen = "select count(*) from diary.record_day";
    assert_eq!(thief.query_one(seen, &[]).await.unwrap().get::<_, i64>(0), 0);
    for refused in [
        "update accounts.second_step set last_count = 0",
        "select accounts.show_second_step(null, null, null, null)",
        "update auth.session set state = 'open'",
        "select pass_hash from accounts.second_step",
    ] {
        thief.batch_execute("savepoint s").await.unwrap();
        assert!(thief.batch_execute(refused).await.is_err(), "{refused}");
        thief.batch_execute("rollback to s").await.unwrap();
    }
    // With the root key the server's own pass opens it.
    let pass = server.root.second_step_pass(ana.id, factor);
    let pass: String = pass.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    let sql = format!("select accounts.pass_second_step('{factor}', '{pass}', 99999999, null)");
    assert!(thief.query_one(&sql, &[]).await.unwrap().get::<_, bool>(0));
    assert!(thief.query_one(seen, &[]).await.unwrap().get::<_, i64>(0) > 0);
}

#[tokio::test]
async fn a23_a_stolen_second_factor_alone_opens_nothing() {
    let (server, ana, app, codes) = arrange().await;
    // The phone, and the whole sheet of codes: no password, no recovery code.
    let mut stranger = ana.clone();
    stranger.cookie.clear();
    for step in [json!({"totp": app.next(&server)}), json!({"single_use_code": codes[0]})] {
        drop(stranger.show(step).await.unwrap_err().expect(401));
    }
    let thief = come_in_with(&ana, &codes[1]).await;
    opens_nothing(&thief).await;
    // A sheet of codes is one step, not two.
    drop(thief.show(json!({"single_use_code": codes[2]})).await.unwrap_err().expect(422));
    opens_nothing(&thief).await;
    let left = ana.get("/api/v1/account/second-steps").await.expect(200).json();
    assert_eq!(left["single_use_codes_left"], 9, "only the one that was shown is gone");
    // A used one does not even begin a session.
    let used = json!({"email": ana.email, "recovery_code": codes[1]});
    drop(stranger.post(RECOVERY, &used).await.expect(401));
    // A code and the app together are Ana, who forgot her password.
    let back = thief.show(json!({"totp": app.next(&server)})).await.unwrap();
    assert_eq!(back.get("/api/v1/session").await.expect(200).json()["recovering"], true);
}

#[tokio::test]
async fn a23_a_stolen_recovery_code_alone_changes_nothing() {
    let (server, ana, app, codes) = arrange().await;
    let thief = come_in_with(&ana, &ana.recovery_code).await;
    opens_nothing(&thief).await;
    drop(thief.show(json!({"totp": "123456"})).await.unwrap_err().expect(422));
    // Neither the password nor the code is gone by that.
    drop(ana.half_sign_in().await.show(json!({"totp": app.next(&server)})).await.unwrap());
    let back = come_in_with(&ana, &ana.recovery_code).await;
    let back = back.show(json!({"single_use_code": codes[0]})).await.unwrap();
    let chosen = json!({"new_password": "qu1et leaf"});
    let made = back.post("/api/v1/session/recovery/password", &chosen).await.expect(201).json();
    assert_ne!(made["recovery_code"], ana.recovery_code.as_str());
    assert_eq!(back.get("/api/v1/session").await.expect(200).json()["recovering"], false);
    drop(ana.get("/api/v1/session").await.expect(401));
    let new = ana.with_password("qu1et leaf");
    drop(new.half_sign_in().await.show(json!({"totp": app.next(&server)})).await.unwrap());
    // Who did not come in with a code chooses no password that way.
    drop(
        server
            .person("ben")
            .await
            .post("/api/v1/session/recovery/password", &chosen)
            .await
            .expect(409),
    );
}

#[tokio::test]
async fn a23_no_mail_and_no_address_alone_resets_anything() {
    let (server, ana, _, _) = arrange().await;
    for route in keepwell::routes().list() {
        let is_reset = ["forgot", "reset", "magic"].iter().any(|word| route.path.contains(word));
        assert!(!is_reset, "{}", route.path);
    }
    let mut stranger = ana.clone();
    stranger.cookie.clear();
    for body in [json!({"email": ana.email}), json!({"email": ana.email, "recovery_code": ""})] {
        let refused = stranger.post(RECOVERY, &body).await;
        assert!(refused.status.is_client_error() && refused.cookie().is_none(), "{}", refused.text);
    }
    drop(server);
}

#[tokio::test]
async fn a23_what_a_half_signed_in_session_can_read_opens_nothing_with_its_own_cookie() {
    let (server, ana, _, _) = arrange().await;
    let half = ana.half_sign_in().await;
    let thief = server.db.connect("keepwell_app").await;
    server.db.begin_as(&thief, &half.cookie).await;
    // All that the guarded views show a thief who has the password and SQL: his own cookie's keyring.
    let keyring: Vec<u8> =
        thief.query_one("select keyring_sealed from auth.standing", &[]).await.unwrap().get(0);
    let token = keys::SessionToken::parse(&half.cookie).unwrap();
    assert!(keys::Keyring::open(&token.keyring_key(), ana.id, &keyring).is_err());
    // With the root key, which no statement reaches, it opens.
    let key = server.root.keyring_key(&token.keyring_key());
    assert!(keys::Keyring::open(&key, ana.id, &keyring).is_ok());
}

#[tokio::test]
async fn a23_a_code_that_is_shown_twice_at_once_counts_once() {
    let (server, ana, _, codes) = arrange().await;
    for code in &codes {
        let body = json!({"email": ana.email, "recovery_code": code});
        let stranger = ana.with_cookie("");
        let (one, other) =
            tokio::join!(stranger.post(RECOVERY, &body), stranger.post(RECOVERY, &body));
        let mut both = [one.status.as_u16(), other.status.as_u16()];
        both.sort_unstable();
        assert_eq!(both, [201, 401]);
    }
    drop(server);
}
