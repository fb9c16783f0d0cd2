//! What was measured of the body on a day: the document of scope `body`, and the rules of a measurement.
//!
//! A measurement is kept as it was typed, with its unit. One of a measure of the person's own carries the
//! measure's name and unit, so that a day says the same whatever becomes of the measure.

use keys::Scope;
use nutrition::body::{Measure, Misread, Reading, Unit};
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    amendment::SentChange,
    document::{Author, Document, Moment},
    entry::{NewEntry, SentEntry, missing},
};

/// The most characters of a name that people give to a measure or activity of their own.
pub(crate) const NAME_CHARACTERS_MAX: usize = 80;
/// The most characters of an own unit.
pub(crate) const UNIT_CHARACTERS_MAX: usize = 20;
/// The most characters of what is written beside a measurement or an activity.
const NOTE_CHARACTERS_MAX: usize = 500;
/// Beyond this no own value says anything.
const OWN_VALUE_MAX: f64 = 1e9;
/// How an own measure or activity begins in the API.
const OWN: &str = "own:";

/// The document of scope `body`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BodyDay {
    /// In the order of time.
    pub measured: Vec<Measured>,
    /// Who recorded what, where that was not the owner.
    #[serde(skip)]
    pub authors: Vec<Author>,
}

/// One measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Made by the client.
    pub id: Uuid,
    /// When.
    pub moment: Moment,
    /// What, and how much.
    pub what: Measurement,
    /// What the person wrote beside it.
    pub note: Option<String>,
}

/// What was measured, and how much it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Measurement {
    /// Of a measure that everybody has.
    Common(Reading),
    /// Of a measure of the person's own.
    Own {
        /// The measure.
        measure: Uuid,
        /// Its name when it was measured.
        name: String,
        /// Its unit when it was measured; may be empty.
        unit: String,
        /// How much.
        value: f64,
    },
}

impl Document for BodyDay {
    fn authors(&self) -> &[Author] {
        &self.authors
    }
    fn set_authors(&mut self, authors: Vec<Author>) {
        self.authors = authors;
    }
}

impl BodyDay {
    /// The last reading of a measure.
    pub fn last(&self, measure: Measure) -> Option<&Reading> {
        self.measured.iter().rev().find_map(|measured| match &measured.what {
            Measurement::Common(reading) if reading.measure() == measure => Some(reading),
            Measurement::Common(_) | Measurement::Own { .. } => None,
        })
    }
}

impl Measurement {
    /// The measure's name in the API: its key, or `own:` and its number.
    pub fn key(&self) -> String {
        match self {
            Self::Common(reading) => reading.measure().key().to_owned(),
            Self::Own { measure, .. } => own_key(*measure),
        }
    }

    /// Checks what was sent of a measurement.
    pub(super) fn parse(sent: &SentEntry) -> Result<Self> {
        let measure = sent.measure.as_deref().ok_or_else(|| missing("measure"))?;
        let value = sent.value.ok_or_else(|| missing("value"))?;
        if let Some(measure) = own(measure) {
            let name = sent.name.as_deref().ok_or_else(|| missing("name"))?;
            no_second(sent.second)?;
            return Ok(Self::Own {
                measure,
                name: own_name(name)?,
                unit: own_unit(sent.unit.as_deref().unwrap_or_default())?,
                value: own_value(value)?,
            });
        }
        if sent.name.is_some() {
            return Err(Error::invalid("name", "is for a measure of your own: leave it out"));
        }
        let measure =
            Measure::parse(measure).map_err(|cause| Error::invalid("measure", cause.problem))?;
        let unit = unit(sent.unit.as_deref().ok_or_else(|| missing("unit"))?)?;
        reading(measure, unit, value, sent.second)
    }

    /// This after a change.
    fn amended(&self, change: &SentChange) -> Result<Self> {
        match self {
            Self::Common(before) => {
                if change.name.is_some() {
                    return Err(Error::invalid(
                        "name",
                        "is for a measure of your own: leave it out",
                    ));
                }
                reading(
                    before.measure(),
                    change.unit.as_deref().map_or(Ok(before.unit()), unit)?,
                    change.value.unwrap_or(before.typed()),
                    change.second.or(before.typed_second()),
                )
            }
            Self::Own { measure, name, unit, value } => {
                no_second(change.second)?;
                Ok(Self::Own {
                    measure: *measure,
                    name: change.name.as_deref().map_or(Ok(name.clone()), own_name)?,
                    unit: change.unit.as_deref().map_or(Ok(unit.clone()), own_unit)?,
                    value: change.value.map_or(Ok(*value), own_value)?,
                })
            }
        }
    }
}

impl Measured {
    /// Changes it.
    pub(super) fn amend(&mut self, change: &SentChange) -> Result<()> {
        let moment = change.moment(&self.moment)?;
        let what = self.what.amended(change)?;
        let note =
            change.note.as_deref().map_or(Ok(self.note.clone()), |text| beside(Some(text)))?;
        (self.moment, self.what, self.note) = (moment, what, note);
        Ok(())
    }

    /// The entry as it could be recorded anew.
    pub(super) fn as_new(&self) -> NewEntry {
        NewEntry::Measurement {
            moment: self.moment.clone(),
            what: self.what.clone(),
            note: self.note.clone(),
        }
    }
}

/// What is written beside an entry; nothing written is none.
pub(super) fn beside(text: Option<&str>) -> Result<Option<String>> {
    match text {
        None => Ok(None),
        Some(text) if text.trim().is_empty() => Ok(None),
        Some(text) => text::paragraphs("note", text, NOTE_CHARACTERS_MAX).map(Some),
    }
}

/// The number of an own measure or activity.
pub(super) fn own(name: &str) -> Option<Uuid> {
    name.strip_prefix(OWN)?.parse().ok()
}

/// Whether this names an own measure or activity.
pub(crate) fn is_own(name: &str) -> bool {
    own(name).is_some()
}

/// The name of an own measure or activity in the API.
pub(crate) fn own_key(id: Uuid) -> String {
    format!("{OWN}{id}")
}

/// A name that people give.
pub(crate) fn own_name(name: &str) -> Result<String> {
    text::line("name", name, NAME_CHARACTERS_MAX)
}

/// A unit that people name; none is empty.
pub(crate) fn own_unit(unit: &str) -> Result<String> {
    if unit.trim().is_empty() {
        return Ok(String::new());
    }
    text::line("unit", unit, UNIT_CHARACTERS_MAX)
}

fn own_value(value: f64) -> Result<f64> {
    if (-OWN_VALUE_MAX..=OWN_VALUE_MAX).contains(&value) {
        Ok(value)
    } else {
        Err(Error::invalid("value", "enter a number of at most a thousand million"))
    }
}

fn unit(sign: &str) -> Result<Unit> {
    Unit::parse(sign).map_err(|cause| Error::invalid("unit", cause.problem))
}

fn no_second(second: Option<f64>) -> Result<()> {
    match second {
        None => Ok(()),
        Some(_) => Err(Error::invalid("second", "is not for this measure: leave it out")),
    }
}

fn reading(measure: Measure, unit: Unit, value: f64, second: Option<f64>) -> Result<Measurement> {
    let reading = Reading::parse(measure, unit, value, second);
    reading.map(Measurement::Common).map_err(|wrong| match wrong {
        Misread::Unit(cause) => Error::invalid("unit", cause.problem),
        Misread::Value(cause) => Error::invalid("value", cause.problem),
        Misread::Second(cause) => Error::invalid("second", cause.problem),
    })
}

/// The scope of all this.
pub(super) const SCOPE: Scope = Scope::Body;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::days::document::{read, write};

    fn measured(fields: &Value) -> Result<Measured> {
        let mut entry =
            json!({"id": Uuid::nil(), "kind": "measurement", "time": "07:30", "zone": "UTC"});
        for (key, value) in fields.as_object().unwrap() {
            entry[key] = value.clone();
        }
        let new = serde_json::from_value::<SentEntry>(entry).unwrap().parse_alone()?;
        let NewEntry::Measurement { moment, what, note } = new else { panic!("a measurement") };
        Ok(Measured { id: Uuid::from_u128(1), moment, what, note })
    }

    fn change(fields: Value) -> SentChange {
        serde_json::from_value(fields).unwrap()
    }

    #[test]
    fn a_day_is_read_as_it_was_written() {
        let own = own_key(Uuid::from_u128(7));
        let day = BodyDay {
            measured: vec![
                measured(&json!({"measure": "weight", "value": 154.3, "unit": "lb"})).unwrap(),
                measured(&json!({"measure": "blood_pressure", "value": 120, "second": 80,
                    "unit": "mmHg", "note": "at rest"}))
                .unwrap(),
                measured(&json!({"measure": own, "value": -3, "name": "Mole", "unit": "mm"}))
                    .unwrap(),
            ],
            authors: vec![Author { entry: Uuid::from_u128(1), holder: Uuid::from_u128(9) }],
        };
        assert_eq!(read::<BodyDay>(&write(&day).unwrap()).unwrap(), day);
        assert!((day.last(Measure::Weight).unwrap().typed() - 154.3).abs() < 1e-12);
        assert!(day.last(Measure::Height).is_none());
    }

    /// What people have stored must be readable for ever: these bytes never change.
    #[test]
    fn the_form_of_a_stored_measurement_stays() {
        let day = BodyDay {
            measured: vec![
                measured(&json!({"measure": "pulse", "value": 60, "unit": "/min"})).unwrap(),
            ],
            authors: Vec::new(),
        };
        let mut stored = vec![1, 1, 16];
        stored.extend(Uuid::from_u128(1).as_bytes());
        stored.extend([194, 3, 3]);
        stored.extend(b"UTC");
        stored.extend([0, 10, 7]);
        stored.extend(60_f64.to_le_bytes());
        stored.extend([0, 0]);
        assert_eq!(write(&day).unwrap(), stored);
    }

    #[test]
    fn a_change_touches_only_what_it_names() {
        let mut weight =
            measured(&json!({"measure": "weight", "value": 70, "unit": "kg"})).unwrap();
        weight.amend(&change(json!({"value": 71, "note": "after lunch"}))).unwrap();
        weight.amend(&change(json!({"time": "09:00"}))).unwrap();
        let Measurement::Common(reading) = &weight.what else { panic!("a weight") };
        assert!((reading.typed() - 71.0).abs() < 1e-12 && weight.moment.minutes == 540);
        assert_eq!(weight.note.as_deref(), Some("after lunch"));
        weight.amend(&change(json!({"unit": "lb", "value": 156.5, "note": ""}))).unwrap();
        let Measurement::Common(reading) = &weight.what else { panic!("a weight") };
        assert_eq!((reading.unit(), &weight.note), (Unit::Pound, &None));
        let before = weight.clone();
        assert!(weight.amend(&change(json!({"value": 9_999}))).is_err());
        assert!(weight.amend(&change(json!({"name": "mine"}))).is_err());
        assert_eq!(weight, before, "what is refused changes nothing");
    }
}
