//! How much of a food or of water: checked once, at the edge.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Invalid;

/// A mass of food: more than zero, at most 100 kg, kept to the milligram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Grams {
    milligrams: u32,
}

impl Grams {
    /// The most one entry may weigh, in grams.
    pub const MAX: f64 = 100_000.0;

    /// Checks a number from outside and rounds it to the milligram.
    pub fn parse(grams: f64) -> Result<Self, Invalid> {
        match thousandths(grams, Self::MAX) {
            Some(milligrams) => Ok(Self { milligrams }),
            None => Err(Invalid::because("enter more than 0 and at most 100000 g")),
        }
    }

    /// The mass in grams.
    pub fn get(self) -> f64 {
        f64::from(self.milligrams) / 1000.0
    }

    pub(crate) fn milligrams(self) -> u32 {
        self.milligrams
    }
}

/// A volume of drinking water: more than zero, at most 100 litres, kept to the microlitre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Millilitres {
    microlitres: u32,
}

impl Millilitres {
    /// The most one entry may hold, in millilitres.
    pub const MAX: f64 = 100_000.0;

    /// Checks a number from outside and rounds it to the microlitre.
    pub fn parse(millilitres: f64) -> Result<Self, Invalid> {
        match thousandths(millilitres, Self::MAX) {
            Some(microlitres) => Ok(Self { microlitres }),
            None => Err(Invalid::because("enter more than 0 and at most 100000 ml")),
        }
    }

    /// The volume in millilitres.
    pub fn get(self) -> f64 {
        f64::from(self.microlitres) / 1000.0
    }

    pub(crate) fn microlitres(self) -> u32 {
        self.microlitres
    }
}

/// Thousandths of a number in `0.0005..=max`; `None` outside, and for NaN.
fn thousandths(number: f64, max: f64) -> Option<u32> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked: at most 100,000,000, never negative"
    )]
    let count = if 0.0 < number && number <= max { (number * 1000.0).round() as u32 } else { 0 };
    (0 < count).then_some(count)
}

impl TryFrom<f64> for Grams {
    type Error = Invalid;

    fn try_from(grams: f64) -> Result<Self, Invalid> {
        Self::parse(grams)
    }
}

impl From<Grams> for f64 {
    fn from(grams: Grams) -> Self {
        grams.get()
    }
}

impl fmt::Display for Grams {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} g", self.get())
    }
}

impl TryFrom<f64> for Millilitres {
    type Error = Invalid;

    fn try_from(millilitres: f64) -> Result<Self, Invalid> {
        Self::parse(millilitres)
    }
}

impl From<Millilitres> for f64 {
    fn from(millilitres: Millilitres) -> Self {
        millilitres.get()
    }
}

impl fmt::Display for Millilitres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ml", self.get())
    }
}

/// An amount as people see it, with so many decimals. Never add up what this returns.
pub fn round_for_display(amount: f64, decimals: u8) -> f64 {
    let scale = 10_f64.powi(i32::from(decimals.min(9)));
    let rounded = (amount * scale).round() / scale;
    // Without this, -0.0004 would be shown as "-0", and huge amounts as infinity.
    if rounded.is_finite() { rounded + 0.0 } else { amount }
}
