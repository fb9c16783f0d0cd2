//! The address of an account: verified, changed, and no way in.

use reqwest::Method;
use serde_json::json;
use testkit::{MailServer, Person, TestServer};

use super::{CONFIRM, EMAIL, NOTICES, VERIFY, move_without_mail, round, waiting, with_mail};

/// Asks for the two codes of a change, and reads them in the mailboxes.
async fn codes(
    mail: &MailServer,
    server: &TestServer,
    ana: &Person,
    new: &str,
) -> (String, String) {
    let before = mail.arrived().len();
    let asked = ana.post(EMAIL, &json!({"new_email": new})).await.expect(202).json();
    assert_eq!(asked, json!({"codes_mailed": true, "minutes": 10}));
    assert_eq!(server.send_mail().await, round(2, 0, 0));
    let arrived = mail.arrived();
    let [old, entered] = &arrived[before..] else { panic!("two mails") };
    assert_eq!((old.to.as_str(), entered.to.as_str()), (ana.email.as_str(), new));
    assert_ne!(old.code(), entered.code());
    (old.code(), entered.code())
}

#[tokio::test]
async fn without_a_mail_server_nothing_is_queued_and_notices_show_in_the_app() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    drop(ana.post(VERIFY, &json!({})).await.expect(409));

    // A change takes the password alone, and the address is not taken for verified.
    let asked = ana.post(EMAIL, &json!({"new_email": "ana@new.example"})).await.expect(202).json();
    assert_eq!(asked["codes_mailed"], false);
    let wrong = json!({"password": "not the right one"});
    assert_eq!(ana.post(CONFIRM, &wrong).await.expect(422).field(), "password");
    move_without_mail(&ana, "ana@new.example").await;
    let state = ana.get(EMAIL).await.expect(200).json();
    assert_eq!(
        state,
        json!({"email": "ana@new.example", "verified_at": null, "sends_mail": false, "changes": false})
    );
    assert_eq!(ana.get(NOTICES).await.expect(200).json()["notices"][0]["what"], "email_changed");
    assert_eq!(waiting(&server).await, 0);
    let mut moved = ana.clone();
    "ana@new.example".clone_into(&mut moved.email);
    drop(moved.sign_in().await);
}

#[tokio::test]
async fn an_address_is_changed_with_both_codes_and_the_password() {
    let (mail, server) = with_mail().await;
    let ana = server.person("ana").await;
    let new = "ana@new.example";
    let (old_code, new_code) = codes(&mail, &server, &ana, new).await;
    for (field, body) in [
        ("old_code", json!({"old_code": new_code, "new_code": new_code, "password": ana.password})),
        ("new_code", json!({"old_code": old_code, "new_code": old_code, "password": ana.password})),
        ("new_code", json!({"old_code": old_code, "password": ana.password})),
        (
            "password",
            json!({"old_code": old_code, "new_code": new_code, "password": "another one"}),
        ),
    ] {
        assert_eq!(ana.post(CONFIRM, &body).await.expect(422).field(), field, "{body}");
    }
    let right = json!({"old_code": old_code, "new_code": new_code, "password": ana.password});
    drop(ana.post(CONFIRM, &right).await.expect(204));
    drop(ana.post(CONFIRM, &right).await.expect(409));

    // Both addresses are told, for three days if need be.
    let minutes =
        "select min(extract(epoch from give_up_at - created_at))::integer / 60 from mail.queue";
    let admin = server.db.admin().await;
    assert_eq!(admin.query_one(minutes, &[]).await.unwrap().get::<_, i32>(0), 3 * 24 * 60);
    assert_eq!(server.send_mail().await, round(2, 0, 0));
    let arrived = mail.arrived();
    let told: Vec<_> = arrived[arrived.len() - 2..].iter().collect();
    assert!(told.iter().all(|letter| letter.header("Subject").contains("address was changed")));
    let mut to: Vec<_> = told.iter().map(|letter| letter.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["ana@example.org", new]);
    assert_eq!(ana.get(NOTICES).await.expect(200).json()["notices"][0]["what"], "email_changed");

    // The new address signs in with the same password and the same diary; the old one does not.
    let mut moved = ana.clone();
    new.clone_into(&mut moved.email);
    let moved = moved.sign_in().await;
    assert_eq!(moved.get("/api/v1/session").await.expect(200).json()["person_id"], json!(ana.id));
    assert!(moved.get(EMAIL).await.expect(200).json()["verified_at"].is_string());
    let old = json!({"email": ana.email, "password": ana.password});
    drop(ana.post("/api/v1/session", &old).await.expect(401));
    // The recovery code goes on opening, with the new address.
    drop(moved.recover("ana walks by the lake").await);
}

#[tokio::test]
async fn code_guesses_end_after_five_and_codes_after_ten_minutes() {
    let (mail, server) = with_mail().await;
    let ana = server.person("ana").await;
    let (old_code, new_code) = codes(&mail, &server, &ana, "ana@new.example").await;
    let wrong = json!({"old_code": "00000000", "new_code": "00000000", "password": ana.password});
    let right = json!({"old_code": old_code, "new_code": new_code, "password": ana.password});
    // Also when they come all at once.
    let guesses = futures_util::future::join_all((0..12).map(|_| ana.post(CONFIRM, &wrong))).await;
    let counted = guesses.iter().filter(|answer| answer.status.as_u16() == 422).count();
    assert_eq!(counted, 5, "{guesses:?}");
    drop(ana.post(CONFIRM, &right).await.expect(409));

    let admin = server.db.admin().await;
    for (path, body) in [(VERIFY, json!({"code": "00000000"})), (CONFIRM, right)] {
        let (old_code, _) = codes(&mail, &server, &ana, "ana@new.example").await;
        if path == VERIFY {
            drop(ana.post(VERIFY, &json!({})).await.expect(202));
            assert_eq!(server.send_mail().await.sent, 1);
            for _ in 0..5 {
                drop(ana.post(VERIFY, &body).await.expect(422));
            }
            // A code of another purpose was no code for this, and now not even the right one is.
            let code = mail.arrived().last().unwrap().code();
            drop(ana.post(VERIFY, &json!({"code": code})).await.expect(409));
            drop(ana.post(VERIFY, &json!({"code": old_code})).await.expect(409));
        } else {
            admin
                .batch_execute("update accounts.email_change set expires_at = now()")
                .await
                .unwrap();
            drop(ana.post(path, &body).await.expect(409));
        }
    }
    // The codes are in the database as keyed hashes: who has it cannot try them all.
    let kept = "select old_code_hash from accounts.email_change";
    let kept: Vec<u8> = admin.query_one(kept, &[]).await.unwrap().get(0);
    assert_eq!(kept.len(), 32);
    let worker = server.db.connect("keepwell_worker").await;
    assert_eq!(worker.execute("delete from accounts.email_change", &[]).await.unwrap(), 1);
}

#[tokio::test]
async fn an_address_is_no_way_in_and_resets_nothing() {
    let (mail, server) = with_mail().await;
    let ana = server.person("ana").await;
    let (old_code, new_code) = codes(&mail, &server, &ana, "ana@new.example").await;
    // Somebody who reads both mailboxes, and is not signed in, tries every route with what is there.
    let mut thief = ana.clone();
    thief.cookie.clear();
    let bodies = [
        json!({}),
        json!({"code": old_code}),
        json!({"email": ana.email, "code": old_code}),
        json!({"email": ana.email, "password": old_code}),
        json!({"email": ana.email, "recovery_code": old_code, "new_password": "the thief walks by the sea"}),
        json!({"email": ana.email, "recovery_code": old_code}),
        json!({"old_code": old_code, "new_code": new_code, "password": ana.password}),
    ];
    let admin = server.db.admin().await;
    let sessions = "select count(*) from auth.session";
    let before: i64 = admin.query_one(sessions, &[]).await.unwrap().get(0);
    for route in keepwell::routes().list() {
        if matches!(route.method, Method::GET | Method::HEAD) {
            continue;
        }
        let path = route.path.replace("{date}", "2026-11-20");
        for body in &bodies {
            let answer = thief.send(route.method.clone(), &path, body.to_string()).await;
            let refused = answer.status.is_client_error();
            // A new account of the thief's own is none of Ana's; its password is too short here.
            assert!(
                refused || answer.cookie().is_none(),
                "{} {path}: {}",
                route.method,
                answer.text
            );
        }
    }
    let after: i64 = admin.query_one(sessions, &[]).await.unwrap().get(0);
    assert_eq!(before, after, "somebody got in");
    drop(ana.sign_in().await);
}

#[tokio::test]
async fn an_address_is_changed_only_shortly_after_a_proof_also_by_sql() {
    let server = TestServer::start(keepwell::router).await;
    let mut ana = server.person("ana").await;
    let admin = server.db.admin().await;
    let thief = server.db.connect("keepwell_app").await;
    let new = json!({"new_email": "ana@new.example"});
    let confirm = json!({"password": ana.password});
    drop(ana.post(EMAIL, &new).await.expect(202));
    let stale = "update auth.session set proved_at = now() - interval '6 minutes'";
    admin.batch_execute(stale).await.unwrap();
    for (path, body) in [(EMAIL, &new), (CONFIRM, &confirm)] {
        let answer = ana.post(path, body).await.expect(403);
        assert_eq!(answer.json()["type"], "urn:keepwell:problem:prove-first");
    }
    let change = "select accounts.change_email('planted', true)";
    let pending = format!(
        "insert into accounts.email_change (principal, new_email_sealed, expires_at)
        select '{}', 'x', now() + interval '9 minutes'
        where exists (select from accounts.email_change) is not null",
        ana.id
    );
    for fresh in [false, true] {
        for (sql, refused) in [(change, "28000"), (pending.as_str(), "42501")] {
            server.db.begin_as(&thief, &ana.cookie).await;
            thief.batch_execute("delete from accounts.email_change").await.unwrap();
            let done = thief.batch_execute(sql).await;
            let code = done.err().map(|cause| cause.code().unwrap().code().to_owned());
            assert_eq!(code.as_deref(), (!fresh).then_some(refused), "{sql}");
            thief.batch_execute("rollback").await.unwrap();
        }
        if !fresh {
            ana.prove().await;
        }
    }
    drop(ana.post(CONFIRM, &confirm).await.expect(204));
}

#[tokio::test]
async fn a18_the_password_of_a_change_of_address_is_no_free_guess() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let new = json!({"new_email": "ana@new.example"});
    drop(ana.post(EMAIL, &new).await.expect(202));
    for guess in 0..5 {
        let guess = json!({"password": format!("guess number {guess}")});
        assert_eq!(ana.post(CONFIRM, &guess).await.expect(422).field(), "password");
    }
    // Begun anew, and held up all the same, also elsewhere, and at no cost.
    drop(ana.post(EMAIL, &new).await.expect(202));
    let right = json!({"password": ana.password});
    let stretched = server.app.stretching().begun();
    drop(ana.post(CONFIRM, &right).await.expect(429));
    drop(ana.post("/api/v1/session/proof", &right).await.expect(429));
    assert_eq!(server.app.stretching().begun(), stretched);
    let passed = "update platform.failure_count set last_at = last_at - interval '1 second'";
    server.db.admin().await.batch_execute(passed).await.unwrap();
    drop(ana.post(CONFIRM, &right).await.expect(204));
}
