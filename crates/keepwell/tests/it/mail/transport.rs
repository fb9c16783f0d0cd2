//! How a mail arrives: what it says, and over which TLS it leaves.

use std::net::{IpAddr, Ipv4Addr};

use platform::mail::{SmtpConfig, SmtpTls};
use serde_json::json;
use testkit::{MailServer, Manner};

use super::{EMAIL, VERIFY, post_in_german, round, server_with, waiting};

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
