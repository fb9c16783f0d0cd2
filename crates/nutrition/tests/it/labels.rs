//! Labels as they are printed, and what 100 g of the food hold.

use nutrition::{
    BadLabel, Grams, LabelLine, LabelShape, Method, Nutrient, Value, Values, of_label,
};
use proptest::prelude::*;

fn label(shape: LabelShape, grams: f64, lines: &[(&str, f64, &str)]) -> Result<Values, BadLabel> {
    let lines: Vec<_> = lines
        .iter()
        .map(|(key, amount, unit)| LabelLine::parse(key, *amount, unit).unwrap())
        .collect();
    of_label(shape, Grams::parse(grams).unwrap(), &lines)
}

fn nearly(value: Option<Value>, amount: f64, method: Method) {
    let value = value.expect("a known value");
    assert!((value.amount - amount).abs() < 0.001, "{} is not {amount}", value.amount);
    assert_eq!(value.method, method);
}

#[test]
fn a_european_label_of_oat_flakes_states_salt_and_available_carbohydrates() {
    let oats = label(
        LabelShape::EuropeanUnion,
        100.0,
        &[
            ("energy", 1567.0, "kJ"),
            ("energy", 372.0, "kcal"),
            ("fat", 7.0, "g"),
            ("saturated", 1.3, "g"),
            ("carbohydrate", 58.7, "g"),
            ("sugars", 0.7, "g"),
            ("fiber", 10.0, "g"),
            ("protein", 13.5, "g"),
            ("salt", 0.02, "g"),
        ],
    )
    .unwrap();
    nearly(oats.get(Nutrient::ENERGY), 372.0, Method::Label);
    nearly(oats.get(Nutrient::SODIUM), 8.0, Method::Label);
    nearly(oats.get(Nutrient::NET_CARBS), 58.7, Method::Label);
    nearly(oats.get(Nutrient::CARBOHYDRATE), 68.7, Method::Derived);
    assert_eq!(oats.get(Nutrient::IRON), None, "what is not stated is unknown");
}

#[test]
fn without_fibre_a_european_label_gives_the_total_as_an_estimate_only() {
    for shape in [LabelShape::EuropeanUnion, LabelShape::AustraliaNewZealand] {
        let bread = label(shape, 100.0, &[("carbohydrate", 48.0, "g")]).unwrap();
        nearly(bread.get(Nutrient::NET_CARBS), 48.0, Method::Label);
        nearly(bread.get(Nutrient::CARBOHYDRATE), 48.0, Method::Estimated);
    }
}

#[test]
fn a_label_of_the_united_states_is_for_a_serving_and_states_shares() {
    let cereal = label(
        LabelShape::UnitedStates,
        40.0,
        &[
            ("energy", 150.0, "kcal"),
            ("carbohydrate", 34.0, "g"),
            ("fiber", 6.0, "g"),
            ("iron", 45.0, "%DV"),
            ("vitamin_d", 2.0, "µg"),
            ("vitamin_d", 10.0, "%DV"),
            ("sodium", 190.0, "mg"),
        ],
    )
    .unwrap();
    nearly(cereal.get(Nutrient::ENERGY), 375.0, Method::Label);
    nearly(cereal.get(Nutrient::CARBOHYDRATE), 85.0, Method::Label);
    nearly(cereal.get(Nutrient::NET_CARBS), 70.0, Method::Derived);
    nearly(cereal.get(Nutrient::IRON), 0.45 * 18.0 * 2.5, Method::Estimated);
    nearly(cereal.get(Nutrient::VITAMIN_D), 5.0, Method::Label);
}

#[test]
fn the_two_tables_of_daily_values_differ_where_they_do() {
    for (shape, potassium, fat) in
        [(LabelShape::UnitedStates, 470.0, 7.8), (LabelShape::Canada, 340.0, 7.5)]
    {
        let food =
            label(shape, 100.0, &[("potassium", 10.0, "%DV"), ("fat", 10.0, "%DV")]).unwrap();
        nearly(food.get(Nutrient::POTASSIUM), potassium, Method::Estimated);
        nearly(food.get(Nutrient::FAT), fat, Method::Estimated);
    }
    let share_of_both_fats = label(LabelShape::Canada, 100.0, &[("saturated", 10.0, "%DV")]);
    assert_eq!(share_of_both_fats.unwrap_err().line, 0);
    assert!(label(LabelShape::EuropeanUnion, 100.0, &[("iron", 10.0, "%DV")]).is_err());
}

#[test]
fn international_units_and_kilojoules_become_ours() {
    let capsule = label(
        LabelShape::UnitedStates,
        1.0,
        &[
            ("vitamin_a", 5000.0, "IU"),
            ("vitamin_d", 1000.0, "IU"),
            ("vitamin_e", 30.0, "IU other"),
            ("energy", 41.84, "kJ"),
        ],
    )
    .unwrap();
    nearly(capsule.get(Nutrient::VITAMIN_A), 150_000.0, Method::Label);
    nearly(capsule.get(Nutrient::VITAMIN_D), 2_500.0, Method::Label);
    nearly(capsule.get(Nutrient::VITAMIN_E), 1_350.0, Method::Label);
    nearly(capsule.get(Nutrient::ENERGY), 1_000.0, Method::Label);
    let natural = label(LabelShape::Table, 100.0, &[("vitamin_e", 10.0, "IU")]).unwrap();
    nearly(natural.get(Nutrient::VITAMIN_E), 6.7, Method::Label);
}

#[test]
fn what_cannot_be_is_refused_by_its_line() {
    let twice = label(LabelShape::Table, 100.0, &[("iron", 1.0, "mg"), ("iron", 2.0, "mg")]);
    assert_eq!(twice.unwrap_err().line, 1);
    let heavier = label(LabelShape::Table, 1.0, &[("iron", 1.0, "mg"), ("fat", 2.0, "g")]);
    assert_eq!(heavier.unwrap_err().line, 1);
    for (key, amount, unit) in [
        ("salt", 1.0, "kcal"),
        ("energy", 1.0, "g"),
        ("iron", 1.0, "IU"),
        ("iron", 1.0, "kcal"),
        ("alanine", 1.0, "%DV"),
        ("iron", -1.0, "mg"),
        ("iron", f64::NAN, "mg"),
        ("iron", 1.0, "stone"),
        ("gold", 1.0, "mg"),
    ] {
        assert!(LabelLine::parse(key, amount, unit).is_err(), "{key} {amount} {unit}");
    }
}

#[test]
fn zero_is_stated_and_nothing_is_unknown() {
    let water = label(LabelShape::EuropeanUnion, 100.0, &[("fat", 0.0, "g")]).unwrap();
    nearly(water.get(Nutrient::FAT), 0.0, Method::Label);
    assert_eq!(water.known(), 1);
}

proptest! {
    #[test]
    fn a_serving_twice_as_large_with_twice_as_much_is_the_same_food(
        grams in 1.0..500.0_f64, milligrams in 0.0..500.0_f64, salt in 0.0..0.4_f64,
    ) {
        let lines = |times: f64| [("calcium", milligrams * times, "mg"), ("salt", salt * times, "g")];
        let one = label(LabelShape::EuropeanUnion, grams, &lines(1.0)).unwrap();
        let two = label(LabelShape::EuropeanUnion, grams * 2.0, &lines(2.0)).unwrap();
        for nutrient in [Nutrient::CALCIUM, Nutrient::SODIUM] {
            let (one, two) = (one.get(nutrient).unwrap(), two.get(nutrient).unwrap());
            // Grams are kept to the milligram.
            let slack = 0.002 + one.amount * 0.002 / grams;
            prop_assert!((one.amount - two.amount).abs() <= slack);
        }
    }
}
