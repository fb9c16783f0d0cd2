//! The HTTP of signing in and out.

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};
use platform::{
    Access, App, Error, Json, Peer, Presented, ProblemJson, Result, Routes, session::cookie,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::store;
use crate::{
    EmailAddress,
    credentials::{self, Credential, open_email},
    password,
};

/// The same words for a wrong password and an address that nobody has.
pub(crate) const NOT_RIGHT: &str = "the e-mail address or the password is not right";

/// Routes of signing in and out.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Public, routes!(sign_in))
        .add(Access::Session, routes!(who_am_i, sign_out))
}

/// What somebody types to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    /// The address that the account was opened with.
    #[schema(example = "ada@example.org")]
    email: String,
    /// Its password.
    #[schema(value_type = String)]
    password: SecretString,
}

/// What a session is told of itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionInfo {
    /// The person's own address.
    email: String,
    /// The person's number.
    person_id: Uuid,
    /// Whether the person has confirmed that the recovery code is kept.
    recovery_code_kept: bool,
    /// The session ends after this long without use.
    idle_minutes: i32,
    /// The session ends at this time whatever happens (RFC 3339).
    expires_at: String,
}

/// Signs in.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "session",
    request_body = Credentials,
    responses(
        (status = 201, body = SessionInfo),
        (status = 401, body = ProblemJson, description = "the same for a wrong password and an unknown address"),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
        (status = 503, body = ProblemJson),
    ),
)]
async fn sign_in(
    State(app): State<App>,
    Peer(address): Peer,
    replaced: Option<Presented>,
    Json(typed): Json<Credentials>,
) -> Result<impl IntoResponse> {
    // What cannot be an address is refused like one that nobody has; its shape tells nothing.
    let email = EmailAddress::parse(&typed.email);
    let name = email.as_ref().map_or("", EmailAddress::as_str);
    app.guard().limits.admit_sign_in(address, app.root().pseudonym("sign-in", name))?;
    let email = email.or(Err(Error::NotOpened(NOT_RIGHT)))?;
    let password = password::normalize(&typed.password);

    for cost in store::costs(app.db(), app.sessions().password_cost).await? {
        let credential = Credential::of_password(&app, &email, password.clone(), cost).await?;
        let presented = Presented::generate();
        let tx = app.db().begin_without_session(&presented).await?;
        let Some(opened) = store::begin(&tx, &credential, app.sessions()).await? else { continue };

        let pair = credential
            .slot_key
            .open(opened.principal, credential.kind, &opened.private_key_sealed)
            .or(Err(Error::Altered))?;
        let keyring = credentials::keyring(pair, opened.principal, &opened.grants)?;
        let sealed = keyring.seal(&presented.token().keyring_key(), opened.principal);
        store::complete(tx, &sealed, "signed_in").await?;
        store::end_replaced(app.db(), replaced).await;

        let cookie = AppendHeaders([(header::SET_COOKIE, cookie::issue(&presented)?)]);
        let info = info(&app, &presented).await?;
        return Ok((StatusCode::CREATED, cookie, axum::Json(info)));
    }
    Err(Error::NotOpened(NOT_RIGHT))
}

/// What the session is.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = SessionInfo), (status = 401, body = ProblemJson)),
)]
async fn who_am_i(State(app): State<App>, presented: Presented) -> Result<axum::Json<SessionInfo>> {
    Ok(axum::Json(info(&app, &presented).await?))
}

async fn info(app: &App, presented: &Presented) -> Result<SessionInfo> {
    let (session, email_sealed, recovery_code_kept) = store::account(app.db(), presented).await?;
    Ok(SessionInfo {
        email: open_email(session.keyring().pair(), session.principal(), &email_sealed)?,
        person_id: session.principal(),
        recovery_code_kept,
        idle_minutes: session.idle_minutes(),
        expires_at: session.expires_at().to_string(),
    })
}

/// Signs out: the session ends in the database, and the browser forgets what it holds.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "session",
    responses((status = 204), (status = 401, body = ProblemJson)),
)]
async fn sign_out(State(app): State<App>, presented: Presented) -> Result<impl IntoResponse> {
    match store::end(app.db(), &presented).await {
        // It had ended by itself.
        Ok(()) | Err(Error::Unauthenticated) => {}
        Err(error) => return Err(error),
    }
    let headers = AppendHeaders([
        (header::SET_COOKIE, cookie::clear()),
        (
            HeaderName::from_static("clear-site-data"),
            HeaderValue::from_static("\"cache\", \"storage\""),
        ),
    ]);
    Ok((StatusCode::NO_CONTENT, headers))
}
