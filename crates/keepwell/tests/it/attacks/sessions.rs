//! A13: a cookie after its session has ended.

use reqwest::Method;
use serde_json::json;
use testkit::{Person, TestServer, day_entry};
use tokio_postgres::Client;
use uuid::Uuid;

const PASSWORD: &str = "another walk by the sea";

/// Nothing but 401, wherever the cookie is shown.
async fn is_worth_nothing(person: &Person) {
    for path in [
        "/api/v1/session",
        "/api/v1/days/2026-11-20",
        "/api/v1/days?from=2026-11-01&to=2026-11-30",
        "/api/v1/days/2026-11-20/nutrients/energy",
    ] {
        let answer = person.get(path).await.expect(401);
        assert_eq!(answer.json()["type"], "urn:keepwell:problem:sign-in-first", "{path}");
        assert!(answer.cookie().is_none());
    }
    let entry = day_entry(Uuid::now_v7(), "usda-sr28:09040", 10.0);
    drop(person.post("/api/v1/days/2026-11-20/entries", &entry).await.expect(401));
    drop(person.post("/api/v1/account/recovery-code", &json!({})).await.expect(401));
}

async fn keyrings(admin: &Client) -> i64 {
    let sql = "select count(keyring_sealed) from auth.session";
    admin.query_one(sql, &[]).await.unwrap().get(0)
}

/// Does what the background clean-up does, as the role it has.
async fn clean_up(server: &TestServer) -> u64 {
    let worker = server.db.connect("keepwell_worker").await;
    worker.execute("delete from auth.session", &[]).await.unwrap()
}

#[tokio::test]
async fn a13_a_cookie_is_worth_nothing_after_signing_out() {
    let server = TestServer::start(keepwell::router).await;
    let admin = server.db.admin().await;
    let ana = server.person("ana").await;
    let phone = ana.sign_in().await;
    drop(ana.get("/api/v1/days/2026-11-20").await.expect(200));
    let answer = ana.delete("/api/v1/session").await.expect(204);
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-sid=;") && set.contains("Max-Age=0"), "{set}");
    assert!(answer.headers["clear-site-data"].to_str().unwrap().contains("storage"));
    is_worth_nothing(&ana).await;
    assert_eq!(keyrings(&admin).await, 1, "the keyring has gone with the session");
    drop(phone.get("/api/v1/days/2026-11-20").await.expect(200));
}

#[tokio::test]
async fn a13_a_session_ends_after_its_idle_limit() {
    let server = TestServer::start(keepwell::router).await;
    let admin = server.db.admin().await;
    let ana = server.person("ana").await;
    for (unused, ended) in [("14 minutes 50 seconds", false), ("15 minutes 1 second", true)] {
        let back = format!("update auth.session set last_used_at = now() - interval '{unused}'");
        admin.batch_execute(&back).await.unwrap();
        if ended {
            is_worth_nothing(&ana).await;
            assert_eq!(clean_up(&server).await, 1);
            assert_eq!(keyrings(&admin).await, 0);
        } else {
            drop(ana.get("/api/v1/session").await.expect(200));
            assert_eq!(clean_up(&server).await, 0);
            used_again(&admin).await;
        }
    }
}

/// Use moves the end: the time of last use is noted soon after the answer.
async fn used_again(admin: &Client) {
    let sql = "select last_used_at > now() - interval '1 minute' from auth.session";
    for _ in 0..100 {
        if admin.query_one(sql, &[]).await.unwrap().get(0) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the time of last use was not noted");
}

#[tokio::test]
async fn a13_a_session_ends_at_its_absolute_limit_however_much_it_is_used() {
    let server = TestServer::start(keepwell::router).await;
    let admin = server.db.admin().await;
    let ana = server.person("ana").await;
    let length = "select expires_at - created_at = interval '12 hours' from auth.session";
    assert!(admin.query_one(length, &[]).await.unwrap().get::<_, bool>(0));
    let soon = "update auth.session set expires_at = now() + interval '20 seconds'";
    admin.batch_execute(soon).await.unwrap();
    drop(ana.get("/api/v1/session").await.expect(200));
    admin.batch_execute("update auth.session set expires_at = now()").await.unwrap();
    is_worth_nothing(&ana).await;
    assert_eq!(clean_up(&server).await, 1);
    assert_eq!(keyrings(&admin).await, 0);
}

#[tokio::test]
async fn a13_recovery_ends_every_other_session_and_every_old_credential() {
    let server = TestServer::start(keepwell::router).await;
    let admin = server.db.admin().await;
    let ana = server.person("ana").await;
    let phone = ana.sign_in().await;
    let ben = server.person("ben").await;
    ana.eat("2026-11-20", "usda-sr28:09040", 100.0).await;

    let back = ana.recover(PASSWORD).await;
    is_worth_nothing(&ana).await;
    is_worth_nothing(&phone).await;
    assert_eq!(keyrings(&admin).await, 2, "Ana's new session and Ben's");
    drop(ben.get("/api/v1/session").await.expect(200));

    let old = json!({"email": ana.email, "password": ana.password});
    drop(ana.post("/api/v1/session", &old).await.expect(401));
    let code = json!({"email": ana.email, "recovery_code": ana.recovery_code});
    drop(ana.post("/api/v1/session/recovery", &code).await.expect(401));
    let day = back.get("/api/v1/days/2026-11-20").await.expect(200).json();
    assert_eq!(day["foods"], 1, "the diary opens with what recovery gave");
    drop(back.sign_in().await.get("/api/v1/session").await.expect(200));
}

#[tokio::test]
async fn a13_a_window_of_somebody_else_neither_reads_nor_writes() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let path = "/api/v1/days/2026-11-20";
    // Ben signed in with the browser in which Ana's window is still open: his cookie, her page.
    let of = |person: &Person, method: Method, path: &str| {
        ben.request(method, path).header("keepwell-person", person.id.to_string())
    };
    let entry = day_entry(Uuid::now_v7(), "usda-sr28:01009", 50.0);
    let entries = format!("{path}/entries");
    let written = ben.answer(of(&ana, Method::POST, &entries).json(&entry)).await.expect(409);
    assert_eq!(written.json()["type"], "urn:keepwell:problem:other-person");
    drop(ben.answer(of(&ana, Method::GET, path)).await.expect(409));
    assert_eq!(ben.get(path).await.expect(200).json()["foods"], 0);
    drop(ben.answer(of(&ben, Method::POST, &entries).json(&entry)).await.expect(201));
}

#[tokio::test]
async fn a13_signing_in_ends_the_session_that_the_browser_had() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let credentials = json!({"email": ana.email, "password": ana.password});
    let again = ana.post("/api/v1/session", &credentials).await.expect(201);
    drop(ana.get("/api/v1/session").await.expect(401));
    let mut new = ana.clone();
    new.cookie = again.cookie().unwrap();
    drop(new.get("/api/v1/session").await.expect(200));
}

#[tokio::test]
async fn a13_one_session_or_all_others_end_at_once() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let ben = server.person("ben").await;
    let (phone, tablet, desk) = (ana.sign_in().await, ana.sign_in().await, ana.sign_in().await);
    let listed = ana.get("/api/v1/session/all").await.expect(200).json();
    let listed = listed["sessions"].as_array().unwrap().clone();
    assert_eq!(listed.len(), 4);
    assert_eq!(listed.iter().filter(|one| one["current"] == true).count(), 1);
    assert_eq!(listed[0]["first_step"], "password");

    let of_phone = phone.get("/api/v1/session/all").await.expect(200).json();
    let number = of_phone["sessions"][0]["session"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/session/all/{number}");
    // Nobody else ends it, and nobody ends the session that asks that way.
    drop(ben.send(Method::DELETE, &path, "").await.expect(404));
    drop(phone.send(Method::DELETE, &path, "").await.expect(404));
    drop(phone.get("/api/v1/days/2026-11-20").await.expect(200));
    drop(ana.send(Method::DELETE, &path, "").await.expect(204));
    is_worth_nothing(&phone).await;
    drop(tablet.get("/api/v1/session").await.expect(200));

    drop(ana.send(Method::DELETE, "/api/v1/session/all", "").await.expect(204));
    is_worth_nothing(&tablet).await;
    is_worth_nothing(&desk).await;
    drop(ana.get("/api/v1/session").await.expect(200));
    drop(ben.get("/api/v1/session").await.expect(200));
}

#[tokio::test]
async fn a13_a_new_password_ends_every_other_session() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let phone = ana.sign_in().await;
    let change = json!({"current_password": ana.password, "new_password": PASSWORD});
    drop(ana.put("/api/v1/account/password", &change).await.expect(204));
    is_worth_nothing(&phone).await;
    drop(ana.get("/api/v1/days/2026-11-20").await.expect(200));
    let old = json!({"email": ana.email, "password": ana.password});
    drop(ana.post("/api/v1/session", &old).await.expect(401));
    drop(ana.with_password(PASSWORD).sign_in().await.get("/api/v1/session").await.expect(200));
}

#[tokio::test]
async fn a13_a_person_chooses_when_to_be_signed_out_within_the_limit() {
    let server = TestServer::start(keepwell::router).await;
    let admin = server.db.admin().await;
    let ana = server.person("ana").await;
    for minutes in [0, 61, -5] {
        drop(ana.put("/api/v1/session/idle", &json!({"minutes": minutes})).await.expect(422));
    }
    drop(ana.put("/api/v1/session/idle", &json!({"minutes": 2})).await.expect(204));
    let back = "update auth.session set last_used_at = now() - interval '2 minutes 1 second'";
    admin.batch_execute(back).await.unwrap();
    is_worth_nothing(&ana).await;
    let again = ana.sign_in().await;
    let info = again.get("/api/v1/session").await.expect(200).json();
    assert_eq!(info["idle_minutes"], 2, "the choice holds for later sessions");
}

/// Locked for whatever is asked, with no word of anybody's.
async fn is_locked(person: &Person) {
    for path in [
        "/api/v1/session",
        "/api/v1/days/2026-11-20",
        "/api/v1/session/all",
        "/api/v1/account/second-steps",
    ] {
        let answer = person.get(path).await.expect(423);
        assert_eq!(answer.json()["type"], "urn:keepwell:problem:locked", "{path}");
        assert!(!answer.text.contains(&person.email));
    }
    let entry = day_entry(Uuid::now_v7(), "usda-sr28:09040", 10.0);
    drop(person.post("/api/v1/days/2026-11-20/entries", &entry).await.expect(423));
    let lock = person.post("/api/v1/session/lock", &json!({})).await;
    assert_eq!(lock.status.as_u16(), 423);
}

#[tokio::test]
async fn a13_a_locked_session_answers_423_until_its_pin_and_ends_at_the_fifth_wrong_one() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    // Without anything to unlock it with it is not locked.
    drop(ana.post("/api/v1/session/lock", &json!({})).await.expect(409));
    for weak in ["12345", "123456", "000000", "27495a"] {
        drop(ana.put("/api/v1/session/pin", &json!({"pin": weak})).await.expect(422));
    }
    drop(ana.put("/api/v1/session/pin", &json!({"pin": "274951"})).await.expect(204));
    let phone = ana.sign_in().await;
    drop(phone.post("/api/v1/session/lock", &json!({})).await.expect(409));

    drop(ana.post("/api/v1/session/lock", &json!({})).await.expect(204));
    is_locked(&ana).await;
    drop(phone.get("/api/v1/session").await.expect(200));
    let unlock = async |pin: &str| ana.post("/api/v1/session/unlock", &json!({"pin": pin})).await;
    drop(unlock("274952").await.expect(422));
    is_locked(&ana).await;
    drop(unlock("274951").await.expect(204));
    drop(ana.get("/api/v1/days/2026-11-20").await.expect(200));
    // What is not locked is not unlocked.
    drop(unlock("274951").await.expect(401));

    drop(ana.post("/api/v1/session/lock", &json!({})).await.expect(204));
    for _ in 0..4 {
        drop(unlock("111222").await.expect(422));
    }
    drop(unlock("111222").await.expect(401));
    is_worth_nothing(&ana).await;
    drop(unlock("274951").await.expect(401));
}

#[tokio::test]
async fn a13_an_installed_app_with_a_pin_locks_where_a_browser_ends() {
    let server = TestServer::start(keepwell::router).await;
    let admin = server.db.admin().await;
    let ana = server.person("ana").await;
    let installed = json!({"email": ana.email, "password": ana.password, "installed": true});
    let answer = ana.post("/api/v1/session", &installed).await.expect(201);
    assert_eq!(answer.json()["application"], "app");
    let mut app = ana.with_cookie(answer.cookie().unwrap());
    let answer = app.put("/api/v1/session/pin", &json!({"pin": "274951"})).await.expect(204);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("Max-Age=2592000"), "{cookie}");
    let web = ana.sign_in().await;
    drop(web.put("/api/v1/session/pin", &json!({"pin": "274951"})).await.expect(204));

    let back = "update auth.session set last_used_at = now() - interval '2 hours',
        created_at = created_at - interval '3 hours', expires_at = expires_at - interval '3 hours'";
    admin.batch_execute(back).await.unwrap();
    is_locked(&app).await;
    is_worth_nothing(&web).await;
    assert_eq!(clean_up(&server).await, 1, "the browser's session, and not the app's");
    drop(app.post("/api/v1/session/unlock", &json!({"pin": "274951"})).await.expect(204));
    drop(app.get("/api/v1/days/2026-11-20").await.expect(200));
    // Unlocking is no fresh proof: what changes credentials asks for the password again.
    admin
        .batch_execute("update auth.session set proved_at = now() - interval '6 minutes'")
        .await
        .unwrap();
    let step = app.post("/api/v1/account/second-steps/totp", &json!({})).await.expect(403);
    assert_eq!(step.json()["type"], "urn:keepwell:problem:prove-first");
    app.prove().await;
    drop(app.post("/api/v1/account/second-steps/totp", &json!({})).await.expect(200));

    let after_30_days = "update auth.session set created_at = created_at - interval '30 days',
        expires_at = expires_at - interval '30 days', last_used_at = now()";
    admin.batch_execute(after_30_days).await.unwrap();
    is_worth_nothing(&app).await;
}

#[tokio::test]
async fn a13_no_session_on_its_way_slips_past_a_new_password() {
    let clock = platform::Clock::standing_at(platform::Clock::real().now());
    let options = testkit::ServerOptions { clock, ..testkit::ServerOptions::default() };
    let server = TestServer::start_with(options, keepwell::router).await;
    let admin = server.db.admin().await;
    let mut ana = server.person("ana").await;
    let (app, _) = ana.set_up_app(&server).await;
    let mut passwords = [PASSWORD, "one more walk by the sea"].into_iter().cycle();
    for turn in 0..16_u64 {
        let half = ana.half_sign_in().await;
        let code = json!({"totp": app.next(&server)});
        let new = passwords.next().unwrap();
        let change = json!({"current_password": ana.password, "new_password": new});
        let show = async {
            tokio::time::sleep(std::time::Duration::from_millis(turn)).await;
            half.show(code).await
        };
        let (changed, shown) = tokio::join!(ana.put("/api/v1/account/password", &change), show);
        drop(changed.expect(204));
        // Whichever was first: what the old password began is over.
        if let Ok(whole) = shown {
            drop(whole.get("/api/v1/session").await.expect(401));
        }
        drop(ana.get("/api/v1/session").await.expect(200));
        ana = ana.with_password(new);
        // The waits that guessing brings are not what is tried here.
        admin.batch_execute("delete from platform.failure_count").await.unwrap();
    }
}

#[tokio::test]
async fn a13_a_stolen_cookie_has_no_part_in_a_proof() {
    let server = TestServer::start(keepwell::router).await;
    let mut ana = server.person("ana").await;
    let stolen = ana.clone();
    drop(stolen.get("/api/v1/session").await.expect(200));
    ana.prove().await;
    is_worth_nothing(&stolen).await;
    drop(ana.get("/api/v1/days/2026-11-20").await.expect(200));
}
