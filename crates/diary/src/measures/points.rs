//! The points of a range: one query, one opening a day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use nutrition::body::Measure;
use platform::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::days::{
    MeasuredView,
    body::{BodyDay, Measured, is_own},
    clock_face,
    document::Document,
};

/// One measurement with its day.
#[derive(Serialize, ToSchema)]
pub(super) struct Point {
    /// The entry.
    id: Uuid,
    #[schema(value_type = String, example = "2026-11-22")]
    date: Date,
    /// On the person's clock.
    #[schema(example = "08:15")]
    time: String,
    /// The clock's zone.
    zone: String,
    /// The practice, study or friend that recorded it; absent where the owner did.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Uuid>,
    #[serde(flatten)]
    measured: MeasuredView,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Point {
    fn of(date: Date, day: &BodyDay, measured: &Measured) -> Self {
        let author = day.authors().iter().find(|author| author.entry == measured.id);
        Self {
            id: measured.id,
            date,
            time: clock_face(&measured.moment),
            zone: measured.moment.zone.clone(),
            author: author.map(|author| author.holder),
            measured: MeasuredView::of(measured),
            note: measured.note.clone(),
        }
    }
}

/// A measure that can be asked for: its key, or `own:` and a number.
pub(super) fn parse_key(key: &str) -> Result<String> {
    if is_own(key) || Measure::parse(key).is_ok() {
        return Ok(key.to_owned());
    }
    Err(Error::invalid("measure", "name a measure of the list, such as weight or blood_pressure"))
}

/// The measurements of one measure, in the order of time.
pub(super) fn of_measure(days: &[(Date, BodyDay)], key: &str) -> Vec<Point> {
    let mut points = Vec::new();
    for (date, day) in days {
        let measured = day.measured.iter().filter(|measured| measured.what.key() == key);
        points.extend(measured.map(|measured| Point::of(*date, day, measured)));
    }
    points
}

/// The last measurement of each measure, those that everybody has first.
pub(super) fn latest(days: &[(Date, BodyDay)]) -> Vec<Point> {
    let mut latest: BTreeMap<(usize, String), (Date, &BodyDay, &Measured)> = BTreeMap::new();
    for (date, day) in days {
        for measured in &day.measured {
            let key = measured.what.key();
            let known = Measure::ALL.iter().position(|measure| measure.key() == key);
            latest.insert((known.unwrap_or(Measure::ALL.len()), key), (*date, day, measured));
        }
    }
    latest.into_values().map(|(date, day, measured)| Point::of(date, day, measured)).collect()
}
