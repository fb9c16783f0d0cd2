//! The HTTP of the inbox.

use axum::{extract::State, http::StatusCode};
use jiff::civil::Date;
use platform::{Access, App, Error, Json, PresentedCaller, ProblemJson, Result, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{item::SentItem, merge, store};
use crate::days::today;

/// Routes of the inbox.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(leave))
        .add(Access::Session, routes!(file))
}

/// Leaves an entry for the owner, whose next session files it. For write-only tokens. Sending it again
/// changes nothing, and the answer never tells what is there.
#[utoipa::path(
    post, path = "/api/v1/inbox", tag = "inbox",
    request_body = SentItem,
    responses(
        (status = 202),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "no write-only token, or one without the scope"),
        (status = 409, body = ProblemJson, description = "the inbox is full"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn leave(
    State(app): State<App>,
    presented: PresentedCaller,
    Json(sent): Json<SentItem>,
) -> Result<StatusCode> {
    let (item, written) = sent.parse(today(&app))?;
    let tx = store::begin(&app, &presented).await?;
    let sealed = item.seal(tx.session(), &written)?;
    if store::leave(tx, item.id, item.entry.scope(), &sealed).await? {
        Ok(StatusCode::ACCEPTED)
    } else {
        Err(Error::Conflict("the inbox is full: its owner empties it by signing in"))
    }
}

/// What was filed.
#[derive(Serialize, ToSchema)]
struct MergedView {
    /// The days that items came into.
    merged: Vec<MergedDay>,
    /// How many items did not open and were put aside. The audit names them.
    refused: usize,
    /// How many go on waiting because their day is full or cannot be changed.
    waiting: usize,
}

#[derive(Serialize, ToSchema)]
struct MergedDay {
    #[schema(value_type = String, example = "2026-11-22")]
    day: Date,
    count: usize,
}

/// Files what waits in the inbox. Asking again files nothing twice.
#[utoipa::path(
    post, path = "/api/v1/inbox/merge", tag = "inbox",
    responses((status = 200, body = MergedView), (status = 401, body = ProblemJson)),
)]
async fn file(
    State(app): State<App>,
    presented: PresentedCaller,
) -> Result<axum::Json<MergedView>> {
    let merge::Merged { days, refused, waiting } = merge::merge(&app, &presented).await?;
    let merged = days.into_iter().map(|(day, count)| MergedDay { day, count }).collect();
    Ok(axum::Json(MergedView { merged, refused, waiting }))
}
