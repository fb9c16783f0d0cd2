//! The HTTP of measures.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::IntoResponse,
};
use keys::Scope;
use nutrition::body::Measure;
use platform::{
    Access, App, Error, Json, PresentedCaller, ProblemJson, Result, Routes, http::Path,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    own::{BodyItem, OwnMeasure},
    points::{self, Point},
};
use crate::{days::body::BodyDay, items, ranges};

/// Routes of measures.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(measurements))
        .add(Access::SessionOrToken, routes!(measures))
        .add(Access::SessionOrToken, routes!(put, forget))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The measure's key, or `own:` and the number of an own measure. The last of each when it is left out.
    #[param(example = "weight")]
    measure: Option<String>,
    /// The first day.
    #[param(example = "2026-11-01")]
    from: String,
    /// The last day.
    #[param(example = "2026-11-30")]
    to: String,
}

/// Measurements of a range of days.
#[derive(Serialize, ToSchema)]
struct Measurements {
    /// In the order of time; or the last of each measure.
    points: Vec<Point>,
}

/// The measurements of one measure over a range of days, or the last of each.
#[utoipa::path(
    get, path = "/api/v1/measurements", tag = "body", params(Asked),
    responses(
        (status = 200, body = Measurements),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `body`"),
        (status = 404, body = ProblemJson, description = "a visitor without `body`"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn measurements(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<axum::Json<Measurements>> {
    let Query(asked) = query
        .map_err(|_cause| Error::invalid("from", "send from and to, and measure if you like"))?;
    let (from, to) = ranges::window(&app, &asked.from, &asked.to)?;
    let measure = asked.measure.as_deref().map(points::parse_key).transpose()?;
    let days = ranges::read::<BodyDay>(&app, &presented, Scope::Body, from, to).await?;
    let points = match measure {
        Some(measure) => points::of_measure(&days, &measure),
        None => points::latest(&days),
    };
    Ok(axum::Json(Measurements { points }))
}

/// A measure that everybody has.
#[derive(Serialize, ToSchema)]
struct CommonMeasure {
    #[schema(example = "weight")]
    key: &'static str,
    /// The canonical one first.
    #[schema(example = json!(["kg", "lb", "st"]))]
    units: Vec<&'static str>,
    /// The least that is taken, in the canonical unit.
    least: f64,
    /// The most that is taken, in the canonical unit.
    most: f64,
    /// How many decimals mean something, in the canonical unit.
    decimals: u8,
    /// Whether it is a pair, and its second value is the lower one.
    is_pair: bool,
    /// Whether only whole numbers are taken.
    is_counted: bool,
}

/// A measure of the person's own.
#[derive(Serialize, ToSchema)]
struct KeptMeasure {
    id: Uuid,
    #[serde(flatten)]
    measure: OwnMeasure,
}

/// Every measure that there is for this person.
#[derive(Serialize, ToSchema)]
struct Measures {
    measures: Vec<CommonMeasure>,
    own: Vec<KeptMeasure>,
}

/// Every measure, the person's own too.
#[utoipa::path(
    get, path = "/api/v1/measures", tag = "body",
    responses(
        (status = 200, body = Measures),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `body`"),
        (status = 404, body = ProblemJson, description = "a visitor without all of `body`"),
    ),
)]
async fn measures(
    State(app): State<App>,
    presented: PresentedCaller,
) -> Result<axum::Json<Measures>> {
    let (_, kept) = items::list::<BodyItem>(&app, &presented).await?;
    let own = kept.into_iter().map(|kept| {
        let BodyItem::Measure(measure) = kept.item;
        KeptMeasure { id: kept.id, measure }
    });
    let measures = Measure::ALL.into_iter().map(|measure| {
        let (least, most) = measure.limits();
        CommonMeasure {
            key: measure.key(),
            units: measure.units().iter().map(|unit| unit.as_str()).collect(),
            least,
            most,
            decimals: measure.decimals(),
            is_pair: measure.second_limits().is_some(),
            is_counted: measure.is_counted(),
        }
    });
    Ok(axum::Json(Measures { measures: measures.collect(), own: own.collect() }))
}

/// Adds an own measure, or renames one. Sending it again changes nothing.
#[utoipa::path(
    put, path = "/api/v1/measures/{id}", tag = "body",
    params(("id" = Uuid, Path, description = "made by the client")),
    request_body = OwnMeasure,
    responses(
        (status = 201, body = KeptMeasure),
        (status = 200, body = KeptMeasure, description = "it was there already"),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or a visitor who may not write it"),
        (status = 404, body = ProblemJson, description = "a visitor without all of `body`"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn put(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
    Json(sent): Json<OwnMeasure>,
) -> Result<impl IntoResponse> {
    let measure = sent.parse()?;
    let is_new =
        items::change(&app, &presented, "measure_kept", |items| measure.clone().put(id, items))
            .await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(KeptMeasure { id, measure })))
}

/// Removes an own measure. What was measured stays, with its name. Removing it again changes nothing.
#[utoipa::path(
    delete, path = "/api/v1/measures/{id}", tag = "body",
    params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or a visitor who may not write it"),
        (status = 404, body = ProblemJson, description = "a visitor without all of `body`"),
    ),
)]
async fn forget(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    items::change::<BodyItem, _>(&app, &presented, "measure_removed", |items| {
        items.remove(id);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
