//! The units that people measure themselves in.

use serde::{Deserialize, Serialize};

use crate::error::Invalid;

/// A unit of a measure. Diaries store a unit by its place here: new ones come at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// kg
    Kilogram,
    /// lb
    Pound,
    /// st, of 14 lb
    Stone,
    /// cm
    Centimetre,
    /// in
    Inch,
    /// %
    Percent,
    /// mmHg
    MillimetresOfMercury,
    /// /min
    PerMinute,
    /// °C
    Celsius,
    /// °F
    Fahrenheit,
    /// mmol/L
    MillimolesPerLitre,
    /// mg/dL
    MilligramsPerDecilitre,
    /// h
    Hour,
    /// points of a scale
    Points,
    /// steps
    Steps,
}

impl Unit {
    /// Every unit, in the order that diaries store them in.
    pub const ALL: [Self; 15] = [
        Self::Kilogram,
        Self::Pound,
        Self::Stone,
        Self::Centimetre,
        Self::Inch,
        Self::Percent,
        Self::MillimetresOfMercury,
        Self::PerMinute,
        Self::Celsius,
        Self::Fahrenheit,
        Self::MillimolesPerLitre,
        Self::MilligramsPerDecilitre,
        Self::Hour,
        Self::Points,
        Self::Steps,
    ];

    /// Its sign, in the API and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kilogram => "kg",
            Self::Pound => "lb",
            Self::Stone => "st",
            Self::Centimetre => "cm",
            Self::Inch => "in",
            Self::Percent => "%",
            Self::MillimetresOfMercury => "mmHg",
            Self::PerMinute => "/min",
            Self::Celsius => "°C",
            Self::Fahrenheit => "°F",
            Self::MillimolesPerLitre => "mmol/L",
            Self::MilligramsPerDecilitre => "mg/dL",
            Self::Hour => "h",
            Self::Points => "points",
            Self::Steps => "steps",
        }
    }

    /// The unit of this sign.
    pub fn parse(sign: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|unit| unit.as_str() == sign)
            .ok_or(Invalid::because("name a unit of the measure, such as kg or lb"))
    }
}
