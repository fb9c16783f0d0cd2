//! Known answers, straight from the release.

use nutrition::{FoodId, FoodRef, Grams, Group, Method, Nutrient, Unit, Value, catalog};

fn food(code: &str) -> FoodRef<'static> {
    let id = FoodId::parse(&format!("usda-sr28:{code}")).unwrap();
    catalog().food(&id).unwrap()
}

const COLUMNS: [Nutrient; 12] = [
    Nutrient::ENERGY,
    Nutrient::PROTEIN,
    Nutrient::FAT,
    Nutrient::CARBOHYDRATE,
    Nutrient::FIBER,
    Nutrient::SUGARS,
    Nutrient::CALCIUM,
    Nutrient::IRON,
    Nutrient::POTASSIUM,
    Nutrient::SODIUM,
    Nutrient::VITAMIN_C,
    Nutrient::VITAMIN_B12,
];

/// In the order of `COLUMNS`, as `NUT_DATA.txt` has them.
#[rustfmt::skip]
const KNOWN: [(&str, &str, [f64; 12]); 12] = [
    ("09040", "Bananas, raw", [89.0, 1.09, 0.33, 22.84, 2.6, 12.23, 5.0, 0.26, 358.0, 1.0, 8.7, 0.0]),
    ("01077", "Milk, whole, 3.25% milkfat, with added vitamin D", [61.0, 3.15, 3.25, 4.8, 0.0, 5.05, 113.0, 0.03, 132.0, 43.0, 0.0, 0.45]),
    ("01123", "Egg, whole, raw, fresh", [143.0, 12.56, 9.51, 0.72, 0.0, 0.37, 56.0, 1.75, 138.0, 142.0, 0.0, 0.89]),
    ("05064", "Chicken, broilers or fryers, breast, meat only, cooked, roasted", [165.0, 31.02, 3.57, 0.0, 0.0, 0.0, 15.0, 1.04, 256.0, 74.0, 0.0, 0.34]),
    ("11090", "Broccoli, raw", [34.0, 2.82, 0.37, 6.64, 2.6, 1.7, 47.0, 0.73, 316.0, 33.0, 89.2, 0.0]),
    ("08120", "Cereals, oats, regular and quick, not fortified, dry", [379.0, 13.15, 6.52, 67.7, 10.1, 0.99, 52.0, 4.25, 362.0, 6.0, 0.0, 0.0]),
    ("12061", "Nuts, almonds", [579.0, 21.15, 49.93, 21.55, 12.5, 4.35, 269.0, 3.71, 733.0, 1.0, 0.0, 0.0]),
    ("04053", "Oil, olive, salad or cooking", [884.0, 0.0, 100.0, 0.0, 0.0, 0.0, 1.0, 0.56, 1.0, 2.0, 0.0, 0.0]),
    ("09206", "Orange juice, raw", [45.0, 0.7, 0.2, 10.4, 0.2, 8.4, 11.0, 0.2, 200.0, 1.0, 50.0, 0.0]),
    ("20045", "Rice, white, long-grain, regular, enriched, cooked", [130.0, 2.69, 0.28, 28.17, 0.4, 0.05, 10.0, 1.2, 35.0, 1.0, 0.0, 0.0]),
    ("15236", "Fish, salmon, Atlantic, farmed, raw", [208.0, 20.42, 13.42, 0.0, 0.0, 0.0, 9.0, 0.34, 363.0, 59.0, 3.9, 3.23]),
    ("16070", "Lentils, mature seeds, cooked, boiled, without salt", [116.0, 9.02, 0.38, 20.13, 7.9, 1.8, 19.0, 3.33, 369.0, 2.0, 1.5, 0.0]),
];

#[test]
fn foods_hold_what_the_release_says() {
    for (code, name, amounts) in KNOWN {
        let food = food(code);
        assert_eq!(food.name(), name);
        assert_eq!(food.id().as_str(), format!("usda-sr28:{code}"));
        assert_eq!(food.energy_kcal_per_100g(), Some(amounts[0]), "{name}");
        let values = food.values();
        for (nutrient, amount) in COLUMNS.into_iter().zip(amounts) {
            let known = values.get(nutrient).map(|value| value.amount);
            assert_eq!(known, Some(amount), "{} of {name}", nutrient.key());
        }
    }
}

#[test]
fn the_whole_release_is_there() {
    assert_eq!(catalog().len(), 8_789);
    assert_eq!(catalog().foods().map(|food| food.portions().len()).sum::<usize>(), 15_438);
    assert_eq!(catalog().foods().filter(|food| food.portions().is_empty()).count(), 297);
    let values = (0..1000)
        .map(|number| catalog().foods().filter_map(|food| food.release_value(number)).count())
        .sum::<usize>();
    assert_eq!(values, 679_045);
}

#[test]
fn portions_read_like_a_recipe() {
    let portions = food("01009").portions();
    let names: Vec<&str> = portions.iter().map(|portion| portion.name.as_str()).collect();
    assert!(names.contains(&"1 slice (1 oz)"), "{names:?}");
    let cup = food("11090").portion(1).unwrap();
    assert_eq!((cup.name.as_str(), cup.grams), ("1 cup chopped", 91.0));
    for portion in catalog().foods().flat_map(|food| food.portions()) {
        assert!(0.0 < portion.grams, "{portion:?}");
        assert!(!portion.name.starts_with('.') && portion.name.contains(' '), "{portion:?}");
        assert!(Grams::parse(portion.grams).is_ok());
    }
}

#[test]
fn a_food_says_where_it_comes_from() {
    let banana = food("09040");
    assert_eq!(banana.group(), "Fruits and Fruit Juices");
    assert_eq!((banana.source().name, banana.source().release), ("USDA SR28", "28"));
    assert_eq!(banana.energy_factors().protein, Some(3.36));
    assert_eq!(food("01287").manufacturer(), None);
    assert!(food("01293").manufacturer().is_none_or(|maker| !maker.is_empty()));
}

#[test]
fn no_food_answers_to_a_name_that_is_nearly_right() {
    for name in ["usda-sr28:99999", "usda-sr28:9040", "usda-sr28:+9040", "usda-sr27:09040"] {
        let food = FoodId::parse(name).ok().and_then(|id| catalog().food(&id));
        assert!(food.is_none(), "{name}");
    }
    for name in ["", "09040", ":09040", "usda-sr28:", "USDA:1", "a:b c", "a:1:2", "a:ä"] {
        assert!(FoodId::parse(name).is_err(), "{name}");
    }
    assert!(FoodId::parse(&format!("a:{}", "1".repeat(65))).is_err());
}

#[test]
fn what_follows_from_other_values_says_so() {
    let value = |code: &str, nutrient| food(code).values().get(nutrient);
    let derived = |amount| Some(Value { amount, method: Method::Derived });
    let estimated = |amount| Some(Value { amount, method: Method::Estimated });

    assert_eq!(value("12061", Nutrient::NET_CARBS), derived(9.05));
    // ALA, EPA, DPA and DHA were measured in salmon: 0.148 + 0.862 + 0.393 + 1.104.
    assert_eq!(value("15236", Nutrient::OMEGA3), derived(2.507));
    // Its linoleic and arachidonic acid were not told apart: 0.900 + 0.020 + 0.062 + 0.092.
    assert_eq!(value("15236", Nutrient::OMEGA6), estimated(1.074));
    assert_eq!(value("15236", Nutrient::LA), estimated(0.9));
    // Bananas have only undifferentiated 18:3.
    assert_eq!(value("09040", Nutrient::ALA), estimated(0.027));
    assert_eq!(value("09040", Nutrient::OMEGA3), estimated(0.027));
    // Retinol 0, beta-carotene 81, alpha-carotene 27, no beta-cryptoxanthin.
    assert_eq!(value("06415", Nutrient::VITAMIN_A), derived(7.875));
    assert_eq!(value("01001", Nutrient::PHYTOSTEROL), estimated(4.0));
    assert_eq!(value("16542", Nutrient::VITAMIN_D), derived(0.0));
}

#[test]
fn what_the_release_does_not_know_stays_unknown() {
    for food in catalog().foods() {
        let values = food.values();
        for nutrient in [Nutrient::IODINE, Nutrient::BIOTIN, Nutrient::SUGARS_ADDED] {
            assert_eq!(values.get(nutrient), None);
        }
        if food.release_value(291).is_none() {
            assert_eq!(values.get(Nutrient::NET_CARBS), None, "{}", food.name());
        }
        if [851, 619, 629, 631, 621].iter().all(|number| food.release_value(*number).is_none()) {
            assert_eq!(values.get(Nutrient::OMEGA3), None, "{}", food.name());
        }
        if [675, 618].iter().all(|number| food.release_value(*number).is_none()) {
            assert_eq!(values.get(Nutrient::OMEGA6), None, "{}", food.name());
        }
        for nutrient in Nutrient::ALL {
            if let Some(value) = nutrient.sr28().and_then(|number| food.release_value(number)) {
                assert_eq!(values.get(nutrient), Some(value), "{}", food.name());
            }
        }
    }
}

#[test]
fn the_energy_factors_of_the_release_give_its_energy() {
    for code in ["09040", "11090", "08120", "12061", "16070", "15236", "20045"] {
        let food = food(code);
        let factors = food.energy_factors();
        let values = food.values();
        let part = |factor: Option<f64>, nutrient| {
            factor.unwrap_or(0.0) * values.get(nutrient).map_or(0.0, |value| value.amount)
        };
        let sum = part(factors.protein, Nutrient::PROTEIN)
            + part(factors.fat, Nutrient::FAT)
            + part(factors.carbohydrate, Nutrient::CARBOHYDRATE);
        let energy = food.energy_kcal_per_100g().unwrap();
        assert!((sum - energy).abs() <= 1.0, "{}: {sum} and {energy}", food.name());
    }
}

/// People's diaries store a nutrient's place in the table.
#[test]
fn the_nutrient_table_only_grows_at_its_end() {
    assert_eq!(Nutrient::COUNT, 106);
    let keys: Vec<&str> = Nutrient::ALL.iter().map(|nutrient| nutrient.key()).collect();
    assert_eq!(keys[..4], ["energy", "carbohydrate", "net_carbs", "fiber"]);
    assert_eq!(keys[103..], ["oxalate", "phytate", "beta_hydroxybutyrate"]);
    let fingerprint = keys.join(" ").bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!(fingerprint, 10_841_350_097_716_882_502, "the order of the first 106 keys changed");
}

#[test]
fn every_nutrient_has_its_place() {
    for nutrient in Nutrient::ALL {
        assert_eq!(Nutrient::parse(nutrient.key()), Ok(nutrient));
        assert!(Group::ALL.contains(&nutrient.group()));
        if let Some(parent) = nutrient.parent() {
            assert_eq!(parent.group(), nutrient.group(), "{}", nutrient.key());
        }
    }
    assert!(Nutrient::parse("Energy").is_err());
    assert_eq!(Nutrient::VITAMIN_A.unit(), Unit::Microgram);
    assert_eq!(Nutrient::VITAMIN_A.unit().as_str(), "µg");
    assert_eq!((Nutrient::ENERGY.decimals(), Nutrient::IRON.decimals()), (0, 2));
}
