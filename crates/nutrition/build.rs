//! Turns `catalog/nutrients.tsv` into the `static` nutrient table, so that the file people read and
//! the table the program uses are one.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/nutrients.tsv");
    println!("cargo::rerun-if-changed={}", table.display());
    println!("cargo::rerun-if-changed=build.rs");

    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("nutrients.rs"), generate(&fs::read_to_string(table)?)?)?;
    Ok(())
}

fn generate(table: &str) -> Result<String, Box<dyn Error>> {
    let rows: Vec<Vec<&str>> =
        table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let mut index = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        let key = row.first().ok_or("a row without a key")?;
        if index.insert(*key, at).is_some() {
            return Err(format!("{key} stands twice").into());
        }
    }

    let all: Vec<String> = (0..rows.len()).map(|at| format!("Self({at})")).collect();
    let mut consts = format!(
        "    /// Every nutrient, in the order of the table.\n    pub const ALL: [Self; {}] = [{}];\n",
        rows.len(),
        all.join(", ")
    );
    let mut definitions = String::new();
    for (at, row) in rows.iter().enumerate() {
        let [key, name, unit, group, decimals, parent, sr28, _rule] = row.as_slice() else {
            return Err(format!("row {at} has {} columns", row.len()).into());
        };
        let unit = match *unit {
            "kcal" => "Kilocalorie",
            "g" => "Gram",
            "mg" => "Milligram",
            "ug" => "Microgram",
            other => return Err(format!("{key}: no unit {other}").into()),
        };
        let group = match *group {
            "general" => "General",
            "vitamins" => "Vitamins",
            "minerals" => "Minerals",
            "carbohydrates" => "Carbohydrates",
            "lipids" => "Lipids",
            "protein" => "Protein",
            "other" => "Other",
            other => return Err(format!("{key}: no group {other}").into()),
        };
        let decimals: u8 = decimals.parse()?;
        let parent = match (*parent, index.get(parent)) {
            ("", _) => "None".to_owned(),
            (_, Some(parent)) => format!("Some(Nutrient({parent}))"),
            (parent, None) => return Err(format!("{key}: no parent {parent}").into()),
        };
        let sr28 = if sr28.is_empty() { 0 } else { sr28.parse::<u16>()? };
        writeln!(consts, "    /// {name}.")?;
        writeln!(consts, "    pub const {}: Self = Self({at});", key.to_uppercase())?;
        writeln!(
            definitions,
            "    Definition {{ key: {key:?}, name: {name:?}, unit: Unit::{unit}, \
             group: Group::{group}, decimals: {decimals}, parent: {parent}, sr28: {sr28} }},"
        )?;
    }
    Ok(format!(
        "impl Nutrient {{\n{consts}}}\n\nstatic NUTRIENTS: [Definition; {}] = [\n{definitions}];\n",
        rows.len()
    ))
}
