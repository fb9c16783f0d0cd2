//! The files of the release as USDA published them: `^` between fields, `~` around text, Windows-1252.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use nutrition::Method;

/// All that is packed.
pub(crate) struct Release {
    pub(crate) groups: Vec<Group>,
    pub(crate) foods: Vec<Food>,
    pub(crate) nutrients: Vec<Nutrient>,
}

pub(crate) struct Group {
    pub(crate) code: u32,
    pub(crate) name: String,
}

pub(crate) struct Food {
    /// Five digits, as written in the release.
    pub(crate) code: String,
    /// Place of its group.
    pub(crate) group: usize,
    pub(crate) name: String,
    pub(crate) common_name: String,
    pub(crate) manufacturer: String,
    pub(crate) scientific_name: String,
    /// Nitrogen to protein, then kcal per gram of protein, fat and carbohydrate; hundredths.
    pub(crate) factors: [Option<u32>; 4],
    pub(crate) portions: Vec<Portion>,
}

pub(crate) struct Portion {
    pub(crate) seq: u32,
    /// As written: ".333".
    pub(crate) amount: String,
    pub(crate) description: String,
    pub(crate) milligrams: u32,
}

pub(crate) struct Nutrient {
    pub(crate) number: u16,
    pub(crate) unit: String,
    pub(crate) name: String,
    /// One for each food, in the order of the foods.
    pub(crate) values: Vec<Option<Value>>,
}

#[derive(Clone, Copy)]
pub(crate) struct Value {
    pub(crate) thousandths: u32,
    pub(crate) method: Method,
}

impl Release {
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let table = |name: &str| -> Result<Vec<Vec<String>>> {
            let bytes = fs::read(folder.join(name)).with_context(|| format!("reading {name}"))?;
            decode(&bytes).with_context(|| format!("decoding {name}")).map(|text| rows(&text))
        };
        check_codes(&table("SRC_CD.txt")?, &table("DERIV_CD.txt")?)?;

        let groups = table("FD_GROUP.txt")?
            .iter()
            .map(|row| Ok(Group { code: field(row, 0)?.parse()?, name: field(row, 1)?.to_owned() }))
            .collect::<Result<Vec<_>>>()?;
        let mut foods = foods(&table("FOOD_DES.txt")?, &groups)?;
        let place: HashMap<String, usize> =
            foods.iter().enumerate().map(|(at, food)| (food.code.clone(), at)).collect();
        let place =
            |code: &str| place.get(code).copied().with_context(|| format!("no food {code}"));

        for row in table("WEIGHT.txt")? {
            let food = foods.get_mut(place(field(&row, 0)?)?).context("a food of the table")?;
            food.portions.push(Portion {
                seq: field(&row, 1)?.parse()?,
                amount: field(&row, 2)?.to_owned(),
                description: words(field(&row, 3)?),
                milligrams: scaled(field(&row, 4)?, 3)?,
            });
        }

        let mut nutrients = nutrients(&table("NUTR_DEF.txt")?, foods.len())?;
        let column: HashMap<u16, usize> =
            nutrients.iter().enumerate().map(|(at, nutrient)| (nutrient.number, at)).collect();
        for row in table("NUT_DATA.txt")? {
            let number = field(&row, 1)?.parse()?;
            let column = column.get(&number).context("a nutrient of the table")?;
            let slot = nutrients
                .get_mut(*column)
                .and_then(|nutrient| nutrient.values.get_mut(place(field(&row, 0).ok()?).ok()?))
                .context("a place in the table")?;
            ensure!(slot.is_none(), "a value stands twice");
            *slot = Some(Value {
                thousandths: scaled(field(&row, 2)?, 3)?,
                method: method(field(&row, 5)?, field(&row, 6)?)?,
            });
        }
        Ok(Self { groups, foods, nutrients })
    }

    pub(crate) fn value_count(&self) -> usize {
        self.nutrients.iter().map(|nutrient| nutrient.values.iter().flatten().count()).sum()
    }
}

fn foods(rows: &[Vec<String>], groups: &[Group]) -> Result<Vec<Food>> {
    let mut foods = Vec::new();
    for row in rows {
        let group: u32 = field(row, 1)?.parse()?;
        let mut factors = [None; 4];
        for (factor, column) in factors.iter_mut().zip(10..) {
            let text = field(row, column)?;
            *factor = if text.is_empty() { None } else { Some(scaled(text, 2)?) };
        }
        foods.push(Food {
            code: field(row, 0)?.to_owned(),
            group: groups
                .iter()
                .position(|known| known.code == group)
                .context("a group of the table")?,
            name: field(row, 2)?.to_owned(),
            common_name: words(field(row, 4)?),
            manufacturer: words(field(row, 5)?),
            scientific_name: words(field(row, 9)?),
            factors,
            portions: Vec::new(),
        });
    }
    foods.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(foods)
}

fn nutrients(rows: &[Vec<String>], foods: usize) -> Result<Vec<Nutrient>> {
    let mut nutrients = Vec::new();
    for row in rows {
        nutrients.push(Nutrient {
            number: field(row, 0)?.parse()?,
            unit: field(row, 1)?.to_owned(),
            name: words(field(row, 3)?),
            values: vec![None; foods],
        });
    }
    nutrients.sort_by_key(|nutrient| nutrient.number);
    Ok(nutrients)
}

/// The class of a value, by its source code; a label claim may hide behind a derivation code.
fn method(source: &str, derivation: &str) -> Result<Method> {
    Ok(match (source, derivation) {
        (_, "LC") | ("5" | "8" | "9", _) => Method::Label,
        ("1" | "6" | "12" | "13", _) => Method::Analytical,
        ("4" | "11", _) => Method::Calculated,
        ("7", _) => Method::Assumed,
        (other, _) => bail!("no source code {other}"),
    })
}

/// The codes must be the ones `method` was written for.
fn check_codes(sources: &[Vec<String>], derivations: &[Vec<String>]) -> Result<()> {
    for row in sources {
        method(field(row, 0)?, "")?;
    }
    ensure!(sources.len() == 10, "{} source codes", sources.len());
    let label = derivations.iter().any(|row| row.first().is_some_and(|code| code == "LC"));
    ensure!(label, "no derivation code LC");
    Ok(())
}

fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.split('^').map(|field| field.trim_matches('~').to_owned()).collect())
        .collect()
}

fn field(row: &[String], at: usize) -> Result<&str> {
    row.get(at).map(String::as_str).with_context(|| format!("no field {at} in {row:?}"))
}

/// Text with single spaces: some descriptions have doubled ones.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A decimal number as a whole number of so many decimals; it must be exact.
fn scaled(text: &str, decimals: usize) -> Result<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    ensure!(fraction.len() <= decimals, "{text} has more than {decimals} decimals");
    let digits = format!("{whole}{fraction:0<decimals$}");
    digits.parse().with_context(|| format!("{text} is not a number"))
}

/// Windows-1252, of which the release uses ASCII, Latin-1 and the curly quotes.
fn decode(bytes: &[u8]) -> Result<String> {
    bytes
        .iter()
        .map(|byte| match byte {
            0x91 => Ok('\u{2018}'),
            0x92 => Ok('\u{2019}'),
            0x93 => Ok('\u{201c}'),
            0x94 => Ok('\u{201d}'),
            0x80..=0x9f => bail!("byte {byte:#x} is not expected"),
            _ => Ok(char::from(*byte)),
        })
        .collect()
}
