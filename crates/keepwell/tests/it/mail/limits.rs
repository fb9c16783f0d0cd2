//! How much mail, how many notices and new credentials there can be.

use platform::mail::SmtpTls;
use serde_json::{Value, json};
use testkit::{MailServer, Person, ServerOptions, TestServer};

use super::{EMAIL, NOTICES, VERIFY, later, move_without_mail, round, totp, waiting, with_mail};

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
