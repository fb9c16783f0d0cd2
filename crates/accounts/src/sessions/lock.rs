//! The HTTP of locking and unlocking.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use platform::{
    App, Error, Json, Peer, Presented, ProblemJson, Result,
    limits::Devices,
    session::{cookie, hex},
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{pin, store};
use crate::{
    security_keys::{self, KeyAnswer},
    sign_in,
    slots::whole,
};

/// How long an installed app with a PIN stays signed in.
pub(crate) const INSTALLED_DAYS: u32 = 30;

/// Locks the session: it answers nothing until it is unlocked.
#[utoipa::path(
    post, path = "/api/v1/session/lock", tag = "session",
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "there is nothing to unlock it with"),
    ),
)]
pub(super) async fn lock(State(app): State<App>, presented: Presented) -> Result<StatusCode> {
    if store::lock(app.db(), &presented).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::Conflict("set a PIN first: without one nothing could unlock it"))
    }
}

/// Digits that unlock this session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    /// Six to twelve digits.
    #[schema(value_type = String)]
    pin: SecretString,
}

/// Gives this session a PIN. An installed app then stays signed in for 30 days, and locks instead of
/// signing out.
#[utoipa::path(
    put, path = "/api/v1/session/pin", tag = "session",
    request_body = Pin,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 422, body = ProblemJson),
        (status = 503, body = ProblemJson),
    ),
)]
pub(super) async fn set_pin(
    State(app): State<App>,
    peer: Peer,
    presented: Presented,
    Json(typed): Json<Pin>,
) -> Result<impl IntoResponse> {
    pin::parse_new(&typed.pin)?;
    let session = app.db().prove(&presented).await?;
    session.require_fresh()?;
    let proof = proof(&app, peer, session.id(), typed.pin).await?;
    let hours = whole(INSTALLED_DAYS * 24)?;
    store::set_pin(app.db(), &presented, Some(&proof), hours).await?;
    let cookie = sign_in::info(&app, &presented).await?.cookie(&presented)?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie)])))
}

/// Takes the PIN away: this session ends like any other again.
#[utoipa::path(
    delete, path = "/api/v1/session/pin", tag = "session",
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
    ),
)]
pub(super) async fn drop_pin(
    State(app): State<App>,
    presented: Presented,
) -> Result<impl IntoResponse> {
    let hours = whole(app.sessions().absolute_hours)?;
    store::set_pin(app.db(), &presented, None, hours).await?;
    let cookie = AppendHeaders([(header::SET_COOKIE, cookie::issue(&presented)?)]);
    Ok((StatusCode::NO_CONTENT, cookie))
}

/// What unlocks a session: its PIN, or a security key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Unlocking {
    /// Six to twelve digits.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pin: Option<SecretString>,
    /// What a key signed for the challenge of `…/unlock/challenge`.
    #[serde(default)]
    key: Option<KeyAnswer>,
}

/// Unlocks the session with its PIN or a security key. The fifth wrong one ends it. After a key the
/// session has a new token.
#[utoipa::path(
    post, path = "/api/v1/session/unlock", tag = "session",
    request_body = Unlocking,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson, description = "the session is over"),
        (status = 409, body = ProblemJson, description = "it has no PIN"),
        (status = 422, body = ProblemJson),
        (status = 503, body = ProblemJson),
    ),
)]
pub(super) async fn unlock(
    State(app): State<App>,
    peer: Peer,
    devices: Devices,
    presented: Presented,
    Json(shown): Json<Unlocking>,
) -> Result<Response> {
    match (shown.pin, shown.key) {
        (Some(pin), None) => unlock_with_pin(&app, peer, &presented, pin).await,
        (None, Some(key)) => {
            let cookie = security_keys::unlock(&app, &devices, &presented, key).await?;
            let cookie = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((StatusCode::NO_CONTENT, cookie).into_response())
        }
        (None, None) => Err(Error::invalid("pin", "type the PIN of this device")),
        (Some(_), Some(_)) => Err(Error::invalid("key", "send a PIN or a key, not both")),
    }
}

async fn unlock_with_pin(
    app: &App,
    peer: Peer,
    presented: &Presented,
    pin: SecretString,
) -> Result<Response> {
    let session = store::locked(app.db(), presented).await?;
    let proof = proof(app, peer, session, pin).await?;
    if store::unlock(app.db(), presented, &proof).await? {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    // Whether a try is left, the session itself tells.
    store::locked(app.db(), presented).await?;
    Err(Error::invalid("pin", "this is not the PIN of this device"))
}

/// What a PIN yields for one session, at the full price.
async fn proof(
    app: &App,
    peer: Peer,
    session: Uuid,
    pin: SecretString,
) -> Result<Zeroizing<String>> {
    let salt = app.root().pin_salt(session);
    let stretched = app.stretching().stretch(peer, pin, salt, app.sessions().password_cost).await?;
    Ok(hex(stretched.pin_proof(app.root()).expose()))
}
