//! What people type and what they mean.

use std::time::{Duration, Instant};

use nutrition::{FoodRef, catalog};

/// The beginning of the name of the food that must come first.
const FIRST: &[(&str, &str)] = &[
    ("chees ched", "Cheese, cheddar"),
    ("ched chees", "Cheese, cheddar"),
    ("cheddar", "Cheese, cheddar"),
    ("chedar", "Cheese, cheddar"),
    ("banana", "Bananas, raw"),
    ("bananas", "Bananas, raw"),
    ("bananna", "Bananas, raw"),
    ("BANAN", "Bananas, raw"),
    ("milk", "Milk, whole, 3.25% milkfat"),
    ("skim milk", "Milk, nonfat, fluid, with added"),
    ("egg", "Egg, whole, raw, fresh"),
    ("eggs", "Egg, whole, raw, fresh"),
    ("boiled egg", "Egg, whole, cooked, hard-boiled"),
    ("apple", "Apples, raw, with skin"),
    ("apple juice", "Apple juice, canned or bottled"),
    ("chicken breast", "Chicken, broiler or fryers, breast, skinless, boneless, meat only, raw"),
    ("chiken brest", "Chicken, broiler or fryers, breast, skinless, boneless, meat only, raw"),
    ("chicken breast roasted", "Chicken, broilers or fryers, breast, meat only, cooked, roasted"),
    ("rice", "Rice, white, long-grain, regular, enriched, cooked"),
    ("brown rice", "Rice, brown, long-grain, cooked"),
    ("oat", "Cereals, oats, regular and quick, not fortified, dry"),
    ("porridge", "Cereals, oats"),
    ("potato", "Potatoes, flesh and skin, raw"),
    ("tomato", "Tomatoes, red, ripe, raw"),
    ("tomatos", "Tomatoes, red, ripe, raw"),
    ("bread", "Bread, white"),
    ("wholemeal bread", "Bread, whole-wheat"),
    ("salmon", "Fish, salmon, Atlantic, farmed, raw"),
    ("coffee", "Beverages, coffee, brewed, prepared with tap water"),
    ("tea", "Beverages, tea, black, brewed"),
    ("water", "Beverages, water, tap"),
    ("butter", "Butter, salted"),
    ("peanut butter", "Peanut butter, smooth style"),
    ("olive oil", "Oil, olive"),
    ("yoghurt", "Yogurt, plain, whole milk"),
    ("yogurt", "Yogurt, plain, whole milk"),
    ("brocoli", "Broccoli, raw"),
    ("strawbery", "Strawberries, raw"),
    ("blueberry", "Blueberries, raw"),
    ("courgette", "Squash, summer, zucchini"),
    ("aubergine", "Eggplant, raw"),
    ("orange", "Oranges, raw, all commercial varieties"),
    ("oj", "Orange juice, raw"),
    ("almonds", "Nuts, almonds"),
    ("lentils cooked", "Lentils, mature seeds, cooked, boiled, without salt"),
    ("ground beef", "Beef, ground, 85% lean"),
    ("bacon", "Pork, cured, bacon"),
    ("soy milk", "Soymilk"),
    ("mozarella", "Cheese, mozzarella"),
    ("letuce", "Lettuce"),
    ("mayonaise", "Salad dressing, mayonnaise, regular"),
    ("dark chocolate", "Chocolate, dark"),
    ("ketchup", "Catsup"),
    ("hot dog", "Frankfurter"),
    ("crème fraîche sour cream", "Cream, sour"),
];

fn names(query: &str, limit: usize) -> Vec<&'static str> {
    catalog().search(query, limit).iter().map(FoodRef::name).collect()
}

#[test]
fn the_food_that_is_meant_comes_first() {
    let wrong: Vec<String> = FIRST
        .iter()
        .filter_map(|(query, expected)| {
            let found = names(query, 3);
            let right = found.first().is_some_and(|first| first.starts_with(expected));
            (!right).then(|| format!("{query}: {expected} expected, {found:?} found"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_order_of_words_changes_nothing() {
    assert_eq!(names("olive oil", 20), names("oil olive", 20));
    assert_eq!(names("chees ched", 20), names("ched   chees!", 20));
}

#[test]
fn plain_foods_come_before_brands_and_restaurants() {
    for query in ["chicken", "potato", "yogurt", "cereal", "cheese", "beef", "egg", "cookies"] {
        for food in catalog().search(query, 5) {
            assert!(food.manufacturer().is_none(), "{query}: {food:?}");
            assert_ne!(food.group(), "Restaurant Foods", "{query}: {food:?}");
            assert_ne!(food.group(), "Baby Foods", "{query}: {food:?}");
        }
    }
}

#[test]
fn a_brand_is_found_by_its_name() {
    let found = names("cheerios", 5);
    assert!(found.iter().all(|name| name.to_lowercase().contains("cheerios")), "{found:?}");
    assert!(!found.is_empty());
}

#[test]
fn every_food_is_found_by_its_own_name() {
    let lost: Vec<&str> = catalog()
        .foods()
        .step_by(37)
        .map(|food| food.name())
        .filter(|name| !names(name, 100).contains(name))
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn nothing_finds_nothing() {
    for query in ["", " ", "-,;", "\u{0}", "zzzzqqqq", "€", "x\u{301}yzq"] {
        assert!(names(query, 10).is_empty(), "{query:?}");
    }
    assert!(names("milk", 0).is_empty());
}

#[test]
fn results_are_as_many_as_asked_for_and_never_too_many() {
    assert_eq!(names("beef", 7).len(), 7);
    assert_eq!(names("beef", usize::MAX).len(), 200);
    let few = names("beef", 7);
    assert_eq!(names("beef", 50)[..7], few);
}

#[test]
fn a_hostile_query_costs_no_more_than_another() {
    let queries = [
        "a b c d e f g h i j k l m n o p q r s t u v w x y z ".repeat(10_000),
        "a".repeat(1_000_000),
        "chocolatf ".repeat(100_000),
        "\u{fdfa}".repeat(100_000),
        "e\u{301}".repeat(500_000),
    ];
    for query in queries {
        let start = Instant::now();
        catalog().search(&query, usize::MAX);
        // Generous: the tests are compiled without optimisation, on a machine that does other things.
        let spent = start.elapsed();
        assert!(spent < Duration::from_millis(500), "{spent:?} for {:?}", query.get(..20));
    }
}
