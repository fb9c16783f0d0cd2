//! The energy to aim for: what is spent, and what the goal for the weight adds or takes.
//!
//! Nobody is sent below what the body takes at rest by a goal, and no child and no mother is sent to
//! lose weight at all. What somebody sets as a number of their own is theirs; the result says when it is
//! lower than rest.

use serde::{Deserialize, Serialize};

use super::{Aims, Bounds, Day};
use crate::energy::{Equation, NoEnergy, Person};
use crate::expenditure::{Adaptive, KCAL_PER_KG};
use crate::profile::{Profile, Sex};

/// No goal is faster.
pub const KG_PER_WEEK_MAX: f64 = 1.0;
/// Losing more of the weight than this in a week takes muscle along.
const FAST_LOSS_OF_WEIGHT: f64 = 0.01;
/// No goal goes lower where rest is not known.
const LEAST_KCAL: f64 = 1_200.0;
/// From this age on a goal may be to lose weight.
const GROWN_YEARS: u16 = 18;

/// Where the expenditure is taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Basis {
    /// The equation.
    #[default]
    Equation,
    /// The person's own days, and the equation until there are enough.
    Adaptive,
    /// A number that the person set; a goal for the weight does not change it.
    Own(f64),
}

/// What should be said beside an energy target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Care {
    /// There are too few days yet: it is from the equation.
    FromEquationUntilThereAreDays,
    /// The goal would go below what the body takes at rest, so it stops there.
    HeldAtRest,
    /// The number that was set is below what the body takes at rest.
    BelowRest,
    /// More than a hundredth of the weight in a week.
    Fast,
    /// Children grow: a goal to lose weight is left aside.
    NotWhileGrowing,
    /// While pregnant or breastfeeding a goal to lose weight is left aside.
    NotForMothers,
}

/// The energy to aim for, and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct EnergyTarget {
    /// To aim for.
    pub kcal: f64,
    /// What is spent; not known where the person set a number and nothing else.
    pub expenditure_kcal: Option<f64>,
    /// How certain that is, where it is from the person's own days.
    pub plus_minus_kcal: Option<f64>,
    /// What the body takes at rest.
    pub rest_kcal: Option<f64>,
    /// What of the expenditure is for a child.
    pub motherhood_kcal: f64,
    /// What the goal for the weight adds or takes.
    pub goal_kcal: f64,
    /// What the day of the week makes of it, in percent.
    pub weekday_percent: f64,
    /// What should be said beside it.
    pub care: Vec<Care>,
}

impl EnergyTarget {
    /// Keeps it within bounds that were agreed or set.
    pub(super) fn keep_within(&mut self, bounds: Bounds) {
        let set = |bound: Option<f64>| bound.filter(|amount| 0.0 < *amount);
        if let Some(most) = set(bounds.most) {
            self.kcal = self.kcal.min(most);
        }
        if let Some(least) = set(bounds.least) {
            self.kcal = self.kcal.max(least);
        }
        self.say_when_below_rest();
    }

    fn say_when_below_rest(&mut self) {
        let below = self.rest_kcal.is_some_and(|rest| self.kcal < rest);
        if below && !self.care.contains(&Care::BelowRest) {
            self.care.push(Care::BelowRest);
        }
    }
}

pub(super) fn target(
    aims: &Aims,
    day: Day,
    weekday_percent: Option<f64>,
    adaptive: Option<&Adaptive>,
) -> Result<EnergyTarget, NoEnergy> {
    let by_equation = aims.equation.expenditure(&aims.profile, day.year);
    let motherhood_kcal = by_equation.as_ref().map_or(0.0, |spent| spent.motherhood_kcal);
    let by_equation = by_equation.map(|spent| spent.kcal);
    let mut care = Vec::new();
    let (base, expenditure_kcal, plus_minus_kcal) = match (aims.basis, adaptive) {
        (Basis::Own(kcal), _) => (kcal, by_equation.ok(), None),
        (Basis::Adaptive, Some(own)) => (own.kcal, Some(own.kcal), Some(own.plus_minus_kcal)),
        (Basis::Adaptive, None) => {
            care.push(Care::FromEquationUntilThereAreDays);
            let kcal = by_equation?;
            (kcal, Some(kcal), None)
        }
        (Basis::Equation, _) => {
            let kcal = by_equation?;
            (kcal, Some(kcal), None)
        }
    };
    let goal_kcal = match aims.basis {
        Basis::Own(_) => 0.0,
        Basis::Equation | Basis::Adaptive => goal_kcal(aims, day.year, &mut care),
    };
    let weekday_percent = weekday_percent.unwrap_or(100.0);
    let rest_kcal = rest_kcal(&aims.profile, aims.equation, day.year);
    let mut target = EnergyTarget {
        kcal: (base + goal_kcal) * weekday_percent / 100.0,
        expenditure_kcal,
        plus_minus_kcal,
        rest_kcal,
        motherhood_kcal,
        goal_kcal,
        weekday_percent,
        care,
    };
    let floor = rest_kcal.unwrap_or(LEAST_KCAL).min(base);
    if goal_kcal < 0.0 && target.kcal < floor {
        target.kcal = floor;
        target.care.push(Care::HeldAtRest);
    }
    target.say_when_below_rest();
    Ok(target)
}

/// What the goal for the weight adds or takes a day.
fn goal_kcal(aims: &Aims, year: u16, care: &mut Vec<Care>) -> f64 {
    let kg_per_week = aims.kg_per_week.clamp(-KG_PER_WEEK_MAX, KG_PER_WEEK_MAX);
    let profile = &aims.profile;
    if kg_per_week < 0.0 {
        if profile.age_in(year).is_some_and(|age| age < GROWN_YEARS) {
            care.push(Care::NotWhileGrowing);
            return 0.0;
        }
        if profile.motherhood.is_some() && profile.sex == Some(Sex::Female) {
            care.push(Care::NotForMothers);
            return 0.0;
        }
        if profile.weight_kg.is_some_and(|kg| kg_per_week < -kg * FAST_LOSS_OF_WEIGHT) {
            care.push(Care::Fast);
        }
    }
    kg_per_week * KCAL_PER_KG / 7.0
}

/// What the body takes at rest, by the chosen equation or the most usual one.
fn rest_kcal(profile: &Profile, equation: Equation, year: u16) -> Option<f64> {
    let person = Person::of(profile, year);
    let known = |equation: Equation| equation.needs().iter().all(|field| profile.has(*field));
    let grown = profile.age_in(year).is_none_or(|age| GROWN_YEARS <= age);
    let by = |equation: Equation| {
        (grown && known(equation)).then(|| equation.basal_kcal(&person)).flatten()
    };
    by(equation).or_else(|| by(Equation::MifflinStJeor))
}
