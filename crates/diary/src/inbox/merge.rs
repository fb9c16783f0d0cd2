//! How what waits comes into the diary: each day's items in one transaction, which adds them to the
//! day as any entry and removes them from the inbox. Whatever is killed, an item is in one place.

use std::collections::BTreeMap;

use jiff::civil::Date;
use platform::{App, Error, PresentedCaller, Result};
use uuid::Uuid;

use super::{
    item::Item,
    store::{self, Waiting},
};
use crate::days::{
    Obstacle, PARTS, TRIES,
    change::Documents,
    store::{self as days_store, Change},
    today, too_busy,
};

/// What came of a merge.
#[derive(Default)]
pub(super) struct Merged {
    /// How many items came into each day.
    pub(super) days: Vec<(Date, usize)>,
    /// What was put aside: altered, or no item at all.
    pub(super) refused: usize,
    /// What goes on waiting, because its day is full.
    pub(super) waiting: usize,
}

/// Files everything that waits for the owner.
pub(super) async fn merge(app: &App, presented: &PresentedCaller) -> Result<Merged> {
    let (owner, waiting) = store::waiting(app, presented).await?;
    // A token has no key to open anything with, and is not told what waits.
    owner.pair()?;
    let mut days: BTreeMap<Date, Vec<Item>> = BTreeMap::new();
    let mut refused = Vec::new();
    for Waiting { item, scope, sealed } in waiting {
        let opened = scope.ok_or(Error::Altered);
        match opened.and_then(|scope| Item::open(&owner, item, scope, &sealed, today(app))) {
            Ok(item) => days.entry(item.day).or_default().push(item),
            Err(_) => refused.push(item),
        }
    }
    let mut merged = Merged::default();
    if !refused.is_empty() {
        merged.refused = store::put_aside(app, presented, &refused).await?;
        tracing::error!(count = merged.refused, "items of an inbox do not open and were put aside");
    }
    for (day, items) in days {
        match merge_day(app, presented, day, &items).await {
            Ok(count) => {
                merged.waiting += items.len() - count.gone;
                if count.filed > 0 {
                    merged.days.push((day, count.filed));
                }
            }
            // A day that is refused, or that others are changing, does not hold the others up.
            Err(Error::Altered | Error::Conflict(_) | Error::Invalid(_)) => {
                merged.waiting += items.len();
            }
            Err(error) => return Err(error),
        }
    }
    Ok(merged)
}

/// Of a day's items: how many were filed here, and how many wait no longer.
struct Count {
    filed: usize,
    gone: usize,
}

async fn merge_day(
    app: &App,
    presented: &PresentedCaller,
    day: Date,
    items: &[Item],
) -> Result<Count> {
    let ids: Vec<Uuid> = items.iter().map(|item| item.id).collect();
    let mut obstacle = Obstacle::default();
    for _ in 0..TRIES {
        let (tx, read) = days_store::begin(app, presented, &[day], PARTS).await?;
        let generation = tx.session().generation();
        let before = read.into_iter().next().unwrap_or_default();
        let still_there = store::lock(&tx, &ids).await?;
        let mut after = before.documents.clone();
        let filed = add(&mut after, items, &still_there)?;
        store::remove(&tx, &filed).await?;
        let gone = ids.len() - still_there.len() + filed.len();
        let changes = [Change { day, before: &before, after: &after }];
        match days_store::keep(tx, &changes, "items_filed").await {
            Ok(()) => return Ok(Count { filed: filed.len(), gone }),
            Err(error) if error.is_race() => {
                if obstacle.stays(&error, (generation, before.versions())) {
                    return Err(days_store::refused(app, presented, day, Error::Altered).await);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(too_busy())
}

/// Adds the items that still wait to the day, as far as it has room; which those are.
fn add(day: &mut Documents, items: &[Item], still_there: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut filed = Vec::with_capacity(still_there.len());
    for item in items.iter().filter(|item| still_there.contains(&item.id)) {
        match day.add(item.id, &item.entry) {
            // What is on the day already was filed before.
            Ok(_) => filed.push(item.id),
            Err(Error::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filed)
}
