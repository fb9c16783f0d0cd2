//! The HTTP of ranges.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::extract::{Query, State, rejection::QueryRejection};
use jiff::civil::Date;
use nutrition::{Nutrient, Total};
use platform::{Access, App, Error, PresentedCaller, ProblemJson, Result, Routes, days};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{averages::Averages, store};
use crate::days::{TotalsView, today};

/// More days than this are no range: a year and a month.
const DAYS_MAX: i32 = 400;

/// What is summed when nothing is asked for.
const NUTRIENTS_DEFAULT: [&str; 5] = ["energy", "protein", "carbohydrate", "fat", "fiber"];

/// Routes of ranges.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(range))
        .add(Access::SessionOrToken, routes!(super::logged::logged))
}

/// What is wrong with a query that cannot be read.
pub(super) fn say_from_and_to() -> Error {
    Error::invalid("from", "send from and to, and nutrients if you like")
}

/// A range of days, checked.
pub(crate) fn window(app: &App, from: &str, to: &str) -> Result<(Date, Date)> {
    let today = today(app);
    let from = days::parse("from", from, today)?;
    let to = days::parse("to", to, today)?;
    let length = to.since(from).map_or(-1, |span| span.get_days()) + 1;
    if length < 1 {
        return Err(Error::invalid("to", "choose a day that is not before the first"));
    }
    if length > DAYS_MAX {
        return Err(Error::invalid("to", format!("choose at most {DAYS_MAX} days at once")));
    }
    Ok((from, to))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Range {
    /// The first day.
    #[param(example = "2026-11-01")]
    from: String,
    /// The last day.
    #[param(example = "2026-11-30")]
    to: String,
    /// Keys with commas between; energy, macronutrients and fiber unless said.
    #[param(example = "energy,protein")]
    nutrients: Option<String>,
}

/// The totals of a range of days.
#[derive(Serialize, ToSchema)]
struct RangeView {
    #[schema(value_type = String, example = "2026-11-01")]
    from: Date,
    #[schema(value_type = String, example = "2026-11-30")]
    to: Date,
    /// How many days the averages run over.
    complete_days: u32,
    /// The days that have something, in order.
    days: Vec<DayTotals>,
    averages: Averages,
}

#[derive(Serialize, ToSchema)]
struct DayTotals {
    #[schema(value_type = String, example = "2026-11-22")]
    date: Date,
    foods: u32,
    complete: bool,
    totals: TotalsView,
}

/// The totals of each day of a range, and averages over its complete days.
#[utoipa::path(
    get, path = "/api/v1/days", tag = "days", params(Range),
    responses(
        (status = 200, body = RangeView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `summary`"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn range(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<Range>, QueryRejection>,
) -> Result<axum::Json<RangeView>> {
    let Query(range) = query.map_err(|_cause| say_from_and_to())?;
    let (from, to) = window(&app, &range.from, &range.to)?;
    let nutrients = nutrients(range.nutrients.as_deref())?;

    let summaries = store::summaries(&app, &presented, from, to).await?;
    let mut averages = Averages::of(&nutrients);
    let mut complete_days = 0;
    let mut days = Vec::with_capacity(summaries.len());
    for (date, summary) in summaries {
        let sums: Vec<(Nutrient, Total)> =
            nutrients.iter().map(|nutrient| (*nutrient, summary.totals.get(*nutrient))).collect();
        if summary.complete {
            complete_days += 1;
            averages.add(&sums);
        }
        days.push(DayTotals {
            date,
            foods: summary.totals.foods(),
            complete: summary.complete,
            // Known for no food is unknown, which is not zero.
            totals: TotalsView(sums.into_iter().filter(|(_, total)| total.known > 0).collect()),
        });
    }
    Ok(axum::Json(RangeView { from, to, complete_days, days, averages }))
}

fn nutrients(keys: Option<&str>) -> Result<Vec<Nutrient>> {
    let parse = |key: &str| {
        Nutrient::parse(key.trim()).map_err(|cause| Error::invalid("nutrients", cause.problem))
    };
    let mut chosen = Vec::new();
    match keys {
        None => {
            for key in NUTRIENTS_DEFAULT {
                chosen.push(parse(key)?);
            }
        }
        Some(keys) => {
            for key in keys.split(',') {
                let nutrient = parse(key)?;
                if !chosen.contains(&nutrient) {
                    chosen.push(nutrient);
                }
            }
        }
    }
    Ok(chosen)
}
