//! What is recorded that is in no catalogue: numbers alone, and what stood on a day before.
//!
//! An undo, or a copy made by the client, must bring an entry back with the values it had, also when its
//! own food was changed or deleted meanwhile. So a day shows each such food with a text that says all of
//! it, and takes that text back.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use nutrition::{FoodId, Grams, Method, Nutrient, Values};
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::document::{Measure, Snapshot};

/// The source of an own food.
pub(crate) const OWN_FOOD: &str = "Own food";
/// The source of an own food that is a supplement: some upper limits are about these alone.
pub const OWN_SUPPLEMENT: &str = "Own supplement";
/// The source of a recipe.
pub(crate) const RECIPE: &str = "Recipe";
/// The source of numbers without a food.
pub(crate) const QUICK_ADD: &str = "Quick add";

/// The most characters of a food's name.
pub(crate) const NAME_CHARACTERS_MAX: usize = 200;
/// What numbers without a food count as, in grams: their values are of all of it.
pub(super) const QUICK_GRAMS: f64 = 100.0;
const AS_RECORDED_BYTES_MAX: usize = 4_000;

/// The number of a food or recipe of the library, in `own:…`.
pub(crate) fn own_id(food: &str) -> Option<Uuid> {
    food.strip_prefix("own:")?.parse().ok()
}

/// A food of the library as days and recipes name it.
pub(crate) fn own_name(id: Uuid) -> String {
    format!("own:{id}")
}

/// Numbers without a food, for the whole of what was eaten. At least one of them.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentQuick {
    /// What it was.
    #[schema(example = "Lunch at the canteen")]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    energy_kcal: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protein_g: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    carbohydrate_g: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fat_g: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fiber_g: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alcohol_g: Option<f64>,
}

impl SentQuick {
    /// As it stands on a day.
    pub(super) fn parse(&self, entry: Uuid) -> Result<Snapshot> {
        let mut values = Values::new();
        for (field, nutrient, amount) in [
            ("energy_kcal", Nutrient::ENERGY, self.energy_kcal),
            ("protein_g", Nutrient::PROTEIN, self.protein_g),
            ("carbohydrate_g", Nutrient::CARBOHYDRATE, self.carbohydrate_g),
            ("fat_g", Nutrient::FAT, self.fat_g),
            ("fiber_g", Nutrient::FIBER, self.fiber_g),
            ("alcohol_g", Nutrient::ALCOHOL, self.alcohol_g),
        ] {
            let Some(amount) = amount else { continue };
            if !(0.0..=100_000.0).contains(&amount) {
                return Err(Error::invalid(field, "enter 0 or more, and at most 100000"));
            }
            values
                .set(nutrient, amount, Method::Unknown)
                .map_err(|cause| Error::invalid(field, cause.problem))?;
        }
        if values.known() == 0 {
            return Err(Error::invalid("energy_kcal", "enter at least one number"));
        }
        Ok(Snapshot {
            id: format!("quick:{entry}"),
            name: text::line("name", &self.name, NAME_CHARACTERS_MAX)?,
            source: QUICK_ADD.to_owned(),
            release: String::new(),
            values,
        })
    }
}

/// The numbers of an entry that is numbers alone.
pub(super) fn quick_of(food: &Snapshot, grams: Grams) -> Option<SentQuick> {
    let amount = |nutrient| food.values.amount_in(nutrient, grams);
    (food.source == QUICK_ADD).then(|| SentQuick {
        name: food.name.clone(),
        energy_kcal: amount(Nutrient::ENERGY),
        protein_g: amount(Nutrient::PROTEIN),
        carbohydrate_g: amount(Nutrient::CARBOHYDRATE),
        fat_g: amount(Nutrient::FAT),
        fiber_g: amount(Nutrient::FIBER),
        alcohol_g: amount(Nutrient::ALCOHOL),
    })
}

/// All of a food that no catalogue has, as text; `None` for a food of the catalogue.
pub(super) fn as_recorded(food: &Snapshot, portion: Option<&Measure>) -> Result<Option<String>> {
    if FoodId::parse(&food.id).is_ok_and(|id| nutrition::catalog().food(&id).is_some()) {
        return Ok(None);
    }
    let fault = |cause: postcard::Error| Error::Internal(cause.into());
    let written = postcard::to_stdvec(&(food, portion)).map_err(fault)?;
    Ok(Some(BASE64_URL_SAFE_NO_PAD.encode(written)))
}

/// Reads what [`as_recorded`] wrote. It may come from anywhere: it can say no more than an own food
/// could.
pub(super) fn of_recorded(text: &str) -> Result<(Snapshot, Option<Measure>)> {
    let wrong = || Error::invalid("as_recorded", "send it as the day showed it");
    if AS_RECORDED_BYTES_MAX < text.len() {
        return Err(wrong());
    }
    let written = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_cause| wrong())?;
    let (food, portion): (Snapshot, Option<Measure>) =
        postcard::from_bytes(&written).map_err(|_cause| wrong())?;
    let of_ours = match food.source.as_str() {
        OWN_FOOD | OWN_SUPPLEMENT | RECIPE => own_id(&food.id).is_some(),
        QUICK_ADD => food.id.strip_prefix("quick:").is_some_and(|id| id.parse::<Uuid>().is_ok()),
        _ => false,
    };
    let named = |name: &str| text::line("name", name, NAME_CHARACTERS_MAX).is_ok();
    let plain = named(&food.name)
        && food.release.len() <= 20
        && food.release.bytes().all(|b| b.is_ascii_digit())
        && portion.as_ref().is_none_or(|portion| named(&portion.name));
    if of_ours && plain { Ok((food, portion)) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soup() -> Snapshot {
        let mut values = Values::new();
        values.set(Nutrient::ENERGY, 51.5, Method::Calculated).unwrap();
        Snapshot {
            id: own_name(Uuid::from_u128(7)),
            name: "Bean soup".to_owned(),
            source: RECIPE.to_owned(),
            release: "3".to_owned(),
            values,
        }
    }

    #[test]
    fn what_stood_on_a_day_comes_back_as_it_was() {
        let portion =
            Measure { seq: 1, name: "1 bowl".to_owned(), grams: Grams::parse(350.0).unwrap() };
        let text = as_recorded(&soup(), Some(&portion)).unwrap().unwrap();
        assert_eq!(of_recorded(&text).unwrap(), (soup(), Some(portion)));
    }

    #[test]
    fn nobody_makes_up_values_of_a_catalogue_s_food() {
        let forged = [
            Snapshot { source: "USDA SR28".to_owned(), ..soup() },
            Snapshot { id: "usda-sr28:01009".to_owned(), ..soup() },
            Snapshot { name: "a\u{202e}b".to_owned(), ..soup() },
            Snapshot { release: "latest".to_owned(), ..soup() },
        ];
        for food in forged {
            let written = postcard::to_stdvec(&(&food, None::<Measure>)).unwrap();
            assert!(of_recorded(&BASE64_URL_SAFE_NO_PAD.encode(written)).is_err(), "{food:?}");
        }
        assert!(of_recorded("").is_err() && of_recorded("%").is_err());
        assert!(of_recorded(&"A".repeat(5_000)).is_err());
    }
}
