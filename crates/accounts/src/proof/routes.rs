//! The HTTP of proofs.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};
use platform::{
    Access, App, Error, Json, Peer, Presented, ProblemJson, Result, Routes, Session,
    limits::{Devices, Try},
};
use secrecy::SecretString;
use serde::Deserialize;
use tokio_postgres::Row;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::store;
use crate::{
    EmailAddress,
    credentials::{Credential, open_email},
    password,
    second_steps::Typed,
    security_keys::{KeyAnswer, ShownPasskey, prove_with_passkey, refuse_copied, shown_key},
    sign_in,
};

/// Routes of proofs.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::SessionThatOwes, routes!(prove))
}

/// What is shown once more: a password, with a second step where one is set up; or a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProof {
    /// The password, …
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
    /// With a second step, where one is set up: six digits from an authenticator app, …
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    totp: Option<SecretString>,
    /// … or one of the codes that are used once, …
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    single_use_code: Option<SecretString>,
    /// … or a security key.
    #[serde(default)]
    key: Option<KeyAnswer>,
    /// Instead of all that, a passkey that opens the diary alone.
    #[serde(default)]
    passkey: Option<ShownPasskey>,
}

/// Shows once more that it is you. Good for five minutes, in this session, which goes on under a new
/// token.
#[utoipa::path(
    post, path = "/api/v1/session/proof", tag = "session",
    request_body = NewProof,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson),
    ),
)]
async fn prove(
    State(app): State<App>,
    peer: Peer,
    devices: Devices,
    presented: Presented,
    Json(shown): Json<NewProof>,
) -> Result<impl IntoResponse> {
    let renewed = renewed(&app, peer, &devices, &presented, shown).await?;
    let info = sign_in::info(&app, &renewed).await?;
    let cookie = AppendHeaders([(header::SET_COOKIE, info.cookie(&renewed)?)]);
    Ok((StatusCode::NO_CONTENT, cookie))
}

/// The session under its new token, once the proof was taken.
async fn renewed(
    app: &App,
    peer: Peer,
    devices: &Devices,
    presented: &Presented,
    shown: NewProof,
) -> Result<Presented> {
    let (session, rows) = store::needed(app.db(), presented).await?;
    let email = own_email(&session, &rows)?;
    let steps = steps(rows)?;
    let typed = Typed { totp: shown.totp, single_use_code: shown.single_use_code };
    let password = match (shown.password, shown.passkey) {
        (Some(password), None) => password,
        (None, Some(passkey)) if typed.is_empty() && shown.key.is_none() => {
            app.tries().passkey(peer).await?;
            return prove_with_passkey(app, presented, &session, &steps, passkey).await;
        }
        (None, None) => return Err(Error::invalid("password", "show your password or a passkey")),
        (Some(_) | None, Some(_)) => {
            return Err(Error::invalid("passkey", "show a passkey or a password, not both"));
        }
    };
    if !steps.is_empty() && typed.is_empty() && shown.key.is_none() {
        return Err(Error::invalid("totp", "show your second step as well"));
    }
    if !typed.is_empty() && shown.key.is_some() {
        return Err(Error::invalid("key", "send one second step, not two"));
    }
    let tries = app.tries();
    let mut admitted = tries.proof(peer, session.principal(), devices).await?;
    let shown = (&password, typed, shown.key);
    let asked = (app, peer, presented);
    let outcome = check(asked, &mut admitted, &session, &email, &steps, shown).await;
    admitted.ended(&tries, outcome).await
}

async fn check(
    (app, peer, presented): (&App, Peer, &Presented),
    admitted: &mut Try,
    session: &Session,
    email: &EmailAddress,
    steps: &[Row],
    (password, typed, key): (&SecretString, Typed, Option<KeyAnswer>),
) -> Result<Presented> {
    let with_key = key.is_some();
    admitted.compares();
    let step = match key {
        Some(key) => shown_key(app, presented, session, steps, key).await?,
        None => typed.check(app, session.principal(), session.keyring().pair(), steps)?,
    };
    let normalized = password::normalize(password);
    for cost in sign_in::store::costs(app.db(), app.sessions().password_cost).await? {
        let credential =
            Credential::of_password(app, peer, email, normalized.clone(), cost).await?;
        if let Some(renewed) = store::prove(app, presented, &credential, &step, session).await? {
            return Ok(renewed);
        }
    }
    // A password that is right leaves only what was used before.
    own_password(app, peer, presented, admitted, password, "password").await?;
    Err(if with_key { refuse_copied(app, presented).await } else { typed.refusal() })
}

/// The credential of the asker's own password, if it is that; `field` is what the request calls it.
pub(crate) async fn own_password(
    app: &App,
    peer: Peer,
    presented: &Presented,
    admitted: &mut Try,
    typed: &SecretString,
    field: &'static str,
) -> Result<Credential> {
    let (session, rows) = store::needed(app.db(), presented).await?;
    let email = own_email(&session, &rows)?;
    let password = password::normalize(typed);
    for cost in sign_in::store::costs(app.db(), app.sessions().password_cost).await? {
        let credential = Credential::of_password(app, peer, &email, password.clone(), cost).await?;
        admitted.compares();
        if store::is_own(app.db(), presented, &credential).await? {
            return Ok(credential);
        }
    }
    Err(not_right(field))
}

/// The asker's address, among what a proof is checked with.
pub(crate) fn own_email(session: &Session, rows: &[Row]) -> Result<EmailAddress> {
    let sealed = rows.first().ok_or(Error::Unauthenticated)?.try_get("email_sealed")?;
    EmailAddress::parse(&open_email(session.keyring().pair(), session.principal(), sealed)?)
}

/// The rows that are second steps; the one of somebody who has none is not.
pub(crate) fn steps(rows: Vec<Row>) -> Result<Vec<Row>> {
    let mut steps = Vec::with_capacity(rows.len());
    for row in rows {
        if row.try_get::<_, Option<Uuid>>("factor")?.is_some() {
            steps.push(row);
        }
    }
    Ok(steps)
}

fn not_right(field: &'static str) -> Error {
    Error::invalid(field, "this is not your password")
}
