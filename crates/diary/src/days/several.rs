//! What is done to many entries at once, all or none of it: a meal is recorded, a selection is removed or
//! moved. One transaction, one line in the audit.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::IntoResponse,
};
use jiff::civil::Date;
use keys::Scope;
use platform::{
    Access, App, Error, Json, PresentedCaller, ProblemJson, Result, Routes, days, http::Path,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    document::Group,
    entry::{Draft, SentEntry},
    routes::{Needs, PARTS, change_day, change_day_with, change_two_days, date, today},
    store,
    view::{DayView, SelectionView},
};

/// The most entries that are sent at once.
const SEVERAL_MAX: usize = 100;

pub(super) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(record_meal))
        .add(Access::SessionOrToken, routes!(remove_several))
        .add(Access::SessionOrToken, routes!(move_several))
        .add(Access::SessionOrToken, routes!(selection))
}

fn require_few(count: usize) -> Result<()> {
    if (1..=SEVERAL_MAX).contains(&count) {
        Ok(())
    } else {
        Err(Error::invalid("entries", format!("send 1 to {SEVERAL_MAX} entries at once")))
    }
}

/// Entries that are recorded together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SentMealOfDay {
    entries: Vec<SentEntry>,
}

/// Records several entries, all or none: a meal. Sending it again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/days/{date}/meals", tag = "days",
    params(("date" = String, Path, example = "2026-11-22")),
    request_body = SentMealOfDay,
    responses(
        (status = 201, body = DayView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn record_meal(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(text): Path<String>,
    Json(sent): Json<SentMealOfDay>,
) -> Result<impl IntoResponse> {
    let day = date(&app, &text)?;
    require_few(sent.entries.len())?;
    let drafts = sent.entries.into_iter().map(SentEntry::parse).collect::<Result<Vec<Draft>>>()?;
    let own: Vec<Uuid> = drafts.iter().filter_map(Draft::own).collect();
    let scopes: Vec<_> = drafts.iter().map(Draft::scope).collect();
    let needs = Needs { scopes: &scopes, own: &own };
    let changed =
        change_day_with(&app, &presented, day, needs, "entries_recorded", |day, pantry| {
            for draft in &drafts {
                if !day.has(draft.id) {
                    day.add(draft.id, &draft.with(pantry)?)?;
                }
            }
            Ok(())
        })
        .await?;
    Ok((StatusCode::CREATED, changed.view(day)?))
}

/// What comes into a day by itself.
pub(crate) struct Lay {
    pub(crate) day: Date,
    pub(crate) sent: Vec<SentEntry>,
}

/// Records what is not on the day yet, all or none of it; which entries are new.
pub(crate) async fn lay(app: &App, presented: &PresentedCaller, lay: Lay) -> Result<Vec<Uuid>> {
    let drafts = lay.sent.into_iter().map(SentEntry::parse).collect::<Result<Vec<Draft>>>()?;
    let own: Vec<Uuid> = drafts.iter().filter_map(Draft::own).collect();
    let needs = Needs { scopes: &[Scope::Food], own: &own };
    let changed =
        change_day_with(app, presented, lay.day, needs, "entries_recorded", |day, pantry| {
            let mut new = Vec::new();
            for draft in &drafts {
                if !day.has(draft.id) {
                    day.add(draft.id, &draft.with(pantry)?)?;
                    new.push(draft.id);
                }
            }
            Ok(new)
        })
        .await?;
    Ok(changed.outcome)
}

/// Entries of a day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemovedEntries {
    entries: Vec<Uuid>,
}

/// Removes several entries. Removing what is not there changes nothing.
#[utoipa::path(
    post, path = "/api/v1/days/{date}/removals", tag = "days",
    params(("date" = String, Path, example = "2026-11-22")),
    request_body = RemovedEntries,
    responses(
        (status = 200, body = DayView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn remove_several(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(text): Path<String>,
    Json(removal): Json<RemovedEntries>,
) -> Result<axum::Json<DayView>> {
    let day = date(&app, &text)?;
    require_few(removal.entries.len())?;
    let changed = change_day(&app, &presented, day, PARTS, "entries_removed", |day| {
        for id in &removal.entries {
            day.remove(*id);
        }
        Ok(())
    })
    .await?;
    changed.view(day)
}

/// Where entries of a day go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MovedEntries {
    entries: Vec<Uuid>,
    /// The day they go to; may be the same one.
    #[schema(example = "2026-11-23")]
    to: String,
    /// The meal that foods go to; each stays in its own when absent.
    group: Option<Group>,
}

/// Moves several entries to another day or meal. Moving again what has arrived changes nothing. Answers
/// with the day they were on.
#[utoipa::path(
    post, path = "/api/v1/days/{date}/moves", tag = "days",
    params(("date" = String, Path, example = "2026-11-22")),
    request_body = MovedEntries,
    responses(
        (status = 200, body = DayView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn move_several(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(text): Path<String>,
    Json(moves): Json<MovedEntries>,
) -> Result<axum::Json<DayView>> {
    let day = date(&app, &text)?;
    let to = days::parse("to", &moves.to, today(&app))?;
    require_few(moves.entries.len())?;
    let act = "entries_moved";
    if to == day {
        let changed = change_day(&app, &presented, day, PARTS, act, |day| {
            moves.entries.iter().try_for_each(|id| day.regroup(*id, moves.group))
        })
        .await?;
        return changed.view(day);
    }
    let changed = change_two_days(&app, &presented, day, to, act, |from, to| {
        for id in &moves.entries {
            if !from.has(*id) && to.has(*id) {
                continue;
            }
            from.regroup(*id, moves.group)?;
            from.move_to(*id, to)?;
        }
        Ok(())
    })
    .await?;
    changed.view(day)
}

/// Entries that are selected.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Selected {
    /// Their numbers, with commas between.
    entries: String,
}

/// What some entries of a day hold together.
#[utoipa::path(
    get, path = "/api/v1/days/{date}/selection", tag = "days",
    params(("date" = String, Path, example = "2026-11-22"), Selected),
    responses(
        (status = 200, body = SelectionView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn selection(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(text): Path<String>,
    query: Result<Query<Selected>, QueryRejection>,
) -> Result<axum::Json<SelectionView>> {
    let day = date(&app, &text)?;
    let (caller, documents) = store::read(&app, &presented, day, &[Scope::Food]).await?;
    if !caller.may_read_on(Scope::Food, days::number(day)?) {
        return Err(Error::NotFound);
    }
    let wrong = || Error::invalid("entries", "send the numbers of entries, with commas between");
    let Query(selected) = query.map_err(|_cause| wrong())?;
    let numbers = selected.entries.split(',').map(str::parse).collect::<Result<Vec<Uuid>, _>>();
    let numbers = numbers.map_err(|_cause| wrong())?;
    Ok(axum::Json(SelectionView::of(&documents, &numbers)?))
}
