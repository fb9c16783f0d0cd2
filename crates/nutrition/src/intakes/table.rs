//! Reads the tables of `catalog/intakes/`. `PROVENANCE.md` there says how they are written.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{Counts, Intake, Kind, Level, Per};
use crate::nutrient::{Nutrient, Unit};
use crate::profile::{LifeStage, Motherhood, Sex};

pub(super) struct Table {
    pub(super) lines: Vec<Line>,
}

/// The values of one kind of one nutrient for all stages of life.
pub(super) struct Line {
    nutrient: Nutrient,
    kind: Kind,
    letters: &'static str,
    per: Per,
    counts: Counts,
    phytate_mg: Option<u16>,
    ages: Ages,
    men: Vec<Option<Cell>>,
    women: Vec<Option<Cell>>,
    /// For each of the mothers' ages, by trimester.
    pregnant: Option<Vec<Option<Parts>>>,
    /// For each of the mothers' ages, by time since the birth.
    lactating: Option<Vec<Option<Parts>>>,
}

/// From which age, in years, each cell counts.
#[derive(Clone)]
struct Ages {
    all: Vec<f64>,
    mothers: Vec<f64>,
}

#[derive(Clone, Copy)]
struct Cell {
    level: Level,
    adequate: bool,
    on_top: bool,
}

/// What a mother's cell says for each part of the time; the last goes on.
type Parts = Vec<Cell>;

static NASEM: &str = include_str!("../../../../catalog/intakes/nasem.tsv");
static EFSA: &str = include_str!("../../../../catalog/intakes/efsa.tsv");

pub(super) fn nasem() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| shipped(NASEM))
}

pub(super) fn efsa() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| shipped(EFSA))
}

#[expect(clippy::expect_used, reason = "compiled in, and read by the tests of this crate")]
fn shipped(text: &'static str) -> Table {
    Table::read(text).expect("the tables of intakes are part of the program")
}

impl Line {
    /// What the line says for a stage of life, if anything.
    pub(super) fn at(&self, stage: LifeStage) -> Option<Intake> {
        let cells = if stage.sex == Sex::Male { &self.men } else { &self.women };
        let own = pick(&self.ages.all, cells, stage.age_years).copied().flatten();
        let mother = match stage.motherhood {
            None => None,
            Some(time) => self.mother(time, stage.age_years)?,
        };
        let (cell, on_top) = match mother {
            None => (own?, None),
            Some(more) if more.on_top => (own?, Some(more.level)),
            Some(instead) => (instead, None),
        };
        let letters = if cell.adequate { "AI" } else { self.letters };
        let Self { nutrient, kind, per, counts, phytate_mg, .. } = *self;
        let level = cell.level;
        Some(Intake { nutrient, kind, letters, level, on_top, per, counts, phytate_mg })
    }

    /// What is written for mothers: `Some(None)` where they are as other women, `None` where nothing
    /// is published for them.
    #[expect(clippy::option_option, reason = "nothing written and nothing published differ")]
    fn mother(&self, time: Motherhood, age_years: f64) -> Option<Option<Cell>> {
        let (cells, part) = match time {
            Motherhood::FirstTrimester => (&self.pregnant, 0),
            Motherhood::SecondTrimester => (&self.pregnant, 1),
            Motherhood::ThirdTrimester => (&self.pregnant, 2),
            Motherhood::LactatingFirstHalfYear => (&self.lactating, 0),
            Motherhood::LactatingLater => (&self.lactating, 1),
        };
        let Some(cells) = cells else { return Some(None) };
        let ages = &self.ages.mothers;
        let parts = pick(ages, cells, age_years).or(cells.first())?.as_ref()?;
        parts.get(part).or(parts.last()).copied().map(Some)
    }
}

/// The cell of the last age that is reached; the last cell goes on for every later age.
fn pick<'a, T>(ages: &[f64], cells: &'a [T], age_years: f64) -> Option<&'a T> {
    let reached = ages.iter().take_while(|from| **from <= age_years).count();
    cells.get(reached.checked_sub(1)?).or(cells.last())
}

impl Table {
    fn read(text: &'static str) -> Option<Self> {
        let mut ages: HashMap<&str, Ages> = HashMap::new();
        let mut lines = Vec::new();
        for row in text.lines().filter(|row| !row.starts_with('#')) {
            let columns: Vec<&'static str> = row.split('\t').collect();
            match columns.first().copied()? {
                "ages" => {
                    let [_, name, all, mothers] = columns[..] else { return None };
                    let ages_of = Ages { all: numbers(all)?, mothers: numbers(mothers)? };
                    ages.insert(name, ages_of);
                }
                "nutrient" => {}
                _ => lines.push(Line::read(&columns, &ages)?),
            }
        }
        Some(Self { lines })
    }
}

impl Line {
    fn read(columns: &[&'static str], ages: &HashMap<&str, Ages>) -> Option<Self> {
        let [name, letters, unit, counts, ages_name, men, women, pregnant, lactating] = *columns
        else {
            return None;
        };
        let (key, phytate) = name.split_once(' ').unzip();
        let nutrient = Nutrient::parse(key.unwrap_or(name)).ok()?;
        let (per, scale) = scale(nutrient, unit)?;
        let women = if women.is_empty() { men } else { women };
        Some(Self {
            nutrient,
            kind: kind(letters)?,
            letters,
            per,
            counts: read_counts(nutrient, counts)?,
            phytate_mg: phytate.map(str::parse).transpose().ok()?,
            ages: ages.get(ages_name)?.clone(),
            men: cells(men, scale)?,
            women: cells(women, scale)?,
            pregnant: mothers(pregnant, scale)?,
            lactating: mothers(lactating, scale)?,
        })
    }
}

fn kind(letters: &str) -> Option<Kind> {
    Some(match letters {
        "RDA" | "PRI" | "AI" => Kind::Enough,
        "EAR" | "AR" => Kind::Average,
        "UL" => Kind::Upper,
        "CDRR" => Kind::Reduce,
        "AMDR" | "RI" => Kind::Range,
        _ => return None,
    })
}

fn read_counts(nutrient: Nutrient, text: &str) -> Option<Counts> {
    Some(match text {
        "" => Counts::Itself,
        "added" => Counts::Added,
        _ => match text.split_once('+') {
            None => Counts::Only(Nutrient::parse(text).ok()?),
            Some((itself, _)) if itself != nutrient.key() => return None,
            Some((_, "tryptophan")) => Counts::WithTryptophan,
            Some((_, other)) => Counts::With(Nutrient::parse(other).ok()?),
        },
    })
}

/// What an amount in a unit of the table is multiplied with to be in the nutrient's.
fn scale(nutrient: Nutrient, unit: &str) -> Option<(Per, f64)> {
    let (unit, per) = match unit.split_once('/') {
        Some((unit, "kg")) => (unit, Per::Kilogram),
        Some((unit, "MJ")) => (unit, Per::Megajoule),
        Some(_) => return None,
        None if unit == "E%" => return Some((Per::EnergyPercent, 1.0)),
        None => (unit, Per::Day),
    };
    let micrograms = match unit {
        "low" => return Some((per, 1.0)),
        "ug" => 1.0,
        "mg" => 1e3,
        "g" => 1e6,
        // A litre of water weighs a kilogram.
        "l" => 1e9,
        _ => return None,
    };
    let of_nutrient = match nutrient.unit() {
        Unit::Microgram => 1.0,
        Unit::Milligram => 1e3,
        Unit::Gram => 1e6,
        Unit::Kilocalorie => return None,
    };
    Some((per, micrograms / of_nutrient))
}

fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split(' ').map(|number| number.parse().ok()).collect()
}

fn cells(text: &str, scale: f64) -> Option<Vec<Option<Cell>>> {
    text.split(' ').map(|cell| read_cell(cell, scale)).collect()
}

/// `None` inside `Some` where the column is empty.
#[expect(clippy::option_option, reason = "an empty column and one that cannot be read differ")]
fn mothers(text: &str, scale: f64) -> Option<Option<Vec<Option<Parts>>>> {
    if text.is_empty() {
        return Some(None);
    }
    let by_age = text.split(' ').map(|cell| {
        let parts: Option<Vec<Option<Cell>>> =
            cell.split('/').map(|part| read_cell(part, scale)).collect();
        parts.map(|parts| parts.into_iter().collect::<Option<Parts>>())
    });
    by_age.collect::<Option<_>>().map(Some)
}

/// A cell such as `90`, `15*`, `+1.6`, `20-35`, `low`; `-` is none.
#[expect(clippy::option_option, reason = "no value and one that cannot be read differ")]
fn read_cell(text: &str, scale: f64) -> Option<Option<Cell>> {
    if text == "-" {
        return Some(None);
    }
    let (adequate, text) = text.strip_suffix('*').map_or((false, text), |text| (true, text));
    let (on_top, text) = text.strip_prefix('+').map_or((false, text), |text| (true, text));
    let amount = |text: &str| text.parse().ok().map(|number: f64| rounded(number * scale));
    let level = match text.split_once('-') {
        _ if text == "low" => Level::AsLowAsPossible,
        Some((from, to)) => Level::Between(amount(from)?, amount(to)?),
        None => Level::Amount(amount(text)?),
    };
    Some(Some(Cell { level, adequate, on_top }))
}

/// Without the last digits that a change of unit adds: 0.1 + 0.2 is no published value.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_that_ship_are_read_whole() {
        for text in [NASEM, EFSA] {
            let lines = text.lines().filter(|line| {
                !line.starts_with('#')
                    && !line.starts_with("ages")
                    && !line.starts_with("nutrient\t")
            });
            assert_eq!(shipped(text).lines.len(), lines.count());
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_refused() {
        let ages = "ages\tlife\t0 1\t14\n";
        let good = "iron\tRDA\tmg\t\tlife\t7* 8\t\t27\t+1/+2\n";
        assert!(Table::read(Box::leak(format!("{ages}{good}").into_boxed_str())).is_some());
        for (from, to) in
            [("iron", "irn"), ("RDA", "RAD"), ("\tmg", "\tlb"), ("7*", "7**"), ("life", "live")]
        {
            let bad = format!("{ages}{}", good.replacen(from, to, 1));
            assert!(Table::read(Box::leak(bad.into_boxed_str())).is_none(), "{from}");
        }
    }
}
