//! Notices and mail, through a real mail server over real TLS.

mod address;
mod limits;
mod notices;
mod queue;
mod transport;

use aws_lc_rs::hmac;
use platform::mail::{SmtpConfig, SmtpTls};
use reqwest::{Method, header};
use serde_json::{Value, json};
use testkit::{Answer, MailServer, Person, Round, ServerOptions, TestServer};

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
