//! What a dish holds that was made of other foods.
//!
//! The sum of the parts is the whole: whatever the yield is, all that went into the pot is in what came
//! out, water aside. So a recipe's values are the ingredients' amounts over the weight of the cooked
//! dish, and the difference between the two weights is taken to be water.
//!
//! A nutrient that some ingredients do not state is no zero. It is
//!
//! - [`Method::Calculated`] where every ingredient states it;
//! - [`Method::Estimated`] where those that state it are at least 95 percent of the weight (what is
//!   missing is a pinch of something), or where an ingredient's own value is an estimate;
//! - unknown otherwise.

use std::collections::BTreeMap;

use crate::amount::Grams;
use crate::error::Invalid;
use crate::method::Method;
use crate::nutrient::{Nutrient, Unit};
use crate::values::Values;

/// So much of a food goes into a recipe.
#[derive(Clone, Copy, Debug)]
pub struct Ingredient<'a> {
    /// What 100 g of it hold.
    pub values: &'a Values,
    /// How much of it.
    pub grams: Grams,
}

/// What came of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Dish {
    /// What 100 g of the cooked dish hold.
    pub values: Values,
    /// What all of it weighs.
    pub weight: Grams,
}

/// Percent of the weight that must state a nutrient.
const KNOWN_PERCENT: u128 = 95;
/// What rounding may leave above the whole, in percent.
const SLACK_PERCENT: u128 = 5;

/// Cooks: what the ingredients become, at the weight of the cooked dish, or at their own.
pub fn cook(ingredients: &[Ingredient<'_>], cooked: Option<Grams>) -> Result<Dish, Invalid> {
    let raw: u128 = ingredients.iter().map(|part| u128::from(part.grams.milligrams())).sum();
    #[expect(clippy::cast_precision_loss, reason = "at most 100 kg a part")]
    let raw_grams = raw as f64 / 1000.0;
    let weight = cooked
        .map_or_else(|| Grams::parse(raw_grams), Ok)
        .map_err(|_cause| Invalid::because("add ingredients that weigh at most 100 kg together"))?;
    let cooked = u128::from(weight.milligrams());

    let mut values = Values::new();
    for nutrient in Nutrient::ALL {
        let Some(mut sum) = Sum::of(nutrient, ingredients, raw) else { continue };
        if nutrient == Nutrient::WATER && cooked != raw {
            // In thousandths of a gram in 100 g, times milligrams: 100 g in 100 g.
            let water = |milligrams: u128| milligrams * 100_000;
            sum.parts = (sum.parts + water(cooked)).saturating_sub(water(raw));
            sum.method = Method::Estimated;
        }
        let thousandths = (sum.parts + cooked / 2) / cooked;
        if is_more_than_all(nutrient, thousandths) {
            return Err(Invalid::because(
                "is less than what is in it: weigh the cooked dish again",
            ));
        }
        values.put(nutrient, u64::try_from(thousandths).unwrap_or(u64::MAX), sum.method);
    }
    Ok(Dish { values, weight })
}

struct Sum {
    /// Thousandths of the nutrient's unit in 100 g, times milligrams.
    parts: u128,
    method: Method,
}

impl Sum {
    /// What the ingredients hold together; `None` where too much of the weight does not state it.
    fn of(nutrient: Nutrient, ingredients: &[Ingredient<'_>], raw: u128) -> Option<Self> {
        let mut sum = Self { parts: 0, method: Method::Calculated };
        let mut known = 0_u128;
        for part in ingredients {
            let milligrams = u128::from(part.grams.milligrams());
            let Some((thousandths, method)) = part.values.thousandths(nutrient) else {
                sum.method = Method::Estimated;
                continue;
            };
            known += milligrams;
            sum.parts += u128::from(thousandths) * milligrams;
            if method == Method::Estimated && 0 < thousandths {
                sum.method = Method::Estimated;
            }
        }
        (0 < known && raw * KNOWN_PERCENT <= known * 100).then_some(sum)
    }
}

/// A hundred grams of a dish hold no more than a hundred grams of anything.
fn is_more_than_all(nutrient: Nutrient, thousandths: u128) -> bool {
    let in_a_gram: u128 = match nutrient.unit() {
        Unit::Kilocalorie => return false,
        Unit::Gram => 1,
        Unit::Milligram => 1_000,
        Unit::Microgram => 1_000_000,
    };
    thousandths > (100 + SLACK_PERCENT) * 1_000 * in_a_gram
}

/// Recipes that are made of one another, so that none can be cooked first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a recipe is part of itself")]
pub struct Loop<K> {
    /// The recipes of the loop, each a part of the one before it, and the first of the last.
    pub through: Vec<K>,
}

/// An order in which every recipe comes after its parts. Parts that are no recipes are left out.
pub fn in_order<K: Ord + Clone>(parts: &BTreeMap<K, Vec<K>>) -> Result<Vec<K>, Loop<K>> {
    let mut order = Vec::with_capacity(parts.len());
    let mut done: BTreeMap<&K, bool> = BTreeMap::new();
    for first in parts.keys() {
        // Each step is a recipe and those of its parts that were not looked at yet.
        let mut path: Vec<(&K, std::slice::Iter<'_, K>)> = Vec::new();
        enter(first, parts, &mut done, &mut path);
        while let Some((at, rest)) = path.last_mut() {
            match rest.next() {
                None => {
                    order.push((*at).clone());
                    done.insert(at, true);
                    path.pop();
                }
                Some(part) => match done.get(part) {
                    Some(true) => {}
                    Some(false) => {
                        let from = path.iter().position(|(on, _)| *on == part).unwrap_or(0);
                        let through = path.iter().skip(from).map(|(on, _)| (*on).clone());
                        return Err(Loop { through: through.collect() });
                    }
                    None => enter(part, parts, &mut done, &mut path),
                },
            }
        }
    }
    Ok(order)
}

/// Goes into a recipe that was not looked at yet.
fn enter<'a, K: Ord>(
    key: &'a K,
    parts: &'a BTreeMap<K, Vec<K>>,
    done: &mut BTreeMap<&'a K, bool>,
    path: &mut Vec<(&'a K, std::slice::Iter<'a, K>)>,
) {
    if done.contains_key(key) {
        return;
    }
    if let Some(of) = parts.get(key) {
        done.insert(key, false);
        path.push((key, of.iter()));
    }
}
