//! What waits to be sent: tried again, shared, outliving the program, and read by nobody.

use std::{
    fs::Permissions, os::unix::fs::PermissionsExt, path::Path, process::Command, time::Duration,
};

use platform::mail::SmtpTls;
use reqwest::header;
use serde_json::{Value, json};
use testkit::{MailServer, Manner, search::Search};

use super::{EMAIL, VERIFY, round, waiting, with_mail};
use crate::program::{Home, Program};

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
