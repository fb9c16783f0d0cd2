//! What is aimed at over some days: each day of the week has its own targets, and a report of a month
//! compares with their mean.

use std::collections::BTreeMap;

use jiff::civil::Date;
use nutrition::expenditure::{Adaptive, estimate};
use nutrition::intakes::Counts;
use nutrition::targets::{Aims, DayTargets, Target};
use nutrition::{Nutrient, targets::Day};
use platform::{App, PresentedCaller, Result};

use super::{item::PlanItem, own_days::OwnDays, settings::Settings};
use crate::items;

/// What is aimed at with one nutrient, a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Goal {
    /// At least.
    pub(crate) least: Option<f64>,
    /// At most.
    pub(crate) most: Option<f64>,
    /// What is compared with them: these, each times its factor.
    pub(crate) counts: Vec<(Nutrient, f64)>,
}

/// What is aimed at over some days.
#[derive(Default)]
pub(crate) struct Aimed {
    /// The energy a day; `None` where something of the profile is missing.
    pub(crate) kcal: Option<f64>,
    /// By nutrient; energy is none of them.
    pub(crate) goals: BTreeMap<Nutrient, Goal>,
    /// The nutrients that stand out, as the person chose them.
    pub(crate) highlighted: Vec<Nutrient>,
}

/// What a person aims for, with what their own days say up to one of them.
pub(super) struct AimsOn {
    pub(super) aims: Aims,
    pub(super) adaptive: Option<Adaptive>,
    pub(super) weighed_on: Option<Date>,
    pub(super) settings: Settings,
}

impl AimsOn {
    /// One look at the plan, and one at what the body and the sums say before that day.
    pub(super) async fn day(app: &App, presented: &PresentedCaller, date: Date) -> Result<Self> {
        let (caller, kept) = items::list(app, presented).await?;
        let (plan, settings) = PlanItem::both(kept);
        let own = if plan.is_adaptive() {
            OwnDays::until(app, presented, &caller, date).await?
        } else {
            OwnDays::weights_until(app, presented, &caller, date).await?
        };
        let (weighed_on, measured_kg) = own.weight.unzip();
        let aims = plan.aims(measured_kg, settings.net_carbs());
        let equation_kcal = aims.usual_kcal(day_of(date));
        let adaptive = estimate(&own.eaten, &own.weighed, equation_kcal).ok();
        Ok(Self { aims, adaptive, weighed_on, settings })
    }
}

/// What is aimed at on these days, the last of which says how old the person is and what they weigh.
/// `NotFound` for who was not given the plan.
pub(crate) async fn aimed_at(
    app: &App,
    presented: &PresentedCaller,
    days: &[Date],
    last: Date,
) -> Result<Aimed> {
    let on = AimsOn::day(app, presented, last).await?;
    let mut weekdays = [0_u32; 7];
    for day in days.iter().chain(days.is_empty().then_some(&last)) {
        if let Some(count) = weekdays.get_mut(day_of(*day).weekday) {
            *count += 1;
        }
    }
    let year = day_of(last).year;
    let targets: Vec<(u32, DayTargets)> = weekdays
        .into_iter()
        .enumerate()
        .filter(|(_, count)| 0 < *count)
        .map(|(weekday, count)| (count, on.aims.on(Day { year, weekday }, on.adaptive.as_ref())))
        .collect();
    Ok(Aimed {
        kcal: mean(
            targets
                .iter()
                .map(|(count, day)| (*count, day.energy.as_ref().ok().map(|energy| energy.kcal))),
        ),
        goals: goals(&targets),
        highlighted: on.settings.highlighted().to_vec(),
    })
}

fn goals(days: &[(u32, DayTargets)]) -> BTreeMap<Nutrient, Goal> {
    let mut goals = BTreeMap::new();
    for target in days.iter().flat_map(|(_, day)| day.targets.values()) {
        let nutrient = target.nutrient;
        if nutrient == Nutrient::ENERGY || goals.contains_key(&nutrient) {
            continue;
        }
        let over = |bound: fn(&Target) -> Option<f64>| {
            mean(
                days.iter()
                    .map(|(count, day)| (*count, day.targets.get(&nutrient).and_then(bound))),
            )
        };
        let goal = Goal {
            least: over(|target| target.least.as_ref().map(|bound| bound.amount)),
            most: over(|target| target.most.as_ref().map(|bound| bound.amount)),
            counts: counted(target),
        };
        if goal.least.is_some() || goal.most.is_some() {
            goals.insert(nutrient, goal);
        }
    }
    goals
}

/// The nutrients that a target is compared with, each with its factor.
pub(super) fn counted(target: &Target) -> Vec<(Nutrient, f64)> {
    let itself = (target.nutrient, 1.0);
    match target.counts {
        Counts::Itself | Counts::Added | Counts::Only(_) => vec![itself],
        Counts::With(other) => vec![itself, (other, 1.0)],
        // 60 mg of tryptophan, which is counted in grams, make 1 mg of niacin.
        Counts::WithTryptophan => vec![itself, (Nutrient::TRYPTOPHAN, 1_000.0 / 60.0)],
    }
}

/// Over the days that have one.
fn mean(days: impl Iterator<Item = (u32, Option<f64>)>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for (times, amount) in days {
        if let Some(amount) = amount {
            sum += f64::from(times) * amount;
            count += times;
        }
    }
    (0 < count).then(|| sum / f64::from(count))
}

/// A day of the calendar as targets know days.
pub(super) fn day_of(date: Date) -> Day {
    Day {
        year: u16::try_from(date.year()).unwrap_or_default(),
        weekday: usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_runs_over_the_days_that_have_one() {
        assert_eq!(mean([(2, Some(10.0)), (5, None), (1, Some(40.0))].into_iter()), Some(20.0));
        assert_eq!(mean([(3, None)].into_iter()), None);
    }
}
