//! What repeats: laid into a day once, when its person opens that day as today.
//!
//! Entries get numbers that follow from the rule and the day, and the rule remembers the last day it was
//! laid into. So two devices that open the day at once lay it once, what was removed does not come back,
//! and a day that nobody opened stays empty. The entries come first and the mark second: killed in
//! between, the next opening finds them there.

use axum::extract::State;
use jiff::civil::Date;
use platform::{
    Access, App, Error, Json, PresentedCaller, ProblemJson, Result, Routes, days, http::Path,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::item::{LibraryItem, Repeat};
use crate::{
    days::{Lay, entry::SentEntry, lay, today},
    items::{self, Kept},
};

pub(super) fn routes() -> Routes {
    Routes::default().add(Access::Session, routes!(open_day))
}

/// When a day is opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Opening {
    /// On the person's clock, `HH:MM`: for what has no time of its own.
    #[schema(example = "08:15")]
    time: String,
    /// The clock's zone, a name of the IANA time zone database.
    #[schema(example = "Europe/Berlin")]
    zone: String,
}

/// What came into a day by itself.
#[derive(Serialize, ToSchema)]
struct Laid {
    /// The entries that are new: removing them undoes it.
    entries: Vec<Uuid>,
}

/// Lays what repeats on this day of the week into today, once.
#[utoipa::path(
    post, path = "/api/v1/days/{date}/repeats", tag = "library",
    params(("date" = String, Path, example = "2026-11-22")),
    request_body = Opening,
    responses(
        (status = 200, body = Laid),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn open_day(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(text): Path<String>,
    Json(opening): Json<Opening>,
) -> Result<axum::Json<Laid>> {
    let latest = today(&app);
    let day = days::parse("date", &text, latest)?;
    // Somewhere it is this day now: 26 hours lie between the first clock and the last.
    if latest < day || 2 < latest.since(day).map_or(i32::MAX, |span| span.get_days()) {
        return Err(Error::invalid("date", "what repeats comes into today alone"));
    }
    if presented.is_visit() {
        return Err(Error::NotForVisitors);
    }
    let (_, kept) = items::list::<LibraryItem>(&app, &presented).await?;
    let due: Vec<(Uuid, &Repeat)> = kept.iter().filter_map(|one| due(one, day)).collect();
    if due.is_empty() {
        return Ok(axum::Json(Laid { entries: Vec::new() }));
    }
    let mut sent = Vec::new();
    for (rule, repeat) in &due {
        sent.extend(entries(*rule, repeat, day, &opening)?);
    }
    let entries = lay(&app, &presented, Lay { day, sent }).await?;
    let laid: Vec<Uuid> = due.iter().map(|(rule, _)| *rule).collect();
    items::change::<LibraryItem, _>(&app, &presented, "repeats_laid", |library| {
        for rule in &laid {
            let Some(LibraryItem::Repeat(repeat)) = library.get(*rule) else { continue };
            let repeat = Repeat { laid: Some(day), ..repeat.clone() };
            library.put(*rule, LibraryItem::Repeat(repeat))?;
        }
        Ok(())
    })
    .await?;
    Ok(axum::Json(Laid { entries }))
}

fn due(kept: &Kept<LibraryItem>, day: Date) -> Option<(Uuid, &Repeat)> {
    let LibraryItem::Repeat(repeat) = &kept.item else { return None };
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).ok()?;
    let today = repeat.weekdays.get(weekday).copied().unwrap_or_default();
    (today && repeat.laid.is_none_or(|laid| laid < day)).then_some((kept.id, repeat))
}

fn entries(rule: Uuid, repeat: &Repeat, day: Date, opening: &Opening) -> Result<Vec<SentEntry>> {
    let time = repeat.time.as_deref().unwrap_or(&opening.time);
    let number = u128::from(days::number(day)?.get());
    let one = |(place, part): (u128, &super::item::Part)| {
        // Of this rule, day and part, and of nothing else.
        let id = Uuid::from_u128(rule.as_u128() ^ (number << 8 | place));
        SentEntry::of_food(id, repeat.group, time, &opening.zone, part)
    };
    Ok((0..).zip(&repeat.parts).map(one).collect())
}
