//! The rules of an entry: what can be recorded. No I/O here.

use keys::Scope;
use nutrition::{FoodId, Grams, Millilitres, catalog};
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    activity::{self, Done},
    body::{self, Measurement, beside},
    document::{Group, Measure, Moment, Snapshot},
    own::{QUICK_GRAMS, SentQuick, of_recorded, own_id},
};
use crate::library::{item::Part, pantry::Pantry};

/// The most characters of a note.
const NOTE_CHARACTERS_MAX: usize = 4_000;

/// An entry as it is sent. Which fields belong to it depends on `kind`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentEntry {
    /// Made by the client (`UUIDv7`); sending the same entry again changes nothing.
    pub(crate) id: Uuid,
    kind: Kind,
    /// The meal; for `food`.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Group>,
    /// On the person's clock, `HH:MM`.
    #[schema(example = "08:15")]
    time: String,
    /// The clock's zone, a name of the IANA time zone database.
    #[schema(example = "Europe/Berlin")]
    zone: String,
    /// For `food`: of the catalogue, or `own:` and the number of a food or recipe of the library.
    #[schema(example = "usda-sr28:01009")]
    #[serde(skip_serializing_if = "Option::is_none")]
    food: Option<String>,
    /// For `food`, in place of a food: numbers alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    quick: Option<SentQuick>,
    /// For `food`, in place of a food: what a day said of one that is in no catalogue, with its portion.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_recorded: Option<String>,
    /// So many portions, or grams without a portion; for `food`.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    /// `seq` of one of the food's portions; for `food`.
    #[serde(skip_serializing_if = "Option::is_none")]
    portion: Option<u16>,
    /// For `water`.
    #[serde(skip_serializing_if = "Option::is_none")]
    ml: Option<f64>,
    /// For `note`.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// What was measured, or `own:` and the number of an own measure; for `measurement`.
    #[schema(example = "weight")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) measure: Option<String>,
    /// How much; for `measurement`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<f64>,
    /// The lower value of a pair, the diastolic blood pressure; for `measurement`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) second: Option<f64>,
    /// The unit that was typed; for `measurement`.
    #[schema(example = "kg")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<String>,
    /// The code of an activity of the compendium, or `own:` and the number of an own activity; absent
    /// where it is only a name. For `activity`.
    #[schema(example = "17190")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) activity: Option<String>,
    /// What an own measure or activity is called; for `measurement` and `activity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// How long; for `activity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) minutes: Option<f64>,
    /// How hard, as so many times what rest takes; that of the compendium unless sent. For `activity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) met: Option<f64>,
    /// The weight that the energy is computed with; for `activity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) weight_kg: Option<f64>,
    /// The energy above rest as a device measured it, in place of `met` and `weight_kg`; for `activity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kcal: Option<f64>,
    /// What is written beside it; for `measurement` and `activity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
}

/// What an entry can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = EntryKind)]
enum Kind {
    Food,
    Water,
    Note,
    Measurement,
    Activity,
}

/// An entry that was checked, as far as it can be without the library.
pub(crate) struct Draft {
    pub(crate) id: Uuid,
    what: Drafted,
}

enum Drafted {
    Whole(NewEntry),
    /// A food or recipe of the library.
    Own {
        item: Uuid,
        group: Group,
        moment: Moment,
        amount: f64,
        portion: Option<u16>,
    },
}

/// An entry that can be recorded.
#[derive(Clone, PartialEq)]
pub(crate) enum NewEntry {
    Food {
        group: Group,
        moment: Moment,
        food: Box<Snapshot>,
        quantity: Quantity,
    },
    Water {
        moment: Moment,
        water: Millilitres,
    },
    Note {
        moment: Moment,
        text: String,
    },
    Measurement {
        moment: Moment,
        what: Measurement,
        note: Option<String>,
    },
    /// Its number is that of the entry it becomes.
    Activity(Box<Done>),
}

/// How much of a food.
#[derive(Clone, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) amount: f64,
    pub(crate) portion: Option<Measure>,
    pub(crate) grams: Grams,
}

impl NewEntry {
    /// The scope whose document it goes into.
    pub(crate) const fn scope(&self) -> Scope {
        match self {
            Self::Food { .. } | Self::Water { .. } => Scope::Food,
            Self::Note { .. } => Scope::Notes,
            Self::Measurement { .. } => body::SCOPE,
            Self::Activity(_) => activity::SCOPE,
        }
    }
}

impl Draft {
    /// The scope whose document it goes into.
    pub(crate) const fn scope(&self) -> Scope {
        match &self.what {
            Drafted::Whole(entry) => entry.scope(),
            Drafted::Own { .. } => Scope::Food,
        }
    }

    /// What it takes from the library.
    pub(crate) const fn own(&self) -> Option<Uuid> {
        match &self.what {
            Drafted::Whole(_) => None,
            Drafted::Own { item, .. } => Some(*item),
        }
    }

    /// The entry, with what it takes from the library.
    pub(crate) fn with(&self, pantry: &Pantry) -> Result<NewEntry> {
        match &self.what {
            Drafted::Whole(entry) => Ok(entry.clone()),
            Drafted::Own { item, group, moment, amount, portion } => {
                let ware = pantry.get(*item)?;
                let portion = portion.map(|seq| ware.portion(seq)).transpose()?;
                Ok(NewEntry::Food {
                    group: *group,
                    moment: moment.clone(),
                    food: Box::new(ware.food.clone()),
                    quantity: Quantity::of(*amount, portion)?,
                })
            }
        }
    }
}

impl SentEntry {
    /// So much of a food, as if it had been sent.
    pub(crate) fn of_food(id: Uuid, group: Group, time: &str, zone: &str, part: &Part) -> Self {
        Self {
            id,
            kind: Kind::Food,
            group: Some(group),
            time: time.to_owned(),
            zone: zone.to_owned(),
            food: Some(part.food.clone()),
            quick: None,
            as_recorded: None,
            amount: Some(part.amount),
            portion: part.portion.as_ref().map(|portion| portion.seq),
            ml: None,
            text: None,
            measure: None,
            value: None,
            second: None,
            unit: None,
            activity: None,
            name: None,
            minutes: None,
            met: None,
            weight_kg: None,
            kcal: None,
            note: None,
        }
    }

    /// Checks an entry that takes nothing from the library: what a program leaves, which cannot look.
    pub(crate) fn parse_alone(self) -> Result<NewEntry> {
        self.parse()?.with(&Pantry::default())
    }

    /// Checks an entry from outside and looks its food up in the catalogue.
    pub(crate) fn parse(self) -> Result<Draft> {
        let moment = moment(&self.time, &self.zone)?;
        let id = self.id;
        self.only(match self.kind {
            Kind::Food => &["group", "food", "quick", "as_recorded", "amount", "portion"],
            Kind::Water => &["ml"],
            Kind::Note => &["text"],
            Kind::Measurement => &["measure", "value", "second", "unit", "name", "note"],
            Kind::Activity => &["activity", "name", "minutes", "met", "weight_kg", "kcal", "note"],
        })?;
        let what = match self.kind {
            Kind::Food => self.food_entry(moment)?,
            Kind::Water => {
                let water = water(self.ml.ok_or_else(|| missing("ml"))?)?;
                Drafted::Whole(NewEntry::Water { moment, water })
            }
            Kind::Note => {
                let text = note(self.text.as_deref().ok_or_else(|| missing("text"))?)?;
                Drafted::Whole(NewEntry::Note { moment, text })
            }
            Kind::Measurement => {
                let (what, note) = (Measurement::parse(&self)?, beside(self.note.as_deref())?);
                Drafted::Whole(NewEntry::Measurement { moment, what, note })
            }
            Kind::Activity => {
                Drafted::Whole(NewEntry::Activity(Box::new(Done::parse(&self, moment)?)))
            }
        };
        Ok(Draft { id, what })
    }

    fn food_entry(self, moment: Moment) -> Result<Drafted> {
        let group = self.group.ok_or_else(|| missing("group"))?;
        if let Some(quick) = &self.quick {
            self.only(&["group", "quick"])?;
            let food = Box::new(quick.parse(self.id)?);
            let quantity = Quantity::of(QUICK_GRAMS, None)?;
            return Ok(Drafted::Whole(NewEntry::Food { group, moment, food, quantity }));
        }
        let amount = self.amount.ok_or_else(|| missing("amount"))?;
        if let Some(recorded) = &self.as_recorded {
            self.only(&["group", "as_recorded", "amount"])?;
            let (food, portion) = of_recorded(recorded)?;
            let (food, quantity) = (Box::new(food), Quantity::of(amount, portion)?);
            return Ok(Drafted::Whole(NewEntry::Food { group, moment, food, quantity }));
        }
        let food = self.food.as_deref().ok_or_else(|| missing("food"))?;
        if let Some(item) = own_id(food) {
            return Ok(Drafted::Own { item, group, moment, amount, portion: self.portion });
        }
        let food = snapshot(food)?;
        let quantity = Quantity::of_food(&food.id, amount, self.portion)?;
        Ok(Drafted::Whole(NewEntry::Food { group, moment, food: Box::new(food), quantity }))
    }

    /// Refuses the fields that do not belong to its kind.
    fn only(&self, belonging: &[&str]) -> Result<()> {
        leave_out(
            belonging,
            &[
                ("group", self.group.is_some()),
                ("food", self.food.is_some()),
                ("quick", self.quick.is_some()),
                ("as_recorded", self.as_recorded.is_some()),
                ("amount", self.amount.is_some()),
                ("portion", self.portion.is_some()),
                ("ml", self.ml.is_some()),
                ("text", self.text.is_some()),
                ("measure", self.measure.is_some()),
                ("value", self.value.is_some()),
                ("second", self.second.is_some()),
                ("unit", self.unit.is_some()),
                ("activity", self.activity.is_some()),
                ("name", self.name.is_some()),
                ("minutes", self.minutes.is_some()),
                ("met", self.met.is_some()),
                ("weight_kg", self.weight_kg.is_some()),
                ("kcal", self.kcal.is_some()),
                ("note", self.note.is_some()),
            ],
        )
    }
}

/// Refuses what was sent and does not belong to a kind of entry.
pub(super) fn leave_out(belonging: &[&str], fields: &[(&'static str, bool)]) -> Result<()> {
    match fields.iter().find(|(field, sent)| *sent && !belonging.contains(field)) {
        Some((field, _)) => {
            Err(Error::invalid(*field, "does not belong to this kind of entry: leave it out"))
        }
        None => Ok(()),
    }
}

impl Quantity {
    /// So much of a food of the catalogue.
    pub(super) fn of_food(id: &str, amount: f64, portion: Option<u16>) -> Result<Self> {
        let portion = portion.map(|seq| measure(id, seq)).transpose()?;
        Self::of(amount, portion)
    }

    /// So many portions, or grams.
    pub(crate) fn of(amount: f64, portion: Option<Measure>) -> Result<Self> {
        let weight = portion.as_ref().map_or(1.0, |portion| portion.grams.get());
        // A count is limited like a weight, so that no number is absurd whatever a portion weighs.
        Grams::parse(amount).map_err(|cause| Error::invalid("amount", cause.problem))?;
        let grams = Grams::parse(amount * weight)
            .map_err(|cause| Error::invalid("amount", cause.problem))?;
        Ok(Self { amount, portion, grams })
    }
}

/// How much water.
pub(super) fn water(ml: f64) -> Result<Millilitres> {
    Millilitres::parse(ml).map_err(|cause| Error::invalid("ml", cause.problem))
}

/// The text of a note.
pub(super) fn note(text: &str) -> Result<String> {
    text::paragraphs("text", text, NOTE_CHARACTERS_MAX)
}

/// A household measure of a food, as the catalogue has it now.
pub(crate) fn measure(id: &str, seq: u16) -> Result<Measure> {
    let portion = FoodId::parse(id)
        .ok()
        .and_then(|id| catalog().food(&id))
        .and_then(|food| food.portion(seq))
        .ok_or_else(|| Error::invalid("portion", "choose one of the food's portions, or grams"))?;
    let grams = Grams::parse(portion.grams)
        .map_err(|_cause| Error::invalid("portion", "this portion has no weight: choose grams"))?;
    Ok(Measure { seq: portion.seq, name: portion.name, grams })
}

/// A food of the catalogue as it is recorded.
pub(crate) fn snapshot(id: &str) -> Result<Snapshot> {
    let id = FoodId::parse(id).map_err(|cause| Error::invalid("food", cause.problem))?;
    let food = catalog().food(&id).ok_or_else(|| {
        Error::invalid("food", "there is no such food in the catalogue: search for it again")
    })?;
    let source = food.source();
    Ok(Snapshot {
        id: id.to_string(),
        name: food.name().to_owned(),
        source: source.name.to_owned(),
        release: source.release.to_owned(),
        values: food.values(),
    })
}

fn moment(time: &str, zone_name: &str) -> Result<Moment> {
    Ok(Moment { minutes: minutes(time)?, zone: zone(zone_name)? })
}

/// Minutes since midnight of `HH:MM`.
pub(crate) fn minutes(time: &str) -> Result<u16> {
    let wrong = || Error::invalid("time", "write a time as HH:MM, such as 08:15");
    let (hours, minutes) = time.split_once(':').ok_or_else(wrong)?;
    if hours.len() != 2
        || minutes.len() != 2
        || !time.bytes().all(|b| b.is_ascii_digit() || b == b':')
    {
        return Err(wrong());
    }
    let hours: u16 = hours.parse().map_err(|_cause| wrong())?;
    let minutes: u16 = minutes.parse().map_err(|_cause| wrong())?;
    if hours < 24 && minutes < 60 { Ok(hours * 60 + minutes) } else { Err(wrong()) }
}

/// A zone is kept as the device calls it: a device may know a newer database than this machine.
pub(crate) fn zone(name: &str) -> Result<String> {
    let well_formed = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-/".contains(&b))
        && !name.starts_with('/');
    if well_formed {
        Ok(name.to_owned())
    } else {
        Err(Error::invalid("zone", "name a time zone, such as Europe/Berlin"))
    }
}

pub(super) fn missing(field: &'static str) -> Error {
    Error::invalid(field, "is missing: send it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(changes: &serde_json::Value) -> Result<NewEntry> {
        let mut entry = serde_json::json!({
            "id": "01930000-0000-7000-8000-000000000001", "kind": "food", "group": "breakfast",
            "time": "08:15", "zone": "Europe/Berlin", "food": "usda-sr28:01009", "amount": 50,
        });
        for (key, value) in changes.as_object().unwrap() {
            entry[key] = value.clone();
        }
        platform::http::body::parse::<SentEntry>(entry.to_string().as_bytes())?.parse_alone()
    }

    fn refused(changes: &serde_json::Value) -> String {
        match sent(changes) {
            Err(Error::Invalid(problems)) => problems[0].field.to_string(),
            Err(other) => panic!("{changes}: {other}"),
            Ok(_) => panic!("{changes} was accepted"),
        }
    }

    #[test]
    fn a_portion_weighs_what_the_catalogue_says() {
        let NewEntry::Food { quantity, .. } =
            sent(&serde_json::json!({"amount": 2, "portion": 1})).unwrap()
        else {
            panic!("a food")
        };
        let one = quantity.portion.unwrap().grams.get();
        assert!((quantity.grams.get() - 2.0 * one).abs() < 1e-9);
    }

    #[test]
    fn absurd_amounts_are_refused_by_name() {
        for amount in [0.0, -1.0, 100_000.5, 1e300] {
            assert_eq!(refused(&serde_json::json!({ "amount": amount })), "amount");
        }
        assert_eq!(refused(&serde_json::json!({"amount": 99_999, "portion": 1})), "amount");
        assert_eq!(refused(&serde_json::json!({"amount": "lots"})), "amount");
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        for (field, value) in [
            ("time", serde_json::json!("24:00")),
            ("time", serde_json::json!("8:15")),
            ("time", serde_json::json!("+8:15")),
            ("zone", serde_json::json!("../etc/passwd\n")),
            ("food", serde_json::json!("usda-sr28:99999")),
            ("food", serde_json::json!("cheese")),
            ("portion", serde_json::json!(999)),
            ("group", serde_json::json!("brunch")),
            ("ml", serde_json::json!(10)),
            ("salt", serde_json::json!(1)),
            ("id", serde_json::json!("1")),
        ] {
            assert_eq!(refused(&serde_json::json!({ field: value })), field);
        }
    }

    #[test]
    fn a_note_is_text_and_nothing_else() {
        let note = |text: &str| {
            let note: SentEntry = serde_json::from_value(serde_json::json!({
                "id": Uuid::nil(), "kind": "note", "time": "08:15", "zone": "UTC", "text": text,
            }))
            .unwrap();
            note.parse_alone()
        };
        assert!(
            matches!(note("slept well\nfelt dizzy").unwrap(), NewEntry::Note { text, .. } if text.contains('\n'))
        );
        assert!(note("a\u{202e}b").is_err() && note("a\0b").is_err() && note(" ").is_err());
        assert!(note(&"x".repeat(4_001)).is_err());
    }
}
