//! Passing the second step: from a session that waits to one that is open.

use axum::{
    extract::State,
    http::header,
    response::{AppendHeaders, IntoResponse},
};
use keys::Keyring;
use platform::{App, Error, Json, Presented, ProblemJson, Result, limits::Devices};
use uuid::Uuid;

use super::{
    Shown, Typed,
    store::{self, Standing},
};
use crate::{
    credentials, notices,
    sign_in::{self, SessionInfo},
};

/// Shows the second step that a session waits for. Five tries, then it has to begin once more.
#[utoipa::path(
    post, path = "/api/v1/session/second-step", tag = "session",
    request_body = Typed,
    responses(
        (status = 200, body = SessionInfo),
        (status = 401, body = ProblemJson, description = "there is no session that waits, or its five tries are over"),
        (status = 422, body = ProblemJson),
        (status = 423, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
pub(super) async fn pass_second_step(
    State(app): State<App>,
    devices: Devices,
    presented: Presented,
    Json(typed): Json<Typed>,
) -> Result<impl IntoResponse> {
    let standing = store::take_try(app.db(), &presented).await?;
    if standing.is_locked {
        return Err(Error::Locked);
    }
    let tries = app.tries();
    let mut admitted = tries.second_step(standing.principal, &devices).await?;
    admitted.compares();
    let outcome = show(&app, &presented, &standing, &devices, &typed).await;
    admitted.ended(&tries, outcome).await
}

async fn show(
    app: &App,
    presented: &Presented,
    standing: &Standing,
    devices: &Devices,
    typed: &Typed,
) -> Result<impl IntoResponse + use<>> {
    let keyring = open_keyring(app, presented, standing)?;
    let shown = match typed.check(app, standing.principal, keyring.pair(), &standing.steps) {
        Ok(shown) => shown,
        Err(refusal) => {
            let (principal, pair) = (standing.principal, keyring.pair());
            notices::second_step_failed(app, presented, principal, pair).await;
            return Err(refusal);
        }
    };
    let renewed = open(app, presented, devices, standing, keyring, &shown, typed.refusal()).await?;
    answer(app, devices, standing.principal, &renewed).await
}

/// The session that was opened, for the browser to hold, which is known from here on.
pub(crate) async fn answer(
    app: &App,
    devices: &Devices,
    principal: Uuid,
    renewed: &Presented,
) -> Result<impl IntoResponse + use<>> {
    let info = sign_in::info(app, renewed).await?;
    let cookie = info.cookie(renewed)?;
    let known = app.tries().recognize(devices, info.email(), principal)?;
    let cookies = AppendHeaders([(header::SET_COOKIE, cookie), (header::SET_COOKIE, known)]);
    Ok((cookies, axum::Json(info)))
}

/// The keyring of a session that is not open: its key pair checks what is shown.
pub(crate) fn open_keyring(
    app: &App,
    presented: &Presented,
    standing: &Standing,
) -> Result<Keyring> {
    Keyring::open(&presented.keyring_key(app.root()), standing.principal, &standing.keyring_sealed)
        .map_err(|_cause| Error::Altered)
}

/// Opens the session under a new token, with everything its person holds: whoever saw the old token
/// has nothing.
pub(crate) async fn open(
    app: &App,
    presented: &Presented,
    devices: &Devices,
    standing: &Standing,
    keyring: Keyring,
    shown: &Shown,
    refusal: Error,
) -> Result<Presented> {
    let tx = app.db().begin_without_session(presented).await?;
    if !store::pass(&tx, shown).await? {
        drop(tx);
        let (principal, pair) = (standing.principal, keyring.pair());
        notices::second_step_failed(app, presented, principal, pair).await;
        return Err(refusal);
    }
    if !standing.is_locked {
        let (principal, language) = (standing.principal, presented.language());
        notices::signed_in(app, &tx, devices, language, principal, keyring.pair()).await?;
    }
    let grants = sign_in::store::grants(&tx).await?;
    let keyring = credentials::keyring(keyring.into_pair(), standing.principal, &grants)?;
    let renewed = Presented::generate();
    let sealed = renewed.seal_keyring(app.root(), standing.principal, &keyring);
    let act = if standing.is_locked { "unlocked" } else { "signed_in" };
    store::renew(tx, &renewed, &sealed, act).await?;
    Ok(renewed)
}
