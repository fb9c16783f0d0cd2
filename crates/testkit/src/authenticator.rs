//! An authenticator app.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use crate::{Person, TestServer};

/// An authenticator app that shares a secret with an account.
#[derive(Clone, Debug)]
pub struct Authenticator(Totp);

impl Authenticator {
    /// The app with the secret that the server gave.
    pub fn new(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret).expect("base 32");
        Self(Builder::new().with_secret(secret).with_account_name("a").build().expect("a secret"))
    }

    /// The code that it shows at a time.
    pub fn code(&self, at: Timestamp) -> String {
        self.0.generate(u64::try_from(at.as_second()).expect("a time of now")).to_string()
    }

    /// The code that the server has not seen yet: half a minute later, by the server's own clock,
    /// which must be one that can be set.
    pub fn next(&self, server: &TestServer) -> String {
        let clock = server.app.clock();
        clock.advance(SignedDuration::from_secs(30));
        self.code(clock.now())
    }
}

impl Person {
    /// Sets an authenticator app up, and returns it with the single-use codes that come with the first
    /// second step.
    pub async fn set_up_app(&self, server: &TestServer) -> (Authenticator, Vec<String>) {
        let begun = self.post("/api/v1/account/second-steps/totp", &json!({})).await.expect(200);
        let begun = begun.json();
        let app = Authenticator::new(begun["secret"].as_str().expect("a secret"));
        let first =
            json!({"ceremony": begun["ceremony"], "code": app.next(server), "name": "Phone"});
        let made = self.post("/api/v1/account/second-steps/totp/confirm", &first).await.expect(201);
        let codes =
            made.json()["codes"]["single_use_codes"].as_array().cloned().unwrap_or_default();
        (app, codes.iter().filter_map(|code| Some(code.as_str()?.to_owned())).collect())
    }

    /// Types e-mail and password, and stops before the second step.
    pub async fn half_sign_in(&self) -> Self {
        let mut device = self.with_cookie("");
        let body = json!({"email": self.email, "password": self.password});
        let answer = device.post("/api/v1/session", &body).await.expect(201);
        assert_eq!(answer.json()["state"], "awaits_second_step", "{}", answer.text);
        device.cookie = answer.cookie().expect("a session that waits");
        device
    }

    /// Shows a second step; the device with its new session if it was taken.
    pub async fn show(&self, step: serde_json::Value) -> Result<Self, crate::Answer> {
        let answer = self.post("/api/v1/session/second-step", &step).await;
        if answer.status.as_u16() != 200 {
            return Err(answer);
        }
        let cookie = answer.cookie().expect("a new token");
        Ok(self.with_cookie(cookie))
    }
}
