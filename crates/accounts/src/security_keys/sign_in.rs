//! Signing in with a passkey alone.
//!
//! The secret that its authenticator computes finds the slot and opens the private key, and that opens
//! the credential which the signature is checked with. Neither is enough: who has the secret and not
//! the authenticator cannot sign, who has the authenticator and is not its person gets no secret.

use axum::{extract::State, response::IntoResponse};
use platform::{
    App, Error, Json, Presented, ProblemJson, Result,
    notices::{Told, What},
};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use webauthn_rs_core::proto::UserVerificationPolicy;

use super::{
    answer,
    challenge::{self, Challenge, Purpose},
    key::{Refused, Signed},
    relying_party::RelyingParty,
    store,
};
use crate::{
    credentials::{Credential, open_email},
    device::Arrival,
    sign_in::{self, Application, SignedIn},
};

/// The same words for a passkey that nobody has and one whose signature is not right.
const NOT_RIGHT: &str = "this passkey opens no diary here";
const COPIED: &str = "this passkey counted less than before, so there may be a copy of it: sign in with \
                      your password and take the passkey away";

/// What any passkey of this Keepwell signs to sign in. The same for everybody.
#[utoipa::path(
    post, path = "/api/v1/session/passkey/challenge", tag = "session",
    responses(
        (status = 200, body = Challenge),
        (status = 409, body = ProblemJson, description = "this Keepwell is reached by a number, and passkeys need a name"),
        (status = 429, body = ProblemJson),
    ),
)]
pub(super) async fn ask(State(app): State<App>) -> Result<axum::Json<Challenge>> {
    let asked = RelyingParty::of(&app)?.ask(&[], UserVerificationPolicy::Required)?;
    Ok(axum::Json(challenge::keep(&app, Purpose::SignIn, None, asked).await?))
}

/// What a passkey shows to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyAlone {
    /// From the answer that made the challenge.
    #[schema(value_type = String)]
    ceremony: SecretString,
    /// What `PublicKeyCredential.toJSON` gives, without the results of `prf`: those stay in the browser.
    #[schema(value_type = Object)]
    credential: Value,
    /// What the browser derived from the result of `prf`: 32 bytes in base64url. Without it the passkey
    /// is a second step, and the password comes first.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    slot_secret: Option<SecretString>,
    /// Whether the app is installed on the device, which may then stay signed in behind a PIN.
    #[serde(default)]
    installed: bool,
}

/// Signs in with a passkey alone: it has verified its person and computed the secret that opens the
/// diary.
#[utoipa::path(
    post, path = "/api/v1/session/passkey", tag = "session",
    request_body = PasskeyAlone,
    responses(
        (status = 201, body = SignedIn),
        (status = 401, body = ProblemJson, description = "the same for an unknown passkey and a wrong signature"),
        (status = 422, body = ProblemJson, description = "also where this passkey is a second step, and the password comes first"),
        (status = 429, body = ProblemJson),
    ),
)]
pub(super) async fn sign_in(
    State(app): State<App>,
    arrival: Arrival,
    replaced: Option<Presented>,
    Json(shown): Json<PasskeyAlone>,
) -> Result<impl IntoResponse> {
    app.tries().passkey(arrival.peer).await?;
    let secret = shown.slot_secret.ok_or_else(|| {
        Error::invalid(
            "slot_secret",
            "this passkey cannot open the diary alone, it is a second step: sign in with your \
             e-mail address and password first",
        )
    })?;
    let secret = answer::parse_secret(&secret)?;
    let sent = answer::parse(shown.credential)?;
    let state = challenge::take(&app, Purpose::SignIn, None, &shown.ceremony).await?;

    let credential = Credential::of_passkey(&app, &secret);
    let presented = Presented::generate();
    let tx = app.db().begin_without_session(&presented).await?;
    let application = Application::of(shown.installed);
    let opened = sign_in::store::begin(&tx, &credential, application, app.sessions())
        .await?
        .ok_or(Error::NotOpened(NOT_RIGHT))?;
    let principal = opened.principal;
    let pair = credential
        .slot_key
        .open(principal, credential.kind, &opened.private_key_sealed)
        .or(Err(Error::Altered))?;
    // Only the key that the slot was made for.
    let keys = store::keys_of_slot(&tx, &pair, principal, opened.slot).await?;
    let outcome = match Signed::check(&app, principal, &keys, &sent, &state)? {
        Ok(signed) if !signed.by_verified_person => Err(Refused::NotRight),
        Ok(signed) if !store::use_passkey(&tx, &signed.shown(&app, principal)).await? => {
            Err(Refused::Copied)
        }
        Ok(_) => Ok(()),
        Err(refused) => Err(refused),
    };
    match outcome {
        Ok(()) => {
            sign_in::enter(&app, tx, &presented, &credential, &opened, &arrival, replaced).await
        }
        Err(Refused::NotRight) => Err(Error::NotOpened(NOT_RIGHT)),
        Err(Refused::Copied) => {
            let email = open_email(&pair, principal, &opened.email_sealed)?;
            let told = Told::of(&app, What::KeyCopied, &email, arrival.language)?;
            store::note_copied_and_end(tx, &told).await?;
            Err(Error::NotOpened(COPIED))
        }
    }
}
