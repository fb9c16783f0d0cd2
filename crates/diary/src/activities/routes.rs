//! The HTTP of activities.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::IntoResponse,
};
use jiff::civil::Date;
use keys::Scope;
use platform::{
    Access, App, Error, Json, PresentedCaller, ProblemJson, Result, Routes, http::Path,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::own::{ActivityItem, OwnActivity};
use crate::{
    days::{DoneView, activity::ActivityDay, clock_face, document::Document},
    items, ranges,
};

/// Routes of activities.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(activities))
        .add(Access::SessionOrToken, routes!(super::compendium::compendium))
        .add(Access::SessionOrToken, routes!(own))
        .add(Access::SessionOrToken, routes!(put, forget))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ActiveDays {
    /// The first day.
    #[param(example = "2026-11-01")]
    from: String,
    /// The last day.
    #[param(example = "2026-11-30")]
    to: String,
}

/// What was done in a range of days.
#[derive(Serialize, ToSchema)]
struct Activities {
    /// The days on which something was done, in order.
    days: Vec<ActiveDay>,
}

#[derive(Serialize, ToSchema)]
struct ActiveDay {
    #[schema(value_type = String, example = "2026-11-22")]
    date: Date,
    /// How long all took together.
    minutes: f64,
    /// In all, with what rest would have taken.
    kcal: f64,
    /// Above rest.
    net_kcal: f64,
    /// In the order of time.
    activities: Vec<DoneOnDay>,
}

#[derive(Serialize, ToSchema)]
struct DoneOnDay {
    /// The entry.
    id: Uuid,
    /// When it began, on the person's clock.
    #[schema(example = "08:15")]
    time: String,
    /// The clock's zone.
    zone: String,
    /// The practice, study or friend that recorded it; absent where the owner did.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Uuid>,
    #[serde(flatten)]
    done: DoneView,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl ActiveDay {
    /// A day, unless nothing was done on it.
    fn of(date: Date, day: &ActivityDay) -> Option<Self> {
        let author = |id| day.authors().iter().find(|author| author.entry == id);
        let activities = day.done.iter().map(|done| DoneOnDay {
            id: done.id,
            time: clock_face(&done.moment),
            zone: done.moment.zone.clone(),
            author: author(done.id).map(|author| author.holder),
            done: DoneView::of(done),
            note: done.note.clone(),
        });
        let sum = |of: &dyn Fn(&crate::days::activity::Done) -> f64| {
            day.done.iter().fold(0.0, |sum, done| sum + of(done))
        };
        (!day.done.is_empty()).then(|| Self {
            date,
            minutes: sum(&|done| done.minutes),
            kcal: sum(&|done| done.spent().gross_kcal),
            net_kcal: day.net_kcal(),
            activities: activities.collect(),
        })
    }
}

/// What was done on each day of a range, and what it took.
#[utoipa::path(
    get, path = "/api/v1/activities", tag = "activity", params(ActiveDays),
    responses(
        (status = 200, body = Activities),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `activity`"),
        (status = 404, body = ProblemJson, description = "a visitor without `activity`"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn activities(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<ActiveDays>, QueryRejection>,
) -> Result<axum::Json<Activities>> {
    let Query(asked) = query.map_err(|_cause| Error::invalid("from", "send from and to"))?;
    let (from, to) = ranges::window(&app, &asked.from, &asked.to)?;
    let days = ranges::read::<ActivityDay>(&app, &presented, Scope::Activity, from, to).await?;
    let days = days.iter().filter_map(|(date, day)| ActiveDay::of(*date, day)).collect();
    Ok(axum::Json(Activities { days }))
}

/// An activity of the person's own.
#[derive(Serialize, ToSchema)]
struct KeptActivity {
    id: Uuid,
    #[serde(flatten)]
    activity: OwnActivity,
}

#[derive(Serialize, ToSchema)]
struct OwnActivities {
    own: Vec<KeptActivity>,
}

/// The activities of the person's own.
#[utoipa::path(
    get, path = "/api/v1/activities/own", tag = "activity",
    responses(
        (status = 200, body = OwnActivities),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `activity`"),
        (status = 404, body = ProblemJson, description = "a visitor without all of `activity`"),
    ),
)]
async fn own(
    State(app): State<App>,
    presented: PresentedCaller,
) -> Result<axum::Json<OwnActivities>> {
    let (_, kept) = items::list::<ActivityItem>(&app, &presented).await?;
    let own = kept.into_iter().map(|kept| {
        let ActivityItem::Activity(activity) = kept.item;
        KeptActivity { id: kept.id, activity }
    });
    Ok(axum::Json(OwnActivities { own: own.collect() }))
}

/// Adds an own activity, or changes one. Sending it again changes nothing.
#[utoipa::path(
    put, path = "/api/v1/activities/own/{id}", tag = "activity",
    params(("id" = Uuid, Path, description = "made by the client")),
    request_body = OwnActivity,
    responses(
        (status = 201, body = KeptActivity),
        (status = 200, body = KeptActivity, description = "it was there already"),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or a visitor who may not write it"),
        (status = 404, body = ProblemJson, description = "a visitor without all of `activity`"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn put(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
    Json(sent): Json<OwnActivity>,
) -> Result<impl IntoResponse> {
    let activity = sent.parse()?;
    let is_new =
        items::change(&app, &presented, "activity_kept", |items| activity.clone().put(id, items))
            .await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(KeptActivity { id, activity })))
}

/// Removes an own activity. What was done stays, with its name. Removing it again changes nothing.
#[utoipa::path(
    delete, path = "/api/v1/activities/own/{id}", tag = "activity",
    params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or a visitor who may not write it"),
        (status = 404, body = ProblemJson, description = "a visitor without all of `activity`"),
    ),
)]
async fn forget(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    items::change::<ActivityItem, _>(&app, &presented, "activity_removed", |items| {
        items.remove(id);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
