//! The HTTP of days.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use jiff::civil::Date;
use keys::Scope;
use nutrition::Nutrient;
use platform::{
    Access, App, Caller, Error, Json, PresentedCaller, ProblemJson, Result, Routes, Transaction,
    days, http::Path,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    amendment::SentChange,
    change::Documents,
    entry::SentEntry,
    store::{self, Change, ReadDay},
    view::{Behind, DayView, Only},
};
use crate::{
    items,
    library::{item::LibraryItem, pantry::Pantry},
};

/// How often a change is tried again when another device was faster.
pub(crate) const TRIES: usize = 5;

/// What a day consists of. Its sums and its mark are written beside its food.
pub(crate) const PARTS: &[Scope] = &[Scope::Food, Scope::Notes, Scope::Activity, Scope::Body];

/// Routes of days.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(day, mark))
        .add(Access::SessionOrToken, routes!(record))
        .add(Access::SessionOrToken, routes!(amend, forget))
        .add(Access::SessionOrToken, routes!(copy))
        .add(Access::SessionOrToken, routes!(behind))
        .merge(super::several::routes())
}

/// A day of the path. What is no day is a field that is wrong, not a path that is missing.
pub(super) fn date(app: &App, text: &str) -> Result<Date> {
    days::parse("date", text, today(app))
}

/// The newest day that it is anywhere.
pub(crate) fn today(app: &App) -> Date {
    app.clock().now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(14))).date()
}

/// A day with its entries and sums.
#[utoipa::path(
    get, path = "/api/v1/days/{date}", tag = "days",
    params(("date" = String, Path, example = "2026-11-22")),
    responses(
        (status = 200, body = DayView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn day(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(text): Path<String>,
) -> Result<axum::Json<DayView>> {
    let date = date(&app, &text)?;
    let (caller, documents) = store::read(&app, &presented, date, PARTS).await?;
    let only = Only::of(&caller, date)?;
    // What was not granted is not there.
    if only.is_nothing() {
        return Err(Error::NotFound);
    }
    Ok(axum::Json(DayView::of(date, &documents, only)?))
}

/// What is said of a whole day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// Nothing is missing: the day counts in averages.
    complete: bool,
}

/// Marks a day as complete, or not.
#[utoipa::path(
    patch, path = "/api/v1/days/{date}", tag = "days",
    params(("date" = String, Path, example = "2026-11-22")),
    request_body = Mark,
    responses(
        (status = 200, body = DayView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn mark(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(text): Path<String>,
    Json(mark): Json<Mark>,
) -> Result<axum::Json<DayView>> {
    let date = date(&app, &text)?;
    let changed = change_day(&app, &presented, date, &[Scope::Food], "day_marked", |day| {
        day.food.complete = mark.complete;
        Ok(())
    })
    .await?;
    changed.view(date)
}

/// Records an entry. Sending it again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/days/{date}/entries", tag = "days",
    params(("date" = String, Path, example = "2026-11-22")),
    request_body = SentEntry,
    responses(
        (status = 201, body = DayView),
        (status = 200, body = DayView, description = "it was there already"),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn record(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(text): Path<String>,
    Json(sent): Json<SentEntry>,
) -> Result<impl IntoResponse> {
    let date = date(&app, &text)?;
    let draft = sent.parse()?;
    let own: Vec<Uuid> = draft.own().into_iter().collect();
    let needs = Needs { scopes: &[draft.scope()], own: &own };
    let changed =
        change_day_with(&app, &presented, date, needs, "entry_recorded", |day, pantry| {
            // What is there already asks the library for nothing, also when its food is gone.
            if day.has(draft.id) { Ok(false) } else { day.add(draft.id, &draft.with(pantry)?) }
        })
        .await?;
    let status = if changed.outcome { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, changed.view(date)?))
}

/// Changes an entry, or moves it to another day. Answers with the day it was on.
#[utoipa::path(
    patch, path = "/api/v1/days/{date}/entries/{id}", tag = "days",
    params(("date" = String, Path, example = "2026-11-22"), ("id" = Uuid, Path)),
    request_body = SentChange,
    responses(
        (status = 200, body = DayView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn amend(
    State(app): State<App>,
    presented: PresentedCaller,
    Path((text, id)): Path<(String, Uuid)>,
    Json(change): Json<SentChange>,
) -> Result<axum::Json<DayView>> {
    let date = date(&app, &text)?;
    let target =
        change.day.as_deref().map(|day| days::parse("day", day, today(&app))).transpose()?;
    let changed = match target.filter(|target| *target != date) {
        None => {
            let act = "entry_amended";
            let amend = |own| {
                let needs = Needs { scopes: PARTS, own };
                change_day_with(&app, &presented, date, needs, act, |day, pantry| {
                    let needs = day.needs(id, &change)?.filter(|own| !pantry.has(*own));
                    if needs.is_none() || !own.is_empty() {
                        day.amend(id, &change, pantry)?;
                        return Ok(None);
                    }
                    Ok(needs)
                })
            };
            let first = amend(&[]).await?;
            // Only another portion of an own food asks the library.
            match first.outcome {
                None => first.done(),
                Some(own) => amend(&[own]).await?.done(),
            }
        }
        Some(target) => {
            change_two_days(&app, &presented, date, target, "entry_moved", |from, to| {
                if !from.has(id) && to.has(id) {
                    // The answer to the first try was lost on its way.
                    return Ok(());
                }
                from.amend(id, &change, &Pantry::default())?;
                from.move_to(id, to)
            })
            .await?
        }
    };
    changed.view(date)
}

/// Removes an entry. Removing what is not there changes nothing.
#[utoipa::path(
    delete, path = "/api/v1/days/{date}/entries/{id}", tag = "days",
    params(("date" = String, Path, example = "2026-11-22"), ("id" = Uuid, Path)),
    responses(
        (status = 200, body = DayView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn forget(
    State(app): State<App>,
    presented: PresentedCaller,
    Path((text, id)): Path<(String, Uuid)>,
) -> Result<axum::Json<DayView>> {
    let date = date(&app, &text)?;
    let act = "entry_removed";
    change_day(&app, &presented, date, PARTS, act, |day| Ok(day.remove(id))).await?.view(date)
}

/// Which entries are copied.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Copies {
    /// The day they are on; may be the same one.
    #[schema(example = "2026-11-21")]
    from: String,
    entries: Vec<CopyOf>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CopyOf {
    /// The copy's own id, made by the client.
    id: Uuid,
    /// The entry that is copied.
    of: Uuid,
}

/// Copies entries of a day. Sending it again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/days/{date}/copies", tag = "days",
    params(("date" = String, Path, example = "2026-11-22")),
    request_body = Copies,
    responses(
        (status = 201, body = DayView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn copy(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(text): Path<String>,
    Json(copies): Json<Copies>,
) -> Result<impl IntoResponse> {
    let date = date(&app, &text)?;
    let from = days::parse("from", &copies.from, today(&app))?;
    let act = "entries_copied";
    let changed = if from == date {
        change_day(&app, &presented, date, PARTS, act, |day| {
            let source = day.clone();
            copies.entries.iter().try_for_each(|one| day.copy_from(&source, one.of, one.id))
        })
        .await?
    } else {
        change_two_days(&app, &presented, date, from, act, |day, source| {
            copies.entries.iter().try_for_each(|one| day.copy_from(source, one.of, one.id))
        })
        .await?
    };
    Ok((StatusCode::CREATED, changed.view(date)?))
}

/// The foods behind one number of a day, with the source of each value.
#[utoipa::path(
    get, path = "/api/v1/days/{date}/nutrients/{key}", tag = "days",
    params(
        ("date" = String, Path, example = "2026-11-22"),
        ("key" = String, Path, example = "vitamin_c"),
    ),
    responses(
        (status = 200, body = Behind),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn behind(
    State(app): State<App>,
    presented: PresentedCaller,
    Path((text, key)): Path<(String, String)>,
) -> Result<axum::Json<Behind>> {
    let date = date(&app, &text)?;
    let nutrient = Nutrient::parse(&key).map_err(|_cause| Error::NotFound)?;
    let (caller, documents) = store::read(&app, &presented, date, &[Scope::Food]).await?;
    if !caller.may_read_on(Scope::Food, days::number(date)?) {
        return Err(Error::NotFound);
    }
    Ok(axum::Json(Behind::of(nutrient, &documents)?))
}

/// A day after a change of it, as far as whoever made it may see.
pub(super) struct Changed<T> {
    documents: Documents,
    only: Only,
    pub(super) outcome: T,
}

impl<T> Changed<T> {
    fn done(self) -> Changed<()> {
        Changed { documents: self.documents, only: self.only, outcome: () }
    }

    pub(super) fn view(self, date: Date) -> Result<axum::Json<DayView>> {
        Ok(axum::Json(DayView::of(date, &self.documents, self.only)?))
    }
}

/// What a change of a day needs.
#[derive(Clone, Copy)]
pub(super) struct Needs<'a> {
    /// The right to change one of these.
    pub(super) scopes: &'a [Scope],
    /// What is taken from the library, which is read in the same transaction.
    pub(super) own: &'a [Uuid],
}

/// Changes one day: read under lock, change, write; again from the start when another device made
/// the day at the same moment.
pub(super) async fn change_day<T>(
    app: &App,
    presented: &PresentedCaller,
    day: Date,
    scopes: &[Scope],
    act: &str,
    change: impl Fn(&mut Documents) -> Result<T>,
) -> Result<Changed<T>> {
    let needs = Needs { scopes, own: &[] };
    change_day_with(app, presented, day, needs, act, |documents, _| change(documents)).await
}

/// The same, with some foods of the library at hand.
pub(super) async fn change_day_with<T>(
    app: &App,
    presented: &PresentedCaller,
    day: Date,
    needs: Needs<'_>,
    act: &str,
    change: impl Fn(&mut Documents, &Pantry) -> Result<T>,
) -> Result<Changed<T>> {
    let mut obstacle = Obstacle::default();
    for tried in 1..=TRIES {
        let (tx, read) = store::begin(app, presented, &[day], needs.scopes).await?;
        let pantry = match pantry(&tx, needs.own).await {
            Ok(pantry) => pantry,
            Err(error) if error.is_race() && tried < TRIES => continue,
            Err(error) => {
                drop(tx);
                let about = Scope::Library.as_str();
                return Err(store::refused(app, presented, about, error).await);
            }
        };
        let only = Only::of(tx.session(), day)?;
        let generation = tx.session().generation();
        let before = read.into_iter().next().unwrap_or_default();
        let mut after = before.documents.clone();
        let outcome = change(&mut after, &pantry)?;
        after.sign(&before.documents, tx.session().visits_as());
        let changes = [Change { day, before: &before, after: &after }];
        match store::keep(tx, &changes, act).await {
            Ok(()) => return Ok(Changed { documents: after, only, outcome }),
            Err(error) if error.is_race() => {
                if obstacle.stays(&error, (generation, before.versions())) {
                    return Err(store::refused(app, presented, day, Error::Altered).await);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(too_busy())
}

async fn pantry(tx: &Transaction<Caller>, own: &[Uuid]) -> Result<Pantry> {
    if own.is_empty() {
        return Ok(Pantry::default());
    }
    Pantry::of(&items::list_in::<LibraryItem>(tx, Some(own)).await?)
}

/// Changes two different days together.
pub(super) async fn change_two_days<T>(
    app: &App,
    presented: &PresentedCaller,
    day: Date,
    other: Date,
    act: &str,
    change: impl Fn(&mut Documents, &mut Documents) -> Result<T>,
) -> Result<Changed<T>> {
    let mut obstacle = Obstacle::default();
    for _ in 0..TRIES {
        let (tx, read) = store::begin(app, presented, &[day, other], PARTS).await?;
        let only = Only::of(tx.session(), day)?;
        let generation = tx.session().generation();
        let mut read = read.into_iter();
        let before: ReadDay = read.next().unwrap_or_default();
        let other_before: ReadDay = read.next().unwrap_or_default();
        let mut after = before.documents.clone();
        let mut other_after = other_before.documents.clone();
        let outcome = change(&mut after, &mut other_after)?;
        after.sign(&before.documents, tx.session().visits_as());
        other_after.sign(&other_before.documents, tx.session().visits_as());
        let changes = [
            Change { day, before: &before, after: &after },
            Change { day: other, before: &other_before, after: &other_after },
        ];
        match store::keep(tx, &changes, act).await {
            Ok(()) => return Ok(Changed { documents: after, only, outcome }),
            Err(error) if error.is_race() => {
                if obstacle.stays(&error, (generation, before.versions(), other_before.versions()))
                {
                    return Err(store::refused(app, presented, day, Error::Altered).await);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(too_busy())
}

/// What stood in the way of a change, last time.
#[derive(Default)]
pub(crate) struct Obstacle<Versions>(Option<Versions>);

impl<Versions: PartialEq> Obstacle<Versions> {
    /// Whether it stays. A device that was faster left other versions, and a re-key another generation
    /// of keys. The same ones again: rows that do not belong together. Of two that waited for each
    /// other the one that was ended has learnt nothing.
    pub(crate) fn stays(&mut self, error: &Error, versions: Versions) -> bool {
        if error.is_deadlock() {
            return false;
        }
        let stays = self.0.as_ref() == Some(&versions);
        self.0 = Some(versions);
        stays
    }
}

pub(crate) fn too_busy() -> Error {
    Error::Conflict("other devices are changing this day: nothing was lost; send it again")
}
