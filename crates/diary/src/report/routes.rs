//! The HTTP of the report.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::extract::{Query, State, rejection::QueryRejection};
use jiff::civil::Date;
use keys::Scope;
use nutrition::Nutrient;
use platform::{Access, App, Error, PresentedCaller, ProblemJson, Result, Routes};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    figures::Figures,
    sources::Sources,
    view::{Besides, ReportView, SourcesView},
};
use crate::{
    days::{activity::ActivityDay, document::Summary},
    plan::aimed_at,
    ranges::{store, window},
};

/// More foods than these no one reads.
const FOODS_MAX: usize = 100;

/// Routes of the report.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(report))
        .add(Access::SessionOrToken, routes!(sources))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Days {
    /// The first day.
    #[param(example = "2026-11-01")]
    from: String,
    /// The last day; the first one for the report of one day.
    #[param(example = "2026-11-30")]
    to: String,
}

/// A day or a range on one sheet: averages over complete days, how many those are, shares of targets,
/// scores and balances. What may not be seen is not there.
#[utoipa::path(
    get, path = "/api/v1/report", tag = "report", params(Days),
    responses(
        (status = 200, body = ReportView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `summary`"),
        (status = 404, body = ProblemJson, description = "a visitor without `summary`"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn report(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<Days>, QueryRejection>,
) -> Result<axum::Json<ReportView>> {
    let Query(days) = query.map_err(|_cause| Error::invalid("from", "send from and to"))?;
    let (from, to) = window(&app, &days.from, &days.to)?;
    let summaries: Vec<(Date, Summary)> =
        store::read(&app, &presented, Scope::Summary, from, to).await?;
    let active = granted(store::read(&app, &presented, Scope::Activity, from, to).await)?;
    let counted = Figures::counted(&summaries, from == to);
    let aimed = granted(aimed_at(&app, &presented, &counted, to).await)?;
    let besides = Besides {
        spent_kcal: active.and_then(|active| spent(&active, &counted)),
        target_kcal: aimed.as_ref().and_then(|aimed| aimed.kcal),
        highlighted: aimed.as_ref().map(|aimed| aimed.highlighted.clone()),
    };
    let goals = aimed.map(|aimed| aimed.goals).unwrap_or_default();
    let figures = Figures::of(&summaries, from == to, goals);
    let length = to.since(from).map_or(0, |span| span.get_days()) + 1;
    let length = u32::try_from(length).unwrap_or_default();
    Ok(axum::Json(ReportView::of(from, to, length, &figures, &besides)))
}

/// What was not granted is no failure of the whole.
fn granted<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(Error::NotFound | Error::TokenMayNot(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What activities took on the days that the averages run over, a day.
fn spent(active: &[(Date, ActivityDay)], counted: &[Date]) -> Option<f64> {
    let days = u32::try_from(counted.len()).ok().filter(|days| 0 < *days)?;
    let on_these = active.iter().filter(|(date, _)| counted.contains(date));
    // From zero on: the sum of nothing is a negative zero otherwise.
    let kcal = on_these.fold(0.0, |sum, (_, day)| sum + day.net_kcal());
    Some(kcal / f64::from(days))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The first day.
    #[param(example = "2026-11-01")]
    from: String,
    /// The last day.
    #[param(example = "2026-11-30")]
    to: String,
    /// Of what.
    #[param(example = "iron")]
    nutrient: String,
}

/// Which of the foods of a range something comes from, and from which meals.
#[utoipa::path(
    get, path = "/api/v1/report/sources", tag = "report", params(Wanted),
    responses(
        (status = 200, body = SourcesView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `food`"),
        (status = 404, body = ProblemJson, description = "a visitor without `food`"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn sources(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Result<axum::Json<SourcesView>> {
    let Query(wanted) =
        query.map_err(|_cause| Error::invalid("from", "send from, to and nutrient"))?;
    let (from, to) = window(&app, &wanted.from, &wanted.to)?;
    let nutrient = Nutrient::parse(&wanted.nutrient)
        .map_err(|cause| Error::invalid("nutrient", cause.problem))?;
    let days = store::read(&app, &presented, Scope::Food, from, to).await?;
    Ok(axum::Json(SourcesView::of(nutrient, Sources::of(nutrient, &days)?, FOODS_MAX)))
}
