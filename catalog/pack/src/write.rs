//! The form of a pack: one zstd frame of columns, so that like stands beside like.
//!
//! ```text
//! "KWPACK1\n"
//! counts      groups, foods, nutrients, values, portions            varints
//! groups      code                                                  varints; then names
//! nutrients   number, decimals used                                 varints; then units, names
//! foods       code less the one before, group, four factors + 1     varints, column by column
//!             names, common names, manufacturers, scientific names
//! portions    how many (by food), seq, milligrams                   varints; then amounts, descriptions
//! values      by nutrient: bitmap over the foods
//!             by nutrient: amounts in its decimals                  varints
//!             by nutrient: methods                                  one byte each
//! ```
//!
//! A column of texts is its length in bytes and then the texts, each ended by a line feed. Numbers
//! that may be missing are stored plus one, with 0 for missing. `crates/nutrition/src/pack.rs` reads it.

use anyhow::{Context, Result, ensure};

use crate::release::{Food, Portion, Release, Value};

pub(crate) fn pack(release: &Release) -> Result<Vec<u8>> {
    let mut out = b"KWPACK1\n".to_vec();
    let portions: Vec<&Portion> = release.foods.iter().flat_map(|food| &food.portions).collect();
    for count in [
        release.groups.len(),
        release.foods.len(),
        release.nutrients.len(),
        release.value_count(),
        portions.len(),
    ] {
        varint(&mut out, u32::try_from(count)?);
    }

    for group in &release.groups {
        varint(&mut out, group.code);
    }
    texts(&mut out, release.groups.iter().map(|group| &*group.name))?;

    for nutrient in &release.nutrients {
        varint(&mut out, u32::from(nutrient.number));
    }
    for nutrient in &release.nutrients {
        varint(&mut out, decimals(&nutrient.values));
    }
    texts(&mut out, release.nutrients.iter().map(|nutrient| &*nutrient.unit))?;
    texts(&mut out, release.nutrients.iter().map(|nutrient| &*nutrient.name))?;

    foods(&mut out, &release.foods)?;

    for food in &release.foods {
        varint(&mut out, u32::try_from(food.portions.len())?);
    }
    for portion in &portions {
        varint(&mut out, portion.seq);
    }
    for portion in &portions {
        varint(&mut out, portion.milligrams);
    }
    texts(&mut out, portions.iter().map(|portion| &*portion.amount))?;
    texts(&mut out, portions.iter().map(|portion| &*portion.description))?;

    values(&mut out, release);
    compress(&out)
}

fn foods(out: &mut Vec<u8>, foods: &[Food]) -> Result<()> {
    let mut before = 0;
    for food in foods {
        let code: u32 = food.code.parse()?;
        varint(out, code.checked_sub(before).context("foods in the order of their codes")?);
        before = code;
    }
    for food in foods {
        varint(out, u32::try_from(food.group)?);
    }
    for which in 0..4 {
        for food in foods {
            varint(out, food.factors.get(which).copied().flatten().map_or(0, |factor| factor + 1));
        }
    }
    texts(out, foods.iter().map(|food| &*food.name))?;
    texts(out, foods.iter().map(|food| &*food.common_name))?;
    texts(out, foods.iter().map(|food| &*food.manufacturer))?;
    texts(out, foods.iter().map(|food| &*food.scientific_name))
}

fn values(out: &mut Vec<u8>, release: &Release) {
    for nutrient in &release.nutrients {
        for eight in nutrient.values.chunks(8) {
            let bits =
                eight.iter().rev().fold(0, |bits, value| bits << 1 | u8::from(value.is_some()));
            out.push(bits);
        }
    }
    for nutrient in &release.nutrients {
        let divisor = 10_u32.pow(3 - decimals(&nutrient.values));
        for value in nutrient.values.iter().flatten() {
            varint(out, value.thousandths / divisor);
        }
    }
    for value in release.nutrients.iter().flat_map(|nutrient| nutrient.values.iter().flatten()) {
        out.push(value.method.number());
    }
}

/// How many decimals the values of a nutrient use at most.
fn decimals(values: &[Option<Value>]) -> u32 {
    let exact = |divisor| values.iter().flatten().all(|value| value.thousandths % divisor == 0);
    match () {
        () if exact(1000) => 0,
        () if exact(100) => 1,
        () if exact(10) => 2,
        () => 3,
    }
}

fn texts<'a>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut column = String::new();
    for text in texts {
        ensure!(!text.contains('\n'), "a line feed in {text:?}");
        column.push_str(text);
        column.push('\n');
    }
    varint(out, u32::try_from(column.len())?);
    out.extend_from_slice(column.as_bytes());
    Ok(())
}

fn varint(out: &mut Vec<u8>, mut number: u32) {
    while 0x80 <= number {
        out.extend((number & 0x7f | 0x80).to_le_bytes().first());
        number >>= 7;
    }
    out.extend(number.to_le_bytes().first());
}

fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(19)?;
    compressor.include_checksum(true)?;
    Ok(compressor.compress(bytes)?)
}
