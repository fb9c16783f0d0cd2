//! What people are told about their account, in the app and by mail.

use reqwest::{Method, header};
use serde_json::json;
use testkit::{MailServer, Person, TestServer};

use super::{NOTICES, VERIFY, move_without_mail, post_in_german, round, totp, with_mail};

/// Shows that the person reads mail at the account's address.
async fn confirm_address(mail: &MailServer, server: &TestServer, person: &Person) {
    drop(person.post(VERIFY, &json!({})).await.expect(202));
    assert_eq!(server.send_mail().await, round(1, 0, 0));
    let code = mail.arrived().last().unwrap().code();
    drop(person.post(VERIFY, &json!({"code": code})).await.expect(204));
}

#[tokio::test]
async fn notices_are_listed_and_marked_and_go_after_half_a_year() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let none = ana.get(NOTICES).await.expect(200).json();
    assert_eq!(none, json!({"notices": []}));
    move_without_mail(&ana, "ana@new.example").await;
    let one = ana.get(NOTICES).await.expect(200).json();
    assert_eq!(one["notices"].as_array().unwrap().len(), 1);
    assert_eq!(one["notices"][0]["what"], "email_changed");
    assert_eq!(one["notices"][0]["seen"], false);
    drop(ana.post(&format!("{NOTICES}/seen"), &json!({})).await.expect(204));
    assert_eq!(ana.get(NOTICES).await.expect(200).json()["notices"][0]["seen"], true);
    assert_eq!(ben.get(NOTICES).await.expect(200).json(), none);

    let worker = server.db.connect("keepwell_worker").await;
    let admin = server.db.admin().await;
    assert_eq!(worker.execute("delete from accounts.notice", &[]).await.unwrap(), 0);
    let old = "update accounts.notice set at = now() - interval '181 days'";
    admin.batch_execute(old).await.unwrap();
    assert_eq!(worker.execute("delete from accounts.notice", &[]).await.unwrap(), 1);
}

#[tokio::test]
async fn what_happens_to_the_credentials_is_told_in_the_app_and_by_mail() {
    let (mail, server) = with_mail().await;
    let ana = server.person("ana").await;
    confirm_address(&mail, &server, &ana).await;
    let told = async |person: &Person| -> Vec<String> {
        let list = person.get(NOTICES).await.expect(200).json();
        let words = list["notices"].as_array().unwrap().iter();
        words.map(|notice| notice["what"].as_str().unwrap().to_owned()).collect()
    };
    drop(ana.post("/api/v1/account/recovery-code", &json!({})).await.expect(201));
    assert_eq!(told(&ana).await, ["recovery_code_made"]);
    assert_eq!(ana.get("/api/v1/session").await.expect(200).json()["unseen_notices"], 1);
    drop(ana.post(&format!("{NOTICES}/seen"), &json!({})).await.expect(204));
    assert_eq!(ana.get("/api/v1/session").await.expect(200).json()["unseen_notices"], 0);

    let steps = "/api/v1/account/second-steps";
    let begun = ana.post(&format!("{steps}/totp"), &json!({})).await.expect(200).json();
    let secret = begun["secret"].as_str().unwrap();
    let first = json!({"ceremony": begun["ceremony"], "code": totp(secret), "name": "Phone"});
    let path = format!("{steps}/totp/confirm");
    let added = post_in_german(&ana, &path, &first).await.expect(201).json();
    drop(ana.post("/api/v1/account/single-use-codes", &json!({})).await.expect(201));
    assert_eq!(told(&ana).await[..2], ["single_use_codes_made", "second_step_added"]);

    // Somebody who knows the password only: told once, however often they try, and the session that
    // waits reads nothing.
    let mut thief = ana.clone();
    thief.cookie.clear();
    let password = json!({"email": ana.email, "password": ana.password});
    let answer = thief.post("/api/v1/session", &password).await.expect(201);
    thief.cookie = answer.cookie().unwrap();
    for _ in 0..3 {
        let answer = thief.post("/api/v1/session/second-step", &json!({"totp": "000000"})).await;
        assert!(answer.status.is_client_error(), "{}", answer.text);
    }
    drop(thief.get(NOTICES).await.expect(401));
    drop(thief.post(VERIFY, &json!({})).await.expect(401));
    assert_eq!(told(&ana).await[..2], ["second_step_failed", "single_use_codes_made"]);
    // It leaves that one word and no other, and to nobody else.
    let client = server.db.connect("keepwell_app").await;
    for sql in [
        format!(
            "insert into accounts.notice (principal, notice, what) values ('{}', gen_random_uuid(), 'recovered')",
            ana.id
        ),
        format!(
            "insert into mail.queue (principal, mail, message_sealed, give_up_at)
            values ('{}', gen_random_uuid(), 'x', now())",
            ana.id
        ),
    ] {
        server.db.begin_as(&client, &thief.cookie).await;
        let refused = client.batch_execute(&sql).await.unwrap_err();
        assert_eq!(refused.code().unwrap().code(), "42501", "{sql}");
        client.batch_execute("rollback").await.unwrap();
    }
    // An open session and a stranger do not leave it at all.
    for cookie in [ana.cookie.as_str(), &"A".repeat(43)] {
        server.db.begin_as(&client, cookie).await;
        let tell =
            "select accounts.tell_second_step_failed(gen_random_uuid(), null, null, null, null)";
        client.batch_execute(tell).await.unwrap();
        client.batch_execute("commit").await.unwrap();
    }
    assert_eq!(told(&ana).await.iter().filter(|what| *what == "second_step_failed").count(), 1);

    let factor = format!("{steps}/{}", added["factor"].as_str().unwrap());
    let removal = json!({"password": ana.password}).to_string();
    drop(ana.send(Method::DELETE, &factor, removal).await.expect(204));
    assert_eq!(told(&ana).await[0], "second_step_removed");
    let mut ana = ana;
    let code = ana.post("/api/v1/account/recovery-code", &json!({})).await.expect(201).json();
    code["recovery_code"].as_str().unwrap().clone_into(&mut ana.recovery_code);
    let back = ana.recover("ana walks by the lake").await;
    assert_eq!(told(&back).await[..3], ["recovered", "signed_in", "recovery_code_made"]);

    // A browser that its person came in with before is no news; another one is.
    let again = json!({"email": back.email, "password": back.password});
    let mut elsewhere = back.clone();
    elsewhere.cookie.clear();
    let answer = elsewhere.post("/api/v1/session", &again).await.expect(201);
    let marked = answer.headers.get_all(header::SET_COOKIE).iter();
    let marked: Vec<_> = marked.filter_map(|set| set.to_str().ok()?.split(';').next()).collect();
    assert_eq!(told(&back).await[..2], ["signed_in", "recovered"]);
    let known = server.client().post(format!("{}/api/v1/session", server.origin));
    let known = known.header(header::COOKIE, marked.join("; ")).json(&again);
    drop(back.answer(known).await.expect(201));
    assert_eq!(told(&back).await[..2], ["signed_in", "recovered"]);
    drop(back.sign_in().await);
    assert_eq!(told(&back).await[..3], ["signed_in", "signed_in", "recovered"]);

    // Each of them as a mail, in the language of its request.
    assert_eq!(server.send_mail().await, round(10, 0, 0));
    let subjects: Vec<_> = mail.arrived().iter().map(|letter| letter.header("Subject")).collect();
    for (subject, words) in subjects.iter().skip(1).zip([
        "a new recovery code was made",
        "zweiter Schritt",
        "new single-use codes were made",
        "a second step failed",
        "a second step was removed",
        "a new recovery code was made",
        "signed in from a new device",
        "your account was recovered",
        "signed in from a new device",
        "signed in from a new device",
    ]) {
        assert!(subject.contains(words), "{subjects:?}");
    }
}
