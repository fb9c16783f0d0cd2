//! The activities that everybody has. A search never leaves the server and is not logged.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::extract::{Query, State, rejection::QueryRejection};
use nutrition::activity::Activity;
use platform::{App, Error, PresentedCaller, ProblemJson, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// More characters than this are no search.
const QUERY_CHARACTERS_MAX: usize = 200;
const HITS_MAX: usize = 20;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// Beginnings of words in any order, English or German; everyday activities when it is empty.
    #[param(example = "walk dog")]
    query: Option<String>,
}

/// Activities that fit a search.
#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    /// The best first.
    activities: Vec<CompendiumActivity>,
}

/// An activity of the compendium.
#[derive(Serialize, ToSchema)]
struct CompendiumActivity {
    #[schema(example = "17165")]
    code: &'static str,
    #[schema(example = "Walking the dog")]
    name: &'static str,
    #[schema(example = "Mit dem Hund gehen")]
    name_de: &'static str,
    /// How hard it is: so many times what rest takes.
    met: f64,
    /// The edition of the Adult Compendium that the value is from.
    edition: u16,
}

/// Searches the activities that everybody has.
#[utoipa::path(
    get, path = "/api/v1/compendium", tag = "activity", params(Search),
    responses(
        (status = 200, body = Found),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
pub(super) async fn compendium(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<Search>, QueryRejection>,
) -> Result<axum::Json<Found>> {
    app.db().prove(&presented).await?;
    let Query(search) = query.map_err(|_cause| Error::invalid("query", "send query"))?;
    let query = search.query.unwrap_or_default();
    if query.chars().count() > QUERY_CHARACTERS_MAX {
        let problem = format!("use at most {QUERY_CHARACTERS_MAX} characters");
        return Err(Error::invalid("query", problem));
    }
    let found = Activity::search(&query, HITS_MAX).into_iter().map(|activity| CompendiumActivity {
        code: activity.code(),
        name: activity.english(),
        name_de: activity.german(),
        met: activity.met().get(),
        edition: activity.edition(),
    });
    Ok(axum::Json(Found { activities: found.collect() }))
}
