//! What the person is shown of a day.

use jiff::civil::Date;
use keys::Scope;
use nutrition::{Nutrient, Total, Totals};
use platform::{Caller, Result, days};
use serde::{Serialize, Serializer, ser::SerializeMap};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    activity::{Done, Energy},
    body::{Measured, Measurement},
    change::Documents,
    document::{Group, Moment},
    own::{SentQuick, as_recorded, quick_of},
    routes::PARTS,
};

/// A day with its entries and sums.
#[derive(Serialize, ToSchema)]
pub(super) struct DayView {
    #[schema(value_type = String, example = "2026-11-22")]
    date: Date,
    /// Which scopes of the day this token or visitor may read. The rest is unknown here, not empty. Absent
    /// where everything is shown.
    #[serde(skip_serializing_if = "Only::is_everything")]
    #[schema(value_type = Option<Vec<String>>, example = json!(["food"]))]
    only: Only,
    /// The person said that nothing is missing.
    complete: bool,
    /// How many of the entries are foods.
    foods: u32,
    /// Water that was drunk, in ml.
    water_ml: f64,
    /// What the day's activities took above rest, in kcal: what they add to what a body needs anyway.
    spent_kcal: f64,
    entries: Vec<EntryView>,
    totals: TotalsView,
}

/// Which scopes of a day are shown, where not all are.
#[derive(Serialize)]
pub(super) struct Only(Option<Vec<&'static str>>);

impl Only {
    /// What the caller may read of a day.
    pub(super) fn of(caller: &Caller, day: Date) -> Result<Self> {
        let day = days::number(day)?;
        let readable = PARTS.iter().filter(|scope| caller.may_read_on(**scope, day));
        let readable: Vec<&'static str> = readable.map(|scope| Scope::as_str(*scope)).collect();
        Ok(Self((readable.len() < PARTS.len()).then_some(readable)))
    }

    /// Whether nothing of the day may be read.
    pub(super) fn is_nothing(&self) -> bool {
        self.0.as_ref().is_some_and(Vec::is_empty)
    }

    fn is_everything(&self) -> bool {
        self.0.is_none()
    }
}

/// An entry; which fields it has depends on its kind.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum EntryView {
    Food {
        id: Uuid,
        /// The practice, study or friend that recorded it; absent where the owner did.
        #[serde(skip_serializing_if = "Option::is_none")]
        author: Option<Uuid>,
        group: Group,
        #[schema(example = "08:15")]
        time: String,
        zone: String,
        food: FoodName,
        /// Of a food that is in no catalogue: all that is recorded of it, to record it again as it was.
        #[serde(skip_serializing_if = "Option::is_none")]
        as_recorded: Option<String>,
        /// Of numbers without a food: which they are.
        #[serde(skip_serializing_if = "Option::is_none")]
        quick: Option<SentQuick>,
        /// So many portions, or grams without a portion.
        amount: f64,
        portion: Option<PortionView>,
        grams: f64,
        /// Absent when unknown.
        energy_kcal: Option<f64>,
    },
    Water {
        id: Uuid,
        /// The practice, study or friend that recorded it; absent where the owner did.
        #[serde(skip_serializing_if = "Option::is_none")]
        author: Option<Uuid>,
        #[schema(example = "08:15")]
        time: String,
        zone: String,
        ml: f64,
    },
    Note {
        id: Uuid,
        /// The practice, study or friend that recorded it; absent where the owner did.
        #[serde(skip_serializing_if = "Option::is_none")]
        author: Option<Uuid>,
        #[schema(example = "08:15")]
        time: String,
        zone: String,
        text: String,
    },
    Measurement {
        id: Uuid,
        /// The practice, study or friend that recorded it; absent where the owner did.
        #[serde(skip_serializing_if = "Option::is_none")]
        author: Option<Uuid>,
        #[schema(example = "08:15")]
        time: String,
        zone: String,
        #[serde(flatten)]
        measured: MeasuredView,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    Activity {
        id: Uuid,
        /// The practice, study or friend that recorded it; absent where the owner did.
        #[serde(skip_serializing_if = "Option::is_none")]
        author: Option<Uuid>,
        /// When it began.
        #[schema(example = "08:15")]
        time: String,
        zone: String,
        #[serde(flatten)]
        done: DoneView,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

/// A measurement as it was typed, and in the unit that it is compared in.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeasuredView {
    /// The measure's key, or `own:` and the number of an own measure.
    #[schema(example = "weight")]
    measure: String,
    /// What an own measure is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// As typed.
    value: f64,
    /// The lower value of a pair, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<f64>,
    /// The unit that was typed.
    #[schema(example = "lb")]
    unit: String,
    canonical: CanonicalView,
}

/// A measurement in the canonical unit of its measure.
#[derive(Serialize, ToSchema)]
pub(crate) struct CanonicalView {
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<f64>,
    #[schema(example = "kg")]
    unit: String,
}

/// An activity that was done, with what it took.
#[derive(Serialize, ToSchema)]
pub(crate) struct DoneView {
    /// The code in the compendium, or `own:` and the number of an own activity; absent where it is only a
    /// name.
    #[schema(example = "17190")]
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<String>,
    name: String,
    /// Of an activity of the compendium.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_de: Option<&'static str>,
    minutes: f64,
    /// Absent where the energy was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<f64>,
    /// Absent where the energy was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight_kg: Option<f64>,
    /// In all, with what rest would have taken; as typed where it was.
    kcal: f64,
    /// Above rest.
    net_kcal: f64,
}

impl MeasuredView {
    pub(crate) fn of(measured: &Measured) -> Self {
        let measure = measured.what.key();
        match &measured.what {
            Measurement::Common(reading) => Self {
                measure,
                name: None,
                value: reading.typed(),
                second: reading.typed_second(),
                unit: reading.unit().as_str().to_owned(),
                canonical: CanonicalView {
                    value: reading.canonical(),
                    second: reading.canonical_second(),
                    unit: reading.measure().unit().as_str().to_owned(),
                },
            },
            Measurement::Own { name, unit, value, .. } => Self {
                measure,
                name: Some(name.clone()),
                value: *value,
                second: None,
                unit: unit.clone(),
                canonical: CanonicalView { value: *value, second: None, unit: unit.clone() },
            },
        }
    }
}

impl DoneView {
    pub(crate) fn of(done: &Done) -> Self {
        let (met, weight_kg) = match done.energy {
            Energy::Computed { met, weight_kg } => (Some(met), Some(weight_kg)),
            Energy::Typed { .. } => (None, None),
        };
        let spent = done.spent();
        Self {
            activity: done.what.key(),
            name: done.what.name().to_owned(),
            name_de: done.what.german(),
            minutes: done.minutes,
            met,
            weight_kg,
            kcal: spent.gross_kcal,
            net_kcal: spent.net_kcal,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct FoodName {
    #[schema(example = "usda-sr28:01009")]
    id: String,
    name: String,
    source: String,
}

#[derive(Serialize, ToSchema)]
struct PortionView {
    seq: u16,
    #[schema(example = "1 slice (1 oz)")]
    name: String,
    grams: f64,
}

/// Sums by nutrient key. A nutrient that is known for no food is not here: unknown is not zero.
#[derive(ToSchema)]
#[schema(value_type = std::collections::HashMap<String, TotalView>)]
pub(crate) struct TotalsView(pub(crate) Vec<(Nutrient, Total)>);

impl TotalsView {
    pub(crate) fn of(totals: &Totals) -> Self {
        Self(totals.iter().collect())
    }
}

impl Serialize for TotalsView {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (nutrient, total) in &self.0 {
            map.serialize_entry(
                nutrient.key(),
                &TotalView { amount: total.amount, known: total.known },
            )?;
        }
        map.end()
    }
}

/// One sum.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotalView {
    /// In the nutrient's unit, not rounded, over the foods for which the value is known.
    pub(crate) amount: f64,
    /// For how many foods that is.
    pub(crate) known: u32,
}

impl DayView {
    pub(super) fn of(date: Date, day: &Documents, only: Only) -> Result<Self> {
        let totals = day.food.totals()?;
        let energy = Nutrient::parse("energy").ok();
        let mut entries =
            Vec::with_capacity(day.food.eaten.len() + day.food.drunk.len() + day.notes.notes.len());
        for eaten in &day.food.eaten {
            let food = day.food.food_of(eaten)?;
            entries.push(EntryView::Food {
                id: eaten.id,
                author: day.author(eaten.id),
                group: eaten.group,
                time: clock_face(&eaten.moment),
                zone: eaten.moment.zone.clone(),
                food: FoodName {
                    id: food.id.clone(),
                    name: food.name.clone(),
                    source: food.source.clone(),
                },
                as_recorded: as_recorded(food, eaten.portion.as_ref())?,
                quick: quick_of(food, eaten.grams),
                amount: eaten.amount,
                portion: eaten.portion.as_ref().map(|portion| PortionView {
                    seq: portion.seq,
                    name: portion.name.clone(),
                    grams: portion.grams.get(),
                }),
                grams: eaten.grams.get(),
                energy_kcal: energy.and_then(|energy| food.values.amount_in(energy, eaten.grams)),
            });
        }
        entries.extend(day.food.drunk.iter().map(|drunk| EntryView::Water {
            id: drunk.id,
            author: day.author(drunk.id),
            time: clock_face(&drunk.moment),
            zone: drunk.moment.zone.clone(),
            ml: drunk.water.get(),
        }));
        entries.extend(day.notes.notes.iter().map(|note| EntryView::Note {
            id: note.id,
            author: day.author(note.id),
            time: clock_face(&note.moment),
            zone: note.moment.zone.clone(),
            text: note.text.clone(),
        }));
        entries.extend(day.body.measured.iter().map(|measured| EntryView::Measurement {
            id: measured.id,
            author: day.author(measured.id),
            time: clock_face(&measured.moment),
            zone: measured.moment.zone.clone(),
            measured: MeasuredView::of(measured),
            note: measured.note.clone(),
        }));
        entries.extend(day.activity.done.iter().map(|done| EntryView::Activity {
            id: done.id,
            author: day.author(done.id),
            time: clock_face(&done.moment),
            zone: done.moment.zone.clone(),
            done: DoneView::of(done),
            note: done.note.clone(),
        }));
        Ok(Self {
            date,
            only,
            complete: day.food.complete,
            foods: totals.foods(),
            water_ml: totals.water_ml(),
            spent_kcal: day.activity.net_kcal(),
            entries,
            totals: TotalsView::of(&totals),
        })
    }
}

pub(crate) fn clock_face(moment: &Moment) -> String {
    format!("{:02}:{:02}", moment.minutes / 60, moment.minutes % 60)
}

/// What some entries of a day hold together.
#[derive(Serialize, ToSchema)]
pub(super) struct SelectionView {
    /// How many of them are foods.
    foods: u32,
    totals: TotalsView,
}

impl SelectionView {
    pub(super) fn of(day: &Documents, entries: &[Uuid]) -> Result<Self> {
        let mut totals = Totals::new();
        for eaten in day.food.eaten.iter().filter(|eaten| entries.contains(&eaten.id)) {
            totals.add(&day.food.food_of(eaten)?.values, eaten.grams);
        }
        for drunk in day.food.drunk.iter().filter(|drunk| entries.contains(&drunk.id)) {
            totals.add_water(drunk.water);
        }
        Ok(Self { foods: totals.foods(), totals: TotalsView::of(&totals) })
    }
}

/// The foods behind one number of a day.
#[derive(Serialize, ToSchema)]
pub(super) struct Behind {
    nutrient: &'static str,
    unit: &'static str,
    amount: f64,
    /// For how many foods the value is known.
    known: u32,
    foods: u32,
    /// The largest first; unknown ones last.
    #[serde(rename = "contributions")]
    parts: Vec<Contribution>,
}

/// What one entry adds to a number, and where its value comes from.
#[derive(Serialize, ToSchema)]
struct Contribution {
    entry: Uuid,
    food: String,
    name: String,
    grams: f64,
    /// Absent when unknown.
    amount: Option<f64>,
    source: String,
    release: String,
    /// How the value was come by; absent when unknown.
    method: Option<&'static str>,
}

impl Behind {
    pub(super) fn of(nutrient: Nutrient, day: &Documents) -> Result<Self> {
        let totals = day.food.totals()?;
        let total = totals.get(nutrient);
        let mut parts = Vec::with_capacity(day.food.eaten.len());
        for eaten in &day.food.eaten {
            let food = day.food.food_of(eaten)?;
            parts.push(Contribution {
                entry: eaten.id,
                food: food.id.clone(),
                name: food.name.clone(),
                grams: eaten.grams.get(),
                amount: food.values.amount_in(nutrient, eaten.grams),
                source: food.source.clone(),
                release: food.release.clone(),
                method: food.values.get(nutrient).map(|value| value.method.as_str()),
            });
        }
        let weight = |one: &Contribution| one.amount.unwrap_or(-1.0);
        parts.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        Ok(Self {
            nutrient: nutrient.key(),
            unit: nutrient.unit().as_str(),
            amount: total.amount,
            known: total.known,
            foods: totals.foods(),
            parts,
        })
    }
}
