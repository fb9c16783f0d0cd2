//! From the nutrients of USDA SR28 to ours: most are the same, some follow from others.
//!
//! The column `rule` of `catalog/nutrients.tsv` states each rule; here they stand as code, in the
//! thousandths the release is kept in. What follows exactly is [`Method::Derived`], what is only the
//! nearest the release has is [`Method::Estimated`], and what has unknown parts stays unknown.

use crate::food::FoodRef;
use crate::method::Method;
use crate::nutrient::Nutrient;
use crate::values::{Value, Values, exact};

#[derive(Clone, Copy)]
struct Found {
    thousandths: u64,
    method: Method,
}

/// Our values of a food of the release.
pub(crate) fn values(food: &FoodRef<'_>) -> Values {
    let mut values = Values::new();
    for nutrient in Nutrient::ALL {
        if let Some(found) = find(food, nutrient) {
            values.put(nutrient, found.thousandths, found.method);
        }
    }
    values
}

/// One of them.
pub(crate) fn value(food: &FoodRef<'_>, nutrient: Nutrient) -> Option<Value> {
    let found = find(food, nutrient)?;
    Some(Value { amount: exact(found.thousandths), method: found.method })
}

fn find(food: &FoodRef<'_>, nutrient: Nutrient) -> Option<Found> {
    let found = nutrient.sr28().and_then(|number| direct(food, number));
    found.or_else(|| follow(food, nutrient))
}

/// What follows from other nutrients, where the release does not say it itself.
fn follow(food: &FoodRef<'_>, nutrient: Nutrient) -> Option<Found> {
    match nutrient {
        Nutrient::NET_CARBS => net_carbs(food),
        Nutrient::VITAMIN_A => retinol_activity(food),
        Nutrient::VITAMIN_D => vitamin_d(food),
        Nutrient::FOLATE_DFE => folate_equivalents(food),
        Nutrient::ALA => alpha_linolenic(food),
        Nutrient::LA => linoleic(food),
        Nutrient::AA => arachidonic(food),
        Nutrient::OMEGA3 => omega3(food),
        Nutrient::OMEGA6 => omega6(food),
        Nutrient::PHYTOSTEROL => phytosterol(food),
        _ => None,
    }
}

fn direct(food: &FoodRef<'_>, number: u16) -> Option<Found> {
    let (thousandths, method) = food.release_thousandths(number)?;
    Some(Found { thousandths: u64::from(thousandths), method })
}

fn amount(food: &FoodRef<'_>, number: u16) -> Option<u64> {
    direct(food, number).map(|found| found.thousandths)
}

/// The sum of those that are known.
fn known_sum(food: &FoodRef<'_>, numbers: &[u16]) -> u64 {
    numbers.iter().filter_map(|number| amount(food, *number)).sum()
}

/// The release itself has the value, or the nearest one to it, at this number.
fn direct_or_near(
    food: &FoodRef<'_>,
    number: u16,
    near: impl FnOnce() -> Option<u64>,
) -> Option<Found> {
    direct(food, number)
        .or_else(|| near().map(|thousandths| Found { thousandths, method: Method::Estimated }))
}

const fn derived(thousandths: u64) -> Found {
    Found { thousandths, method: Method::Derived }
}

/// Total less fiber. Rounding in the release can leave fiber a little above the total.
fn net_carbs(food: &FoodRef<'_>) -> Option<Found> {
    Some(derived(amount(food, 205)?.saturating_sub(amount(food, 291)?)))
}

/// Retinol, and carotenoids for what the body makes of them.
fn retinol_activity(food: &FoodRef<'_>) -> Option<Found> {
    let retinol = amount(food, 319)?;
    let beta_carotene = amount(food, 321)?;
    let others = amount(food, 322)? + amount(food, 334)?;
    Some(derived(retinol + rounded(2 * beta_carotene + others, 24)))
}

/// 40 IU are a microgram.
fn vitamin_d(food: &FoodRef<'_>) -> Option<Found> {
    Some(derived(rounded(amount(food, 324)?, 40)))
}

/// Added folic acid counts 1.7 times as much as the folate of foods.
fn folate_equivalents(food: &FoodRef<'_>) -> Option<Found> {
    Some(derived(amount(food, 432)? + rounded(17 * amount(food, 431)?, 10)))
}

/// 18:3 n-3; else all of 18:3 less the n-6 part where that is known.
fn alpha_linolenic(food: &FoodRef<'_>) -> Option<Found> {
    direct_or_near(food, 851, || Some(amount(food, 619)?.saturating_sub(known_sum(food, &[685]))))
}

/// 18:2 n-6 c,c; else all of 18:2 less the conjugated and trans forms that are known.
fn linoleic(food: &FoodRef<'_>) -> Option<Found> {
    direct_or_near(food, 675, || {
        Some(amount(food, 618)?.saturating_sub(known_sum(food, &[670, 669, 665, 666])))
    })
}

/// 20:4 n-6; else all of 20:4.
fn arachidonic(food: &FoodRef<'_>) -> Option<Found> {
    direct_or_near(food, 855, || amount(food, 620))
}

/// ALA, EPA, DPA, DHA and 20:3 n-3, as far as known. The last is scarce, so that its absence alone
/// does not make the sum an estimate.
fn omega3(food: &FoodRef<'_>) -> Option<Found> {
    let ala = alpha_linolenic(food);
    let long = [629, 631, 621].map(|number| amount(food, number));
    if ala.is_none() && long.iter().all(Option::is_none) {
        return None;
    }
    let thousandths = ala.map_or(0, |ala| ala.thousandths)
        + long.iter().flatten().sum::<u64>()
        + known_sum(food, &[852]);
    let whole = ala.is_some_and(is_measured) && long.iter().all(Option::is_some);
    Some(sum(thousandths, whole))
}

/// LA, 18:3 n-6, 20:2 n-6, 20:3 n-6 and AA, as far as known; LA is nearly all of it, so that without
/// LA the sum is unknown.
fn omega6(food: &FoodRef<'_>) -> Option<Found> {
    let la = linoleic(food)?;
    let aa = arachidonic(food);
    let thousandths =
        la.thousandths + aa.map_or(0, |aa| aa.thousandths) + known_sum(food, &[685, 672, 853]);
    Some(sum(thousandths, is_measured(la) && aa.is_some_and(is_measured)))
}

/// Campesterol, stigmasterol and beta-sitosterol: most of the phytosterols, but not all.
fn phytosterol(food: &FoodRef<'_>) -> Option<Found> {
    let thousandths = amount(food, 638)? + amount(food, 639)? + amount(food, 641)?;
    Some(sum(thousandths, false))
}

fn is_measured(found: Found) -> bool {
    found.method != Method::Estimated
}

const fn sum(thousandths: u64, whole: bool) -> Found {
    let method = if whole { Method::Derived } else { Method::Estimated };
    Found { thousandths, method }
}

const fn rounded(dividend: u64, divisor: u64) -> u64 {
    (dividend + divisor / 2) / divisor
}
