//! Aggregates: what the participants eat on average, as far as it may be said.
//!
//! A participant's value of a nutrient is the mean of their complete days in the window; mean and
//! standard deviation run over participants. What was released is kept, sealed to the study, and what
//! is released next is held against all of it (`suppression`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use keys::{open_own, seal_to_self};
use nutrition::Nutrient;
use platform::{App, Error, Presented, Result};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    export::{Days, read_days},
    store,
    study::Research,
    suppression::{Group, may_be_shown},
};

/// As many as are held against a new one.
const RELEASES_MAX: usize = 200;

/// One nutrient of a release.
#[derive(Serialize, Deserialize)]
struct Released {
    mean: f64,
    standard_deviation: f64,
    group: Group,
}

/// What was said at one time.
struct Release {
    number: i32,
    made_at: Timestamp,
    nutrients: BTreeMap<String, Released>,
}

impl Release {
    fn of(research: &Research, row: &Row) -> Result<Self> {
        let number = row.try_get("release")?;
        let sealed = row.try_get("body_sealed")?;
        let plain = open_own(&research.data, research.study.id, &purpose(number), sealed)
            .or(Err(Error::Altered))?;
        Ok(Self {
            number,
            made_at: row.try_get("made_at")?,
            nutrients: serde_json::from_slice(&plain).or(Err(Error::Altered))?,
        })
    }
}

fn purpose(number: i32) -> String {
    format!("circle.aggregate {number}")
}

/// What may be said of the participants.
#[derive(Serialize, ToSchema)]
pub(super) struct Aggregates {
    /// Nothing is said about fewer people than this.
    minimum_group: i32,
    /// In the order of the catalogue.
    nutrients: Vec<AggregateView>,
}

#[derive(Serialize, ToSchema)]
struct AggregateView {
    #[schema(example = "energy")]
    nutrient: String,
    unit: &'static str,
    /// Over participants, of their means over complete days.
    mean: f64,
    standard_deviation: f64,
    /// How many participants.
    people: usize,
    /// When it was last released (RFC 3339).
    as_of: String,
}

/// What was released last of each nutrient.
pub(super) async fn show(app: &App, presented: &Presented, study: Uuid) -> Result<Aggregates> {
    let (tx, research) = Research::begin(app, presented, study).await?;
    let releases = releases(&tx, &research).await?;
    view(&research, &releases)
}

/// Reads the participants' totals and releases what may be said of them now. Needs a fresh proof.
pub(super) async fn renew(app: &App, presented: &Presented, study: Uuid) -> Result<Aggregates> {
    let (tx, research) = Research::begin(app, presented, study).await?;
    tx.session().require_fresh()?;
    let minimum = usize::try_from(research.study.newest()?.minimum_group).unwrap_or(usize::MAX);
    let participants = store::progress(&tx, study).await?;
    let mut releases = releases(&tx, &research).await?;
    // Nobody is read where nothing could be said.
    if participants.len() < minimum || RELEASES_MAX <= releases.len() {
        return view(&research, &releases);
    }
    let export = Uuid::now_v7();
    store::begin_export(tx, study, export, "aggregates", "page").await?;
    let mut people = Vec::new();
    for participant in &participants {
        let days = read_days(app, presented, &research, participant, export, &["summary"]).await?;
        let means = means(&days);
        if !means.is_empty() {
            people.push((research.pseudonym(participant.owner), means));
        }
    }
    let nutrients = released(app, &people, &releases, minimum);
    if !nutrients.is_empty() {
        let number = releases.last().map_or(1, |release| release.number + 1);
        let plain =
            serde_json::to_vec(&nutrients).map_err(|cause| Error::Internal(cause.into()))?;
        let sealed = seal_to_self(&research.data, study, &purpose(number), &plain);
        let (tx, _) = store::begin(app.db(), presented, Some(study), None).await?;
        let made_at =
            store::release(tx, study, number, &sealed).await.map_err(|error| {
                match error.constraint() {
                    Some("aggregate_pkey") => Error::Conflict(
                        "somebody else released aggregates at this moment: try again",
                    ),
                    _ => error,
                }
            })?;
        releases.push(Release { number, made_at, nutrients });
    }
    view(&research, &releases)
}

async fn releases(tx: &platform::Transaction, research: &Research) -> Result<Vec<Release>> {
    let rows = store::releases(tx, research.study.id).await?;
    rows.iter().map(|row| Release::of(research, row)).collect()
}

/// The means of a participant's complete days, each over the days on which it is known.
fn means(days: &Days) -> BTreeMap<&'static str, (f64, u32)> {
    let mut sums: BTreeMap<&'static str, (f64, u32)> = BTreeMap::new();
    let complete = days.values().filter_map(|day| day.summary.as_ref()).filter(|day| day.complete);
    for summary in complete {
        for (nutrient, total) in summary.totals.iter() {
            if 0 < total.known {
                let (sum, count) = sums.entry(nutrient.key()).or_default();
                *sum += total.amount;
                *count += 1;
            }
        }
    }
    for (sum, count) in sums.values_mut() {
        *sum /= f64::from(*count);
    }
    sums
}

type Person = (String, BTreeMap<&'static str, (f64, u32)>);

/// What may be said now that was not said before.
fn released(
    app: &App,
    people: &[Person],
    releases: &[Release],
    minimum: usize,
) -> BTreeMap<String, Released> {
    let mut shown = BTreeMap::new();
    for nutrient in Nutrient::ALL {
        let key = nutrient.key();
        let mut values = Vec::new();
        let mut group = Group::new();
        for (name, means) in people {
            if let Some((mean, days)) = means.get(key) {
                values.push(*mean);
                group.insert(element(app, &format!("{name} {key} {mean:?} {days}")));
            }
        }
        let earlier: Vec<&Group> = releases
            .iter()
            .filter_map(|release| release.nutrients.get(key))
            .map(|released| &released.group)
            .collect();
        let is_new = earlier.last().is_none_or(|last| **last != group);
        if is_new && may_be_shown(&group, people.len(), &earlier, minimum) {
            let (mean, standard_deviation) = mean_and_deviation(&values);
            shown.insert(key.to_owned(), Released { mean, standard_deviation, group });
        }
    }
    shown
}

/// A contribution, so that it can be told from another and not be read.
fn element(app: &App, contribution: &str) -> u64 {
    let hash = app.root().pseudonym("study aggregate", contribution);
    hash.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// The mean, and the standard deviation of a sample.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX));
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0)).sqrt())
}

fn view(research: &Research, releases: &[Release]) -> Result<Aggregates> {
    let last = |key: &str| {
        releases
            .iter()
            .rev()
            .find_map(|release| Some((release.nutrients.get(key)?, release.made_at)))
    };
    let nutrients = Nutrient::ALL
        .into_iter()
        .filter_map(|nutrient| {
            let (said, made_at) = last(nutrient.key())?;
            Some(AggregateView {
                nutrient: nutrient.key().to_owned(),
                unit: nutrient.unit().as_str(),
                mean: said.mean,
                standard_deviation: said.standard_deviation,
                people: said.group.len(),
                as_of: made_at.to_string(),
            })
        })
        .collect();
    Ok(Aggregates { minimum_group: research.study.newest()?.minimum_group, nutrients })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_is_a_sample_s() {
        let (mean, deviation) = mean_and_deviation(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert!((mean - 5.0).abs() < 1e-12);
        assert!((deviation - 2.138_089_935_299_395).abs() < 1e-12);
    }
}
