//! Sums against the simplest thing that could be right.

use nutrition::{
    Damaged, Grams, Method, Millilitres, Nutrient, Totals, Values, catalog, round_for_display,
};
use proptest::prelude::*;

/// Amounts of a few nutrients in 100 g, each perhaps unknown, and grams.
type Meal = Vec<(Vec<Option<u32>>, u32)>;

const SOME: [Nutrient; 5] = [
    Nutrient::ENERGY,
    Nutrient::PROTEIN,
    Nutrient::WATER,
    Nutrient::VITAMIN_C,
    Nutrient::BETA_HYDROXYBUTYRATE,
];

fn meals() -> impl Strategy<Value = Meal> {
    let amounts = prop::collection::vec(prop::option::of(0..1_000_000_u32), SOME.len());
    prop::collection::vec((amounts, 1..100_000_000_u32), 0..12)
}

fn values(amounts: &[Option<u32>]) -> Values {
    let mut values = Values::new();
    for (nutrient, amount) in SOME.into_iter().zip(amounts) {
        if let Some(thousandths) = amount {
            values.set(nutrient, f64::from(*thousandths) / 1000.0, Method::Analytical).unwrap();
        }
    }
    values
}

fn grams(milligrams: u32) -> Grams {
    Grams::parse(f64::from(milligrams) / 1000.0).unwrap()
}

fn sum<'a>(meal: impl IntoIterator<Item = &'a (Vec<Option<u32>>, u32)>) -> Totals {
    let mut totals = Totals::new();
    for (amounts, milligrams) in meal {
        totals.add(&values(amounts), grams(*milligrams));
    }
    totals
}

fn nearly(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #[test]
    fn totals_are_what_adding_by_hand_gives(meal in meals()) {
        let totals = sum(&meal);
        prop_assert_eq!(totals.foods() as usize, meal.len());
        for (at, nutrient) in SOME.into_iter().enumerate() {
            let parts: Vec<f64> = meal
                .iter()
                .filter_map(|(amounts, milligrams)| {
                    let amount = f64::from(amounts[at]?) / 1000.0;
                    Some(amount * f64::from(*milligrams) / 1000.0 / 100.0)
                })
                .collect();
            let total = totals.get(nutrient);
            prop_assert_eq!(total.known as usize, parts.len());
            prop_assert!(nearly(total.amount, parts.iter().sum()));
        }
        prop_assert_eq!(totals.get(Nutrient::IRON).known, 0);
    }

    #[test]
    fn the_order_of_foods_changes_nothing(meal in meals().prop_shuffle(), turn in 0..12_usize) {
        let mut turned = meal.clone();
        turned.rotate_left(turn.min(meal.len()));
        prop_assert_eq!(sum(&meal), sum(&turned));
    }

    #[test]
    fn twice_as_much_is_twice_as_much(meal in meals()) {
        let half: Meal = meal.iter().map(|(v, milligrams)| (v.clone(), milligrams.div_ceil(2))).collect();
        let double: Meal = half.iter().map(|(v, milligrams)| (v.clone(), milligrams * 2)).collect();
        prop_assume!(double.iter().all(|(_, milligrams)| *milligrams <= 100_000_000));
        for nutrient in SOME {
            let (half, double) = (sum(&half).get(nutrient), sum(&double).get(nutrient));
            prop_assert_eq!(half.known, double.known);
            prop_assert!(nearly(half.amount * 2.0, double.amount));
        }
    }

    #[test]
    fn days_merge_into_what_all_their_foods_give(meal in meals(), cut in 0..12_usize) {
        let (first, second) = meal.split_at(cut.min(meal.len()));
        let mut merged = sum(first);
        merged.merge(&sum(second));
        prop_assert_eq!(merged, sum(&meal));
    }

    #[test]
    fn the_compact_form_keeps_four_decimals(meal in meals(), water in prop::option::of(1..9_000_u32)) {
        let mut totals = sum(&meal);
        if let Some(water) = water {
            totals.add_water(Millilitres::parse(f64::from(water)).unwrap());
        }
        let stored = totals.encode();
        let read = Totals::decode(&stored).unwrap();
        prop_assert_eq!(read.encode(), stored);
        prop_assert_eq!(read.foods(), totals.foods());
        prop_assert!(nearly(read.water_ml(), totals.water_ml()));
        for nutrient in Nutrient::ALL {
            let (read, total) = (read.get(nutrient), totals.get(nutrient));
            prop_assert_eq!(read.known, total.known);
            let slack = 0.000_051 + 1e-9 * total.amount;
            prop_assert!((read.amount - total.amount).abs() <= slack);
        }
    }

    #[test]
    fn no_bytes_upset_decoding(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for bytes in [bytes.clone(), [&[1], &*bytes].concat()] {
            if let Ok(totals) = Totals::decode(&bytes) {
                prop_assert!(totals.iter().count() <= Nutrient::COUNT);
                prop_assert!(Totals::decode(&totals.encode()).is_ok());
            }
        }
    }
}

#[test]
fn a_nutrient_unknown_in_one_food_is_known_for_the_others() {
    let mut totals = Totals::new();
    totals.add(&values(&[Some(100_000), Some(10_000)]), grams(200_000));
    totals.add(&values(&[Some(50_000), None]), grams(100_000));
    assert_eq!(totals.foods(), 2);
    assert_eq!(
        (totals.get(Nutrient::ENERGY).amount, totals.get(Nutrient::ENERGY).known),
        (250.0, 2)
    );
    assert_eq!(
        (totals.get(Nutrient::PROTEIN).amount, totals.get(Nutrient::PROTEIN).known),
        (20.0, 1)
    );
    let said: Vec<&str> = totals.iter().map(|(nutrient, _)| nutrient.key()).collect();
    assert_eq!(said, ["energy", "protein"]);
}

#[test]
fn drinking_water_is_water_but_no_food() {
    let mut totals = Totals::new();
    totals.add_water(Millilitres::parse(250.0).unwrap());
    assert_eq!((totals.foods(), totals.water_ml()), (0, 250.0));
    assert_eq!((totals.get(Nutrient::WATER).amount, totals.get(Nutrient::WATER).known), (250.0, 0));
    assert_eq!(totals.iter().count(), 1);
    totals.add(&values(&[None, None, Some(90_000)]), grams(100_000));
    assert_eq!((totals.get(Nutrient::WATER).amount, totals.get(Nutrient::WATER).known), (340.0, 1));
}

#[test]
fn a_day_of_twenty_foods_is_stored_in_about_half_a_kilobyte() {
    let mut totals = Totals::new();
    for food in catalog().foods().step_by(440) {
        totals.add(&food.values(), Grams::parse(123.4).unwrap());
    }
    let stored = totals.encode();
    assert!(stored.len() < 600, "{} bytes", stored.len());
    for end in 0..stored.len() {
        assert_eq!(Totals::decode(&stored[..end]), Err(Damaged { what: "totals" }));
    }
}

#[test]
fn only_what_a_person_can_eat_is_grams() {
    for grams in [0.0, -1.0, f64::NAN, f64::INFINITY, 100_000.1, 0.000_1] {
        let refused = Grams::parse(grams).unwrap_err();
        assert_eq!(refused.to_string(), "enter more than 0 and at most 100000 g");
        assert!(Millilitres::parse(grams).is_err());
    }
    for grams in [0.001, 28.35, 42.525, 100_000.0] {
        assert_eq!(Grams::parse(grams).unwrap().get(), grams);
    }
}

#[test]
fn rounding_is_for_people() {
    assert_eq!(round_for_display(2.345, 1), 2.3);
    assert_eq!(round_for_display(1999.5, 0), 2000.0);
    assert_eq!(round_for_display(-0.000_4, 2).to_string(), "0");
    assert_eq!(round_for_display(1e308, 9), 1e308);
}
