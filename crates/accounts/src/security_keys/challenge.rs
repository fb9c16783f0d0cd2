//! A challenge from when it is made until it is answered: for one purpose, once, by whoever began.

use platform::{App, Error, Presented, Result};
use secrecy::SecretString;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ceremony;

/// What a challenge is for. It waits sealed for its purpose, so that what was signed for one is worth
/// nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A new key.
    Enrol,
    /// A slot for a key that is there.
    Slot,
    /// The second step of a session that waits for it.
    SecondStep,
    /// Signing in with a passkey alone.
    SignIn,
    /// Opening a locked session.
    Unlock,
    /// A fresh proof.
    Proof,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Enrol => "a new security key",
            Self::Slot => "a slot for a passkey",
            Self::SecondStep => "a security key as the second step",
            Self::SignIn => "signing in with a passkey",
            Self::Unlock => "unlocking with a security key",
            Self::Proof => "a proof with a security key",
        }
    }
}

/// What the browser asks the authenticator.
#[derive(Serialize, ToSchema)]
pub(super) struct Challenge {
    /// Comes back with the answer.
    ceremony: String,
    /// For `navigator.credentials`, as JSON: see `PublicKeyCredential.parseCreationOptionsFromJSON` and
    /// `parseRequestOptionsFromJSON`.
    #[serde(rename = "publicKey")]
    #[schema(value_type = Object)]
    public_key: Value,
}

/// What waits for an answer, and in which session; none when somebody is about to sign in.
#[derive(Deserialize, Serialize)]
struct Waiting<T> {
    session: Option<Uuid>,
    state: T,
}

/// Keeps a challenge that was made.
pub(super) async fn keep(
    app: &App,
    purpose: Purpose,
    session: Option<Uuid>,
    (public_key, state): (Value, impl Serialize),
) -> Result<Challenge> {
    let tx = app.db().begin_without_session(&Presented::generate()).await?;
    let ceremony = ceremony::keep(tx, purpose.as_str(), &Waiting { session, state }).await?;
    Ok(Challenge { ceremony, public_key })
}

/// Takes the challenge that is answered. It is gone by that, whatever the answer is worth.
pub(super) async fn take<T: DeserializeOwned>(
    app: &App,
    purpose: Purpose,
    session: Option<Uuid>,
    handle: &SecretString,
) -> Result<T> {
    let tx = app.db().begin_without_session(&Presented::generate()).await?;
    let waiting: Waiting<T> = ceremony::take(&tx, purpose.as_str(), handle).await?;
    tx.finish(&[]).await?;
    if waiting.session == session {
        Ok(waiting.state)
    } else {
        Err(Error::invalid("ceremony", "this was begun in another session: begin once more"))
    }
}
