//! What 100 g of a food hold, as far as anybody knows.
//!
//! Amounts are kept in thousandths of the nutrient's unit, which holds every value of USDA SR28
//! exactly. The encoding stands inside people's diary entries, so that an entry keeps the values it
//! was recorded with:
//!
//! ```text
//! 1                  version
//! n, n bytes         bitmap over the nutrient table: bit i of the bitmap is nutrient i
//! varints            thousandths, one for each bit set, in order
//! 3 bits each        methods, in order, lowest bits first
//! ```
//!
//! A bitmap may be shorter than today's table (written before it grew: the rest is unknown) or
//! longer (written by a newer program: kept, and written back, but not shown).

use serde::Serialize;

use crate::amount::Grams;
use crate::error::{Damaged, Invalid};
use crate::method::Method;
use crate::nutrient::Nutrient;
use crate::wire::{Reader, put_varint};

const VERSION: u8 = 1;
const THOUSANDTHS_MAX: u64 = 1_000_000_000_000;

/// A known amount and how it was come by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Value {
    /// In the nutrient's unit.
    pub amount: f64,
    /// How it was come by.
    pub method: Method,
}

/// What 100 g of a food hold. A nutrient that is not in it is unknown, which is not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// In the order of the table, each nutrient at most once.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) index: u8,
    pub(crate) method: Method,
    pub(crate) thousandths: u64,
}

impl Values {
    /// Values of which none is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a nutrient; `None` where it is unknown.
    pub fn get(&self, nutrient: Nutrient) -> Option<Value> {
        self.find(nutrient).map(Entry::value)
    }

    /// How much of a nutrient this many grams of the food hold; `None` where it is unknown.
    pub fn amount_in(&self, nutrient: Nutrient, grams: Grams) -> Option<f64> {
        self.find(nutrient).map(|entry| entry.value().amount * grams.get() / 100.0)
    }

    /// The known values, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (Nutrient, Value)> + '_ {
        self.entries
            .iter()
            .filter_map(|entry| Some((Nutrient::at(usize::from(entry.index))?, entry.value())))
    }

    /// How many are known.
    pub fn known(&self) -> usize {
        self.iter().count()
    }

    /// Records the amount in 100 g, rounded to a thousandth of the nutrient's unit.
    pub fn set(&mut self, nutrient: Nutrient, amount: f64, method: Method) -> Result<(), Invalid> {
        if (0.0..=1e9).contains(&amount) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the range was checked: at most 10^12, never negative"
            )]
            let thousandths = (amount * 1000.0).round() as u64;
            self.put(nutrient, thousandths, method);
            Ok(())
        } else {
            Err(Invalid::because("enter 0 or more, and at most 1000000000"))
        }
    }

    pub(crate) fn put(&mut self, nutrient: Nutrient, thousandths: u64, method: Method) {
        let index = u8::try_from(nutrient.index()).unwrap_or(u8::MAX);
        let entry = Entry { index, method, thousandths: thousandths.min(THOUSANDTHS_MAX) };
        match self.entries.binary_search_by_key(&index, |entry| entry.index) {
            Ok(at) => {
                if let Some(slot) = self.entries.get_mut(at) {
                    *slot = entry;
                }
            }
            Err(at) => self.entries.insert(at, entry),
        }
    }

    /// The stored number of a nutrient.
    pub(crate) fn thousandths(&self, nutrient: Nutrient) -> Option<(u64, Method)> {
        self.find(nutrient).map(|entry| (entry.thousandths, entry.method))
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn find(&self, nutrient: Nutrient) -> Option<&Entry> {
        let at = self
            .entries
            .binary_search_by_key(&nutrient.index(), |entry| usize::from(entry.index))
            .ok()?;
        self.entries.get(at)
    }

    /// The compact form, about 180 bytes for 85 values.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        put_bitmap(&mut out, self.entries.iter().map(|entry| entry.index));
        for entry in &self.entries {
            put_varint(&mut out, entry.thousandths);
        }
        for eight in self.entries.chunks(8) {
            let packed = eight
                .iter()
                .rev()
                .fold(0_u32, |packed, entry| packed << 3 | u32::from(entry.method.number()));
            out.extend(packed.to_le_bytes().into_iter().take((eight.len() * 3).div_ceil(8)));
        }
        out
    }

    /// Reads the compact form. Any other bytes are an error.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        Self::read(bytes).ok_or(Damaged { what: "values" })
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != VERSION {
            return None;
        }
        let mut entries = Vec::new();
        for index in bitmap(&mut reader)? {
            entries.push(Entry { index, method: Method::Unknown, thousandths: 0 });
        }
        for entry in &mut entries {
            entry.thousandths = reader.varint().filter(|read| *read <= THOUSANDTHS_MAX)?;
        }
        for eight in entries.chunks_mut(8) {
            let taken = reader.take((eight.len() * 3).div_ceil(8))?;
            let mut packed =
                taken.iter().rev().fold(0_u32, |packed, byte| packed << 8 | u32::from(*byte));
            for entry in eight {
                entry.method = Method::from_number(u8::try_from(packed & 7).ok()?)?;
                packed >>= 3;
            }
            if packed != 0 {
                return None;
            }
        }
        reader.is_empty().then_some(Self { entries })
    }
}

impl Entry {
    fn value(&self) -> Value {
        Value { amount: exact(self.thousandths), method: self.method }
    }
}

/// The double nearest to the decimal number: what reading "3.14" gives, too.
#[expect(clippy::cast_precision_loss, reason = "at most 10^12, which a double holds exactly")]
pub(crate) fn exact(thousandths: u64) -> f64 {
    thousandths as f64 / 1000.0
}

/// Appends the bitmap of these rising indices, without trailing empty bytes.
pub(crate) fn put_bitmap(out: &mut Vec<u8>, indices: impl Iterator<Item = u8>) {
    let mut bitmap = Vec::new();
    for index in indices {
        bitmap.resize(usize::from(index / 8) + 1, 0);
        if let Some(last) = bitmap.last_mut() {
            *last |= 1 << (index % 8);
        }
    }
    out.push(u8::try_from(bitmap.len()).unwrap_or_default());
    out.append(&mut bitmap);
}

/// The indices of a bitmap, rising; `None` where it was cut or is longer than an index can say.
pub(crate) fn bitmap<'a>(reader: &mut Reader<'a>) -> Option<impl Iterator<Item = u8> + use<'a>> {
    let length = reader.byte()?;
    if 32 < length {
        return None;
    }
    let bytes = reader.take(usize::from(length))?;
    Some((0..=u8::MAX).filter(|index| {
        bytes.get(usize::from(index / 8)).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    }))
}
