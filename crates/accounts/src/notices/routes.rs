//! The HTTP of notices.

use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use platform::{Access, App, Presented, ProblemJson, Result, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::store;

/// Routes of notices.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::Session, routes!(list)).add(Access::Session, routes!(see))
}

/// One thing that happened to the account.
#[derive(Serialize, ToSchema)]
struct AccountNotice {
    /// Its number.
    notice: Uuid,
    /// A word for what happened, such as `password_changed`.
    #[schema(example = "password_changed")]
    what: String,
    /// When (RFC 3339).
    at: String,
    /// Whether it was shown before.
    seen: bool,
}

/// The newest notices.
#[derive(Serialize, ToSchema)]
struct Notices {
    /// Newest first, 200 at most. They are kept for 180 days.
    notices: Vec<AccountNotice>,
}

/// Lists what happened to the account.
#[utoipa::path(
    get, path = "/api/v1/account/notices", tag = "account",
    responses((status = 200, body = Notices), (status = 401, body = ProblemJson)),
)]
async fn list(State(app): State<App>, presented: Presented) -> Result<axum::Json<Notices>> {
    let mut notices = Vec::new();
    for row in store::newest(app.db(), &presented).await? {
        // Where there is nothing, one row still says who asks.
        let Some(notice) = row.try_get("notice")? else { continue };
        let at: Timestamp = row.try_get("at")?;
        notices.push(AccountNotice {
            notice,
            what: row.try_get("what")?,
            at: at.to_string(),
            seen: row.try_get("seen")?,
        });
    }
    Ok(axum::Json(Notices { notices }))
}

/// Notes that all notices were seen.
#[utoipa::path(
    post, path = "/api/v1/account/notices/seen", tag = "account",
    responses((status = 204), (status = 401, body = ProblemJson)),
)]
async fn see(State(app): State<App>, presented: Presented) -> Result<StatusCode> {
    store::see(app.db(), &presented).await?;
    Ok(StatusCode::NO_CONTENT)
}
