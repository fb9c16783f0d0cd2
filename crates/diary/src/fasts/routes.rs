//! The HTTP of fasts.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use platform::{Access, App, Json, PresentedCaller, ProblemJson, Result, Routes, http::Path};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::fast::{Fast, FoodItem, Statistics};
use crate::items;

/// Routes of fasts.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(fasts))
        .add(Access::SessionOrToken, routes!(put, forget))
}

/// Every fast of a person.
#[derive(Serialize, ToSchema)]
struct Fasts {
    /// The newest first; one that runs is the first.
    fasts: Vec<FastView>,
    statistics: Statistics,
}

#[derive(Serialize, ToSchema)]
struct FastView {
    id: Uuid,
    #[serde(flatten)]
    fast: Fast,
    /// How long it lasted; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<f64>,
    /// Whether it lasted as long as it was to; absent while it runs, and without a goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<bool>,
}

impl FastView {
    fn of(id: Uuid, fast: Fast) -> Self {
        Self { id, hours: fast.hours(), reached: fast.reached(), fast }
    }
}

/// Every fast, and what they come to.
#[utoipa::path(
    get, path = "/api/v1/fasts", tag = "fasts",
    responses(
        (status = 200, body = Fasts),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `food`"),
        (status = 404, body = ProblemJson, description = "a visitor without all of `food`"),
    ),
)]
async fn fasts(State(app): State<App>, presented: PresentedCaller) -> Result<axum::Json<Fasts>> {
    let (_, kept) = items::list::<FoodItem>(&app, &presented).await?;
    let mut fasts: Vec<(Uuid, Fast)> = kept
        .into_iter()
        .map(|kept| {
            let FoodItem::Fast(fast) = kept.item;
            (kept.id, fast)
        })
        .collect();
    fasts.sort_by_key(|(_, fast)| std::cmp::Reverse(fast.begins.at));
    let statistics = Statistics::of(fasts.iter().map(|(_, fast)| fast));
    let fasts = fasts.into_iter().map(|(id, fast)| FastView::of(id, fast)).collect();
    Ok(axum::Json(Fasts { fasts, statistics }))
}

/// Begins, ends or corrects a fast: all of it is sent. Sending it again changes nothing.
#[utoipa::path(
    put, path = "/api/v1/fasts/{id}", tag = "fasts",
    params(("id" = Uuid, Path, description = "made by the client")),
    request_body = Fast,
    responses(
        (status = 201, body = FastView),
        (status = 200, body = FastView, description = "it was there already"),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or a visitor who may not write it"),
        (status = 404, body = ProblemJson, description = "a visitor without all of `food`"),
        (status = 409, body = ProblemJson, description = "another fast is running"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn put(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
    Json(sent): Json<Fast>,
) -> Result<impl IntoResponse> {
    let fast = sent.parse(app.clock().now())?;
    let is_new =
        items::change(&app, &presented, "fast_kept", |items| fast.clone().put(id, items)).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(FastView::of(id, fast))))
}

/// Removes a fast. Removing it again changes nothing.
#[utoipa::path(
    delete, path = "/api/v1/fasts/{id}", tag = "fasts",
    params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or a visitor who may not write it"),
        (status = 404, body = ProblemJson, description = "a visitor without all of `food`"),
    ),
)]
async fn forget(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    items::change::<FoodItem, _>(&app, &presented, "fast_removed", |items| {
        items.remove(id);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
