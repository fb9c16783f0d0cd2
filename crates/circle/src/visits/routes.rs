//! The HTTP of what somebody was given.

use axum::{extract::State, http::StatusCode};
use platform::{Access, App, Error, Presented, ProblemJson, Result, Routes, http::Path};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::store;
use crate::sharing::{PartView, words::Words};

/// Routes of what somebody was given.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::Session, routes!(list)).add(Access::Session, routes!(leave))
}

/// The diaries that the asker may open as a friend.
#[derive(Serialize, ToSchema)]
struct Visits {
    visits: Vec<VisitView>,
}

#[derive(Serialize, ToSchema)]
struct VisitView {
    /// Whose it is: what `keepwell-diary` names.
    owner: Uuid,
    /// What the owner wants to be called.
    name: String,
    /// What it is for; may be empty.
    purpose: String,
    parts: Vec<PartView>,
}

/// The diaries that the asker may open, with what of them.
#[utoipa::path(
    get, path = "/api/v1/visits", tag = "sharing",
    responses((status = 200, body = Visits), (status = 401, body = ProblemJson)),
)]
async fn list(State(app): State<App>, presented: Presented) -> Result<axum::Json<Visits>> {
    let (session, rows) = store::list(app.db(), &presented).await?;
    let (holder, pair) = (session.principal(), session.keyring().pair());
    let mut visits = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(owner) = row.try_get::<_, Option<Uuid>>("visited")? else { continue };
        let sealed = row.try_get("for_holder_sealed")?;
        // What does not open was given by nobody, and hides none of what was.
        let Ok(words) = Words::open_for_holder(pair, owner, holder, sealed) else {
            tracing::warn!("what somebody was given was altered in the database");
            continue;
        };
        let parts = PartView::all(row)?;
        visits.push(VisitView { owner, name: words.name, purpose: words.purpose, parts });
    }
    Ok(axum::Json(Visits { visits }))
}

/// Goes by oneself: what was held of somebody ends at once.
#[utoipa::path(
    delete, path = "/api/v1/visits/{owner}", tag = "sharing",
    params(("owner" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn leave(
    State(app): State<App>,
    presented: Presented,
    Path(owner): Path<Uuid>,
) -> Result<StatusCode> {
    if store::leave(app.db(), &presented, owner).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}
