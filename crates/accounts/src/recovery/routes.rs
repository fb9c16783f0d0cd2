//! The HTTP of the recovery code.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use keys::{RecoveryCode, SingleUseCode};
use platform::{
    Access, App, Error, Json, Peer, Presented, ProblemJson, Result, Routes, notices::What,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::store;
use crate::{
    EmailAddress,
    credentials::{Credential, open_email},
    device::Arrival,
    notices,
    password::{self, Stands},
    password_change::store as change,
    sign_in::{self, Application, SignedIn},
    sign_up::ShownOnce,
    slots::NewSlot,
};

const NOT_RIGHT: &str = "the e-mail address or the recovery code is not right";

/// Routes of recovery.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionThatOwes, routes!(make_code))
        .add(Access::SessionThatOwes, routes!(confirm_code))
        .add(Access::Public, routes!(recover))
        .add(Access::SessionThatOwes, routes!(choose_password))
}

/// Makes a fresh recovery code: the one before no longer opens.
#[utoipa::path(
    post, path = "/api/v1/account/recovery-code", tag = "account",
    responses(
        (status = 201, body = ShownOnce),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
async fn make_code(State(app): State<App>, presented: Presented) -> Result<impl IntoResponse> {
    let tx = change::begin(app.db(), &presented).await?;
    tx.session().require_fresh()?;
    app.tries().new_credential(&tx).await?;
    let code = RecoveryCode::generate();
    let session = tx.session();
    let slot = NewSlot::seal(
        session.principal(),
        session.keyring().pair(),
        &Credential::of_recovery_code(&app, &code),
        app.sessions().password_cost,
    )?;
    let told = notices::prepare(&app, &presented, &tx, What::RecoveryCodeMade).await?;
    store::replace_code(tx, &slot, &told).await?;
    Ok((StatusCode::CREATED, axum::Json(ShownOnce::of(&code))))
}

/// The code as the person has kept it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeptCode {
    /// Spaces, dashes and case do not matter.
    #[schema(value_type = String)]
    code: SecretString,
}

/// Confirms that the code is kept.
#[utoipa::path(
    put, path = "/api/v1/account/recovery-code/kept", tag = "account",
    request_body = KeptCode,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn confirm_code(
    State(app): State<App>,
    presented: Presented,
    Json(kept): Json<KeptCode>,
) -> Result<StatusCode> {
    let wrong = || Error::invalid("code", "this is not your recovery code: compare it once more");
    let code = RecoveryCode::parse(kept.code.expose_secret()).map_err(|_cause| wrong())?;
    let credential = Credential::of_recovery_code(&app, &code);
    let tx = change::begin(app.db(), &presented).await?;
    if store::confirm(tx, &credential).await? { Ok(StatusCode::NO_CONTENT) } else { Err(wrong()) }
}

/// What somebody has who forgot the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    /// The address of the account.
    #[schema(example = "ada@example.org")]
    email: String,
    /// The recovery code, or one of the codes that are used once. Spaces, dashes and case do not
    /// matter.
    #[schema(value_type = String)]
    recovery_code: SecretString,
}

/// Signs in with a recovery code. Where a second step is set up it is awaited as ever; then a new
/// password is chosen.
#[utoipa::path(
    post, path = "/api/v1/session/recovery", tag = "session",
    request_body = Forgotten,
    responses(
        (status = 201, body = SignedIn),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
async fn recover(
    State(app): State<App>,
    arrival: Arrival,
    replaced: Option<Presented>,
    Json(typed): Json<Forgotten>,
) -> Result<impl IntoResponse> {
    let refused = || Error::NotOpened(NOT_RIGHT);
    let email = EmailAddress::parse(&typed.email)?;
    app.tries().recovery(arrival.peer).await?;
    let credential = credential(&app, &typed.recovery_code).ok_or_else(refused)?;

    let presented = Presented::generate();
    let tx = app.db().begin_without_session(&presented).await?;
    let opened = sign_in::store::begin(&tx, &credential, Application::Web, app.sessions())
        .await?
        .ok_or_else(refused)?;
    let pair = credential
        .slot_key
        .open(opened.principal, credential.kind, &opened.private_key_sealed)
        .or(Err(Error::Altered))?;
    if open_email(&pair, opened.principal, &opened.email_sealed)? != email.as_str() {
        return Err(refused());
    }
    sign_in::enter(&app, tx, &presented, &credential, &opened, &arrival, replaced).await
}

/// The credential of a code of either kind.
fn credential(app: &App, typed: &SecretString) -> Option<Credential> {
    let text = typed.expose_secret();
    RecoveryCode::parse(text)
        .map(|code| Credential::of_recovery_code(app, &code))
        .or_else(|_| {
            SingleUseCode::parse(text).map(|code| Credential::of_single_use_code(app, &code))
        })
        .ok()
}

/// What opens the diary from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChosenPassword {
    /// 15 characters or more, or 8 where there is a second step.
    #[schema(value_type = String)]
    new_password: SecretString,
}

/// Chooses a new password after coming in with a recovery code. Every other session and token ends,
/// and the recovery code is replaced by a new one.
#[utoipa::path(
    post, path = "/api/v1/session/recovery/password", tag = "session",
    request_body = ChosenPassword,
    responses(
        (status = 201, body = ShownOnce),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "this session did not begin with a recovery code"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn choose_password(
    State(app): State<App>,
    peer: Peer,
    presented: Presented,
    Json(typed): Json<ChosenPassword>,
) -> Result<impl IntoResponse> {
    let now = change::circumstances(app.db(), &presented).await?;
    let session = &now.session;
    session.require_fresh()?;
    if !matches!(now.first_step.as_str(), "recovery_code" | "single_use_code") {
        return Err(Error::Conflict(
            "you did not come in with a recovery code: change the password on your profile page",
        ));
    }
    let (principal, pair) = (session.principal(), session.keyring().pair());
    let email = EmailAddress::parse(&open_email(pair, principal, &now.email_sealed)?)?;
    let stands = if now.has_second_step { Stands::WithSecondStep } else { Stands::Alone };
    let password = password::parse_new("new_password", &typed.new_password, &email, stands)?;
    let cost = app.sessions().password_cost;
    let by_password = Credential::of_password(&app, peer, &email, password, cost).await?;
    let new_code = RecoveryCode::generate();
    let by_new_code = Credential::of_recovery_code(&app, &new_code);
    let password_slot = NewSlot::seal(principal, pair, &by_password, cost)?;
    let code_slot = NewSlot::seal(principal, pair, &by_new_code, cost)?;
    let tx = change::begin_as(app.db(), &presented, &now).await?;
    tx.session().require_fresh()?;
    let told = notices::prepare(&app, &presented, &tx, What::Recovered).await?;
    store::recover(tx, &password_slot, &code_slot, &told).await.map_err(|error| {
        match error.constraint() {
            // Only somebody who knows both learns this.
            Some("key_slot_by_proof") => Error::invalid(
                "new_password",
                "another account of yours has this address and password: choose another password",
            ),
            _ => error,
        }
    })?;
    Ok((StatusCode::CREATED, axum::Json(ShownOnce::of(&new_code))))
}
