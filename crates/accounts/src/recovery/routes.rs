//! The HTTP of the recovery code.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};
use keys::RecoveryCode;
use platform::{
    Access, App, Error, Json, Peer, Presented, ProblemJson, Result, Routes, session::cookie,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::store;
use crate::{
    EmailAddress,
    credentials::{self, Credential, open_email},
    password::{self, Stands},
    sign_in::store as sign_in,
    sign_up::ShownOnce,
    slots::NewSlot,
};

const NOT_RIGHT: &str = "the e-mail address or the recovery code is not right";

/// Routes of recovery.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(make_code))
        .add(Access::Session, routes!(confirm_code))
        .add(Access::Public, routes!(recover))
}

/// Makes a fresh recovery code, as long as none was confirmed: the one before no longer opens.
#[utoipa::path(
    post, path = "/api/v1/account/recovery-code", tag = "account",
    responses(
        (status = 201, body = ShownOnce),
        (status = 401, body = ProblemJson),
        (status = 409, body = ProblemJson),
    ),
)]
async fn make_code(State(app): State<App>, presented: Presented) -> Result<impl IntoResponse> {
    let (tx, kept) = store::begin(app.db(), &presented).await?;
    if kept {
        return Err(Error::Conflict(
            "you confirmed that you keep your recovery code: it stays valid, and a new one is made \
            when you recover with it",
        ));
    }
    let code = RecoveryCode::generate();
    let session = tx.session();
    let slot = NewSlot::seal(
        session.principal(),
        session.keyring().pair(),
        &Credential::of_recovery_code(&app, &code),
        app.sessions().password_cost,
    )?;
    store::replace_code(tx, &slot).await?;
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
    let (tx, _) = store::begin(app.db(), &presented).await?;
    if store::confirm(tx, &credential).await? { Ok(StatusCode::NO_CONTENT) } else { Err(wrong()) }
}

/// What somebody has who forgot the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    /// The address of the account.
    #[schema(example = "ada@example.org")]
    email: String,
    /// Spaces, dashes and case do not matter.
    #[schema(value_type = String)]
    recovery_code: SecretString,
    /// 15 characters or more.
    #[schema(value_type = String)]
    new_password: SecretString,
}

/// Signs in with the recovery code and sets a new password. Every other session ends, and the code
/// is replaced by a new one.
#[utoipa::path(
    post, path = "/api/v1/session/recovery", tag = "session",
    request_body = Forgotten,
    responses(
        (status = 201, body = ShownOnce),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
async fn recover(
    State(app): State<App>,
    Peer(address): Peer,
    Json(typed): Json<Forgotten>,
) -> Result<impl IntoResponse> {
    let email = EmailAddress::parse(&typed.email)?;
    let password = password::parse_new("new_password", &typed.new_password, &email, Stands::Alone)?;
    let name = app.root().pseudonym("recovery", email.as_str());
    app.guard().limits.admit_recovery(address, name)?;
    let refused = || Error::NotOpened(NOT_RIGHT);
    let code =
        RecoveryCode::parse(typed.recovery_code.expose_secret()).map_err(|_cause| refused())?;

    // The price is paid before anything is looked up, so that the time tells nothing.
    let cost = app.sessions().password_cost;
    let by_password = Credential::of_password(&app, &email, password, cost).await?;
    let by_code = Credential::of_recovery_code(&app, &code);

    let presented = Presented::generate();
    let tx = app.db().begin_without_session(&presented).await?;
    let opened = sign_in::begin(&tx, &by_code, app.sessions()).await?.ok_or_else(refused)?;
    let principal = opened.principal;
    let pair = by_code
        .slot_key
        .open(principal, by_code.kind, &opened.private_key_sealed)
        .or(Err(Error::Altered))?;
    // The new password is salted with this address, so it must be the account's own.
    if open_email(&pair, principal, &opened.email_sealed)? != email.as_str() {
        return Err(refused());
    }
    let new_code = RecoveryCode::generate();
    let by_new_code = Credential::of_recovery_code(&app, &new_code);
    let password_slot = NewSlot::seal(principal, &pair, &by_password, cost)?;
    let code_slot = NewSlot::seal(principal, &pair, &by_new_code, cost)?;
    let keyring = credentials::keyring(pair, principal, &opened.grants)?;
    let sealed = keyring.seal(&presented.token().keyring_key(), principal);
    let recovered = store::recover(tx, &by_code, &password_slot, &code_slot, &sealed)
        .await
        .map_err(|error| match error.constraint() {
            // Only somebody who knows both learns this.
            Some("key_slot_by_proof") => Error::invalid(
                "new_password",
                "another account of yours has this address and password: choose another password",
            ),
            _ => error,
        })?;
    if !recovered {
        return Err(refused());
    }

    let cookie = AppendHeaders([(header::SET_COOKIE, cookie::issue(&presented)?)]);
    Ok((StatusCode::CREATED, cookie, axum::Json(ShownOnce::of(&new_code))))
}
