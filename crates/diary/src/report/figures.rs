//! The figures of a report, from the sums of its days.
//!
//! A range is averaged over its complete days; a single day is what it is, complete or not. A nutrient
//! that is known for no food of a day is no zero: the day does not count for it, and the average says
//! over how many days it runs.

use std::collections::BTreeMap;

use jiff::civil::Date;
use nutrition::{
    BALANCES, Balance, Nutrient, SCORE_GROUPS, Score, ScoreGroup, Side, Taken, Totals, score,
};

use crate::{days::document::Summary, plan::Goal};

/// Energy in a gram, by the general factors: for shares of the energy, and for nothing that is called
/// energy.
const KCAL_PER_GRAM: [(Nutrient, f64); 4] = [
    (Nutrient::CARBOHYDRATE, 4.0),
    (Nutrient::PROTEIN, 4.0),
    (Nutrient::FAT, 9.0),
    (Nutrient::ALCOHOL, 7.0),
];

/// The average of one nutrient a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Average {
    pub(super) amount: f64,
    /// Over so many days.
    pub(super) days: u32,
    /// For how many foods of all days it is known, …
    pub(super) known: u32,
    /// … of how many.
    pub(super) foods: u32,
}

impl Average {
    fn taken(self) -> Taken {
        Taken {
            amount: self.amount,
            coverage: f64::from(self.known) / f64::from(self.foods.max(1)),
        }
    }
}

/// The figures of a report.
pub(super) struct Figures {
    /// Days with a food or a drink.
    pub(super) logged_days: u32,
    pub(super) complete_days: u32,
    /// How many days the averages may run over.
    pub(super) averaged_days: u32,
    pub(super) water_ml: Option<f64>,
    pub(super) averages: BTreeMap<Nutrient, Average>,
    goals: BTreeMap<Nutrient, Goal>,
}

/// How far a goal is reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reached {
    /// Of the least, where there is one and the amount is known.
    pub(super) of_least: Option<f64>,
    /// Of the most.
    pub(super) of_most: Option<f64>,
}

impl Figures {
    /// The days that averages run over: the complete ones; a single day as it is.
    pub(super) fn counted(days: &[(Date, Summary)], one_day: bool) -> Vec<Date> {
        days.iter().filter(|(_, day)| counts(day, one_day)).map(|(date, _)| *date).collect()
    }

    /// Of the days from one to another.
    pub(super) fn of(
        days: &[(Date, Summary)],
        one_day: bool,
        goals: BTreeMap<Nutrient, Goal>,
    ) -> Self {
        let logged = days.iter().filter(|(_, day)| is_logged(&day.totals));
        let complete = || days.iter().filter(|(_, day)| day.complete);
        let counted: Vec<&Totals> = days
            .iter()
            .filter(|(_, day)| counts(day, one_day))
            .map(|(_, day)| &day.totals)
            .collect();
        let foods = counted.iter().map(|totals| totals.foods()).sum();
        let averages = Nutrient::ALL
            .into_iter()
            .filter_map(|nutrient| Some((nutrient, average(nutrient, &counted, foods)?)))
            .collect();
        let drunk: f64 = counted.iter().map(|totals| totals.water_ml()).sum();
        Self {
            logged_days: count(logged),
            complete_days: count(complete()),
            averaged_days: count(counted.iter()),
            water_ml: (!counted.is_empty()).then(|| drunk / f64::from(count(counted.iter()))),
            averages,
            goals,
        }
    }

    /// What is aimed at with a nutrient.
    pub(super) fn goal(&self, nutrient: Nutrient) -> Option<&Goal> {
        self.goals.get(&nutrient)
    }

    /// How far the goal of a nutrient is reached.
    pub(super) fn reached(&self, nutrient: Nutrient) -> Option<Reached> {
        let goal = self.goals.get(&nutrient)?;
        let amount = self.compared(goal)?.amount;
        let share =
            |bound: Option<f64>| bound.filter(|bound| 0.0 < *bound).map(|bound| amount / bound);
        Some(Reached { of_least: share(goal.least), of_most: share(goal.most) })
    }

    /// What a goal is compared with: what it counts, as far as that is known.
    fn compared(&self, goal: &Goal) -> Option<Taken> {
        let mut parts = goal.counts.iter().filter_map(|(nutrient, factor)| {
            let taken = self.averages.get(nutrient)?.taken();
            Some(Taken { amount: taken.amount * factor, ..taken })
        });
        let first = parts.next()?;
        // The first is what the goal is of: how well it is known is how well the whole is.
        Some(Taken { amount: parts.fold(first.amount, |sum, part| sum + part.amount), ..first })
    }

    /// The scores of the groups that have a target.
    pub(super) fn scores(&self) -> Vec<(&'static ScoreGroup, Score)> {
        let least = |nutrient: Nutrient| self.goals.get(&nutrient)?.least;
        let taken = |nutrient: Nutrient| self.compared(self.goals.get(&nutrient)?);
        SCORE_GROUPS.iter().filter_map(|group| Some((group, score(group, least, taken)?))).collect()
    }

    /// Every balance, with the ratio where both sides are known.
    pub(super) fn balances(&self) -> Vec<(&'static Balance, Option<(f64, Side)>)> {
        BALANCES
            .iter()
            .map(|balance| {
                let amount = |nutrient| self.averages.get(&nutrient).map(|average| average.amount);
                let ratio = amount(balance.of)
                    .zip(amount(balance.to))
                    .and_then(|(of, to)| balance.ratio(of, to));
                (balance, ratio.map(|ratio| (ratio, balance.side(ratio))))
            })
            .collect()
    }

    /// How the energy divides among what gives it; nothing where none of that is known.
    pub(super) fn shares_of_energy(&self) -> Vec<(Nutrient, f64)> {
        let kcal: Vec<(Nutrient, f64)> = KCAL_PER_GRAM
            .into_iter()
            .filter_map(|(nutrient, factor)| {
                Some((nutrient, self.averages.get(&nutrient)?.amount * factor))
            })
            .collect();
        let all: f64 = kcal.iter().map(|(_, kcal)| kcal).sum();
        if all <= 0.0 {
            return Vec::new();
        }
        kcal.into_iter().map(|(nutrient, kcal)| (nutrient, kcal / all)).collect()
    }
}

fn is_logged(totals: &Totals) -> bool {
    0 < totals.foods() || 0.0 < totals.water_ml()
}

fn counts(day: &Summary, one_day: bool) -> bool {
    if one_day { is_logged(&day.totals) } else { day.complete }
}

fn average(nutrient: Nutrient, days: &[&Totals], foods: u32) -> Option<Average> {
    let totals = days.iter().map(|totals| totals.get(nutrient)).filter(|total| 0 < total.known);
    let (mut amount, mut days, mut known) = (0.0, 0_u32, 0_u32);
    for total in totals {
        amount += total.amount;
        days += 1;
        known += total.known;
    }
    (0 < days).then(|| Average { amount: amount / f64::from(days), days, known, foods })
}

fn count(of: impl Iterator) -> u32 {
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use nutrition::{Grams, Method, Values};
    use proptest::prelude::*;

    use super::*;

    fn day(complete: bool, foods: &[(Option<f64>, Option<f64>)]) -> Summary {
        let mut totals = Totals::new();
        for (iron, zinc) in foods {
            let mut values = Values::new();
            for (nutrient, amount) in [(Nutrient::IRON, iron), (Nutrient::ZINC, zinc)] {
                if let Some(amount) = amount {
                    values.set(nutrient, *amount, Method::Analytical).unwrap();
                }
            }
            totals.add(&values, Grams::parse(100.0).unwrap());
        }
        Summary { complete, totals }
    }

    fn dated(days: Vec<Summary>) -> Vec<(Date, Summary)> {
        let first = jiff::civil::date(2026, 3, 27);
        let dates = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        dates.zip(days).collect()
    }

    fn goals(goals: &[(Nutrient, f64, f64)]) -> BTreeMap<Nutrient, Goal> {
        let of = |(nutrient, least, most): &(Nutrient, f64, f64)| {
            let counts = vec![(*nutrient, 1.0)];
            (*nutrient, Goal { least: Some(*least), most: Some(*most), counts })
        };
        goals.iter().map(of).collect()
    }

    #[test]
    fn a_range_is_averaged_over_complete_days_that_know_the_nutrient() {
        let days = dated(vec![
            day(true, &[(Some(10.0), Some(4.0)), (None, Some(2.0))]),
            day(false, &[(Some(99.0), Some(99.0))]),
            day(true, &[(None, Some(6.0))]),
        ]);
        let figures = Figures::of(&days, false, BTreeMap::new());
        assert_eq!((figures.logged_days, figures.complete_days, figures.averaged_days), (3, 2, 2));
        let iron = Average { amount: 10.0, days: 1, known: 1, foods: 3 };
        assert_eq!(figures.averages[&Nutrient::IRON], iron);
        let zinc = Average { amount: 6.0, days: 2, known: 3, foods: 3 };
        assert_eq!(figures.averages[&Nutrient::ZINC], zinc);
        assert!(!figures.averages.contains_key(&Nutrient::IODINE));
    }

    #[test]
    fn one_day_is_what_it_is_complete_or_not() {
        let days = dated(vec![day(false, &[(Some(5.0), None)])]);
        let figures = Figures::of(&days, true, BTreeMap::new());
        assert_eq!((figures.complete_days, figures.averaged_days), (0, 1));
        assert!((figures.averages[&Nutrient::IRON].amount - 5.0).abs() < 1e-9);
        let range = Figures::of(&days, false, BTreeMap::new());
        assert!(range.averages.is_empty() && range.water_ml.is_none());
        assert!(Figures::of(&[], true, BTreeMap::new()).averages.is_empty());
    }

    #[test]
    fn goals_are_compared_with_what_they_count() {
        let days = dated(vec![day(true, &[(Some(6.0), Some(4.0))])]);
        let mut aims = goals(&[(Nutrient::IRON, 12.0, 24.0)]);
        let with = vec![(Nutrient::ZINC, 1.0), (Nutrient::IRON, 0.5)];
        aims.insert(Nutrient::ZINC, Goal { least: Some(14.0), most: None, counts: with });
        aims.insert(Nutrient::FOLATE, Goal { least: Some(1.0), most: None, counts: Vec::new() });
        let figures = Figures::of(&days, false, aims);
        let iron = figures.reached(Nutrient::IRON).unwrap();
        assert_eq!((iron.of_least, iron.of_most), (Some(0.5), Some(0.25)));
        assert_eq!(figures.reached(Nutrient::ZINC).unwrap().of_least, Some(0.5));
        assert_eq!(figures.reached(Nutrient::FOLATE), None);
        let (_, minerals) =
            figures.scores().into_iter().find(|(group, _)| group.key == "minerals").unwrap();
        assert_eq!(minerals.share, Some(0.5));
        assert!(Figures::of(&days, false, BTreeMap::new()).scores().is_empty());
    }

    proptest! {
        #[test]
        fn days_that_are_not_complete_change_no_average(
            days in prop::collection::vec(
                (any::<bool>(), prop::collection::vec((prop::option::of(0.0..50.0_f64), prop::option::of(0.0..50.0_f64)), 0..4)),
                0..12,
            )
        ) {
            let all: Vec<Summary> = days.iter().map(|(complete, foods)| day(*complete, foods)).collect();
            let complete: Vec<Summary> = all.iter().filter(|day| day.complete).cloned().collect();
            let (all, complete) = (dated(all), dated(complete));
            let with = Figures::of(&all, false, BTreeMap::new());
            let without = Figures::of(&complete, false, BTreeMap::new());
            prop_assert_eq!(&with.averages, &without.averages);
            prop_assert_eq!(with.complete_days, without.complete_days);
            for average in with.averages.values() {
                prop_assert!(average.days <= with.averaged_days && average.known <= average.foods);
            }
        }
    }
}
