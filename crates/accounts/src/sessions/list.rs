//! The HTTP of the list of sessions.

use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use platform::{App, Error, Json, Presented, ProblemJson, Result, http::Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store;
use crate::device::Device;

/// Where somebody is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct Sessions {
    /// This one first, then by last use.
    sessions: Vec<OneSession>,
}

/// One signed-in browser or app. Where it is in the world is not looked up.
#[derive(Serialize, ToSchema)]
struct OneSession {
    session: Uuid,
    /// Whether it is the one that asks.
    current: bool,
    /// `web`, or `app` when it is installed.
    application: String,
    /// A browser and a system, as it called itself; empty when it did not.
    device: String,
    /// When it began (RFC 3339).
    made_at: String,
    /// When it was last used, to within a minute (RFC 3339).
    last_used_at: String,
    /// What was shown first: `password`, `passkey`, `recovery_code` or `single_use_code`.
    first_step: String,
    /// What was shown besides.
    second_step: Option<String>,
}

/// Where the asker is signed in.
#[utoipa::path(
    get, path = "/api/v1/session/all", tag = "session",
    responses((status = 200, body = Sessions), (status = 401, body = ProblemJson)),
)]
pub(super) async fn list(
    State(app): State<App>,
    presented: Presented,
) -> Result<axum::Json<Sessions>> {
    let (session, rows) = store::list(app.db(), &presented).await?;
    let mut sessions = Vec::with_capacity(rows.len());
    for row in &rows {
        let device: Option<&[u8]> = row.try_get("device_sealed")?;
        let device = device
            .map(|sealed| Device::open(session.keyring().pair(), session.principal(), sealed))
            .transpose()?;
        sessions.push(OneSession {
            session: row.try_get("session")?,
            current: row.try_get("is_current")?,
            application: row.try_get("application")?,
            device: device.unwrap_or_default(),
            made_at: row.try_get::<_, Timestamp>("created_at")?.to_string(),
            last_used_at: row.try_get::<_, Timestamp>("last_used_at")?.to_string(),
            first_step: row.try_get("first_step")?,
            second_step: row.try_get("second_step")?,
        });
    }
    Ok(axum::Json(Sessions { sessions }))
}

/// Ends one of the asker's other sessions, at once.
#[utoipa::path(
    delete, path = "/api/v1/session/all/{session}", tag = "session",
    params(("session" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
pub(super) async fn end_one(
    State(app): State<App>,
    presented: Presented,
    Path(session): Path<Uuid>,
) -> Result<StatusCode> {
    if store::end_one(app.db(), &presented, session).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}

/// Ends every other session of the asker, at once: signs out everywhere else.
#[utoipa::path(
    delete, path = "/api/v1/session/all", tag = "session",
    responses((status = 204), (status = 401, body = ProblemJson)),
)]
pub(super) async fn end_others(State(app): State<App>, presented: Presented) -> Result<StatusCode> {
    store::end_others(app.db(), &presented).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How long somebody wants to stay signed in without using it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChosenIdle {
    /// From 1 to 60, and not more than the operator allows.
    #[schema(example = 15)]
    minutes: i16,
}

/// Chooses after how many minutes without use the asker is signed out, here and in later sessions.
#[utoipa::path(
    put, path = "/api/v1/session/idle", tag = "session",
    request_body = ChosenIdle,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
pub(super) async fn choose_idle(
    State(app): State<App>,
    presented: Presented,
    Json(ChosenIdle { minutes }): Json<ChosenIdle>,
) -> Result<StatusCode> {
    let most = i16::try_from(app.sessions().idle_minutes_max).unwrap_or(i16::MAX);
    if !(1..=most).contains(&minutes) {
        return Err(Error::invalid("minutes", format!("choose from 1 to {most} minutes")));
    }
    store::choose_idle(app.db(), &presented, minutes).await?;
    Ok(StatusCode::NO_CONTENT)
}
