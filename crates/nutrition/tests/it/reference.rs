//! The catalogue against an independent copy of the release, where there is one: in the folder
//! `KEEPWELL_REFERENCE_DATA` names, or in `../shared/data` beside the repository.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::read::GzDecoder;
use nutrition::{FoodId, FoodRef, Method, catalog};

/// A folder of the reference data; says so where it is absent.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let named = env::var_os("KEEPWELL_REFERENCE_DATA").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = named.unwrap_or(beside).join(name);
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: no reference data in {}", folder.display());
        None
    }
}

pub(crate) fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect())
}

fn food(code: &str) -> FoodRef<'static> {
    let id = FoodId::parse(&format!("usda-sr28:{code}")).unwrap();
    catalog().food(&id).unwrap_or_else(|| panic!("no food {code}"))
}

fn method(source: &str, derivation: &str) -> Method {
    if derivation == "LC" {
        return Method::Label;
    }
    match source {
        "1" | "6" | "12" | "13" => Method::Analytical,
        "4" | "11" => Method::Calculated,
        "5" | "8" | "9" => Method::Label,
        "7" => Method::Assumed,
        other => panic!("source {other}"),
    }
}

#[test]
fn every_value_is_that_of_the_release() {
    let Some(folder) = folder("sr28") else { return };
    let packed = fs::read(folder.join("values.tsv.gz")).unwrap();
    let mut text = String::new();
    GzDecoder::new(&*packed).read_to_string(&mut text).unwrap();

    let mut by_food: HashMap<&str, FoodRef<'_>> = HashMap::new();
    let mut count = 0;
    for row in rows(&text) {
        let [code, number, amount, _points, source, derivation] = row[..] else {
            panic!("{row:?}");
        };
        let food = by_food.entry(code).or_insert_with(|| food(code));
        let value = food.release_value(number.parse().unwrap()).unwrap();
        // The very double that reading the decimal gives.
        assert_eq!(value.amount.to_bits(), amount.parse::<f64>().unwrap().to_bits(), "{row:?}");
        assert_eq!(value.method, method(source, derivation), "{row:?}");
        count += 1;
    }
    assert_eq!(count, 679_045);
    assert_eq!(by_food.len(), catalog().len());
}

#[test]
fn every_name_group_and_factor_is_that_of_the_release() {
    let Some(folder) = folder("sr28") else { return };
    let groups = fs::read_to_string(folder.join("groups.tsv")).unwrap();
    let groups: HashMap<&str, &str> = rows(&groups).map(|row| (row[0], row[1])).collect();
    let text = fs::read_to_string(folder.join("foods.tsv")).unwrap();
    let mut count = 0;
    for row in rows(&text) {
        let food = food(row[0]);
        assert_eq!(food.name(), row[2]);
        assert_eq!(food.group(), groups[row[1]]);
        let maker: Vec<&str> = row[5].split_whitespace().collect();
        assert_eq!(food.manufacturer().unwrap_or_default(), maker.join(" "), "{row:?}");
        let factors = food.energy_factors();
        for (factor, text) in
            [factors.protein, factors.fat, factors.carbohydrate].iter().zip(&row[11..])
        {
            assert_eq!(*factor, text.parse().ok(), "{row:?}");
        }
        count += 1;
    }
    assert_eq!(count, catalog().len());
}

#[test]
fn every_portion_is_that_of_the_release() {
    let Some(folder) = folder("sr28") else { return };
    let text = fs::read_to_string(folder.join("portions.tsv")).unwrap();
    let mut count = 0;
    for row in rows(&text) {
        let portion = food(row[0]).portion(row[1].parse().unwrap()).unwrap();
        assert_eq!(Some(portion.grams), row[4].parse().ok(), "{row:?}");
        let described: Vec<&str> = row[3].split_whitespace().collect();
        assert!(
            portion.name.ends_with(described.join(" ").trim_start_matches([',', ' '])),
            "{portion:?} {row:?}"
        );
        count += 1;
    }
    assert_eq!(count, 15_438);
}
