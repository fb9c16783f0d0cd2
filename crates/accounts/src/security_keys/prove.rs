//! A security key in a fresh proof: beside the password, or a passkey alone.

use axum::extract::State;
use platform::{App, Error, Presented, ProblemJson, Result, Session};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use tokio_postgres::Row;
use utoipa::ToSchema;
use webauthn_rs_core::proto::UserVerificationPolicy;

use super::{
    answer::{self, KeyAnswer},
    challenge::{self, Challenge, Purpose},
    key::{Refused, SecurityKey, Signed},
    relying_party::RelyingParty,
    store,
};
use crate::{
    credentials::Credential,
    second_steps::{self, Shown},
};

/// A passkey that shows by itself that it is you.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownPasskey {
    /// From the answer that made the challenge.
    #[schema(value_type = String)]
    ceremony: SecretString,
    /// What `PublicKeyCredential.toJSON` gives, without the results of `prf`: those stay in the browser.
    #[schema(value_type = Object)]
    credential: Value,
    /// What the browser derived from the result of `prf`: 32 bytes in base64url.
    #[schema(value_type = String)]
    slot_secret: SecretString,
}

/// What one of the asker's own keys signs for a fresh proof.
#[utoipa::path(
    post, path = "/api/v1/session/proof/challenge", tag = "session",
    responses(
        (status = 200, body = Challenge),
        (status = 401, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "no security key is set up"),
    ),
)]
pub(super) async fn ask(
    State(app): State<App>,
    presented: Presented,
) -> Result<axum::Json<Challenge>> {
    let (tx, rows) = second_steps::store::begin(app.db(), &presented).await?;
    let session = tx.session();
    let keys = SecurityKey::of_rows(session.keyring().pair(), session.principal(), &rows)?;
    if keys.is_empty() {
        return Err(Error::Conflict("no security key is set up: show your password"));
    }
    let asked = RelyingParty::of(&app)?.ask(&keys, UserVerificationPolicy::Preferred)?;
    let session = session.id();
    drop(tx);
    Ok(axum::Json(challenge::keep(&app, Purpose::Proof, Some(session), asked).await?))
}

/// Checks a security key that is shown beside the password.
pub(crate) async fn shown_key(
    app: &App,
    presented: &Presented,
    session: &Session,
    steps: &[Row],
    shown: KeyAnswer,
) -> Result<Shown> {
    let KeyAnswer { ceremony, credential } = shown;
    let signed = check(app, presented, session, steps, &ceremony, credential).await?;
    Ok(signed.shown(app, session.principal()))
}

/// A fresh proof by a passkey alone.
pub(crate) async fn prove_with_passkey(
    app: &App,
    presented: &Presented,
    session: &Session,
    steps: &[Row],
    shown: ShownPasskey,
) -> Result<Presented> {
    let ShownPasskey { ceremony, credential, slot_secret } = shown;
    let secret = answer::parse_secret(&slot_secret)?;
    let signed = check(app, presented, session, steps, &ceremony, credential).await?;
    let opens = Credential::of_passkey(app, &secret);
    if !signed.by_verified_person {
        return Err(answer::refusal(Refused::NotRight));
    }
    let shown = signed.shown(app, session.principal());
    match store::prove_with_passkey(app, presented, &opens, &shown, session).await? {
        Ok(renewed) => Ok(renewed),
        Err(refused) => Err(answer::refuse(app, presented, refused).await),
    }
}

async fn check(
    app: &App,
    presented: &Presented,
    session: &Session,
    steps: &[Row],
    ceremony: &SecretString,
    credential: Value,
) -> Result<Signed> {
    let sent = answer::parse(credential)?;
    let state = challenge::take(app, Purpose::Proof, Some(session.id()), ceremony).await?;
    let keys = SecurityKey::of_rows(session.keyring().pair(), session.principal(), steps)?;
    match Signed::check(app, session.principal(), &keys, &sent, &state)? {
        Ok(signed) => Ok(signed),
        Err(refused) => Err(answer::refuse(app, presented, refused).await),
    }
}
