//! A food of the catalogue, and how foods are named across catalogues.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::derive;
use crate::error::Invalid;
use crate::method::Method;
use crate::nutrient::Nutrient;
use crate::pack::{Food, Tables};
use crate::portion::Portion;
use crate::values::{Value, Values};

/// The catalogue that is part of the program, in a [`FoodId`].
const SR28: &str = "usda-sr28";
/// The number of energy in kcal in the release.
const ENERGY: u16 = 208;

/// Names a food in any catalogue: `usda-sr28:01009`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FoodId(String);

impl FoodId {
    /// Checks a name from outside. That it is well formed does not mean that there is such a food.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let well_formed = text.split_once(':').is_some_and(|(source, code)| {
            (1..=32).contains(&source.len())
                && (1..=64).contains(&code.len())
                && source.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        });
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::because("choose a food from the search, such as usda-sr28:01009"))
        }
    }

    /// The number in the release, if this names a food of USDA SR28.
    pub(crate) fn sr28(&self) -> Option<u32> {
        let (source, code) = self.0.split_once(':')?;
        (source == SR28 && code.len() == 5).then(|| code.parse().ok()).flatten()
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FoodId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl TryFrom<String> for FoodId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<FoodId> for String {
    fn from(id: FoodId) -> Self {
        id.0
    }
}

impl fmt::Display for FoodId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Where values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Short name, such as "USDA SR28".
    pub name: &'static str,
    /// The release, so that a value can be found again.
    pub release: &'static str,
}

/// Energy of a gram of protein, fat and carbohydrate in this very food, in kcal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EnergyFactors {
    /// Of a gram of protein; `None` where the source gives none.
    pub protein: Option<f64>,
    /// Of a gram of fat.
    pub fat: Option<f64>,
    /// Of a gram of carbohydrate.
    pub carbohydrate: Option<f64>,
}

/// A food of the catalogue. Cheap to copy.
#[derive(Clone, Copy)]
pub struct FoodRef<'a> {
    tables: &'a Tables,
    at: usize,
    food: &'a Food,
}

impl<'a> FoodRef<'a> {
    pub(crate) fn at(tables: &'a Tables, at: usize) -> Option<Self> {
        Some(Self { tables, at, food: tables.foods.get(at)? })
    }

    /// Its name in every catalogue of ours.
    pub fn id(&self) -> FoodId {
        FoodId(format!("{SR28}:{:05}", self.food.code))
    }

    /// What people read.
    pub fn name(&self) -> &'a str {
        self.tables.names.get(self.at)
    }

    /// The group of foods the source puts it in.
    pub fn group(&self) -> &'a str {
        self.tables.groups.get(usize::from(self.food.group))
    }

    /// The number of that group in the release.
    pub(crate) fn group_code(&self) -> u32 {
        self.tables.group_codes.get(usize::from(self.food.group)).copied().unwrap_or_default()
    }

    /// Who makes it, for the few foods of one maker.
    pub fn manufacturer(&self) -> Option<&'a str> {
        Some(self.tables.manufacturers.get(self.at)).filter(|name| !name.is_empty())
    }

    /// Where its values come from.
    pub fn source(&self) -> Source {
        Source { name: "USDA SR28", release: "28" }
    }

    /// Its household measures; some foods have none. Grams can always be used.
    pub fn portions(&self) -> Vec<Portion> {
        self.tables.portions_of(self.food).collect()
    }

    /// The household measure with this number.
    pub fn portion(&self, seq: u16) -> Option<Portion> {
        self.tables.portions_of(self.food).find(|portion| portion.seq == seq)
    }

    /// What 100 g of it hold, derived nutrients included.
    pub fn values(&self) -> Values {
        derive::values(self)
    }

    /// What 100 g of it hold of one nutrient; `None` where it is unknown.
    pub fn value(&self, nutrient: Nutrient) -> Option<Value> {
        derive::value(self, nutrient)
    }

    /// Energy of 100 g in kcal.
    pub fn energy_kcal_per_100g(&self) -> Option<f64> {
        self.release_value(ENERGY).map(|value| value.amount)
    }

    /// What its own protein, fat and carbohydrate yield.
    pub fn energy_factors(&self) -> EnergyFactors {
        let [protein, fat, carbohydrate] = self
            .food
            .energy_factors
            .map(|factor| factor.map(|hundredths| f64::from(hundredths) / 100.0));
        EnergyFactors { protein, fat, carbohydrate }
    }

    /// The value under a nutrient number of the release, as the release has it: also those of its 150
    /// nutrients that have no key of ours.
    pub fn release_value(&self, number: u16) -> Option<Value> {
        let (thousandths, method) = self.release_thousandths(number)?;
        Some(Value { amount: f64::from(thousandths) / 1000.0, method })
    }

    pub(crate) fn release_thousandths(&self, number: u16) -> Option<(u32, Method)> {
        let column = self.tables.numbers.binary_search(&number).ok()?;
        self.tables.values.get(self.at, column)
    }
}

impl fmt::Debug for FoodRef<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FoodRef({}, {:?})", self.id(), self.name())
    }
}
