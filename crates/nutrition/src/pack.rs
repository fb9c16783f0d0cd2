//! Opening a packed catalogue. `catalog/pack/src/write.rs` says what stands where.
//!
//! A pack stores values by nutrient, which packs well; here they are turned to stand by food, which
//! reads well.

use crate::error::Damaged;
use crate::method::Method;
use crate::wire::Reader;

const MAGIC: &[u8] = b"KWPACK1\n";
const BYTES_MAX: usize = 16 << 20;
/// A food's bitmap has room for this many nutrients of the release.
const NUTRIENTS_MAX: usize = 192;

/// The tables of a catalogue.
pub(crate) struct Tables {
    pub(crate) group_codes: Vec<u32>,
    pub(crate) groups: Texts,
    pub(crate) foods: Vec<Food>,
    pub(crate) names: Texts,
    pub(crate) common_names: Texts,
    pub(crate) manufacturers: Texts,
    pub(crate) scientific_names: Texts,
    /// Numbers of the nutrients of the release, rising.
    pub(crate) numbers: Vec<u16>,
    pub(crate) values: ReleaseValues,
    pub(crate) portions: Vec<PackedPortion>,
    pub(crate) portion_amounts: Texts,
    pub(crate) portion_descriptions: Texts,
}

pub(crate) struct Food {
    pub(crate) code: u32,
    pub(crate) group: u8,
    /// kcal per gram of protein, fat and carbohydrate; hundredths.
    pub(crate) energy_factors: [Option<u16>; 3],
    pub(crate) first_portion: u32,
    pub(crate) portion_count: u16,
}

pub(crate) struct PackedPortion {
    pub(crate) seq: u16,
    pub(crate) milligrams: u32,
}

/// A column of texts in one piece.
pub(crate) struct Texts {
    text: Box<str>,
    ends: Box<[u32]>,
}

/// Values by food, in the order of `numbers`.
pub(crate) struct ReleaseValues {
    known: Vec<[u64; NUTRIENTS_MAX / 64]>,
    starts: Vec<u32>,
    thousandths: Vec<u32>,
    methods: Vec<Method>,
}

impl Tables {
    pub(crate) fn open(pack: &[u8]) -> Result<Self, Damaged> {
        const DAMAGED: Damaged = Damaged { what: "catalogue" };
        let bytes = zstd::bulk::decompress(pack, BYTES_MAX).ok().ok_or(DAMAGED)?;
        Self::read(&mut Reader::new(&bytes)).ok_or(DAMAGED)
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        if reader.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let group_count = count(reader)?;
        let food_count = count(reader)?;
        let nutrient_count = count(reader).filter(|count| *count <= NUTRIENTS_MAX)?;
        let value_count = count(reader)?;
        let portion_count = count(reader)?;

        let group_codes = column::<u32>(reader, group_count)?;
        let groups = Texts::read(reader, group_count)?;

        let numbers = column::<u16>(reader, nutrient_count)?;
        let decimals = column::<u32>(reader, nutrient_count)?;
        let _units = Texts::read(reader, nutrient_count)?;
        let _names = Texts::read(reader, nutrient_count)?;

        let codes = column::<u32>(reader, food_count)?;
        let food_groups = column::<u8>(reader, food_count)?;
        let _nitrogen_factors = column::<u16>(reader, food_count)?;
        let factors = [
            column::<u16>(reader, food_count)?,
            column::<u16>(reader, food_count)?,
            column::<u16>(reader, food_count)?,
        ];
        let names = Texts::read(reader, food_count)?;
        let common_names = Texts::read(reader, food_count)?;
        let manufacturers = Texts::read(reader, food_count)?;
        let scientific_names = Texts::read(reader, food_count)?;

        let portion_counts = column::<u16>(reader, food_count)?;
        let seqs = column::<u16>(reader, portion_count)?;
        let milligrams = column::<u32>(reader, portion_count)?;
        let portion_amounts = Texts::read(reader, portion_count)?;
        let portion_descriptions = Texts::read(reader, portion_count)?;

        let values = ReleaseValues::read(reader, food_count, &decimals, value_count)?;
        if !reader.is_empty() {
            return None;
        }

        let mut foods = Vec::with_capacity(food_count);
        let mut code = 0_u32;
        let mut first_portion = 0_u32;
        for (at, portion_count) in portion_counts.into_iter().enumerate() {
            code = code.checked_add(*codes.get(at)?)?;
            let [protein, fat, carbohydrate] = &factors;
            let factor = |column: &[u16]| column.get(at).and_then(|factor| factor.checked_sub(1));
            foods.push(Food {
                code,
                group: *food_groups.get(at)?,
                energy_factors: [factor(protein), factor(fat), factor(carbohydrate)],
                first_portion,
                portion_count,
            });
            first_portion = first_portion.checked_add(u32::from(portion_count))?;
        }
        let portions = seqs
            .into_iter()
            .zip(milligrams)
            .map(|(seq, milligrams)| PackedPortion { seq, milligrams })
            .collect();
        Some(Self {
            group_codes,
            groups,
            foods,
            names,
            common_names,
            manufacturers,
            scientific_names,
            numbers,
            values,
            portions,
            portion_amounts,
            portion_descriptions,
        })
    }
}

impl Texts {
    fn read(reader: &mut Reader<'_>, count: usize) -> Option<Self> {
        let length = usize::try_from(reader.varint()?).ok()?;
        let text = str::from_utf8(reader.take(length)?).ok()?;
        let ends: Box<[u32]> =
            text.match_indices('\n').filter_map(|(at, _)| u32::try_from(at).ok()).collect();
        (ends.len() == count).then(|| Self { text: text.into(), ends })
    }

    pub(crate) fn get(&self, at: usize) -> &str {
        let end = |at: usize| self.ends.get(at).and_then(|end| usize::try_from(*end).ok());
        let start = match at.checked_sub(1) {
            Some(before) => end(before).map(|end| end + 1),
            None => Some(0),
        };
        start.zip(end(at)).and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }
}

impl ReleaseValues {
    fn read(
        reader: &mut Reader<'_>,
        food_count: usize,
        decimals: &[u32],
        value_count: usize,
    ) -> Option<Self> {
        let bitmap_bytes = food_count.div_ceil(8);
        let bitmaps = reader.take(bitmap_bytes * decimals.len())?;
        let foods_with = |nutrient: usize| {
            let bitmap = bitmaps.get(nutrient * bitmap_bytes..(nutrient + 1) * bitmap_bytes);
            bits_set(bitmap.unwrap_or_default())
        };

        let mut known = vec![[0_u64; NUTRIENTS_MAX / 64]; food_count];
        for nutrient in 0..decimals.len() {
            for food in foods_with(nutrient) {
                *known.get_mut(food)?.get_mut(nutrient / 64)? |= 1 << (nutrient % 64);
            }
        }
        let mut starts = Vec::with_capacity(food_count);
        let mut total = 0_u32;
        for bits in &known {
            starts.push(total);
            total += bits.iter().map(|word| word.count_ones()).sum::<u32>();
        }
        if usize::try_from(total).ok()? != value_count {
            return None;
        }

        let mut next = starts.clone();
        let mut thousandths = vec![0_u32; value_count];
        for (nutrient, decimals) in decimals.iter().enumerate() {
            let scale = 10_u32.pow(3_u32.checked_sub(*decimals)?);
            for food in foods_with(nutrient) {
                let next = next.get_mut(food)?;
                let amount = u32::try_from(reader.varint()?).ok()?.checked_mul(scale)?;
                *thousandths.get_mut(usize::try_from(*next).ok()?)? = amount;
                *next += 1;
            }
        }
        let mut next = starts.clone();
        let mut methods = vec![Method::Unknown; value_count];
        for nutrient in 0..decimals.len() {
            for food in foods_with(nutrient) {
                let next = next.get_mut(food)?;
                let method = Method::from_number(reader.byte()?)?;
                *methods.get_mut(usize::try_from(*next).ok()?)? = method;
                *next += 1;
            }
        }
        Some(Self { known, starts, thousandths, methods })
    }

    /// The value of a food in this column, in thousandths.
    pub(crate) fn get(&self, food: usize, column: usize) -> Option<(u32, Method)> {
        let bits = self.known.get(food)?;
        if bits.get(column / 64)? >> (column % 64) & 1 == 0 {
            return None;
        }
        let before: u32 = bits
            .iter()
            .enumerate()
            .map(|(word, bits)| match column.checked_sub(word * 64) {
                None => 0,
                Some(shift) if 64 <= shift => bits.count_ones(),
                Some(shift) => (bits & ((1 << shift) - 1)).count_ones(),
            })
            .sum();
        let at = usize::try_from(self.starts.get(food)? + before).ok()?;
        Some((*self.thousandths.get(at)?, *self.methods.get(at)?))
    }

    /// How many nutrients are known for a food.
    pub(crate) fn known(&self, food: usize) -> u32 {
        self.known.get(food).map_or(0, |bits| bits.iter().map(|word| word.count_ones()).sum())
    }
}

/// The numbers of the bits that are set, lowest first.
fn bits_set(bitmap: &[u8]) -> impl Iterator<Item = usize> {
    bitmap.iter().enumerate().flat_map(|(at, byte)| {
        let mut rest = *byte;
        std::iter::from_fn(move || {
            let bit = usize::try_from(rest.trailing_zeros()).ok().filter(|bit| *bit < 8)?;
            rest &= rest - 1;
            Some(at * 8 + bit)
        })
    })
}

/// A count that is about to be made room for.
fn count(reader: &mut Reader<'_>) -> Option<usize> {
    usize::try_from(reader.varint()?).ok().filter(|count| *count <= BYTES_MAX)
}

fn column<T: TryFrom<u64>>(reader: &mut Reader<'_>, count: usize) -> Option<Vec<T>> {
    (0..count).map(|_| T::try_from(reader.varint()?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    static PACK: &[u8] = include_bytes!("../../../catalog/usda-sr28.pack");

    #[test]
    fn a_cut_or_changed_pack_is_damaged() {
        let damaged = Some(Damaged { what: "catalogue" });
        assert_eq!(Tables::open(&[]).err(), damaged);
        assert_eq!(Tables::open(b"KWPACK1").err(), damaged);
        assert_eq!(Tables::open(&PACK[..PACK.len() - 1]).err(), damaged);
        let mut changed = PACK.to_vec();
        changed[400_000] ^= 1;
        assert_eq!(Tables::open(&changed).err(), damaged);
    }

    /// Below the checksum of the frame, too, nothing is believed.
    #[test]
    fn changed_tables_are_read_or_refused_but_never_a_panic() {
        let whole = zstd::bulk::decompress(PACK, BYTES_MAX).unwrap();
        assert!(Tables::read(&mut Reader::new(&whole)).is_some());
        for at in (0..64).chain((64..whole.len()).step_by(whole.len() / 40)) {
            let mut changed = whole.clone();
            changed[at] ^= 0x81;
            if let Some(tables) = Tables::read(&mut Reader::new(&changed)) {
                for (place, food) in tables.foods.iter().enumerate() {
                    assert!(tables.portions_of(food).count() <= tables.portions.len());
                    assert!(tables.names.get(place).len() < whole.len());
                }
            }
            assert!(Tables::read(&mut Reader::new(&whole[..at])).is_none());
        }
    }
}
