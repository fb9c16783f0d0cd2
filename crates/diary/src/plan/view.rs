//! Targets as people and programs see them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use nutrition::Nutrient;
use nutrition::energy::NoEnergy;
use nutrition::expenditure::{
    Adaptive, COMPLETE_DAYS_MIN, SPAN_DAYS_MIN, TooLittle, WEIGHTS_MIN, WINDOW_DAYS,
};
use nutrition::intakes::Reference;
use nutrition::targets::{Bound, Care, DayTargets, EnergyTarget, Source, Target};
use serde::Serialize;
use utoipa::ToSchema;

use super::{document::field_of_profile, over_days::counted};

/// What to aim for on a day.
#[derive(Serialize, ToSchema)]
pub(super) struct TargetsView {
    #[schema(value_type = String, example = "2026-11-23")]
    date: Date,
    /// Absent where something of the profile is missing.
    energy: Option<EnergyView>,
    /// Parts of the profile that the energy needs.
    missing: Vec<&'static str>,
    /// The equation was not made for this age.
    unfit_age: bool,
    /// By nutrient, all that there is something to say of.
    targets: BTreeMap<&'static str, DayTarget>,
    /// How much to drink.
    water_goal_ml: Option<f64>,
    /// The weight that was taken, in kg.
    weight_kg: Option<f64>,
    /// When it was measured; absent where it is from the profile.
    #[schema(value_type = Option<String>)]
    weighed_on: Option<Date>,
}

/// The energy to aim for, and how it came about; all in kcal a day.
#[derive(Serialize, ToSchema)]
struct EnergyView {
    kcal: f64,
    /// What is spent.
    expenditure_kcal: Option<f64>,
    /// How certain that is, where it is from the person's own days.
    plus_minus_kcal: Option<f64>,
    /// What the body takes at rest.
    rest_kcal: Option<f64>,
    /// What of the expenditure is for a child.
    motherhood_kcal: f64,
    /// What the goal for the weight adds or takes.
    goal_kcal: f64,
    /// What the day of the week makes of it.
    weekday_percent: f64,
    /// What should be said beside it: `from_equation_until_there_are_days`, `held_at_rest`,
    /// `below_rest`, `fast`, `not_while_growing`, `not_for_mothers`.
    #[schema(value_type = Vec<String>)]
    care: Vec<Care>,
}

/// What to aim for with one nutrient, in its unit.
#[derive(Serialize, ToSchema)]
struct DayTarget {
    min: Option<BoundView>,
    max: Option<BoundView>,
    /// From supplements and fortified foods alone.
    max_added: Option<BoundView>,
    as_low_as_possible: bool,
    /// What is compared with the bounds: these, each times its factor, together.
    counts: Vec<Counted>,
}

#[derive(Serialize, ToSchema)]
struct Counted {
    #[schema(value_type = String)]
    nutrient: Nutrient,
    factor: f64,
}

/// A bound, and whose it is.
#[derive(Serialize, ToSchema)]
struct BoundView {
    amount: f64,
    source: SourceWord,
    /// What its publisher calls it, such as RDA or AI.
    letters: Option<&'static str>,
    /// What the person calls the practice.
    name: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SourceWord {
    Nasem,
    Efsa,
    Macros,
    Practice,
    Own,
}

impl TargetsView {
    pub(super) fn of(
        date: Date,
        day: DayTargets,
        weight_kg: Option<f64>,
        weighed_on: Option<Date>,
        water_goal_ml: Option<f64>,
    ) -> Self {
        let (energy, missing, unfit_age) = match day.energy {
            Ok(energy) => (Some(EnergyView::of(energy)), Vec::new(), false),
            Err(NoEnergy::Missing(fields)) => {
                (None, fields.into_iter().map(field_of_profile).collect(), false)
            }
            Err(NoEnergy::Age) => (None, Vec::new(), true),
        };
        let targets = day.targets.into_iter();
        let targets = targets.map(|(nutrient, target)| (nutrient.key(), DayTarget::of(target)));
        Self {
            date,
            energy,
            missing,
            unfit_age,
            targets: targets.collect(),
            water_goal_ml,
            weight_kg,
            weighed_on,
        }
    }
}

impl EnergyView {
    fn of(energy: EnergyTarget) -> Self {
        let EnergyTarget {
            kcal,
            expenditure_kcal,
            plus_minus_kcal,
            rest_kcal,
            motherhood_kcal,
            goal_kcal,
            weekday_percent,
            care,
        } = energy;
        Self {
            kcal,
            expenditure_kcal,
            plus_minus_kcal,
            rest_kcal,
            motherhood_kcal,
            goal_kcal,
            weekday_percent,
            care,
        }
    }
}

impl DayTarget {
    fn of(target: Target) -> Self {
        let counts = counted(&target).into_iter();
        let counts = counts.map(|(nutrient, factor)| Counted { nutrient, factor }).collect();
        Self {
            min: target.least.map(BoundView::of),
            max: target.most.map(BoundView::of),
            max_added: target.most_added.map(BoundView::of),
            as_low_as_possible: target.as_low_as_possible,
            counts,
        }
    }
}

impl BoundView {
    fn of(bound: Bound) -> Self {
        let (source, letters, name) = match bound.source {
            Source::Published(Reference::Nasem, letters) => {
                (SourceWord::Nasem, Some(letters), None)
            }
            Source::Published(Reference::Efsa, letters) => (SourceWord::Efsa, Some(letters), None),
            Source::Macros => (SourceWord::Macros, None, None),
            Source::Agreed(name) => (SourceWord::Practice, None, Some(name)),
            Source::Own => (SourceWord::Own, None, None),
        };
        Self { amount: bound.amount, source, letters, name }
    }
}

/// What the person's own days say of their expenditure.
#[derive(Serialize, ToSchema)]
pub(super) struct ExpenditureView {
    estimate: Option<EstimateView>,
    /// Why there is none yet.
    too_little: Vec<TooLittleView>,
    /// So many days are looked at.
    window_days: u16,
    /// What the equation says.
    equation_kcal: Option<f64>,
}

/// An estimate with its uncertainty.
#[derive(Serialize, ToSchema)]
struct EstimateView {
    kcal: f64,
    /// In 95 of 100 cases it is no further off than this, as far as what was recorded is right.
    plus_minus_kcal: f64,
    complete_days: usize,
    /// Days with a weight.
    weights: usize,
    kg_per_week: f64,
    /// On an average complete day.
    eaten_kcal: f64,
    /// How much the own days count, from 0 to 1; the rest is the equation.
    own_share: f64,
}

#[derive(Serialize, ToSchema)]
struct TooLittleView {
    /// `complete_days`, `weights` or `days_between_weights`.
    what: &'static str,
    have: usize,
    need: usize,
}

impl ExpenditureView {
    pub(super) fn of(
        estimate: Result<Adaptive, Vec<TooLittle>>,
        equation_kcal: Option<f64>,
    ) -> Self {
        let (estimate, reasons) = match estimate {
            Ok(estimate) => (Some(estimate), Vec::new()),
            Err(reasons) => (None, reasons),
        };
        let estimate = estimate.map(|estimate| EstimateView {
            kcal: estimate.kcal,
            plus_minus_kcal: estimate.plus_minus_kcal,
            complete_days: estimate.complete_days,
            weights: estimate.weights,
            kg_per_week: estimate.kg_per_week,
            eaten_kcal: estimate.eaten_kcal,
            own_share: estimate.own_share,
        });
        let too_little = reasons.into_iter().map(|reason| match reason {
            TooLittle::CompleteDays(have) => {
                TooLittleView { what: "complete_days", have, need: COMPLETE_DAYS_MIN }
            }
            TooLittle::Weights(have) => TooLittleView { what: "weights", have, need: WEIGHTS_MIN },
            TooLittle::Span(days) => TooLittleView {
                what: "days_between_weights",
                have: usize::from(days),
                need: usize::from(SPAN_DAYS_MIN),
            },
        });
        Self { estimate, too_little: too_little.collect(), window_days: WINDOW_DAYS, equation_kcal }
    }
}
