//! Sums over foods, each saying for how many of its foods the value is known.
//!
//! Sums are whole numbers inside (hundred-millionths of the nutrient's unit), so the order in which
//! foods are added changes nothing. The compact form keeps ten-thousandths of the unit.
//!
//! Water that is drunk counts towards the nutrient `water`, one gram a millilitre, but it is no food:
//! it changes neither `foods` nor how many foods the value is known for.

use serde::Serialize;

use crate::amount::{Grams, Millilitres};
use crate::error::Damaged;
use crate::nutrient::Nutrient;
use crate::values::{Values, bitmap, put_bitmap};
use crate::wire::{Reader, put_varint};

const VERSION: u8 = 1;
/// Parts of a unit inside: thousandths in 100 g, times milligrams.
const PARTS: u128 = 100_000_000;
/// Parts in one step of the compact form.
const PARTS_IN_STEP: u128 = PARTS / 10_000;

/// The sum of one nutrient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Total {
    /// In the nutrient's unit, over the foods for which it is known. Not rounded.
    pub amount: f64,
    /// For how many foods it is known. With 0, `amount` says nothing (drunk water aside).
    pub known: u32,
}

/// What some foods hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    foods: u32,
    microlitres: u64,
    /// By place in the nutrient table; what lies beyond the end is unknown for all foods.
    sums: Vec<Sum>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    parts: u128,
    known: u32,
}

impl Totals {
    /// Of no food at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds this much of a food.
    pub fn add(&mut self, values: &Values, grams: Grams) {
        self.foods = self.foods.saturating_add(1);
        for entry in values.entries() {
            let parts = u128::from(entry.thousandths) * u128::from(grams.milligrams());
            self.sum_mut(entry.index).add(Sum { parts, known: 1 });
        }
    }

    /// Adds water that was drunk.
    pub fn add_water(&mut self, water: Millilitres) {
        self.microlitres = self.microlitres.saturating_add(u64::from(water.microlitres()));
    }

    /// Adds all that other totals hold, such as those of another day.
    pub fn merge(&mut self, other: &Self) {
        self.foods = self.foods.saturating_add(other.foods);
        self.microlitres = self.microlitres.saturating_add(other.microlitres);
        for (index, sum) in (0..=u8::MAX).zip(&other.sums) {
            if 0 < sum.known {
                self.sum_mut(index).add(*sum);
            }
        }
    }

    /// How many foods were added.
    pub fn foods(&self) -> u32 {
        self.foods
    }

    /// How much water was drunk, in millilitres; the water in foods is not in it.
    #[expect(clippy::cast_precision_loss, reason = "exact up to nine million litres")]
    pub fn water_ml(&self) -> f64 {
        self.microlitres as f64 / 1000.0
    }

    /// The sum of a nutrient.
    pub fn get(&self, nutrient: Nutrient) -> Total {
        let sum = self.sums.get(nutrient.index()).copied().unwrap_or_default();
        let drunk = if nutrient == Nutrient::WATER { self.water_ml() } else { 0.0 };
        #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is wanted")]
        let amount = sum.parts as f64 / PARTS as f64 + drunk;
        Total { amount, known: sum.known }
    }

    /// The sums that say something, in the order of the table: every nutrient known for at least one
    /// food, and water where some was drunk.
    pub fn iter(&self) -> impl Iterator<Item = (Nutrient, Total)> + '_ {
        Nutrient::ALL.into_iter().map(|nutrient| (nutrient, self.get(nutrient))).filter(
            |(nutrient, total)| {
                0 < total.known || (*nutrient == Nutrient::WATER && 0 < self.microlitres)
            },
        )
    }

    fn sum_mut(&mut self, index: u8) -> &mut Sum {
        let index = usize::from(index);
        if self.sums.len() <= index {
            self.sums.resize(index + 1, Sum::default());
        }
        #[expect(clippy::indexing_slicing, reason = "made to reach this far just above")]
        &mut self.sums[index]
    }

    /// The compact form: about 500 bytes for a day. Amounts are rounded to a ten-thousandth.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        put_varint(&mut out, u64::from(self.foods));
        put_varint(&mut out, self.microlitres);
        let known = || (0..=u8::MAX).zip(&self.sums).filter(|(_, sum)| 0 < sum.known);
        put_bitmap(&mut out, known().map(|(index, _)| index));
        for (_, sum) in known() {
            let steps = (sum.parts + PARTS_IN_STEP / 2) / PARTS_IN_STEP;
            put_varint(&mut out, u64::try_from(steps).unwrap_or(u64::MAX));
            // Most nutrients are known for most foods: what is missing is the smaller number.
            put_varint(&mut out, u64::from(self.foods.saturating_sub(sum.known)));
        }
        out
    }

    /// Reads the compact form. Any other bytes are an error.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        Self::read(bytes).ok_or(Damaged { what: "totals" })
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != VERSION {
            return None;
        }
        let foods = u32::try_from(reader.varint()?).ok()?;
        let mut totals = Self { foods, microlitres: reader.varint()?, sums: Vec::new() };
        for index in bitmap(&mut reader)? {
            let parts = u128::from(reader.varint()?) * PARTS_IN_STEP;
            let missing = u32::try_from(reader.varint()?).ok()?;
            let known = foods.checked_sub(missing).filter(|known| 0 < *known)?;
            *totals.sum_mut(index) = Sum { parts, known };
        }
        reader.is_empty().then_some(totals)
    }
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.parts = self.parts.saturating_add(other.parts);
        self.known = self.known.saturating_add(other.known);
    }
}
