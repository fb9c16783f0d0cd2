//! What was done on a day: the document of scope `activity`, and the rules of an activity.
//!
//! An activity's energy follows from how hard it was, how long, and the weight it was done with, all of
//! which stand in it; or somebody's device measured it, and it is kept as it was typed.

use keys::Scope;
use nutrition::{
    activity::{self, Met, Spent},
    body::Measure,
};
use platform::{Error, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    amendment::SentChange,
    body::{beside, own, own_key, own_name},
    document::{Author, Document, Moment},
    entry::{NewEntry, SentEntry, missing},
};

/// The longest activity: a day of 25 hours.
const MINUTES_MAX: f64 = 1_500.0;
/// More than anybody can spend in a day.
const KCAL_MAX: f64 = 20_000.0;

/// The document of scope `activity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActivityDay {
    /// In the order of time.
    pub done: Vec<Done>,
    /// Who recorded what, where that was not the owner.
    #[serde(skip)]
    pub authors: Vec<Author>,
}

/// One activity that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// Made by the client.
    pub id: Uuid,
    /// When it began.
    pub moment: Moment,
    /// What was done.
    pub what: Activity,
    /// How long.
    pub minutes: f64,
    /// What it took.
    pub energy: Energy,
    /// What the person wrote beside it.
    pub note: Option<String>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Activity {
    /// An activity of the compendium.
    Listed {
        /// Its code of five digits.
        code: String,
        /// Its English name when it was done.
        name: String,
    },
    /// Something else: an activity of the person's own, or only a name.
    Own {
        /// The own activity, if it is one.
        activity: Option<Uuid>,
        /// Its name when it was done.
        name: String,
    },
}

/// Where an activity's energy comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Energy {
    /// From how hard it was, for a body of this weight.
    Computed {
        /// How hard: so many times as much as rest.
        met: f64,
        /// The weight that was taken.
        weight_kg: f64,
    },
    /// As somebody measured it, above rest.
    Typed {
        /// How much.
        kcal: f64,
    },
}

impl Document for ActivityDay {
    fn authors(&self) -> &[Author] {
        &self.authors
    }
    fn set_authors(&mut self, authors: Vec<Author>) {
        self.authors = authors;
    }
}

impl ActivityDay {
    /// What the day's activities took above rest, in kcal.
    pub fn net_kcal(&self) -> f64 {
        // A sum of nothing is -0 in floating point.
        self.done.iter().fold(0.0, |sum, done| sum + done.spent().net_kcal)
    }
}

impl Activity {
    /// Its name in the API: its code, or `own:` and its number; none where it is only a name.
    pub fn key(&self) -> Option<String> {
        match self {
            Self::Listed { code, .. } => Some(code.clone()),
            Self::Own { activity, .. } => activity.map(own_key),
        }
    }

    /// Its name when it was done.
    pub fn name(&self) -> &str {
        match self {
            Self::Listed { name, .. } | Self::Own { name, .. } => name,
        }
    }

    /// Its German name, where the compendium has it.
    pub fn german(&self) -> Option<&'static str> {
        match self {
            Self::Listed { code, .. } => {
                activity::Activity::parse(code).ok().map(activity::Activity::german)
            }
            Self::Own { .. } => None,
        }
    }

    /// How hard the compendium says it is.
    fn met(&self) -> Option<f64> {
        match self {
            Self::Listed { code, .. } => {
                activity::Activity::parse(code).ok().map(|known| known.met().get())
            }
            Self::Own { .. } => None,
        }
    }

    fn parse(sent: &SentEntry) -> Result<Self> {
        let name = || own_name(sent.name.as_deref().ok_or_else(|| missing("name"))?);
        let Some(key) = sent.activity.as_deref() else {
            return Ok(Self::Own { activity: None, name: name()? });
        };
        if let Some(activity) = own(key) {
            return Ok(Self::Own { activity: Some(activity), name: name()? });
        }
        if sent.name.is_some() {
            return Err(Error::invalid("name", "is for an activity of your own: leave it out"));
        }
        let known = activity::Activity::parse(key)
            .map_err(|cause| Error::invalid("activity", cause.problem))?;
        Ok(Self::Listed { code: key.to_owned(), name: known.english().to_owned() })
    }
}

impl Energy {
    fn of(
        what: &Activity,
        before: Option<&Self>,
        (met, weight_kg, kcal): (Option<f64>, Option<f64>, Option<f64>),
    ) -> Result<Self> {
        if let Some(kcal) = kcal {
            if met.is_some() || weight_kg.is_some() {
                return Err(Error::invalid("kcal", "send either kcal or met and weight_kg"));
            }
            if !(0.0..=KCAL_MAX).contains(&kcal) {
                return Err(Error::invalid("kcal", "enter from 0 to 20000 kcal"));
            }
            return Ok(Self::Typed { kcal });
        }
        let (met_before, weight_before) = match before {
            Some(Self::Typed { kcal }) if met.is_none() && weight_kg.is_none() => {
                return Ok(Self::Typed { kcal: *kcal });
            }
            Some(Self::Computed { met, weight_kg }) => (Some(*met), Some(*weight_kg)),
            Some(Self::Typed { .. }) | None => (None, None),
        };
        let met = met
            .or(met_before)
            .or_else(|| what.met())
            .ok_or_else(|| Error::invalid("met", "is missing: send it, or kcal"))?;
        let weight_kg = weight_kg
            .or(weight_before)
            .ok_or_else(|| Error::invalid("weight_kg", "is missing: send it, or kcal"))?;
        let (least, most) = Measure::Weight.limits();
        if !(least..=most).contains(&weight_kg) {
            return Err(Error::invalid("weight_kg", "enter from 0.3 to 650 kg"));
        }
        let met = Met::parse(met).map_err(|cause| Error::invalid("met", cause.problem))?.get();
        Ok(Self::Computed { met, weight_kg })
    }
}

impl Done {
    /// What it took. What was measured by a device is taken as it is, above rest.
    pub fn spent(&self) -> Spent {
        match self.energy {
            Energy::Typed { kcal } => Spent { gross_kcal: kcal, net_kcal: kcal },
            Energy::Computed { met, weight_kg } => Met::parse(met)
                .map_or(Spent { gross_kcal: 0.0, net_kcal: 0.0 }, |met| {
                    met.spent(self.minutes, weight_kg)
                }),
        }
    }

    /// Checks what was sent of an activity.
    pub(super) fn parse(sent: &SentEntry, moment: Moment) -> Result<Self> {
        let what = Activity::parse(sent)?;
        let energy = Energy::of(&what, None, (sent.met, sent.weight_kg, sent.kcal))?;
        Ok(Self {
            id: sent.id,
            moment,
            what,
            minutes: minutes(sent.minutes.ok_or_else(|| missing("minutes"))?)?,
            energy,
            note: beside(sent.note.as_deref())?,
        })
    }

    /// Changes it.
    pub(super) fn amend(&mut self, change: &SentChange) -> Result<()> {
        let what = match (&self.what, change.name.as_deref()) {
            (what, None) => what.clone(),
            (Activity::Own { activity, .. }, Some(name)) => {
                Activity::Own { activity: *activity, name: own_name(name)? }
            }
            (Activity::Listed { .. }, Some(_)) => {
                let problem = "is for an activity of your own: leave it out";
                return Err(Error::invalid("name", problem));
            }
        };
        let energy =
            Energy::of(&what, Some(&self.energy), (change.met, change.weight_kg, change.kcal))?;
        let minutes = change.minutes.map_or(Ok(self.minutes), minutes)?;
        let moment = change.moment(&self.moment)?;
        let note =
            change.note.as_deref().map_or(Ok(self.note.clone()), |text| beside(Some(text)))?;
        *self = Self { id: self.id, moment, what, minutes, energy, note };
        Ok(())
    }

    /// The entry as it could be recorded anew.
    pub(super) fn as_new(&self) -> NewEntry {
        NewEntry::Activity(Box::new(Self { id: Uuid::nil(), ..self.clone() }))
    }
}

fn minutes(minutes: f64) -> Result<f64> {
    if 0.0 < minutes && minutes <= MINUTES_MAX {
        Ok(minutes)
    } else {
        Err(Error::invalid("minutes", "enter more than 0 and at most 1500 minutes"))
    }
}

/// The scope of all this.
pub(super) const SCOPE: Scope = Scope::Activity;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::days::document::{read, write};

    fn done(fields: &Value) -> Result<Done> {
        let mut entry =
            json!({"id": Uuid::from_u128(1), "kind": "activity", "time": "07:30", "zone": "UTC"});
        for (key, value) in fields.as_object().unwrap() {
            entry[key] = value.clone();
        }
        let new = serde_json::from_value::<SentEntry>(entry).unwrap().parse_alone()?;
        let NewEntry::Activity(done) = new else { panic!("an activity") };
        Ok(*done)
    }

    fn change(fields: Value) -> SentChange {
        serde_json::from_value(fields).unwrap()
    }

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9
    }

    #[test]
    fn a_day_is_read_as_it_was_written_and_sums_what_was_spent() {
        let day = ActivityDay {
            done: vec![
                done(&json!({"activity": "12150", "minutes": 30, "weight_kg": 60})).unwrap(),
                done(&json!({"name": "Gardening with Eva", "minutes": 60, "kcal": 100})).unwrap(),
            ],
            authors: vec![Author { entry: Uuid::from_u128(1), holder: Uuid::from_u128(9) }],
        };
        assert_eq!(read::<ActivityDay>(&write(&day).unwrap()).unwrap(), day);
        // 8 MET for half an hour: 7 above rest, 60 kg.
        assert!(close(day.net_kcal(), 210.0 + 100.0));
        assert!(ActivityDay::default().net_kcal().is_sign_positive());
    }

    #[test]
    fn energy_follows_what_is_changed() {
        let mut run = done(&json!({"activity": "12150", "minutes": 30, "weight_kg": 60})).unwrap();
        run.amend(&change(json!({"minutes": 60}))).unwrap();
        assert!(close(run.spent().net_kcal, 420.0));
        run.amend(&change(json!({"weight_kg": 120}))).unwrap();
        assert!(close(run.spent().net_kcal, 840.0));
        run.amend(&change(json!({"kcal": 500, "note": "watch"}))).unwrap();
        assert!(close(run.spent().gross_kcal, 500.0));
        // What a device measured stays when the time is corrected.
        run.amend(&change(json!({"minutes": 45}))).unwrap();
        assert!(close(run.spent().net_kcal, 500.0));
        let before = run.clone();
        assert!(run.amend(&change(json!({"met": 7}))).is_err(), "no weight is known any more");
        assert!(run.amend(&change(json!({"kcal": 1, "met": 7}))).is_err());
        assert!(run.amend(&change(json!({"name": "sprint"}))).is_err());
        assert_eq!(run, before, "what is refused changes nothing");
        run.amend(&change(json!({"weight_kg": 60}))).unwrap();
        assert!(close(run.spent().net_kcal, 315.0), "with the compendium's value");
    }
}
