//! Setting up a security key or passkey.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use platform::{App, Error, Json, Presented, ProblemJson, Result};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use webauthn_rs_core::proto::RegistrationState;

use super::{
    answer,
    challenge::{self, Challenge, Purpose},
    key::{Body, KIND, SecurityKey},
    relying_party::{RelyingParty, handle},
    store,
};
use crate::{
    credentials::Credential,
    proof,
    second_steps::enrol::{Added, add, parse_name},
};

/// Begins to set up a security key or passkey. The authenticator is asked to verify its person and for
/// the secret that lets it open the diary alone (PRF), and may do neither.
#[utoipa::path(
    post, path = "/api/v1/account/second-steps/key/challenge", tag = "account",
    responses(
        (status = 200, body = Challenge),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "this Keepwell is reached by a number, and keys need a name"),
    ),
)]
pub(super) async fn begin_key(
    State(app): State<App>,
    presented: Presented,
) -> Result<axum::Json<Challenge>> {
    let (session, rows) = proof::store::needed(app.db(), &presented).await?;
    session.require_fresh()?;
    let email = proof::own_email(&session, &rows)?;
    let (principal, pair) = (session.principal(), session.keyring().pair());
    let keys = SecurityKey::of_rows(pair, principal, &proof::steps(rows)?)?;
    let asked =
        RelyingParty::of(&app)?.ask_for_new(&handle(&app, principal), email.as_str(), &keys)?;
    Ok(axum::Json(challenge::keep(&app, Purpose::Enrol, Some(session.id()), asked).await?))
}

/// A new security key or passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// From the answer that began it.
    #[schema(value_type = String)]
    ceremony: SecretString,
    /// What `PublicKeyCredential.toJSON` gives, without the results of `prf`: those stay in the browser.
    #[schema(value_type = Object)]
    credential: Value,
    /// What to call it in the list.
    #[schema(example = "Key on my key ring")]
    name: String,
    /// What the browser derived from the result of `prf`, where there is one: the passkey then opens
    /// the diary alone. 32 bytes in base64url. Can be given later (`…/slot`).
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    slot_secret: Option<SecretString>,
}

/// Adds a security key or passkey.
#[utoipa::path(
    post, path = "/api/v1/account/second-steps/key", tag = "account",
    request_body = NewKey,
    responses(
        (status = 201, body = Added),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 409, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
pub(super) async fn add_key(
    State(app): State<App>,
    presented: Presented,
    Json(new): Json<NewKey>,
) -> Result<impl IntoResponse> {
    let session = app.db().prove(&presented).await?;
    session.require_fresh()?;
    let name = parse_name(&new.name)?;
    let secret = new.slot_secret.as_ref().map(answer::parse_secret).transpose()?;
    let sent = answer::parse(new.credential)?;
    let state: RegistrationState =
        challenge::take(&app, Purpose::Enrol, Some(session.id()), &new.ceremony).await?;
    let made = RelyingParty::of(&app)?.register(&sent, &state).map_err(|_cause| {
        Error::invalid("credential", "this new security key does not fit: begin once more")
    })?;
    if secret.is_some() && !made.user_verified {
        return Err(Error::invalid(
            "slot_secret",
            "this key did not verify who you are, so it cannot open the diary alone: set a PIN for \
             it, or add it as a second step only",
        ));
    }
    let count = i64::from(made.counter);
    let slot = secret.map(|secret| Credential::of_passkey(&app, &secret));
    let body = Body::of(made);
    let added = add(&app, &presented, KIND, &name, &body, Some(count), |_| Ok(slot))
        .await
        .map_err(store::there_already)?;
    Ok((StatusCode::CREATED, axum::Json(added)))
}
