//! Packs the official ASCII files of USDA SR28 into `catalog/usda-sr28.pack`, the same bytes each time.
//!
//! `cargo run -p pack -- FOLDER OUTPUT`: reads the files of the release from the folder, writes the
//! pack, and opens it again to see that nothing was lost.

mod release;
mod write;

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use nutrition::Catalog;

use release::Release;

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(output)) = (arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: pack FOLDER_OF_THE_RELEASE OUTPUT");
    };
    let release = Release::read(&folder)?;
    let pack = write::pack(&release)?;
    compare(&release, &pack)?;
    fs::write(&output, &pack).with_context(|| format!("writing {}", output.display()))?;
    report(&release, &pack)
}

/// Opens what was packed, as the program will, and compares every value and portion.
fn compare(release: &Release, pack: &[u8]) -> Result<()> {
    let catalog = Catalog::open(pack)?;
    ensure!(catalog.len() == release.foods.len(), "the pack holds {} foods", catalog.len());
    for (food, packed) in release.foods.iter().zip(catalog.foods()) {
        ensure!(packed.id().as_str() == format!("usda-sr28:{}", food.code), "{}", food.code);
        ensure!(packed.name() == food.name, "the name of {}", food.code);
        ensure!(packed.portions().len() == food.portions.len(), "portions of {}", food.code);
    }
    let mut count = 0;
    for nutrient in &release.nutrients {
        for (value, food) in nutrient.values.iter().zip(catalog.foods()) {
            let packed = food.release_value(nutrient.number);
            ensure!(
                packed.map(|packed| (packed.amount, packed.method))
                    == value.map(|value| (f64::from(value.thousandths) / 1000.0, value.method)),
                "nutrient {} of {}",
                nutrient.number,
                food.id()
            );
            count += usize::from(packed.is_some());
        }
    }
    ensure!(count == release.value_count(), "{count} values came back");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the tool says what it packed")]
fn report(release: &Release, pack: &[u8]) -> Result<()> {
    let portions: usize = release.foods.iter().map(|food| food.portions.len()).sum();
    println!(
        "{} foods, {} nutrients, {} values, {portions} portions: {} bytes",
        release.foods.len(),
        release.nutrients.len(),
        release.value_count(),
        pack.len()
    );
    ensure!(pack.len() < 1_000_000, "the pack must stay below a megabyte");
    Ok(())
}
