//! Which food would fill a gap, with the foods that ship.

use nutrition::{Filler, Nutrient, Per, Want, catalog, fill};

fn names(fillers: &[Filler<'_>]) -> Vec<String> {
    fillers.iter().map(|filler| filler.food.name().to_lowercase()).collect()
}

fn iron(amount: f64) -> [Want; 1] {
    [Want { nutrient: Nutrient::IRON, amount }]
}

#[test]
fn foods_that_bring_most_come_first_each_kind_once() {
    for per in [Per::Portion, Per::HundredGrams, Per::HundredKilocalories] {
        let found = fill(catalog(), &iron(1000.0), per, 20);
        for list in [&found.whole, &found.others] {
            assert_eq!(list.len(), 20);
            assert!(list.is_sorted_by(|a, b| b.share <= a.share));
            for filler in list {
                let grams = filler.grams;
                let value = filler.food.value(Nutrient::IRON).unwrap();
                assert!((filler.amounts[0].unwrap() - value.amount * grams / 100.0).abs() < 1e-9);
                match per {
                    Per::HundredGrams => assert!((grams - 100.0).abs() < 1e-9),
                    Per::Portion => {
                        assert!((filler.portion.as_ref().unwrap().grams - grams).abs() < 1e-9);
                    }
                    Per::HundredKilocalories => {
                        let kcal = filler.food.energy_kcal_per_100g().unwrap();
                        assert!((kcal * grams / 100.0 - 100.0).abs() < 1e-6);
                    }
                }
            }
        }
        let beefs = names(&found.whole).iter().filter(|name| name.starts_with("beef")).count();
        assert!(beefs <= 1);
    }
}

#[test]
fn whole_foods_are_not_fortified_and_nothing_is_an_ingredient_or_for_babies() {
    let wants = [Want { nutrient: Nutrient::VITAMIN_B12, amount: 2.0 }];
    for per in [Per::Portion, Per::HundredGrams, Per::HundredKilocalories] {
        let found = fill(catalog(), &wants, per, 40);
        for name in names(&found.whole) {
            assert!(!name.contains("fortified") && !name.contains("powder"), "{name}");
        }
        for name in names(&found.others) {
            assert!(!name.contains("infant") && !name.contains("babyfood"), "{name}");
        }
    }
}

#[test]
fn what_is_missing_counts_and_no_more_than_that() {
    // A food with much of one and nothing of the other fills half of the gap at most.
    let wants = [
        Want { nutrient: Nutrient::VITAMIN_C, amount: 1.0 },
        Want { nutrient: Nutrient::VITAMIN_B12, amount: 1.0 },
    ];
    let found = fill(catalog(), &wants, Per::Portion, 50);
    for filler in found.whole.iter().chain(&found.others) {
        let part = |at: usize| filler.amounts[at].map_or(0.0, |amount| f64::min(amount, 1.0));
        assert!((filler.share - f64::midpoint(part(0), part(1))).abs() < 1e-12);
        assert!(filler.share <= 1.0);
    }
}

#[test]
fn what_nobody_has_measured_fills_nothing() {
    let wants = [Want { nutrient: Nutrient::IODINE, amount: 150.0 }];
    let found = fill(catalog(), &wants, Per::HundredGrams, 10);
    assert!(found.whole.is_empty() && found.others.is_empty());
}

#[test]
fn what_comes_first_is_what_a_dietitian_would_name() {
    for (nutrient, one_of) in [
        (Nutrient::CALCIUM, ["cheese", "milk", "yogurt", "sardine"].as_slice()),
        (Nutrient::VITAMIN_C, &["guava", "pepper", "kiwi", "orange"]),
        (Nutrient::IRON, &["clam", "liver", "lentils", "spinach", "beef"]),
        (Nutrient::FIBER, &["beans", "lentils", "avocado", "peas"]),
    ] {
        let found = fill(catalog(), &[Want { nutrient, amount: 1e6 }], Per::Portion, 15);
        let whole = names(&found.whole);
        println!("{}: {}", nutrient.key(), whole.join(" | "));
        assert!(
            one_of.iter().any(|word| whole.iter().any(|name| name.contains(word))),
            "{whole:?}"
        );
    }
}
