//! What an authenticator answered, as the browser sends it.

use keys::PasskeySecret;
use platform::{App, Error, Presented, Result};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::ToSchema;

use super::{key::Refused, store};

/// A challenge and what a key signed for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyAnswer {
    /// From the answer that made the challenge.
    #[schema(value_type = String)]
    pub(super) ceremony: SecretString,
    /// What `PublicKeyCredential.toJSON` gives, without the results of `prf`: those stay in the browser.
    #[schema(value_type = Object)]
    pub(super) credential: Value,
}

/// Reads what `PublicKeyCredential.toJSON` gives.
pub(super) fn parse<T: DeserializeOwned>(credential: Value) -> Result<T> {
    if credential.pointer("/clientExtensionResults/prf/results").is_some() {
        return Err(Error::invalid(
            "credential",
            "what the authenticator computed must stay in the browser: send it without prf.results",
        ));
    }
    serde_json::from_value(credential).map_err(|_cause| {
        Error::invalid("credential", "this is not what a browser makes of a security key's answer")
    })
}

/// Reads the secret that a browser derived from what the authenticator computed.
pub(super) fn parse_secret(secret: &SecretString) -> Result<PasskeySecret> {
    PasskeySecret::parse(secret.expose_secret())
        .map_err(|_cause| Error::invalid("slot_secret", "must be 32 bytes in base64url"))
}

/// What a key is refused with whose signature is right and whose count is not.
pub(super) fn key_copied() -> Error {
    refusal(Refused::Copied)
}

/// The same in an open session, whose person is told.
pub(crate) async fn refuse_copied(app: &App, presented: &Presented) -> Error {
    refuse(app, presented, Refused::Copied).await
}

/// Why a key's answer does not count in an open session; of a copy its person is told.
pub(super) async fn refuse(app: &App, presented: &Presented, refused: Refused) -> Error {
    if refused == Refused::Copied
        && let Err(cause) = store::note_copied(app, presented).await
    {
        tracing::warn!(%cause, "a notice of a copied key was not left");
    }
    refusal(refused)
}

/// Why a key's answer does not count, for whoever is known already.
pub(super) fn refusal(refused: Refused) -> Error {
    let problem = match refused {
        Refused::NotRight => {
            "this security key's answer does not fit: try again, with a key of yours"
        }
        Refused::Copied => {
            "this key counted less than before, so there may be a copy of it: take it away from \
             your second steps and use another one"
        }
    };
    Error::invalid("credential", problem)
}
