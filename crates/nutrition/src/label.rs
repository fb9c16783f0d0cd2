//! From what a package says to what 100 g of the food hold.
//!
//! Labels differ by country: in what a carbohydrate is (the European and Australian ones leave fibre
//! out), in salt or sodium, in kilojoules, international units and shares of a daily value. Here all
//! of it becomes the units of the nutrient table. What a label does not state stays unknown; so does
//! "less than 0.5", which is no number.
//!
//! Rules, with where they come from:
//!
//! | label | value |
//! |---|---|
//! | kJ | / 4.184 kcal |
//! | salt | / 2.5 sodium (Regulation (EU) 1169/2011, annex I) |
//! | vitamin A in IU | 0.3 µg retinol; 0.05 µg for beta-carotene of foods |
//! | vitamin D in IU | 0.025 µg |
//! | vitamin E in IU | 0.67 mg, 0.45 mg for the synthetic form |
//! | % daily value | 21 CFR 101.9(c)(8)(iv) and (c)(9), adults, as of 2016; Canada's table where it differs |
//! | carbohydrate (EU, AU/NZ) | net carbohydrates; the total is that and the fibre, and only estimated where no fibre is stated |
//! | carbohydrate (US, CA) | the total; net carbohydrates are that less the fibre |

use crate::amount::Grams;
use crate::error::Invalid;
use crate::method::Method;
use crate::nutrient::{Nutrient, Unit};
use crate::values::Values;

/// Whose rules a label follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelShape {
    /// Nutrition facts of the United States.
    UnitedStates,
    /// The nutrition declaration of the European Union.
    EuropeanUnion,
    /// The nutrition facts table of Canada.
    Canada,
    /// The nutrition information panel of Australia and New Zealand.
    AustraliaNewZealand,
    /// No label: values as a table of foods states them, with total carbohydrates.
    Table,
}

/// What a line of a label counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelUnit {
    /// kcal
    Kilocalorie,
    /// kJ
    Kilojoule,
    /// g
    Gram,
    /// mg
    Milligram,
    /// µg
    Microgram,
    /// International units; of vitamin E the natural form, of vitamin A retinol.
    InternationalUnit,
    /// International units of synthetic vitamin E, or of beta-carotene.
    OtherInternationalUnit,
    /// Percent of the daily value.
    DailyValue,
}

/// What a line of a label is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Nutrient(Nutrient),
    Salt,
}

/// One line of a label, in which the unit fits the nutrient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelLine {
    what: What,
    amount: f64,
    unit: LabelUnit,
}

/// A label that cannot be used: which of its lines, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct BadLabel {
    /// Place of the line, from zero.
    pub line: usize,
    /// What to do.
    pub problem: Invalid,
}

const CALORIE_JOULES: f64 = 4.184;
const SALT_PER_SODIUM: f64 = 2.5;
/// What rounding on labels may leave above the whole.
const SLACK_GRAMS: f64 = 5.0;

const TWICE: Invalid = Invalid::because("is stated twice: keep one of them");
const MORE_THAN_ALL: Invalid = Invalid::because(
    "is more than the food weighs: check the amount, and what the label says it is for",
);

impl LabelShape {
    /// Whether what it calls carbohydrate is without fibre.
    const fn leaves_fibre_out(self) -> bool {
        matches!(self, Self::EuropeanUnion | Self::AustraliaNewZealand)
    }

    /// What 100 percent are, in the nutrient's own unit.
    fn daily_value(self, nutrient: Nutrient) -> Option<f64> {
        let own = match self {
            Self::UnitedStates => UNITED_STATES,
            Self::Canada => CANADA,
            Self::EuropeanUnion | Self::AustraliaNewZealand | Self::Table => return None,
        };
        own.iter().chain(OF_BOTH).find(|(of, _)| *of == nutrient).map(|(_, amount)| *amount)
    }
}

impl LabelUnit {
    /// The unit with this sign.
    pub fn parse(sign: &str) -> Result<Self, Invalid> {
        match sign {
            "kcal" => Ok(Self::Kilocalorie),
            "kJ" => Ok(Self::Kilojoule),
            "g" => Ok(Self::Gram),
            "mg" => Ok(Self::Milligram),
            "µg" | "ug" | "mcg" => Ok(Self::Microgram),
            "IU" => Ok(Self::InternationalUnit),
            "IU other" => Ok(Self::OtherInternationalUnit),
            "%DV" => Ok(Self::DailyValue),
            _ => Err(Invalid::because("choose one of the units, such as g, mg, kcal or %DV")),
        }
    }

    /// How many grams one is; `None` for what is no mass by itself.
    const fn grams(self) -> Option<f64> {
        match self {
            Self::Gram => Some(1.0),
            Self::Milligram => Some(1e-3),
            Self::Microgram => Some(1e-6),
            Self::Kilocalorie
            | Self::Kilojoule
            | Self::InternationalUnit
            | Self::OtherInternationalUnit
            | Self::DailyValue => None,
        }
    }
}

impl LabelLine {
    /// Checks a line from outside: `salt`, or the key of a nutrient.
    pub fn parse(key: &str, amount: f64, unit: &str) -> Result<Self, Invalid> {
        let what = if key == "salt" { What::Salt } else { What::Nutrient(Nutrient::parse(key)?) };
        if !(0.0..=1e9).contains(&amount) {
            return Err(Invalid::because("enter 0 or more"));
        }
        let unit = LabelUnit::parse(unit)?;
        let line = Self { what, amount, unit };
        let fits = match what {
            What::Salt => unit.grams().is_some(),
            What::Nutrient(nutrient) if unit == LabelUnit::DailyValue => {
                LabelShape::UnitedStates.daily_value(nutrient).is_some()
                    || LabelShape::Canada.daily_value(nutrient).is_some()
            }
            What::Nutrient(nutrient) => line.amount_of(nutrient).is_some(),
        };
        if fits {
            Ok(line)
        } else {
            Err(Invalid::because("choose a unit that it can be stated in"))
        }
    }

    /// The amount in the nutrient's own unit.
    fn amount_of(&self, nutrient: Nutrient) -> Option<f64> {
        let factor = match self.unit {
            LabelUnit::Kilocalorie => (nutrient == Nutrient::ENERGY).then_some(1.0)?,
            LabelUnit::Kilojoule => {
                (nutrient == Nutrient::ENERGY).then_some(1.0 / CALORIE_JOULES)?
            }
            LabelUnit::InternationalUnit => match nutrient {
                Nutrient::VITAMIN_A => 0.3,
                Nutrient::VITAMIN_D => 0.025,
                Nutrient::VITAMIN_E => 0.67,
                _ => return None,
            },
            LabelUnit::OtherInternationalUnit => match nutrient {
                Nutrient::VITAMIN_A => 0.05,
                Nutrient::VITAMIN_E => 0.45,
                _ => return None,
            },
            LabelUnit::DailyValue => return None,
            LabelUnit::Gram | LabelUnit::Milligram | LabelUnit::Microgram => {
                self.unit.grams()? / grams_of(nutrient.unit())?
            }
        };
        Some(self.amount * factor)
    }

    /// What it says of which nutrient, and how exactly.
    fn stated(&self, shape: LabelShape) -> Option<(Nutrient, f64, Method)> {
        match self.what {
            What::Salt => {
                let milligrams = self.amount * self.unit.grams()? * 1000.0 / SALT_PER_SODIUM;
                Some((Nutrient::SODIUM, milligrams, Method::Label))
            }
            What::Nutrient(nutrient) if self.unit == LabelUnit::DailyValue => {
                // A share is rounded to whole percents, or worse.
                let whole = shape.daily_value(nutrient)?;
                Some((nutrient, self.amount / 100.0 * whole, Method::Estimated))
            }
            What::Nutrient(nutrient) => Some((nutrient, self.amount_of(nutrient)?, Method::Label)),
        }
    }

    /// A better statement of the same nutrient: an amount before a share, kcal before kJ, sodium before
    /// salt.
    fn rank(&self) -> u8 {
        match (self.what, self.unit) {
            (_, LabelUnit::DailyValue) => 2,
            (What::Salt, _) | (_, LabelUnit::Kilojoule) => 1,
            _ => 0,
        }
    }
}

/// What 100 g of a food hold whose label states these lines for so many grams of it.
pub fn of_label(
    shape: LabelShape,
    stated_for: Grams,
    lines: &[LabelLine],
) -> Result<Values, BadLabel> {
    let mut stated: Vec<(Nutrient, u8)> = Vec::with_capacity(lines.len());
    let mut values = Values::new();
    let mut places: Vec<(usize, &LabelLine)> = lines.iter().enumerate().collect();
    // The best statement of a nutrient comes first and stays.
    places.sort_by_key(|(_, line)| line.rank());
    for (place, line) in places {
        let bad = |problem| BadLabel { line: place, problem };
        let (nutrient, amount, method) = line.stated(shape).ok_or(bad(Invalid::because(
            "this label has no daily value for it: enter an amount",
        )))?;
        match stated.iter().find(|(known, _)| *known == nutrient) {
            Some((_, rank)) if *rank == line.rank() => return Err(bad(TWICE)),
            Some(_) => continue,
            None => stated.push((nutrient, line.rank())),
        }
        let per_hundred = amount * 100.0 / stated_for.get();
        if grams_of(nutrient.unit()).is_some_and(|unit| per_hundred * unit > 100.0 + SLACK_GRAMS) {
            return Err(bad(MORE_THAN_ALL));
        }
        values.set(nutrient, per_hundred, method).map_err(bad)?;
    }
    follow(shape, &mut values);
    Ok(values)
}

/// What follows from the lines: total and net carbohydrates.
fn follow(shape: LabelShape, values: &mut Values) {
    let Some((stated, method)) = values.thousandths(Nutrient::CARBOHYDRATE) else { return };
    let fibre = values.thousandths(Nutrient::FIBER);
    if shape.leaves_fibre_out() {
        values.put(Nutrient::NET_CARBS, stated, method);
        let (total, how) = match fibre {
            Some((fibre, of_fibre)) => (stated + fibre, derived_from(method, of_fibre)),
            None => (stated, Method::Estimated),
        };
        values.put(Nutrient::CARBOHYDRATE, total, how);
    } else if let Some((fibre, of_fibre)) = fibre {
        let net = stated.saturating_sub(fibre);
        values.put(Nutrient::NET_CARBS, net, derived_from(method, of_fibre));
    }
}

/// What follows exactly, unless one of the two is an estimate.
fn derived_from(one: Method, other: Method) -> Method {
    if one == Method::Estimated || other == Method::Estimated {
        Method::Estimated
    } else {
        Method::Derived
    }
}

const fn grams_of(unit: Unit) -> Option<f64> {
    match unit {
        Unit::Kilocalorie => None,
        Unit::Gram => Some(1.0),
        Unit::Milligram => Some(1e-3),
        Unit::Microgram => Some(1e-6),
    }
}

/// Daily values of the United States for adults and children of four years and more, in the unit of
/// the nutrient table.
static UNITED_STATES: &[(Nutrient, f64)] = &[
    (Nutrient::FAT, 78.0),
    (Nutrient::SATURATED, 20.0),
    (Nutrient::CHOLESTEROL, 300.0),
    (Nutrient::CARBOHYDRATE, 275.0),
    (Nutrient::SODIUM, 2_300.0),
    (Nutrient::FIBER, 28.0),
    (Nutrient::PROTEIN, 50.0),
    (Nutrient::SUGARS_ADDED, 50.0),
    (Nutrient::POTASSIUM, 4_700.0),
];

/// Canada's table of daily values for the same ages. Carbohydrates and protein have none, and its share
/// of saturated fat is of saturated and trans fat together, so that it says neither.
static CANADA: &[(Nutrient, f64)] = &[
    (Nutrient::FAT, 75.0),
    (Nutrient::CHOLESTEROL, 300.0),
    (Nutrient::SODIUM, 2_300.0),
    (Nutrient::FIBER, 28.0),
    (Nutrient::SUGARS, 100.0),
    (Nutrient::POTASSIUM, 3_400.0),
];

/// Vitamins and minerals, for which the two agree.
static OF_BOTH: &[(Nutrient, f64)] = &[
    (Nutrient::VITAMIN_A, 900.0),
    (Nutrient::VITAMIN_C, 90.0),
    (Nutrient::VITAMIN_D, 20.0),
    (Nutrient::VITAMIN_E, 15.0),
    (Nutrient::VITAMIN_K, 120.0),
    (Nutrient::VITAMIN_B1, 1.2),
    (Nutrient::VITAMIN_B2, 1.3),
    (Nutrient::VITAMIN_B3, 16.0),
    (Nutrient::VITAMIN_B5, 5.0),
    (Nutrient::VITAMIN_B6, 1.7),
    (Nutrient::FOLATE_DFE, 400.0),
    (Nutrient::VITAMIN_B12, 2.4),
    (Nutrient::BIOTIN, 30.0),
    (Nutrient::CHOLINE, 550.0),
    (Nutrient::CALCIUM, 1_300.0),
    (Nutrient::IRON, 18.0),
    (Nutrient::PHOSPHORUS, 1_250.0),
    (Nutrient::IODINE, 150.0),
    (Nutrient::MAGNESIUM, 420.0),
    (Nutrient::ZINC, 11.0),
    (Nutrient::SELENIUM, 55.0),
    (Nutrient::COPPER, 0.9),
    (Nutrient::MANGANESE, 2.3),
    (Nutrient::CHROMIUM, 35.0),
    (Nutrient::MOLYBDENUM, 45.0),
    (Nutrient::CHLORIDE, 2_300.0),
];
