//! Notices and mail, through a real mail server over real TLS.

use std::{
    fs::Permissions,
    net::{IpAddr, Ipv4Addr},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    time::Duration,
};

use aws_lc_rs::hmac;
use platform::mail::{SmtpConfig, SmtpTls};
use reqwest::{Method, header};
use serde_json::{Value, json};
use testkit::{
    Answer, MailServer, Manner, Person, Round, ServerOptions, TestServer, search::Search,
};

use crate::program::{Home, Program};

const NOTICES: &str = "/api/v1/account/notices";
const EMAIL: &str = "/api/v1/account/email";
const VERIFY: &str = "/api/v1/account/email/verify";
const CONFIRM: &str = "/api/v1/account/email/confirm";

async fn server_with(smtp: SmtpConfig) -> TestServer {
    let options = ServerOptions { smtp: Some(smtp), ..ServerOptions::default() };
    TestServer::start_with(options, keepwell::router).await
}

async fn with_mail() -> (MailServer, TestServer) {
    let mail = MailServer::start(SmtpTls::FromTheStart).await;
    let server = server_with(mail.config()).await;
    (mail, server)
}

/// Sends JSON as a browser of somebody who reads German.
async fn post_in_german(person: &Person, path: &str, body: &Value) -> Answer {
    let request =
        person.request(Method::POST, path).header(header::ACCEPT_LANGUAGE, "de-DE,en;q=0.5");
    person.answer(request.json(body)).await
}

async fn waiting(server: &TestServer) -> i64 {
    let count = "select count(*) from mail.queue";
    server.db.admin().await.query_one(count, &[]).await.unwrap().get(0)
}

fn round(sent: usize, put_off: usize, given_up: usize) -> Round {
    Round { sent, put_off, given_up }
}

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

/// Shows that the person reads mail at the account's address.
async fn confirm_address(mail: &MailServer, server: &TestServer, person: &Person) {
    drop(person.post(VERIFY, &json!({})).await.expect(202));
    assert_eq!(server.send_mail().await, round(1, 0, 0));
    let code = mail.arrived().last().unwrap().code();
    drop(person.post(VERIFY, &json!({"code": code})).await.expect(204));
}

/// As if so long had passed since mails were counted.
async fn later(server: &TestServer, time: &str) {
    let sql = format!("update platform.rate_count set next_at = next_at - interval '{time}'");
    server.db.admin().await.batch_execute(&sql).await.unwrap();
}

/// A change where no mail is sent.
async fn move_without_mail(person: &Person, new: &str) {
    let asked = person.post(EMAIL, &json!({"new_email": new})).await.expect(202).json();
    assert_eq!(asked["codes_mailed"], false);
    drop(person.post(CONFIRM, &json!({"password": person.password})).await.expect(204));
}

#[tokio::test]
async fn a_mail_arrives_in_the_language_of_who_asked_with_nothing_personal_in_it() {
    for begins in [SmtpTls::FromTheStart, SmtpTls::StartTls] {
        let mail = MailServer::start(begins).await;
        let server = server_with(mail.config()).await;
        let ana = server.person("ana").await;
        drop(ana.post(VERIFY, &json!({})).await.expect(202));
        drop(post_in_german(&ana, VERIFY, &json!({})).await.expect(202));
        assert_eq!(server.send_mail().await, round(2, 0, 0));
        assert_eq!(waiting(&server).await, 0);

        let arrived = mail.arrived();
        for (letter, words) in
            arrived.iter().zip(["It is valid for 10 minutes.", "Er gilt 10 Minuten."])
        {
            assert_eq!(letter.to, "ana@example.org");
            assert_eq!(letter.header("To"), "ana@example.org");
            assert_eq!(letter.header("From"), "Keepwell <diary@keepwell.example>");
            assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
            assert!(letter.header("Message-ID").ends_with("@keepwell.example>"), "{}", letter.raw);
            assert!(!letter.header("Date").is_empty(), "{}", letter.raw);
            let body = letter.body();
            assert!(body.contains(words) && body.contains(&server.origin), "{body}");
            assert!(!body.contains("ana") && !body.contains("http://"), "{body}");
        }
        let subjects = ["confirm your e-mail address", "=?utf-8?b?QmVzdMOkdGlnZW4=?= Sie Ihre"];
        for (letter, words) in arrived.iter().zip(subjects) {
            let subject = letter.header("Subject");
            assert!(subject.starts_with("Keepwell: ") && subject.contains(words), "{subject}");
        }
        let credentials = ("keepwell".to_owned(), "between us".to_owned());
        assert_eq!(mail.given(), [credentials.clone(), credentials]);
        // Before TLS nothing is said but that TLS is wanted.
        for line in mail.in_plain().lines() {
            assert!(line.starts_with("EHLO ") || line == "STARTTLS", "{line}");
        }
        assert_eq!(mail.in_plain().is_empty(), begins == SmtpTls::FromTheStart);

        // The code of the later mail counts, once.
        let first = json!({"code": arrived[0].code()});
        assert_eq!(ana.post(VERIFY, &first).await.expect(422).field(), "code");
        let second = json!({"code": arrived[1].code()});
        drop(ana.post(VERIFY, &second).await.expect(204));
        drop(ana.post(VERIFY, &second).await.expect(409));
        let state = ana.get(EMAIL).await.expect(200).json();
        assert!(state["verified_at"].is_string() && state["sends_mail"] == true, "{state}");
    }
}

#[tokio::test]
async fn a16_a_mail_server_without_verified_tls_gets_no_mail_and_the_mail_stays() {
    let right = MailServer::start(SmtpTls::FromTheStart).await;
    let server = server_with(right.config()).await;
    let ana = server.person("ana").await;
    drop(ana.post(VERIFY, &json!({})).await.expect(202));

    let starts_plain = MailServer::start(SmtpTls::StartTls).await;
    let offers_none = MailServer::start(SmtpTls::StartTls).await;
    offers_none.behave(Manner::OffersNoTls);
    let stranger = MailServer::start(SmtpTls::FromTheStart).await;
    let stranger_later = MailServer::start(SmtpTls::StartTls).await;
    // Another address of this machine, which no certificate of ours names.
    let elsewhere = IpAddr::from(Ipv4Addr::new(127, 0, 0, 2));
    let wrong_name = MailServer::start_at(SmtpTls::FromTheStart, elsewhere).await;
    let trusting = |server: &MailServer, authority: &MailServer| SmtpConfig {
        authority: Some(authority.authority().clone()),
        ..server.config()
    };
    for (why, config, at) in [
        (
            "TLS from the start, and plain text comes",
            SmtpConfig { tls: SmtpTls::FromTheStart, ..starts_plain.config() },
            &starts_plain,
        ),
        ("no TLS on offer", offers_none.config(), &offers_none),
        ("another authority", trusting(&stranger, &right), &stranger),
        ("another authority after STARTTLS", trusting(&stranger_later, &right), &stranger_later),
        ("another name", wrong_name.config(), &wrong_name),
        (
            "an authority that nobody named",
            SmtpConfig { authority: None, ..right.config() },
            &right,
        ),
    ] {
        let sender = server.sender_to(&config);
        assert_eq!(sender.send_due().await.unwrap(), round(0, 1, 0), "{why}");
        assert_eq!(waiting(&server).await, 1, "{why}");
        assert!(at.arrived().is_empty() && at.begun().is_empty() && at.given().is_empty(), "{why}");
        for word in ["AUTH", "MAIL", "RCPT", "ana@"] {
            assert!(!at.in_plain().contains(word), "{why}: {}", at.in_plain());
        }
        server.wait_for_mail_to_be_due().await;
    }
    assert_eq!(server.send_mail().await, round(1, 0, 0));
    assert_eq!(right.arrived().len(), 1);
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_with_growing_waits_and_given_up_after_three_days() {
    let (mail, server) = with_mail().await;
    let admin = server.db.admin().await;
    let ana = server.person("ana").await;
    drop(ana.post(VERIFY, &json!({})).await.expect(202));
    assert_eq!(waiting(&server).await, 1);
    for (manner, minutes) in
        [(Manner::PutsOff, 1), (Manner::Refuses, 2), (Manner::PutsOff, 4), (Manner::Refuses, 8)]
    {
        mail.behave(manner);
        assert_eq!(server.send_mail().await, round(0, 1, 0));
        let wait =
            "select round(extract(epoch from next_try_at - now()) / 60)::integer from mail.queue";
        assert_eq!(admin.query_one(wait, &[]).await.unwrap().get::<_, i32>(0), minutes);
        assert_eq!(server.send_mail().await, round(0, 0, 0), "it is not due");
        server.wait_for_mail_to_be_due().await;
    }
    // Near its end the wait is no longer than that.
    let almost =
        "update mail.queue set give_up_at = now() + interval '1 minute', next_try_at = now()";
    admin.batch_execute(almost).await.unwrap();
    assert_eq!(server.send_mail().await, round(0, 1, 0));
    let at_the_end = "select next_try_at = give_up_at from mail.queue";
    assert!(admin.query_one(at_the_end, &[]).await.unwrap().get::<_, bool>(0));
    let three_days = "update mail.queue set created_at = now() - interval '3 days',
        give_up_at = now(), next_try_at = now()";
    admin.batch_execute(three_days).await.unwrap();
    mail.behave(Manner::Takes);
    assert_eq!(server.send_mail().await, round(0, 0, 1));
    assert_eq!((waiting(&server).await, mail.arrived().len()), (0, 0));

    // A code is worth nothing after ten minutes, so its mail is not kept for longer.
    drop(ana.post(VERIFY, &json!({})).await.expect(202));
    let minutes =
        "select extract(epoch from give_up_at - created_at)::integer / 60 from mail.queue";
    assert_eq!(admin.query_one(minutes, &[]).await.unwrap().get::<_, i32>(0), 10);
}

#[tokio::test]
async fn several_senders_share_the_queue_and_what_one_held_when_it_died_is_sent_by_another() {
    let (mail, server) = with_mail().await;
    let people = ["ana", "ben", "cleo", "dora"];
    for name in people {
        drop(server.person(name).await.post(VERIFY, &json!({})).await.expect(202));
    }
    // One sender hands a mail over, and dies before it hears that it was taken.
    mail.behave(Manner::FallsSilent);
    let dying = server.sender_to(&mail.config());
    let dying = tokio::spawn(async move { dying.send_due().await });
    while mail.begun().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Meanwhile nobody else touches that mail, and the others go out.
    mail.behave(Manner::Takes);
    let (one, two) = tokio::join!(server.send_mail(), server.send_mail());
    assert_eq!(one.sent + two.sent, 3, "{one:?} {two:?}");
    assert_eq!(waiting(&server).await, 1);
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    for _ in 0..100 {
        if server.send_mail().await.sent == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut to: Vec<_> = mail.arrived().iter().map(|letter| letter.to.clone()).collect();
    to.sort();
    assert_eq!(to, people.map(|name| format!("{name}@example.org")));
    assert_eq!(waiting(&server).await, 0);
    // Whoever got it twice can tell.
    let (first, again) = (&mail.begun()[0], &mail.arrived()[3]);
    assert_eq!(first.raw, again.raw);
    assert!(!first.header("Message-ID").is_empty());
}

/// The program with a mail server, as an operator starts it.
fn start_with_mail(home: &Home, mail: &MailServer, password: &Path) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keepwell"));
    command
        .env("KEEPWELL_SMTP_URL", format!("smtp+starttls://localhost:{}", mail.port()))
        .env("KEEPWELL_SMTP_USER", "keepwell")
        .env("KEEPWELL_SMTP_PASSWORD_FILE", password)
        .env("KEEPWELL_SMTP_CA_FILE", mail.authority())
        .env("KEEPWELL_MAIL_FROM", "diary@keepwell.example");
    home.start_by(command)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a24_a_mail_outlives_the_program_that_queued_it_and_no_log_names_its_address() {
    let mail = MailServer::start(SmtpTls::StartTls).await;
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, "between us\n").unwrap();
    let home = Home::new();
    std::fs::set_permissions(&password, Permissions::from_mode(0o644)).unwrap();
    let mut open_to_all = start_with_mail(&home, &mail, &password);
    assert!(!open_to_all.ended().await.success(), "everybody reads the password");
    std::fs::set_permissions(&password, Permissions::from_mode(0o600)).unwrap();

    // The first mail was handed over and not acknowledged, the second waits behind it.
    mail.behave(Manner::FallsSilent);
    let mut program = start_with_mail(&home, &mail, &password);
    home.answers().await;
    let client = home.client();
    for name in ["ana", "ben"] {
        let post = |path: &str, body: &Value| {
            let request = client.post(format!("{}{path}", home.origin()));
            request.header(header::ORIGIN, home.origin()).json(body)
        };
        let email = format!("{name}@canary.example");
        let account = json!({"email": email, "password": format!("{name} walks by the sea")});
        let answer = post("/api/v1/account", &account).send().await.unwrap();
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap();
        let verify = post(VERIFY, &json!({})).header(header::COOKIE, cookie);
        assert_eq!(verify.send().await.unwrap().status(), 202);
    }
    while mail.begun().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    program.kill();
    mail.behave(Manner::Takes);
    let _program = start_with_mail(&home, &mail, &password);
    let mut to: Vec<_> = mail.has(2).await.iter().map(|letter| letter.to.clone()).collect();
    to.sort();
    assert_eq!(to, ["ana@canary.example", "ben@canary.example"]);
    assert_eq!(mail.given()[0], ("keepwell".to_owned(), "between us".to_owned()));

    // A server that refuses repeats the address; the log does not.
    let log = home.log();
    assert!(log.contains("a mail was sent") && log.contains("verify_address"), "{log}");
    assert!(!log.contains("canary") && !log.contains("between us"), "{log}");
    assert!(!home.database_log().contains("canary"));
}

#[tokio::test]
async fn a01_the_queue_shows_no_address_without_the_root_key() {
    let (mail, server) = with_mail().await;
    let ana = server.person("canaryaddress").await;
    drop(ana.post(EMAIL, &json!({"new_email": "canarynew@example.org"})).await.expect(202));
    assert_eq!(waiting(&server).await, 2);
    let search = Search::new(&["canaryaddress".to_owned(), "canarynew".to_owned()]);
    let dump = server.db.dump();
    assert_eq!(search.traces_in(&dump), Vec::<String>::new());

    // With the root key a mail that waits does show its address: that is what the key is for.
    let admin = server.db.admin().await;
    let row =
        admin.query_one("select mail, message_sealed from mail.queue limit 1", &[]).await.unwrap();
    let (number, sealed): (uuid::Uuid, Vec<u8>) = (row.get(0), row.get(1));
    assert_eq!(sealed.len(), 1024);
    let plain = server.root.open_mail(number, &sealed).unwrap();
    assert!(!search.traces_in(&plain).is_empty());
    assert!(keys::RootKey::generate().open_mail(number, &sealed).is_err());

    // Another root key's sender, or an altered mail: given up, and never shown.
    admin.batch_execute("update mail.queue set message_sealed = sha256('x')").await.unwrap();
    assert_eq!(server.send_mail().await, round(0, 0, 2));
    assert!(mail.arrived().is_empty());

    // Requests never read the queue; the sender does not learn whose mail it is.
    for (role, sql) in [
        ("keepwell_app", "select mail from mail.queue"),
        ("keepwell_app", "delete from mail.queue"),
        ("keepwell_worker", "select principal from mail.queue"),
        ("keepwell_worker", "update mail.queue set message_sealed = 'x'"),
        ("keepwell_worker", "select what from accounts.notice"),
        ("keepwell_worker", "select email_sealed from accounts.account"),
        ("keepwell_worker", "select new_email_sealed from accounts.email_change"),
    ] {
        let client = server.db.connect(role).await;
        let refused = client.batch_execute(sql).await.unwrap_err();
        assert_eq!(refused.code().unwrap().code(), "42501", "{role} {sql}");
    }
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

/// The code of an authenticator app at this moment (RFC 6238).
fn totp(secret: &str) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut key, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for symbol in secret.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = digits.iter().position(|digit| *digit == symbol).unwrap();
        bits = bits << 5 | u32::try_from(value).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            key.push(u8::try_from(bits >> count & 255).unwrap());
        }
    }
    let step = platform::Clock::real().now().as_second() / 30;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let offset = usize::from(tag.as_ref()[19] & 15);
    let four: [u8; 4] = tag.as_ref()[offset..offset + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
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

#[tokio::test]
async fn nobody_s_mailbox_is_filled_through_us() {
    let mail = MailServer::start(SmtpTls::FromTheStart).await;
    let mut options = ServerOptions { smtp: Some(mail.config()), ..ServerOptions::default() };
    options.rates.mailed_codes_per_hour = 2;
    let server = TestServer::start_with(options, keepwell::router).await;
    let ana = server.person("ana").await;
    drop(ana.post(EMAIL, &json!({"new_email": "victim@new.example"})).await.expect(202));
    drop(ana.post(VERIFY, &json!({})).await.expect(202));
    drop(ana.post(EMAIL, &json!({"new_email": "victim@new.example"})).await.expect(429));
    drop(ana.post(VERIFY, &json!({})).await.expect(429));
    drop(server.person("ben").await.post(VERIFY, &json!({})).await.expect(202));
}

#[tokio::test]
async fn accounts_under_a_stranger_s_address_mail_a_little_and_the_stranger_s_own_has_its_share() {
    let (mail, server) = with_mail().await;
    let told = async |person: &Person| {
        person.get(NOTICES).await.expect(200).json()["notices"].as_array().unwrap().len()
    };
    let new_code = async |person: &Person| {
        drop(person.post("/api/v1/account/recovery-code", &json!({})).await.expect(201));
    };
    // Two accounts that name one mailbox, which nobody has shown to read.
    let (one, other) = (server.person("victim").await, server.person("victim+more").await);
    for _ in 0..15 {
        new_code(&one).await;
        new_code(&other).await;
        drop(one.sign_in().await);
    }
    assert_eq!((told(&one).await, told(&other).await), (30, 15), "the app says all of it");
    assert_eq!(server.send_mail().await, round(3, 0, 0), "and mail a little");
    // Codes count as well, whoever has them mailed there.
    drop(one.post(VERIFY, &json!({})).await.expect(202));
    drop(other.post(VERIFY, &json!({})).await.expect(202));
    let ben = server.person("ben").await;
    let moving = json!({"new_email": "victim+ben@example.org"});
    drop(ben.post(EMAIL, &moving).await.expect(202));
    let refused = one.post(VERIFY, &json!({})).await.expect(429);
    let seconds: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=3_600).contains(&seconds), "{seconds}");
    assert_eq!(server.send_mail().await, round(4, 0, 0), "three there, one to ben");
    // What was refused has changed nothing: the codes of before go on counting.
    drop(ben.post(EMAIL, &moving).await.expect(429));
    let code = mail.arrived()[3].code();

    // Whoever reads mail there has a share that no stranger uses up.
    drop(one.post(VERIFY, &json!({"code": code})).await.expect(204));
    for _ in 0..12 {
        new_code(&one).await;
        new_code(&other).await;
    }
    assert_eq!(server.send_mail().await, round(10, 0, 0));
    assert!(mail.arrived()[7..].iter().all(|letter| letter.to == "victim@example.org"));
    later(&server, "1 hour").await;
    for _ in 0..12 {
        new_code(&one).await;
        new_code(&other).await;
    }
    assert_eq!(server.send_mail().await, round(10, 0, 0), "the others of the day are used up");
    later(&server, "1 day").await;
    new_code(&one).await;
    new_code(&other).await;
    assert_eq!(server.send_mail().await, round(2, 0, 0));
    // Nobody else noticed anything of that.
    new_code(&ben).await;
    assert_eq!(server.send_mail().await, round(1, 0, 0));
}

#[tokio::test]
async fn a03_mail_and_notices_are_written_and_counted_by_functions_only() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let admin = server.db.admin().await;
    let thief = server.db.connect("keepwell_app").await;
    let put = |recipient: &str| {
        format!("select mail.put(gen_random_uuid(), 'x', 10, {recipient}, true, true)")
    };
    for of in [ana.id, ben.id] {
        for sql in [
            format!(
                "insert into accounts.notice (principal, notice, what) values ('{of}', gen_random_uuid(), 'planted')"
            ),
            format!(
                "insert into mail.queue (principal, mail, message_sealed, give_up_at)
                values ('{of}', gen_random_uuid(), 'x', now())"
            ),
            format!("select mail.enqueue('{of}', gen_random_uuid(), 'x', 10, 'x', true, true)"),
            format!(
                "select accounts.leave_notice('{of}', gen_random_uuid(), 'x', null, null, null, null)"
            ),
            "delete from accounts.notice".to_owned(),
        ] {
            server.db.begin_as(&thief, &ana.cookie).await;
            let refused = thief.batch_execute(&sql).await.unwrap_err();
            assert_eq!(refused.code().unwrap().code(), "42501", "{sql}");
            thief.batch_execute("rollback").await.unwrap();
        }
    }
    // Without a session nothing is written.
    server.db.begin_as(&thief, &"A".repeat(43)).await;
    thief.batch_execute(&put("'x'")).await.unwrap();
    let tell = "select accounts.tell(gen_random_uuid(), 'planted', null, null, null, null)";
    thief.batch_execute(tell).await.unwrap();
    thief.batch_execute("commit").await.unwrap();
    let notices = "select count(*) from accounts.notice";
    let count = async |sql: &str| admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
    assert_eq!((waiting(&server).await, count(notices).await), (0, 0));

    // Somebody's own session counts as the program does: six codes for one recipient in an hour …
    server.db.begin_as(&thief, &ana.cookie).await;
    let many = |sql: &str, times: u32| {
        format!("do $$ begin for n in 1..{times} loop perform {}; end loop; end $$", &sql[7..])
    };
    thief.batch_execute(&many(&put("'x'"), 20)).await.unwrap();
    thief.batch_execute("commit").await.unwrap();
    assert_eq!(waiting(&server).await, 6);
    // … and however many recipients it makes up, a queue of its own that ends. So do its notices.
    server.db.begin_as(&thief, &ana.cookie).await;
    let made_up = put("convert_to(n::text, 'utf8')");
    thief.batch_execute(&many(&made_up, 300)).await.unwrap();
    thief.batch_execute(&many(tell, 600)).await.unwrap();
    thief.batch_execute("commit").await.unwrap();
    assert_eq!((waiting(&server).await, count(notices).await), (200, 500));
    // The newest stay.
    move_without_mail(&ana, "ana@new.example").await;
    assert_eq!(ana.get(NOTICES).await.expect(200).json()["notices"][0]["what"], "email_changed");
    assert_eq!(count(notices).await, 500);
    drop(ben.post("/api/v1/account/recovery-code", &json!({})).await.expect(201));
    assert_eq!(count(notices).await, 501);
}

#[tokio::test]
async fn new_codes_and_steps_are_made_twenty_times_an_hour_at_most() {
    let mut options = ServerOptions::default();
    options.rates.new_credentials_per_hour =
        platform::limits::Rates::default().new_credentials_per_hour;
    let server = TestServer::start_with(options, keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    let steps = "/api/v1/account/second-steps/totp";
    let begun = ana.post(steps, &json!({})).await.expect(200).json();
    let step = |begun: &Value| {
        let code = totp(begun["secret"].as_str().unwrap());
        json!({"ceremony": begun["ceremony"], "code": code, "name": "Phone"})
    };
    let confirm = format!("{steps}/confirm");
    drop(ana.post(&confirm, &step(&begun)).await.expect(201));
    drop(ana.post("/api/v1/account/single-use-codes", &json!({})).await.expect(201));
    for _ in 2..20 {
        drop(ana.post("/api/v1/account/recovery-code", &json!({})).await.expect(201));
    }
    let begun = ana.post(steps, &json!({})).await.expect(200).json();
    for (path, body) in [
        ("/api/v1/account/recovery-code", json!({})),
        ("/api/v1/account/single-use-codes", json!({})),
        (&confirm, step(&begun)),
    ] {
        drop(ana.post(path, &body).await.expect(429));
    }
    assert_eq!(ana.get(NOTICES).await.expect(200).json()["notices"].as_array().unwrap().len(), 20);
    drop(ben.post("/api/v1/account/recovery-code", &json!({})).await.expect(201));
    later(&server, "1 hour").await;
    drop(ana.post("/api/v1/account/recovery-code", &json!({})).await.expect(201));
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

#[tokio::test]
async fn mails_whose_time_is_over_go_also_when_no_mail_is_sent_any_more() {
    let (mail, server) = with_mail().await;
    let admin = server.db.admin().await;
    drop(server.person("ana").await.post(VERIFY, &json!({})).await.expect(202));
    drop(server.person("ben").await.post(VERIFY, &json!({})).await.expect(202));
    // From here on nobody sends.
    let clean = async || {
        let config = server.db.config("keepwell_worker");
        keepwell::remove_what_ended(&config, testkit::tls()).await.unwrap();
        waiting(&server).await
    };
    assert_eq!(clean().await, 2);
    let over = "update mail.queue set give_up_at = now() where mail in
        (select mail from mail.queue limit 1)";
    admin.batch_execute(over).await.unwrap();
    // One that a sender holds at this moment is waited for by nobody.
    admin.batch_execute("begin; select mail from mail.queue for update").await.unwrap();
    assert_eq!(clean().await, 2);
    admin.batch_execute("rollback").await.unwrap();
    assert_eq!(clean().await, 1);
    assert!(mail.arrived().is_empty());
}
