//! Which foods, and which meals, something comes from over a range.

use std::collections::BTreeMap;

use jiff::civil::Date;
use nutrition::{Grams, Nutrient, Totals};
use platform::Result;

use crate::days::document::{FoodDay, Group};

/// What one food gave over all days.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FromFood {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) source: String,
    pub(super) release: String,
    /// How often it was eaten.
    pub(super) times: u32,
    pub(super) grams: f64,
    /// `None` where nobody knows.
    pub(super) amount: Option<f64>,
}

/// What one meal gave over all complete days.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct FromGroup {
    pub(super) amount: f64,
    /// For how many of its foods it is known, …
    pub(super) known: u32,
    /// … of how many.
    pub(super) foods: u32,
}

/// Where something comes from.
#[derive(Default)]
pub(super) struct Sources {
    /// Days with a food.
    pub(super) days: u32,
    pub(super) complete_days: u32,
    pub(super) totals: Totals,
    /// The most first; those that nobody knows last.
    pub(super) foods: Vec<FromFood>,
    pub(super) groups: BTreeMap<Group, FromGroup>,
}

impl Sources {
    /// Of one nutrient, over days in their order. A food is called as it was last.
    pub(super) fn of(nutrient: Nutrient, days: &[(Date, FoodDay)]) -> Result<Self> {
        let mut found = Self::default();
        let mut foods: BTreeMap<&str, FromFood> = BTreeMap::new();
        for (_, day) in days {
            found.days += u32::from(!day.eaten.is_empty());
            found.complete_days += u32::from(day.complete);
            for eaten in &day.eaten {
                let food = day.food_of(eaten)?;
                let amount = food.values.amount_in(nutrient, eaten.grams);
                found.totals.add(&food.values, eaten.grams);
                let from = foods.entry(&food.id).or_insert_with(|| FromFood {
                    id: food.id.clone(),
                    name: String::new(),
                    source: String::new(),
                    release: String::new(),
                    times: 0,
                    grams: 0.0,
                    amount: None,
                });
                from.name.clone_from(&food.name);
                from.source.clone_from(&food.source);
                from.release.clone_from(&food.release);
                from.times += 1;
                from.grams += Grams::get(eaten.grams);
                from.amount = match (from.amount, amount) {
                    (Some(before), Some(more)) => Some(before + more),
                    (before, more) => before.or(more),
                };
                if day.complete {
                    let group = found.groups.entry(eaten.group).or_default();
                    group.foods += 1;
                    group.known += u32::from(amount.is_some());
                    group.amount += amount.unwrap_or(0.0);
                }
            }
        }
        found.foods = foods.into_values().collect();
        let weight = |food: &FromFood| food.amount.unwrap_or(-1.0);
        found.foods.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use nutrition::{FoodId, catalog};
    use uuid::Uuid;

    use super::*;
    use crate::days::document::{Eaten, Moment, Snapshot};

    fn day(complete: bool, eaten: &[(&str, f64, Group)]) -> FoodDay {
        let mut day = FoodDay { complete, ..FoodDay::default() };
        for (number, (id, grams, group)) in (0_u16..).zip(eaten) {
            let food = catalog().food(&FoodId::parse(id).unwrap()).unwrap();
            day.foods.push(Snapshot {
                id: (*id).to_owned(),
                name: food.name().to_owned(),
                source: "USDA SR28".to_owned(),
                release: "28".to_owned(),
                values: food.values(),
            });
            day.eaten.push(Eaten {
                id: Uuid::from_u128(u128::from(number)),
                group: *group,
                moment: Moment { minutes: 500, zone: "Europe/Berlin".to_owned() },
                food: number,
                amount: *grams,
                portion: None,
                grams: Grams::parse(*grams).unwrap(),
            });
        }
        day
    }

    const CHEDDAR: &str = "usda-sr28:01009";
    const BANANA: &str = "usda-sr28:09040";

    #[test]
    fn foods_are_added_over_days_and_meals_over_complete_ones() {
        let first = jiff::civil::date(2026, 11, 20);
        let days = [
            (
                first,
                day(true, &[(CHEDDAR, 50.0, Group::Breakfast), (BANANA, 100.0, Group::Snacks)]),
            ),
            (first.tomorrow().unwrap(), day(false, &[(CHEDDAR, 30.0, Group::Dinner)])),
        ];
        let found = Sources::of(Nutrient::CALCIUM, &days).unwrap();
        assert_eq!((found.days, found.complete_days), (2, 1));
        let cheddar = &found.foods[0];
        assert_eq!((cheddar.id.as_str(), cheddar.times), (CHEDDAR, 2));
        assert!((cheddar.grams - 80.0).abs() < 1e-9);
        let all: f64 = found.foods.iter().filter_map(|food| food.amount).sum();
        assert!((all - found.totals.get(Nutrient::CALCIUM).amount).abs() < 1e-6);
        assert!(!found.groups.contains_key(&Group::Dinner));
        let breakfast = found.groups[&Group::Breakfast].amount;
        assert!((breakfast - cheddar.amount.unwrap() * 50.0 / 80.0).abs() < 1e-6);
    }

    #[test]
    fn what_nobody_knows_stands_last_without_an_amount() {
        let days =
            [(jiff::civil::date(2026, 11, 20), day(true, &[(BANANA, 100.0, Group::Snacks)]))];
        let found = Sources::of(Nutrient::IODINE, &days).unwrap();
        assert_eq!(found.foods[0].amount, None);
        assert_eq!(found.groups[&Group::Snacks], FromGroup { amount: 0.0, known: 0, foods: 1 });
    }
}
