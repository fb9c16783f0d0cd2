//! A security key as the second step, and to open a locked session.

use axum::{extract::State, http::HeaderValue, response::IntoResponse};
use platform::{
    App, Error, Json, Presented, ProblemJson, Result, limits::Devices, session::cookie,
};
use webauthn_rs_core::proto::UserVerificationPolicy;

use super::{
    answer::{self, KeyAnswer},
    challenge::{self, Challenge, Purpose},
    key::{SecurityKey, Signed},
    relying_party::RelyingParty,
};
use crate::{
    notices,
    second_steps::{
        pass,
        store::{self, Standing},
    },
    sessions::INSTALLED_DAYS,
    sign_in::SessionInfo,
};

/// What a security key signs as the second step.
#[utoipa::path(
    post, path = "/api/v1/session/second-step/key/challenge", tag = "session",
    responses(
        (status = 200, body = Challenge),
        (status = 401, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "no security key is set up"),
        (status = 423, body = ProblemJson),
    ),
)]
pub(super) async fn ask_for_second_step(
    State(app): State<App>,
    presented: Presented,
) -> Result<axum::Json<Challenge>> {
    ask(&app, &presented, Purpose::SecondStep).await
}

/// Shows a security key as the second step. Five tries, then signing in has to begin once more.
#[utoipa::path(
    post, path = "/api/v1/session/second-step/key", tag = "session",
    request_body = KeyAnswer,
    responses(
        (status = 200, body = SessionInfo),
        (status = 401, body = ProblemJson, description = "there is no session that waits, or its five tries are over"),
        (status = 422, body = ProblemJson),
        (status = 423, body = ProblemJson),
    ),
)]
pub(super) async fn show_second_step(
    State(app): State<App>,
    devices: Devices,
    presented: Presented,
    Json(shown): Json<KeyAnswer>,
) -> Result<impl IntoResponse> {
    let (standing, renewed) = show(&app, &devices, &presented, Purpose::SecondStep, shown).await?;
    pass::answer(&app, &devices, standing.principal, &renewed).await
}

/// What a security key signs to open a locked session.
#[utoipa::path(
    post, path = "/api/v1/session/unlock/challenge", tag = "session",
    responses(
        (status = 200, body = Challenge),
        (status = 401, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "no security key is set up"),
    ),
)]
pub(super) async fn ask_to_unlock(
    State(app): State<App>,
    presented: Presented,
) -> Result<axum::Json<Challenge>> {
    ask(&app, &presented, Purpose::Unlock).await
}

/// Opens a locked session with a security key, under a new token. Five tries, then it is over.
pub(crate) async fn unlock(
    app: &App,
    devices: &Devices,
    presented: &Presented,
    shown: KeyAnswer,
) -> Result<HeaderValue> {
    let (standing, renewed) = show(app, devices, presented, Purpose::Unlock, shown).await?;
    // Only an installed app keeps its cookie when it is closed.
    if standing.stays {
        cookie::issue_for(&renewed, INSTALLED_DAYS)
    } else {
        cookie::issue(&renewed)
    }
}

async fn ask(app: &App, presented: &Presented, purpose: Purpose) -> Result<axum::Json<Challenge>> {
    let standing = store::standing(app.db(), presented).await?;
    must_stand_for(purpose, standing.is_locked)?;
    let keyring = pass::open_keyring(app, presented, &standing)?;
    let keys = SecurityKey::of_rows(keyring.pair(), standing.principal, &standing.steps)?;
    if keys.is_empty() {
        return Err(Error::Conflict("no security key is set up: use another second step"));
    }
    let asked = RelyingParty::of(app)?.ask(&keys, UserVerificationPolicy::Preferred)?;
    Ok(axum::Json(challenge::keep(app, purpose, Some(standing.session), asked).await?))
}

async fn show(
    app: &App,
    devices: &Devices,
    presented: &Presented,
    purpose: Purpose,
    shown: KeyAnswer,
) -> Result<(Standing, Presented)> {
    let standing = store::take_try(app.db(), presented).await?;
    must_stand_for(purpose, standing.is_locked)?;
    let sent = answer::parse(shown.credential)?;
    let state = challenge::take(app, purpose, Some(standing.session), &shown.ceremony).await?;
    let keyring = pass::open_keyring(app, presented, &standing)?;
    let keys = SecurityKey::of_rows(keyring.pair(), standing.principal, &standing.steps)?;
    let signed = match Signed::check(app, standing.principal, &keys, &sent, &state)? {
        Ok(signed) => signed,
        Err(refused) => {
            let (principal, pair) = (standing.principal, keyring.pair());
            notices::second_step_failed(app, presented, principal, pair).await;
            return Err(answer::refusal(refused));
        }
    };
    let shown = signed.shown(app, standing.principal);
    // The signature was right, so only its count can be wrong.
    let refusal = answer::key_copied();
    let renewed = pass::open(app, presented, devices, &standing, keyring, &shown, refusal).await?;
    Ok((standing, renewed))
}

fn must_stand_for(purpose: Purpose, is_locked: bool) -> Result<()> {
    match (purpose, is_locked) {
        (Purpose::Unlock, false) => Err(Error::AwaitsSecondStep),
        (Purpose::SecondStep, true) => Err(Error::Locked),
        _ => Ok(()),
    }
}
