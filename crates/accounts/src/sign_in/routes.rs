//! The HTTP of signing in and out.

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};
use platform::{
    Access, App, Error, Json, Presented, ProblemJson, Result, Routes, Unproved, limits::Try,
    session::cookie,
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Application, SessionInfo, SignedIn, info::signed_in, store};
use crate::{
    EmailAddress,
    credentials::Credential,
    device::Arrival,
    password,
    slots::{self, NewSlot},
};

/// The same words for a wrong password and an address that nobody has.
pub(crate) const NOT_RIGHT: &str = "the e-mail address or the password is not right";

/// Routes of signing in and out.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Public, routes!(sign_in))
        .add(Access::SessionThatOwes, routes!(who_am_i, sign_out))
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
    /// Whether the app is installed on the device, which may then stay signed in behind a PIN.
    #[serde(default)]
    installed: bool,
}

/// Signs in.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "session",
    request_body = Credentials,
    responses(
        (status = 201, body = SignedIn),
        (status = 401, body = ProblemJson, description = "the same for a wrong password and an unknown address"),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
        (status = 503, body = ProblemJson),
    ),
)]
async fn sign_in(
    State(app): State<App>,
    arrival: Arrival,
    replaced: Option<Presented>,
    Json(typed): Json<Credentials>,
) -> Result<impl IntoResponse> {
    // What cannot be an address is refused like one that nobody has; its shape tells nothing.
    let email = EmailAddress::parse(&typed.email);
    let name = email.as_ref().map_or(typed.email.as_str(), EmailAddress::as_str);
    let tries = app.tries();
    let mut admitted = tries.sign_in(arrival.peer, name, &arrival.devices).await?;
    let outcome = match &email {
        Ok(email) => open(&app, &arrival, &mut admitted, email, &typed, replaced).await,
        Err(_) => Err(Error::NotOpened(NOT_RIGHT)),
    };
    admitted.ended(&tries, outcome).await
}

/// Finds the slot of an address and a password, and enters with it.
async fn open(
    app: &App,
    arrival: &Arrival,
    admitted: &mut Try,
    email: &EmailAddress,
    typed: &Credentials,
    replaced: Option<Presented>,
) -> Result<impl IntoResponse + use<>> {
    let password = password::normalize(&typed.password);
    let application = Application::of(typed.installed);

    let mut at_present_cost = None;
    for cost in store::costs(app.db(), app.sessions().password_cost).await? {
        let credential =
            Credential::of_password(app, arrival.peer, email, password.clone(), cost).await?;
        let presented = Presented::generate();
        let tx = app.db().begin_without_session(&presented).await?;
        admitted.compares();
        let Some(opened) = store::begin(&tx, &credential, application, app.sessions()).await?
        else {
            // The first is of the present cost.
            at_present_cost.get_or_insert(credential);
            continue;
        };
        if !admitted.may_open(&app.tries(), opened.principal) {
            break;
        }
        if let Some(dearer) = &at_present_cost {
            restretch(app, &tx, &opened, &credential, dearer).await?;
        }
        return enter(app, tx, &presented, &credential, &opened, arrival, replaced).await;
    }
    Err(Error::NotOpened(NOT_RIGHT))
}

/// Brings a password's slot up to the present cost, now that the password is at hand.
async fn restretch(
    app: &App,
    tx: &Unproved,
    opened: &store::Opened,
    found: &Credential,
    dearer: &Credential,
) -> Result<()> {
    let pair = found
        .slot_key
        .open(opened.principal, found.kind, &opened.private_key_sealed)
        .or(Err(Error::Altered))?;
    let slot = NewSlot::seal(opened.principal, &pair, dearer, app.sessions().password_cost)?;
    slots::restretch(tx, found, dearer, &slot).await
}

/// From an opened slot to a session in the browser, open or waiting for its second step. The session
/// whose cookie this one replaces ends.
pub(crate) async fn enter(
    app: &App,
    tx: Unproved,
    presented: &Presented,
    credential: &Credential,
    opened: &store::Opened,
    arrival: &Arrival,
    replaced: Option<Presented>,
) -> Result<impl IntoResponse + use<>> {
    let pair = credential
        .slot_key
        .open(opened.principal, credential.kind, &opened.private_key_sealed)
        .or(Err(Error::Altered))?;
    store::complete(app, tx, presented, opened, pair, arrival).await?;
    store::end_replaced(app.db(), replaced).await;
    let mut cookies = vec![(header::SET_COOKIE, cookie::issue(presented)?)];
    let answer = signed_in(app, presented, opened.is_open).await?;
    if let SignedIn::Open(info) = &answer {
        let known = app.tries().recognize(&arrival.devices, info.email(), opened.principal)?;
        cookies.push((header::SET_COOKIE, known));
    }
    Ok((StatusCode::CREATED, AppendHeaders(cookies), axum::Json(answer)))
}

/// What the session is.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "session",
    responses(
        (status = 200, body = SessionInfo),
        (status = 401, body = ProblemJson, description = "`second-step-first` while a second step is awaited"),
        (status = 423, body = ProblemJson, description = "locked"),
    ),
)]
async fn who_am_i(State(app): State<App>, presented: Presented) -> Result<axum::Json<SessionInfo>> {
    Ok(axum::Json(super::info(&app, &presented).await?))
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
