//! The nutrients the diary knows, from `catalog/nutrients.tsv`.
//!
//! A nutrient's place in that file is stored in people's diaries: rows are only ever added at the
//! end. Where a row is shown follows from its group and its parent.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Invalid;

/// One of the nutrients of the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nutrient(u8);

/// What a nutrient is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// kcal
    Kilocalorie,
    /// g
    Gram,
    /// mg
    Milligram,
    /// µg
    Microgram,
}

/// The heading a nutrient stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Energy, water, alcohol, caffeine.
    General,
    /// Vitamins and their forms.
    Vitamins,
    /// Minerals.
    Minerals,
    /// Carbohydrates, fiber, sugars.
    Carbohydrates,
    /// Fats, fatty acids, sterols.
    Lipids,
    /// Protein and amino acids.
    Protein,
    /// What fits nowhere else.
    Other,
}

struct Definition {
    key: &'static str,
    name: &'static str,
    unit: Unit,
    group: Group,
    decimals: u8,
    parent: Option<Nutrient>,
    /// The number of the nutrient in USDA SR28, 0 where the release has none.
    sr28: u16,
}

include!(concat!(env!("OUT_DIR"), "/nutrients.rs"));

impl Nutrient {
    /// How many there are.
    pub const COUNT: usize = NUTRIENTS.len();

    /// The nutrient with this key, such as `vitamin_c`.
    pub fn parse(key: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|nutrient| nutrient.key() == key)
            .ok_or(Invalid::because("name a nutrient of the list, such as protein or vitamin_c"))
    }

    /// The nutrient at this place of the table, if the table goes so far.
    pub(crate) fn at(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// Its key in the API and in exports.
    pub fn key(self) -> &'static str {
        self.definition().key
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// What it is counted in.
    pub fn unit(self) -> Unit {
        self.definition().unit
    }

    /// The heading it stands under.
    pub fn group(self) -> Group {
        self.definition().group
    }

    /// How many decimals to show.
    pub fn decimals(self) -> u8 {
        self.definition().decimals
    }

    /// The nutrient this one is a part of, and is shown below.
    pub fn parent(self) -> Option<Self> {
        self.definition().parent
    }

    /// The number of the nutrient in USDA SR28.
    pub fn sr28(self) -> Option<u16> {
        Some(self.definition().sr28).filter(|number| 0 < *number)
    }

    #[expect(clippy::indexing_slicing, reason = "only the table itself makes one")]
    fn definition(self) -> &'static Definition {
        &NUTRIENTS[self.index()]
    }
}

impl fmt::Debug for Nutrient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Nutrient({})", self.key())
    }
}

impl Serialize for Nutrient {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for Nutrient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::parse(&key).map_err(D::Error::custom)
    }
}

impl Unit {
    /// The sign of the unit.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kilocalorie => "kcal",
            Self::Gram => "g",
            Self::Milligram => "mg",
            Self::Microgram => "µg",
        }
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Group {
    /// Every group, in the order of display.
    pub const ALL: [Self; 7] = [
        Self::General,
        Self::Vitamins,
        Self::Minerals,
        Self::Carbohydrates,
        Self::Lipids,
        Self::Protein,
        Self::Other,
    ];

    /// Its key in the API.
    pub const fn key(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Vitamins => "vitamins",
            Self::Minerals => "minerals",
            Self::Carbohydrates => "carbohydrates",
            Self::Lipids => "lipids",
            Self::Protein => "protein",
            Self::Other => "other",
        }
    }

    /// Its heading for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Vitamins => "Vitamins",
            Self::Minerals => "Minerals",
            Self::Carbohydrates => "Carbohydrates",
            Self::Lipids => "Lipids",
            Self::Protein => "Protein",
            Self::Other => "Other",
        }
    }
}

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}
