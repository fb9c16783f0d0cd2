//! The HTTP of the plan.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::extract::{Query, State, rejection::QueryRejection};
use jiff::civil::Date;
use keys::Scope;
use nutrition::expenditure::estimate;
use platform::{Access, App, Error, Json, PresentedCaller, ProblemJson, Result, Routes, days};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    document::Plan,
    item::PlanItem,
    over_days::{AimsOn, day_of},
    own_days::OwnDays,
    settings::Settings,
    view::{ExpenditureView, TargetsView},
};
use crate::{days::today, items};

/// Routes of the plan.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(plan, aim))
        .add(Access::SessionOrToken, routes!(targets))
        .add(Access::SessionOrToken, routes!(expenditure))
        .add(Access::SessionOrToken, routes!(settings, set))
}

/// What the person aims for, as they chose it.
#[utoipa::path(
    get, path = "/api/v1/plan", tag = "plan",
    responses(
        (status = 200, body = Plan),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson, description = "not given to a visitor"),
    ),
)]
async fn plan(State(app): State<App>, presented: PresentedCaller) -> Result<axum::Json<Plan>> {
    let (_, kept) = items::list(&app, &presented).await?;
    Ok(axum::Json(PlanItem::both(kept).0))
}

/// Changes what the person aims for: all of it; what is left out is as in the beginning.
#[utoipa::path(
    put, path = "/api/v1/plan", tag = "plan",
    request_body = Plan,
    responses(
        (status = 200, body = Plan, description = "as it is kept"),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or a visitor without the scope"),
        (status = 404, body = ProblemJson, description = "not given to a visitor"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn aim(
    State(app): State<App>,
    presented: PresentedCaller,
    Json(sent): Json<Plan>,
) -> Result<axum::Json<Plan>> {
    let plan = sent.parse()?;
    items::change(&app, &presented, "plan_changed", |items| plan.clone().put(items)).await?;
    Ok(axum::Json(plan))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OnDay {
    /// The day.
    #[param(example = "2026-11-23")]
    date: String,
}

impl OnDay {
    fn parse(app: &App, query: Result<Query<Self>, QueryRejection>) -> Result<Date> {
        let Query(on) = query.map_err(|_cause| Error::invalid("date", "send a date"))?;
        days::parse("date", &on.date, today(app))
    }
}

/// What to aim for on a day: what follows from the plan, the published values and the person's own days.
#[utoipa::path(
    get, path = "/api/v1/plan/targets", tag = "plan", params(OnDay),
    responses(
        (status = 200, body = TargetsView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson, description = "not given to a visitor"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn targets(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<OnDay>, QueryRejection>,
) -> Result<axum::Json<TargetsView>> {
    let date = OnDay::parse(&app, query)?;
    let AimsOn { aims, adaptive, weighed_on, settings } =
        AimsOn::day(&app, &presented, date).await?;
    let day = aims.on(day_of(date), adaptive.as_ref());
    let weight_kg = aims.profile.weight_kg;
    let view = TargetsView::of(date, day, weight_kg, weighed_on, settings.water_goal_ml());
    Ok(axum::Json(view))
}

/// What the person's own days up to a day say of their expenditure, with its uncertainty.
#[utoipa::path(
    get, path = "/api/v1/expenditure", tag = "plan", params(OnDay),
    responses(
        (status = 200, body = ExpenditureView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scopes"),
        (status = 404, body = ProblemJson, description = "not given to a visitor"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn expenditure(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<OnDay>, QueryRejection>,
) -> Result<axum::Json<ExpenditureView>> {
    let date = OnDay::parse(&app, query)?;
    let (caller, kept) = items::list(&app, &presented).await?;
    caller.require_read(&[Scope::Summary])?;
    caller.require_read(&[Scope::Body])?;
    let (plan, _) = PlanItem::both(kept);
    let own = OwnDays::until(&app, &presented, &caller, date).await?;
    let aims = plan.aims(own.weight.map(|(_, kg)| kg), false);
    let equation_kcal = aims.usual_kcal(day_of(date));
    let estimate = estimate(&own.eaten, &own.weighed, equation_kcal);
    Ok(axum::Json(ExpenditureView::of(estimate, equation_kcal)))
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
    Ok(axum::Json(PlanItem::both(kept).1))
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
    let kept = items::change(&app, &presented, "settings_changed", |items| {
        if presented.is_visit() {
            settings.clone().put_on_a_visit(items)
        } else {
            settings.clone().put(items)
        }
    });
    Ok(axum::Json(kept.await?))
}
