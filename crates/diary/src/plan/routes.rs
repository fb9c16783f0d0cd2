//! The HTTP of the plan.

use axum::extract::State;
use platform::{Access, App, Json, PresentedCaller, ProblemJson, Result, Routes};
use utoipa_axum::routes;

use super::settings::Settings;
use crate::items;

/// Routes of the plan.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::SessionOrToken, routes!(settings, set))
}

/// How the diary is shown.
#[utoipa::path(
    get, path = "/api/v1/settings", tag = "plan",
    responses(
        (status = 200, body = Settings),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson, description = "not given to a visitor"),
    ),
)]
async fn settings(
    State(app): State<App>,
    presented: PresentedCaller,
) -> Result<axum::Json<Settings>> {
    let (_, kept) = items::list(&app, &presented).await?;
    Ok(axum::Json(Settings::among(kept)))
}

/// Sets how the diary is shown: all of it; what is left out is as in the beginning.
#[utoipa::path(
    put, path = "/api/v1/settings", tag = "plan",
    request_body = Settings,
    responses(
        (status = 200, body = Settings, description = "as they are kept"),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or a visitor without the scope"),
        (status = 404, body = ProblemJson, description = "not given to a visitor"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn set(
    State(app): State<App>,
    presented: PresentedCaller,
    Json(sent): Json<Settings>,
) -> Result<axum::Json<Settings>> {
    let settings = sent.parse()?;
    items::change(&app, &presented, "settings_changed", |items| settings.clone().put(items))
        .await?;
    Ok(axum::Json(settings))
}
