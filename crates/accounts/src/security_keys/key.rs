//! A key that somebody has, as it is kept: sealed to its person, like every second step.

use keys::KeyPair;
use platform::{App, Result};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use uuid::Uuid;
use webauthn_rs_core::{
    error::WebauthnError,
    proto::{
        AttestationFormat, AuthenticationState, Credential, ParsedAttestation, PublicKeyCredential,
    },
};

use super::relying_party::{RelyingParty, handle};
use crate::second_steps::{Shown, store::open_body};

/// The kind of second step that a key is.
pub(super) const KIND: &str = "security_key";

/// One key of somebody's.
pub(crate) struct SecurityKey {
    pub(super) factor: Uuid,
    pub(super) credential: Credential,
}

/// What is sealed of a key.
#[derive(Deserialize, Serialize)]
pub(super) struct Body {
    pub(super) credential: Credential,
}

impl Body {
    /// Of a key that was just made. Which make and model it is does not matter and is not kept.
    pub(super) fn of(mut credential: Credential) -> Self {
        credential.attestation = ParsedAttestation::default();
        credential.attestation_format = AttestationFormat::None;
        Self { credential }
    }
}

/// What a key signed, checked.
pub(crate) struct Signed {
    factor: Uuid,
    count: u32,
    /// Whether it verified its person: a PIN, a finger, a face.
    pub(super) by_verified_person: bool,
}

/// Why what was signed does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Of another key, another challenge, another site; or not signed like that.
    NotRight,
    /// The key's count did not go up: there are two of it.
    Copied,
}

impl SecurityKey {
    /// The keys among some second steps.
    pub(super) fn of_rows(pair: &KeyPair, principal: Uuid, rows: &[Row]) -> Result<Vec<Self>> {
        let mut keys = Vec::new();
        for row in rows {
            if row.try_get::<_, &str>("kind")? == KIND {
                let factor: Uuid = row.try_get("factor")?;
                let Body { credential } =
                    open_body(pair, principal, factor, row.try_get("body_sealed")?)?;
                keys.push(Self { factor, credential });
            }
        }
        Ok(keys)
    }
}

impl Signed {
    /// Checks an answer against the keys of a person.
    pub(super) fn check(
        app: &App,
        principal: Uuid,
        keys: &[SecurityKey],
        sent: &PublicKeyCredential,
        state: &AuthenticationState,
    ) -> Result<Result<Self, Refused>> {
        let relying_party = RelyingParty::of(app)?;
        let key = keys.iter().find(|key| key.credential.cred_id == sent.raw_id);
        let whose = sent.get_user_unique_id();
        let (Some(key), true) =
            (key, whose.is_none_or(|whose| whose == handle(app, principal).as_slice()))
        else {
            return Ok(Err(Refused::NotRight));
        };
        Ok(match relying_party.check(sent, state, &key.credential) {
            Ok(result) => Ok(Self {
                factor: key.factor,
                count: result.counter(),
                by_verified_person: result.user_verified(),
            }),
            Err(WebauthnError::CredentialPossibleCompromise) => Err(Refused::Copied),
            Err(_not_right) => Err(Refused::NotRight),
        })
    }

    /// As the database takes it.
    pub(super) fn shown(&self, app: &App, principal: Uuid) -> Shown {
        Shown::factor(app, principal, self.factor, i64::from(self.count))
    }
}
