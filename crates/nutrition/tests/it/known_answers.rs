//! Sums of real foods against the release's own values, and derived nutrients against their rules,
//! worked out here a second time in the plainest way.

use nutrition::{FoodRef, Grams, Nutrient, Totals, Values, catalog};
use proptest::prelude::*;

/// Our key and the release's number of it, where the release has one.
fn numbers() -> Vec<(Nutrient, u16)> {
    let table = include_str!("../../../../catalog/nutrients.tsv");
    let rows = table.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    // What has a rule of its own is derived, even where its row names a number.
    let direct = rows.filter(|row| row.get(7).is_none_or(|rule| rule.is_empty()));
    direct.filter_map(|row| Some((Nutrient::parse(row[0]).ok()?, row[6].parse().ok()?))).collect()
}

fn any_food() -> impl Strategy<Value = FoodRef<'static>> {
    (0..catalog().len()).prop_map(|at| catalog().foods().nth(at).unwrap())
}

/// From a milligram to a hundred kilograms.
fn any_weight() -> impl Strategy<Value = Grams> {
    (1..=100_000_000_u32).prop_map(|mg| Grams::parse(f64::from(mg) / 1000.0).unwrap())
}

fn release(food: &FoodRef<'_>, number: u16) -> Option<f64> {
    food.release_value(number).map(|value| value.amount)
}

/// Of what is known; `None` where nothing is.
fn sum(food: &FoodRef<'_>, numbers: &[u16]) -> Option<f64> {
    let known: Vec<f64> = numbers.iter().filter_map(|number| release(food, *number)).collect();
    (!known.is_empty()).then(|| known.iter().sum())
}

proptest! {
    #[test]
    fn the_sums_of_any_foods_at_any_weight_are_those_of_the_release(
        meal in prop::collection::vec((any_food(), any_weight()), 1..20),
    ) {
        let mut totals = Totals::new();
        for (food, grams) in &meal {
            // As a diary keeps it: stored and read again.
            totals.add(&Values::decode(&food.values().encode()).unwrap(), *grams);
        }
        for (nutrient, number) in numbers() {
            let parts: Vec<f64> = meal
                .iter()
                .filter_map(|(food, grams)| Some(release(food, number)? * grams.get() / 100.0))
                .collect();
            let total = totals.get(nutrient);
            let expected: f64 = parts.iter().sum();
            prop_assert_eq!(total.known as usize, parts.len(), "{}", nutrient.key());
            prop_assert!(
                (total.amount - expected).abs() < 0.001,
                "{}: {} and not {}", nutrient.key(), total.amount, expected
            );
        }
    }
}

#[test]
fn most_nutrients_of_the_table_are_compared() {
    assert!(80 < numbers().len(), "{}", numbers().len());
}

#[test]
fn every_food_s_derived_nutrients_follow_their_rules() {
    let key = |key: &str| Nutrient::parse(key).unwrap();
    let (net, omega3, omega6) = (key("net_carbs"), key("omega3"), key("omega6"));
    let mut seen = [0; 3];
    for food in catalog().foods() {
        let values = food.values();
        let near = |nutrient: Nutrient, expected: Option<f64>| {
            let amount = values.get(nutrient).map(|value| value.amount);
            match (amount, expected) {
                (Some(amount), Some(expected)) => (amount - expected).abs() < 0.001,
                (amount, expected) => amount.is_none() && expected.is_none(),
            }
        };
        let carbohydrate = release(&food, 205).zip(release(&food, 291));
        let expected = carbohydrate.map(|(all, fiber)| (all - fiber).max(0.0));
        assert!(near(net, expected), "{food:?} net carbohydrates {expected:?}");

        // 18:3 n-3, or all 18:3 less the n-6 part; and the long ones as far as known.
        let gamma = release(&food, 685).unwrap_or(0.0);
        let alpha = release(&food, 851).or(release(&food, 619).map(|all| (all - gamma).max(0.0)));
        let long = sum(&food, &[629, 631, 621]);
        let expected = (alpha.is_some() || long.is_some()).then(|| {
            alpha.unwrap_or(0.0) + long.unwrap_or(0.0) + release(&food, 852).unwrap_or(0.0)
        });
        assert!(near(omega3, expected), "{food:?} omega-3 {expected:?}");

        // 18:2 n-6, or all 18:2 less the conjugated and trans forms; nothing is known without it.
        let others = sum(&food, &[670, 669, 665, 666]).unwrap_or(0.0);
        let linoleic =
            release(&food, 675).or(release(&food, 618).map(|all| (all - others).max(0.0)));
        let arachidonic = release(&food, 855).or(release(&food, 620)).unwrap_or(0.0);
        let minor = sum(&food, &[685, 672, 853]).unwrap_or(0.0);
        let expected = linoleic.map(|linoleic| linoleic + arachidonic + minor);
        assert!(near(omega6, expected), "{food:?} omega-6 {expected:?}");

        for (seen, nutrient) in seen.iter_mut().zip([net, omega3, omega6]) {
            *seen += usize::from(values.get(nutrient).is_some());
        }
    }
    // The fallbacks fill what the release's own columns leave empty (851 is known for 1,969 foods).
    assert!(seen.iter().all(|foods| 6_000 < *foods), "{seen:?}");
}
