//! The sum of the parts is the whole.

use std::collections::BTreeMap;

use nutrition::{
    FoodId, Grams, Ingredient, Method, Nutrient, Totals, Values, catalog, cook, in_order,
};
use proptest::prelude::*;

const SOME: [Nutrient; 4] =
    [Nutrient::ENERGY, Nutrient::PROTEIN, Nutrient::VITAMIN_C, Nutrient::IRON];

fn grams(amount: f64) -> Grams {
    Grams::parse(amount).unwrap()
}

/// Up to 20 of everything in 100 g, each perhaps unknown.
fn food() -> impl Strategy<Value = Vec<Option<u32>>> {
    prop::collection::vec(prop::option::weighted(0.9, 0..20_000_u32), SOME.len())
}

fn whole_food() -> impl Strategy<Value = Vec<Option<u32>>> {
    prop::collection::vec((0..20_000_u32).prop_map(Some), SOME.len())
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

type Parts = Vec<(Values, Grams)>;

fn parts(of: &[(Vec<Option<u32>>, f64)]) -> Parts {
    of.iter().map(|(food, weight)| (values(food), grams(*weight))).collect()
}

fn of(parts: &Parts) -> Vec<Ingredient<'_>> {
    parts.iter().map(|(values, grams)| Ingredient { values, grams: *grams }).collect()
}

fn sum(parts: &Parts, nutrient: Nutrient) -> f64 {
    let mut totals = Totals::new();
    for (values, grams) in parts {
        totals.add(values, *grams);
    }
    totals.get(nutrient).amount
}

proptest! {
    #[test]
    fn all_of_the_dish_holds_what_its_parts_hold_however_it_was_cooked(
        made_of in prop::collection::vec((whole_food(), 5.0..900.0_f64), 1..8),
        yield_of in 0.5..2.0_f64,
    ) {
        let parts = parts(&made_of);
        let raw: f64 = parts.iter().map(|(_, grams)| grams.get()).sum();
        for cooked in [None, Some(grams(raw * yield_of))] {
            let dish = cook(&of(&parts), cooked).unwrap();
            for nutrient in SOME {
                let whole = dish.values.amount_in(nutrient, dish.weight).unwrap();
                // A value is kept to the thousandth in 100 g.
                let slack = 0.000_51 * dish.weight.get() / 100.0 + 1e-6;
                prop_assert!((whole - sum(&parts, nutrient)).abs() <= slack);
                prop_assert_eq!(dish.values.get(nutrient).unwrap().method, Method::Calculated);
            }
        }
    }

    #[test]
    fn twice_of_everything_is_the_same_dish(
        made_of in prop::collection::vec((food(), 5.0..900.0_f64), 1..8), yield_of in 0.5..2.0_f64,
    ) {
        let once = parts(&made_of);
        let twice: Parts = once.iter().map(|(v, g)| (v.clone(), grams(g.get() * 2.0))).collect();
        let cooked = grams(once.iter().map(|(_, g)| g.get()).sum::<f64>() * yield_of);
        let one = cook(&of(&once), Some(cooked)).unwrap();
        let two = cook(&of(&twice), Some(grams(cooked.get() * 2.0))).unwrap();
        prop_assert_eq!(one.values, two.values);
    }

    #[test]
    fn a_dish_in_a_dish_is_the_same_as_all_its_parts_in_one(
        inner in prop::collection::vec((whole_food(), 5.0..900.0_f64), 1..6),
        outer in prop::collection::vec((whole_food(), 5.0..900.0_f64), 1..6),
        yield_of in 0.5..2.0_f64, share in 0.1..1.0_f64,
    ) {
        let inner_parts = parts(&inner);
        let raw: f64 = inner_parts.iter().map(|(_, g)| g.get()).sum();
        let sauce = cook(&of(&inner_parts), Some(grams(raw * yield_of))).unwrap();
        let taken = grams(sauce.weight.get() * share);

        let mut nested = parts(&outer);
        nested.push((sauce.values.clone(), taken));
        let nested = cook(&of(&nested), None).unwrap();
        for nutrient in SOME {
            let flat = sum(&parts(&outer), nutrient)
                + sum(&inner_parts, nutrient) * taken.get() / sauce.weight.get();
            let whole = nested.values.amount_in(nutrient, nested.weight).unwrap();
            // Rounded once for the sauce and once for the dish.
            let slack = 0.001_1 * (nested.weight.get() + taken.get()) / 100.0 + 1e-6;
            prop_assert!((whole - flat).abs() <= slack, "{whole} is not {flat}");
        }
    }

    #[test]
    fn what_most_of_the_weight_does_not_state_is_unknown_and_never_zero(
        made_of in prop::collection::vec((food(), 5.0..900.0_f64), 1..8),
    ) {
        let parts = parts(&made_of);
        let raw: f64 = parts.iter().map(|(_, grams)| grams.get()).sum();
        let dish = cook(&of(&parts), None).unwrap();
        for nutrient in SOME {
            let known: f64 = parts
                .iter()
                .filter(|(values, _)| values.get(nutrient).is_some())
                .map(|(_, grams)| grams.get())
                .sum();
            let share = known / raw;
            prop_assume!((share - 0.95).abs() > 1e-6);
            match dish.values.get(nutrient) {
                None => prop_assert!(share < 0.95),
                Some(value) => {
                    prop_assert!(share > 0.95);
                    let complete = (share - 1.0).abs() < 1e-9;
                    let method = if complete { Method::Calculated } else { Method::Estimated };
                    prop_assert_eq!(value.method, method);
                }
            }
        }
    }

    #[test]
    fn loops_and_nothing_else_are_refused(
        edges in prop::collection::btree_map(0_u8..9, prop::collection::vec(0_u8..9, 0..4), 0..9),
    ) {
        match in_order(&edges) {
            Ok(order) => {
                prop_assert_eq!(order.len(), edges.len());
                for (at, recipe) in order.iter().enumerate() {
                    for part in edges[recipe].iter().filter(|part| edges.contains_key(part)) {
                        let place = order.iter().position(|other| other == part).unwrap();
                        prop_assert!(place < at, "{part} comes after {recipe}");
                    }
                }
            }
            Err(found) => {
                prop_assert!(!found.through.is_empty());
                let around = found.through.iter().zip(found.through.iter().cycle().skip(1));
                for (recipe, part) in around.take(found.through.len()) {
                    prop_assert!(edges[recipe].contains(part));
                }
            }
        }
    }
}

#[test]
fn what_cooking_takes_away_or_adds_is_water() {
    let food = |id: &str| catalog().food(&FoodId::parse(id).unwrap()).unwrap().values();
    let rice = food("usda-sr28:20044");
    let of = [Ingredient { values: &rice, grams: grams(100.0) }];
    let water = |cooked| {
        let dish = cook(&of, Some(grams(cooked))).unwrap();
        let value = dish.values.get(Nutrient::WATER).unwrap();
        assert_eq!(value.method, Method::Estimated);
        value.amount * dish.weight.get() / 100.0
    };
    let dry = rice.get(Nutrient::WATER).unwrap().amount;
    assert!((water(300.0) - (dry + 200.0)).abs() < 0.01);
    assert!((water(95.0) - (dry - 5.0)).abs() < 0.01);
}

#[test]
fn a_dish_that_weighs_less_than_what_is_in_it_is_refused() {
    let mut oil = Values::new();
    oil.set(Nutrient::FAT, 100.0, Method::Analytical).unwrap();
    let of = [Ingredient { values: &oil, grams: grams(100.0) }];
    assert!(cook(&of, Some(grams(100.0))).is_ok());
    assert!(cook(&of, Some(grams(50.0))).is_err());
    assert!(cook(&[], None).is_err(), "a dish of nothing");
}

#[test]
fn a_long_chain_of_recipes_is_put_in_order() {
    let chain: BTreeMap<u32, Vec<u32>> = (0..2_000).map(|n| (n, vec![n + 1])).collect();
    assert_eq!(in_order(&chain).unwrap().first(), Some(&1_999));
}
