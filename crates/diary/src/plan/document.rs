//! What a person aims for, as it is sealed and as it travels.
//!
//! The rules of targets are in [`nutrition::targets`]; here is what people choose, checked once.

use std::collections::BTreeMap;

use nutrition::Nutrient;
use nutrition::energy::Equation;
use nutrition::intakes::Reference;
use nutrition::profile::{ActivityLevel, Field, Motherhood, Profile, Sex};
use nutrition::targets::{
    Agreed, Aims, BadMacros, Basis, Bounds, KG_PER_WEEK_MAX, Macros, Weekday,
};
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

const NAME_CHARACTERS_MAX: usize = 80;
const AGREED_MAX: usize = 200;
const AMOUNT_MAX: f64 = 1e6;
/// What may be set as the energy of a day, in kcal.
const ENERGY_KCAL: std::ops::RangeInclusive<f64> = 500.0..=10_000.0;
const WEEKDAY_PERCENT: std::ops::RangeInclusive<f64> = 50.0..=200.0;

/// What a person aims for. What is left out is as in the beginning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Plan {
    pub(super) profile: AboutMe,
    /// Whose reference intakes: `nasem` or `efsa`.
    #[schema(value_type = String, example = "nasem")]
    reference: Reference,
    basis: BasisOfEnergy,
    /// With the basis `own`.
    own_energy_kcal: Option<f64>,
    /// `mifflin_st_jeor`, `harris_benedict`, `roza_shizgal`, `katch_mcardle` or `nasem2023`.
    #[schema(value_type = String, example = "mifflin_st_jeor")]
    equation: Equation,
    /// How the weight should go; below zero to lose some.
    kg_per_week: f64,
    macros: MacroMode,
    /// Own bounds by nutrient, each in the nutrient's unit. A bound of 0 takes away one from elsewhere.
    #[schema(value_type = BTreeMap<String, OwnBounds>)]
    own: BTreeMap<Nutrient, OwnBounds>,
    /// What practices proposed and the person accepted.
    agreed: Vec<AgreedTarget>,
    /// What differs on a day of the week.
    weekdays: BTreeMap<DayOfWeek, OnWeekday>,
}

/// What targets need to know about a person. Each may be left out: then there is no target that needs it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AboutMe {
    birth_year: Option<u16>,
    /// `female` or `male`, for which values are published.
    #[schema(value_type = Option<String>, example = "female")]
    sex: Option<Sex>,
    height_cm: Option<f64>,
    /// Counts as long as the diary has no measured weight.
    pub(super) weight_kg: Option<f64>,
    body_fat_percent: Option<f64>,
    /// `sedentary`, `light`, `moderate`, `high` or `very_high`.
    #[schema(value_type = Option<String>, example = "light")]
    activity: Option<ActivityLevel>,
    /// `first_trimester`, `second_trimester`, `third_trimester`, `lactating_first_half_year` or
    /// `lactating_later`.
    #[schema(value_type = Option<String>)]
    motherhood: Option<Motherhood>,
}

/// Where the expenditure is taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BasisOfEnergy {
    /// The equation.
    #[default]
    Equation,
    /// The person's own days, and the equation until there are enough.
    Adaptive,
    /// A number of the person's own.
    Own,
}

/// How the energy divides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "mode", deny_unknown_fields)]
enum MacroMode {
    /// As the reference intakes say.
    #[default]
    Reference,
    /// Shares of the energy in percent, 100 together.
    Ratio { carbohydrate: f64, protein: f64, fat: f64 },
    /// Fixed grams; what is left out is as the reference says.
    Grams { carbohydrate: Option<f64>, protein: Option<f64>, fat: Option<f64> },
    /// Grams per kilogram of body weight; carbohydrates give the rest.
    PerKilogram { protein: f64, fat: f64 },
    /// Net carbohydrates in grams at most, protein per kilogram of lean mass; fat gives the rest.
    Ketogenic { net_carbs: f64, protein_per_kg: f64 },
}

/// At least and at most, in the unit of the nutrient.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnBounds {
    min: Option<f64>,
    max: Option<f64>,
}

/// A proposal of a practice that was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgreedTarget {
    /// The proposal.
    id: Uuid,
    /// What the person calls the practice.
    name: String,
    #[schema(value_type = String, example = "iron")]
    nutrient: Nutrient,
    min: Option<f64>,
    max: Option<f64>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DayOfWeek {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// What differs on a day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OnWeekday {
    /// The energy, in percent of the usual.
    energy_percent: Option<f64>,
    macros: Option<MacroMode>,
}

impl Plan {
    /// Checks a plan from outside.
    pub(super) fn parse(mut self) -> Result<Self> {
        self.profile
            .profile(None)
            .check()
            .map_err(|(field, invalid)| Error::invalid(field_of_profile(field), invalid.problem))?;
        if self.own_energy_kcal.is_some_and(|kcal| !ENERGY_KCAL.contains(&kcal)) {
            return Err(Error::invalid("own_energy_kcal", "enter 500 to 10000 kcal"));
        }
        if self.basis == BasisOfEnergy::Own && self.own_energy_kcal.is_none() {
            return Err(Error::invalid("own_energy_kcal", "enter the energy to aim for"));
        }
        if !(-KG_PER_WEEK_MAX..=KG_PER_WEEK_MAX).contains(&self.kg_per_week) {
            return Err(Error::invalid("kg_per_week", "enter at most 1 kg a week"));
        }
        self.macros.parse("macros")?;
        for bounds in self.own.values() {
            parse_bounds("own", bounds.min, bounds.max)?;
        }
        self.own.retain(|_, bounds| bounds.min.is_some() || bounds.max.is_some());
        if AGREED_MAX < self.agreed.len() {
            return Err(Error::invalid("agreed", format!("keep at most {AGREED_MAX}")));
        }
        for agreed in &mut self.agreed {
            agreed.name = text::line("agreed", &agreed.name, NAME_CHARACTERS_MAX)?;
            parse_bounds("agreed", agreed.min, agreed.max)?;
        }
        for on_day in self.weekdays.values() {
            if on_day.energy_percent.is_some_and(|percent| !WEEKDAY_PERCENT.contains(&percent)) {
                return Err(Error::invalid("weekdays", "enter 50 to 200 %"));
            }
            if let Some(macros) = on_day.macros {
                macros.parse("weekdays")?;
            }
        }
        self.weekdays
            .retain(|_, on_day| on_day.energy_percent.is_some() || on_day.macros.is_some());
        Ok(self)
    }

    /// Whether the expenditure is taken from the person's own days.
    pub(super) fn is_adaptive(&self) -> bool {
        self.basis == BasisOfEnergy::Adaptive
    }

    /// What targets are made of. A measured weight takes the place of the one that was told.
    pub(super) fn aims(&self, measured_kg: Option<f64>, net_carbs: bool) -> Aims {
        let mut weekdays = [Weekday::default(); 7];
        for (day, on_day) in &self.weekdays {
            if let Some(weekday) = weekdays.get_mut(*day as usize) {
                weekday.energy_percent = on_day.energy_percent;
                weekday.macros = on_day.macros.map(MacroMode::macros);
            }
        }
        let agreed = self.agreed.iter().map(|agreed| Agreed {
            name: agreed.name.clone(),
            nutrient: agreed.nutrient,
            bounds: Bounds { least: agreed.min, most: agreed.max },
        });
        let own = self
            .own
            .iter()
            .map(|(nutrient, bounds)| (*nutrient, Bounds { least: bounds.min, most: bounds.max }));
        Aims {
            profile: self.profile.profile(measured_kg),
            reference: self.reference,
            basis: match (self.basis, self.own_energy_kcal) {
                (BasisOfEnergy::Own, Some(kcal)) => Basis::Own(kcal),
                (BasisOfEnergy::Adaptive, _) => Basis::Adaptive,
                (BasisOfEnergy::Equation | BasisOfEnergy::Own, _) => Basis::Equation,
            },
            equation: self.equation,
            kg_per_week: self.kg_per_week,
            macros: self.macros.macros(),
            agreed: agreed.collect(),
            own: own.collect(),
            weekdays,
            net_carbs,
        }
    }
}

impl AboutMe {
    fn profile(&self, measured_kg: Option<f64>) -> Profile {
        Profile {
            birth_year: self.birth_year,
            sex: self.sex,
            height_cm: self.height_cm,
            weight_kg: measured_kg.or(self.weight_kg),
            body_fat_percent: self.body_fat_percent,
            activity: self.activity,
            motherhood: self.motherhood,
        }
    }
}

impl MacroMode {
    fn macros(self) -> Macros {
        match self {
            Self::Reference => Macros::Reference,
            Self::Ratio { carbohydrate, protein, fat } => {
                Macros::Ratio { carbohydrate, protein, fat }
            }
            Self::Grams { carbohydrate, protein, fat } => {
                Macros::Grams { carbohydrate, protein, fat }
            }
            Self::PerKilogram { protein, fat } => Macros::PerKilogram { protein, fat },
            Self::Ketogenic { net_carbs, protein_per_kg } => {
                Macros::Ketogenic { net_carbs, protein_per_kg }
            }
        }
    }

    fn parse(self, field: &'static str) -> Result<()> {
        self.macros().check().map_err(|bad| {
            let problem = match bad {
                BadMacros::NotHundred => "choose shares that are 100 % together",
                BadMacros::Amount => "enter amounts of a day",
            };
            Error::invalid(field, problem)
        })
    }
}

fn parse_bounds(field: &'static str, min: Option<f64>, max: Option<f64>) -> Result<()> {
    let amounts = [min, max];
    if !amounts.iter().flatten().all(|amount| (0.0..=AMOUNT_MAX).contains(amount)) {
        return Err(Error::invalid(field, "enter amounts of a day, or 0 for none"));
    }
    match (min, max) {
        (Some(min), Some(max)) if 0.0 < max && max < min => {
            Err(Error::invalid(field, "let the most be no less than the least"))
        }
        _ => Ok(()),
    }
}

/// The name of a part of the profile in the API.
pub(super) const fn field_of_profile(field: Field) -> &'static str {
    match field {
        Field::BirthYear => "birth_year",
        Field::Sex => "sex",
        Field::HeightCm => "height_cm",
        Field::WeightKg => "weight_kg",
        Field::BodyFatPercent => "body_fat_percent",
        Field::Activity => "activity",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(plan: Value) -> Result<Plan> {
        serde_json::from_value::<Plan>(plan).unwrap().parse()
    }

    #[test]
    fn a_plan_is_read_as_it_was_written_also_an_old_one() {
        assert_eq!(serde_json::from_str::<Plan>("{}").unwrap(), Plan::default());
        let plan = parse(json!({
            "profile": {"birth_year": 1990, "sex": "female", "activity": "very_high"},
            "reference": "efsa", "equation": "nasem2023", "basis": "adaptive", "kg_per_week": -0.25,
            "macros": {"mode": "ratio", "carbohydrate": 50.0, "protein": 20.0, "fat": 30.0},
            "own": {"iron": {"min": 20.0}, "zinc": {}},
            "weekdays": {"saturday": {"energy_percent": 120.0}, "sunday": {}},
        }))
        .unwrap();
        let written = serde_json::to_value(&plan).unwrap();
        assert_eq!(written["own"], json!({"iron": {"min": 20.0, "max": null}}));
        assert_eq!(serde_json::from_value::<Plan>(written).unwrap(), plan);
        let aims = plan.aims(Some(61.5), false);
        assert_eq!(aims.weekdays[5].energy_percent, Some(120.0));
        assert_eq!((aims.profile.weight_kg, aims.basis), (Some(61.5), Basis::Adaptive));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_name() {
        for (plan, field) in [
            (json!({"profile": {"height_cm": 1.8}}), "height_cm"),
            (json!({"basis": "own"}), "own_energy_kcal"),
            (json!({"own_energy_kcal": 100.0}), "own_energy_kcal"),
            (json!({"kg_per_week": -3.0}), "kg_per_week"),
            (
                json!({"macros": {"mode": "ratio", "carbohydrate": 50.0, "protein": 20.0, "fat": 20.0}}),
                "macros",
            ),
            (json!({"own": {"iron": {"min": 20.0, "max": 10.0}}}), "own"),
            (json!({"weekdays": {"monday": {"energy_percent": 1.0}}}), "weekdays"),
        ] {
            let refused = format!("{:?}", parse(plan).unwrap_err());
            assert!(refused.contains(field), "{field}: {refused}");
        }
        for unread in [
            json!({"profile": {"sex": "other"}}),
            json!({"own": {"happiness": {"min": 1.0}}}),
            json!({"unknown": 1}),
        ] {
            assert!(serde_json::from_value::<Plan>(unread).is_err());
        }
    }
}
