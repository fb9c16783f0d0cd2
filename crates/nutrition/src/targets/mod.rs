//! What a person aims for on a day: so much energy, and of each nutrient at least and at most so much.
//!
//! Four sources, each stronger than the one before: published reference intakes, the chosen mode of
//! macronutrients, what was agreed with a practice, what the person set. Every bound says which it is
//! from. `energy` decides on the energy of the day, `macros` divides it, `published` reads reference
//! intakes for the person.
//!
//! No target is a guess: where a part of the profile is missing, what follows from it is missing.

mod energy;
mod macros;
mod published;

use std::collections::BTreeMap;

use crate::energy::{Equation, NoEnergy};
use crate::expenditure::Adaptive;
use crate::intakes::{Counts, Reference};
use crate::nutrient::Nutrient;
use crate::profile::Profile;

pub use energy::{Basis, Care, EnergyTarget, KG_PER_WEEK_MAX};
pub use macros::{BadMacros, Macros};

/// All that a person chose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aims {
    /// See [`Profile`].
    pub profile: Profile,
    /// Whose reference intakes.
    pub reference: Reference,
    /// Where the expenditure is taken from.
    pub basis: Basis,
    /// Which equation says it.
    pub equation: Equation,
    /// How the weight should go; below zero to lose some.
    pub kg_per_week: f64,
    /// How the energy divides.
    pub macros: Macros,
    /// What was agreed with practices.
    pub agreed: Vec<Agreed>,
    /// What the person set.
    pub own: BTreeMap<Nutrient, Bounds>,
    /// What differs on some days of the week, from Monday on.
    pub weekdays: [Weekday; 7],
    /// Carbohydrates are counted without fiber.
    pub net_carbs: bool,
}

/// Bounds as somebody sets them. A bound of 0 takes away one from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// At least.
    pub least: Option<f64>,
    /// At most.
    pub most: Option<f64>,
}

/// A proposal of a practice that the person accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreed {
    /// What the person calls the practice.
    pub name: String,
    /// Of what.
    pub nutrient: Nutrient,
    /// How much.
    pub bounds: Bounds,
}

/// What differs on one day of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weekday {
    /// The energy of the day, in percent of the usual.
    pub energy_percent: Option<f64>,
    /// Another mode of macronutrients.
    pub macros: Option<Macros>,
}

/// Which day it is, as far as targets care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The calendar year.
    pub year: u16,
    /// 0 for Monday to 6 for Sunday.
    pub weekday: usize,
}

/// Where a bound is from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A published value, with the letters of its publisher, such as RDA.
    Published(Reference, &'static str),
    /// The mode of macronutrients.
    Macros,
    /// A practice of this name.
    Agreed(String),
    /// The person.
    Own,
}

/// At least or at most so much, in the unit of the nutrient.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// How much.
    pub amount: f64,
    /// Says who.
    pub source: Source,
}

/// What to aim for with one nutrient.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Of what.
    pub nutrient: Nutrient,
    /// What is compared with the bounds: itself, unless a published value counts more.
    pub counts: Counts,
    /// At least.
    pub least: Option<Bound>,
    /// At most.
    pub most: Option<Bound>,
    /// At most from supplements and fortified foods; what foods hold by nature does not count.
    pub most_added: Option<Bound>,
    /// As little as a good diet allows.
    pub as_low_as_possible: bool,
}

/// What to aim for on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct DayTargets {
    /// The energy, or why there is none.
    pub energy: Result<EnergyTarget, NoEnergy>,
    /// Every nutrient there is something to say of.
    pub targets: BTreeMap<Nutrient, Target>,
}

impl Aims {
    /// The targets of a day. `adaptive` is what the person's own days say of their expenditure.
    pub fn on(&self, day: Day, adaptive: Option<&Adaptive>) -> DayTargets {
        let weekday = self.weekdays.get(day.weekday).copied().unwrap_or_default();
        let mut energy = energy::target(self, day, weekday.energy_percent, adaptive);
        if let Ok(energy) = &mut energy {
            for bounds in self.bounds_set_on(Nutrient::ENERGY) {
                energy.keep_within(bounds);
            }
        }
        let kcal = energy.as_ref().ok().map(|energy| energy.kcal);
        let mut targets = published::targets(self.reference, &self.profile, day.year, kcal);

        let macros = weekday.macros.unwrap_or(self.macros);
        for (nutrient, bounds) in macros.grams(kcal, &self.profile, self.net_carbs) {
            entry(&mut targets, nutrient).set(bounds, &Source::Macros);
        }
        for agreed in &self.agreed {
            let source = Source::Agreed(agreed.name.clone());
            entry(&mut targets, agreed.nutrient).set(agreed.bounds, &source);
        }
        for (nutrient, bounds) in &self.own {
            entry(&mut targets, *nutrient).set(*bounds, &Source::Own);
        }
        targets.retain(|_, target| target.says_something());
        DayTargets { energy, targets }
    }

    /// What the equation says of a usual day, where it says anything.
    pub fn usual_kcal(&self, day: Day) -> Option<f64> {
        self.equation.expenditure(&self.profile, day.year).ok().map(|spent| spent.kcal)
    }

    /// What was agreed and set, the stronger last.
    fn bounds_set_on(&self, nutrient: Nutrient) -> impl Iterator<Item = Bounds> {
        let agreed = self.agreed.iter().filter(move |agreed| agreed.nutrient == nutrient);
        agreed.map(|agreed| agreed.bounds).chain(self.own.get(&nutrient).copied())
    }
}

fn entry(targets: &mut BTreeMap<Nutrient, Target>, nutrient: Nutrient) -> &mut Target {
    targets.entry(nutrient).or_insert_with(|| Target::of(nutrient))
}

impl Target {
    fn of(nutrient: Nutrient) -> Self {
        Self {
            nutrient,
            counts: Counts::Itself,
            least: None,
            most: None,
            most_added: None,
            as_low_as_possible: false,
        }
    }

    /// Takes bounds over from a stronger source; what it does not speak of stays.
    fn set(&mut self, bounds: Bounds, source: &Source) {
        let bound = |amount: f64| (0.0 < amount).then(|| Bound { amount, source: source.clone() });
        if let Some(least) = bounds.least {
            self.least = bound(least);
            // Whoever sets a number means the nutrient itself.
            self.counts = Counts::Itself;
        }
        if let Some(most) = bounds.most {
            self.most = bound(most);
        }
        // Two sources may cross; the stronger one has the word.
        let crossed = match (&self.least, &self.most) {
            (Some(least), Some(most)) => most.amount < least.amount,
            _ => false,
        };
        if crossed && bounds.least.is_none() {
            self.least = None;
        } else if crossed && bounds.most.is_none() {
            self.most = None;
        }
    }

    fn says_something(&self) -> bool {
        self.least.is_some()
            || self.most.is_some()
            || self.most_added.is_some()
            || self.as_low_as_possible
    }
}
