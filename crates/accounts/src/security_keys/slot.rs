//! Giving a passkey that is there a slot, so that it opens the diary alone. Many authenticators compute
//! the secret only when they sign, not when the passkey is made.

use axum::{extract::State, http::StatusCode};
use platform::{App, Error, Json, Presented, ProblemJson, Result, http::Path};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use webauthn_rs_core::proto::UserVerificationPolicy;

use super::{
    answer,
    challenge::{self, Challenge, Purpose},
    key::{Refused, SecurityKey, Signed},
    relying_party::RelyingParty,
    store,
};
use crate::{credentials::Credential, second_steps, slots::NewSlot};

/// Begins to let a passkey open the diary alone.
#[utoipa::path(
    post, path = "/api/v1/account/second-steps/{factor}/slot/challenge", tag = "account",
    params(("factor" = Uuid, Path)),
    responses(
        (status = 200, body = Challenge),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
pub(super) async fn begin_slot(
    State(app): State<App>,
    presented: Presented,
    Path(factor): Path<Uuid>,
) -> Result<axum::Json<Challenge>> {
    let (tx, rows) = second_steps::store::begin(app.db(), &presented).await?;
    let session = tx.session();
    session.require_fresh()?;
    let key = own_key(session, &rows, factor)?;
    let asked = RelyingParty::of(&app)?.ask(&[key], UserVerificationPolicy::Required)?;
    let session = session.id();
    drop(tx);
    Ok(axum::Json(challenge::keep(&app, Purpose::Slot, Some(session), asked).await?))
}

/// What lets a passkey open the diary alone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotOfKey {
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

/// Lets a passkey open the diary alone.
#[utoipa::path(
    post, path = "/api/v1/account/second-steps/{factor}/slot", tag = "account",
    params(("factor" = Uuid, Path)),
    request_body = SlotOfKey,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "it opens the diary already"),
        (status = 422, body = ProblemJson),
    ),
)]
pub(super) async fn add_slot(
    State(app): State<App>,
    presented: Presented,
    Path(factor): Path<Uuid>,
    Json(sent): Json<SlotOfKey>,
) -> Result<StatusCode> {
    let session = app.db().prove(&presented).await?;
    session.require_fresh()?;
    let secret = answer::parse_secret(&sent.slot_secret)?;
    let credential = answer::parse(sent.credential)?;
    let state = challenge::take(&app, Purpose::Slot, Some(session.id()), &sent.ceremony).await?;

    let (tx, rows) = second_steps::store::begin(app.db(), &presented).await?;
    let session = tx.session();
    session.require_fresh()?;
    let principal = session.principal();
    let key = own_key(session, &rows, factor)?;
    let signed = Signed::check(&app, principal, &[key], &credential, &state)?
        .and_then(|signed| signed.by_verified_person.then_some(signed).ok_or(Refused::NotRight));
    let signed = match signed {
        Ok(signed) => signed,
        Err(refused) => {
            drop(tx);
            return Err(answer::refuse(&app, &presented, refused).await);
        }
    };
    let opens = Credential::of_passkey(&app, &secret);
    let cost = app.sessions().password_cost;
    let slot = NewSlot::seal(principal, session.keyring().pair(), &opens, cost)?;
    let slot = NewSlot { slot: factor, ..slot };
    if !store::add_slot(tx, &signed.shown(&app, principal), &slot).await? {
        return Err(answer::refuse_copied(&app, &presented).await);
    }
    Ok(StatusCode::NO_CONTENT)
}

fn own_key(
    session: &platform::Session,
    rows: &[tokio_postgres::Row],
    factor: Uuid,
) -> Result<SecurityKey> {
    SecurityKey::of_rows(session.keyring().pair(), session.principal(), rows)?
        .into_iter()
        .find(|key| key.factor == factor)
        .ok_or(Error::NotFound)
}
