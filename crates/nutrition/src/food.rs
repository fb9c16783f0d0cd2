//! A food of the catalogue, and how foods are named across catalogues.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::error::Invalid;
use crate::values::Values;

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

/// A household measure of a food, such as "1 cup, sliced".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Portion {
    /// Its number within the food.
    pub seq: u16,
    /// For people: amount and measure.
    pub name: String,
    /// What it weighs.
    pub grams: f64,
}

/// A food of the catalogue. Cheap to copy.
#[derive(Clone, Copy)]
pub struct FoodRef<'a> {
    catalog: &'a Catalog,
    index: u16,
}

impl<'a> FoodRef<'a> {
    /// Its name in every catalogue of ours.
    pub fn id(&self) -> FoodId {
        FoodId(String::new())
    }

    /// What people read.
    pub fn name(&self) -> &'a str {
        ""
    }

    /// The group of foods the source puts it in.
    pub fn group(&self) -> &'a str {
        ""
    }

    /// Where its values come from.
    pub fn source(&self) -> Source {
        Source { name: "USDA SR28", release: "28 (2016)" }
    }

    /// Its household measures; some foods have none. Grams can always be used.
    pub fn portions(&self) -> Vec<Portion> {
        let _ = (self.catalog, self.index);
        Vec::new()
    }

    /// The household measure with this number.
    pub fn portion(&self, seq: u16) -> Option<Portion> {
        self.portions().into_iter().find(|portion| portion.seq == seq)
    }

    /// What 100 g of it hold, derived nutrients included.
    pub fn values(&self) -> Values {
        Values::new()
    }

    /// Energy of 100 g in kcal.
    pub fn energy_kcal_per_100g(&self) -> Option<f64> {
        None
    }
}
