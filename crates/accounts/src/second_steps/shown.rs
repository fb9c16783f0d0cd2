//! A second step that was shown and checked, as the database takes it.

use jiff::Timestamp;
use keys::{KeyPair, SingleUseCode};
use platform::{App, Error, Result, session::hex};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{store::open_body, totp::TotpSecret};

/// What somebody types as a second step: one of these.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    /// Six digits from an authenticator app.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "123456")]
    pub(crate) totp: Option<SecretString>,
    /// One of the codes that are used once.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) single_use_code: Option<SecretString>,
}

/// A second step that was right, as far as the server can tell; the database still refuses what was
/// used before.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) factor: Option<Uuid>,
    pub(crate) pass: Option<Zeroizing<String>>,
    pub(crate) count: Option<i64>,
    pub(crate) code_proof: Option<Zeroizing<String>>,
}

impl Shown {
    /// None was shown.
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    /// A factor of this person, whose code or signature was right.
    pub(crate) fn factor(app: &App, principal: Uuid, factor: Uuid, count: i64) -> Self {
        let pass = app.root().second_step_pass(principal, factor);
        Self {
            factor: Some(factor),
            pass: Some(hex(pass.expose())),
            count: Some(count),
            code_proof: None,
        }
    }

    /// The pass and the proof of a code, as the database takes them.
    pub(crate) fn texts(&self) -> (Option<&str>, Option<&str>) {
        (
            self.pass.as_ref().map(|text| text.as_str()),
            self.code_proof.as_ref().map(|text| text.as_str()),
        )
    }
}

impl Typed {
    /// Whether nothing was typed.
    pub(crate) fn is_empty(&self) -> bool {
        self.totp.is_none() && self.single_use_code.is_none()
    }

    /// Checks what was typed against the second steps in `rows`.
    pub(crate) fn check(
        &self,
        app: &App,
        principal: Uuid,
        pair: &KeyPair,
        rows: &[Row],
    ) -> Result<Shown> {
        match (&self.totp, &self.single_use_code) {
            (Some(code), None) => check_totp(app, principal, pair, rows, code, app.clock().now()),
            (None, Some(code)) => {
                let code =
                    SingleUseCode::parse(code.expose_secret()).map_err(|_cause| wrong_code())?;
                let proof = code.proof(app.root());
                Ok(Shown { code_proof: Some(hex(proof.expose())), ..Shown::default() })
            }
            (None, None) => Ok(Shown::nothing()),
            (Some(_), Some(_)) => {
                Err(Error::invalid("single_use_code", "send one second step, not two"))
            }
        }
    }

    /// What is wrong when the database refuses what was typed.
    pub(crate) fn refusal(&self) -> Error {
        if self.single_use_code.is_some() { wrong_code() } else { wrong_totp() }
    }
}

fn check_totp(
    app: &App,
    principal: Uuid,
    pair: &KeyPair,
    rows: &[Row],
    code: &SecretString,
    now: Timestamp,
) -> Result<Shown> {
    for row in rows.iter().filter(|row| row.try_get("kind").is_ok_and(|kind: &str| kind == "totp"))
    {
        let factor: Uuid = row.try_get("factor")?;
        let secret: TotpSecret = open_body(pair, principal, factor, row.try_get("body_sealed")?)?;
        if let Some(step) = secret.step_of(code, now)? {
            return Ok(Shown::factor(app, principal, factor, step));
        }
    }
    Err(wrong_totp())
}

fn wrong_totp() -> Error {
    Error::invalid(
        "totp",
        "this code is not right or was used: type the one that the app shows next",
    )
}

fn wrong_code() -> Error {
    Error::invalid("single_use_code", "this code is not right or was used: try another one")
}
