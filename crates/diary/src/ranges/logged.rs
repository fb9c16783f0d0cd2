//! Which days were logged: for whoever may see that and no sums.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::extract::{Query, State, rejection::QueryRejection};
use jiff::civil::Date;
use platform::{App, PresentedCaller, ProblemJson, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{routes, store};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    /// The first day.
    #[param(example = "2026-11-01")]
    from: String,
    /// The last day.
    #[param(example = "2026-11-30")]
    to: String,
}

/// Which days of a range were logged.
#[derive(Serialize, ToSchema)]
pub(super) struct LoggedView {
    /// The days on which something was logged, in order.
    days: Vec<LoggedDay>,
}

#[derive(Serialize, ToSchema)]
struct LoggedDay {
    #[schema(value_type = String, example = "2026-11-22")]
    date: Date,
    /// The person said that nothing is missing.
    complete: bool,
}

/// Which days of a range were logged, and which of them are complete.
#[utoipa::path(
    get, path = "/api/v1/logged", tag = "days", params(Days),
    responses(
        (status = 200, body = LoggedView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `logged`"),
        (status = 404, body = ProblemJson, description = "a visitor without `logged`"),
        (status = 422, body = ProblemJson),
    ),
)]
pub(super) async fn logged(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<Days>, QueryRejection>,
) -> Result<axum::Json<LoggedView>> {
    let Query(days) = query.map_err(|_cause| routes::say_from_and_to())?;
    let (from, to) = routes::window(&app, &days.from, &days.to)?;
    let marks = store::marks(&app, &presented, from, to).await?;
    let days = marks
        .into_iter()
        .filter(|(_, mark)| mark.logged)
        .map(|(date, mark)| LoggedDay { date, complete: mark.complete })
        .collect();
    Ok(axum::Json(LoggedView { days }))
}
