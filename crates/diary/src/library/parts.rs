//! What recipes, meals and repeated items are made of: so much of a food of the catalogue or of the
//! library.

use nutrition::{Grams, Values};
use platform::{Error, Problem, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    food::PortionForm,
    item::{LibraryItem, Part},
};
use crate::{
    days::{
        document::Measure,
        entry::{Quantity, measure, snapshot},
        own::own_id,
    },
    items::Items,
};

/// The most things one recipe or meal is made of.
const PARTS_MAX: usize = 100;

/// So much of a food, as it is sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SentIngredient)]
pub(crate) struct SentPart {
    /// Of the catalogue, or `own:` and the number of a food or recipe of the library.
    #[schema(example = "usda-sr28:01009")]
    food: String,
    /// So many portions, or grams without a portion.
    amount: f64,
    /// `seq` of one of the food's portions.
    #[serde(default)]
    portion: Option<u16>,
}

/// So much of a food, as it is shown.
#[derive(Serialize, ToSchema)]
#[schema(as = Ingredient)]
pub(crate) struct PartView {
    food: String,
    name: String,
    amount: f64,
    portion: Option<PortionForm>,
    grams: f64,
    /// Its food is not there any more; what was computed with it stays.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    missing: bool,
}

impl PartView {
    pub(crate) fn of(part: &Part, missing: bool) -> Self {
        Self {
            food: part.food.clone(),
            name: part.name.clone(),
            amount: part.amount,
            portion: part.portion.as_ref().map(|portion| PortionForm {
                seq: portion.seq,
                name: portion.name.clone(),
                grams: portion.grams.get(),
            }),
            grams: part.grams.get(),
            missing,
        }
    }
}

/// Checks parts from outside against the catalogue and the library.
pub(crate) fn parse(sent: &[SentPart], library: &Items<LibraryItem>) -> Result<Vec<Part>> {
    if sent.is_empty() || PARTS_MAX < sent.len() {
        return Err(Error::invalid("parts", format!("add 1 to {PARTS_MAX} foods")));
    }
    let one = |(place, part): (usize, &SentPart)| {
        parse_one(part, library).map_err(|error| at(place, error))
    };
    sent.iter().enumerate().map(one).collect()
}

/// Says which of them it is about.
fn at(place: usize, error: Error) -> Error {
    let Error::Invalid(problems) = error else { return error };
    let named = problems.into_iter().map(|Problem { field, problem }| Problem {
        field: format!("parts.{place}.{field}").into(),
        problem,
    });
    Error::Invalid(named.collect())
}

fn parse_one(sent: &SentPart, library: &Items<LibraryItem>) -> Result<Part> {
    let found = find(&sent.food, library)?;
    let portion: Option<Measure> = match (sent.portion, &found) {
        (None, _) => None,
        (Some(seq), Found { portions: Some(portions), .. }) => {
            let portion = portions.iter().find(|portion| portion.seq == seq).cloned();
            Some(portion.ok_or_else(|| {
                Error::invalid("portion", "choose one of the food's portions, or grams")
            })?)
        }
        (Some(seq), _) => Some(measure(&sent.food, seq)?),
    };
    let Quantity { amount, portion, grams } = Quantity::of(sent.amount, portion)?;
    Ok(Part { food: sent.food.clone(), name: found.name, amount, portion, grams })
}

/// A food that something can be made of.
struct Found {
    name: String,
    values: Values,
    /// Of a food of the library.
    portions: Option<Vec<Measure>>,
}

fn find(food: &str, library: &Items<LibraryItem>) -> Result<Found> {
    let Some(id) = own_id(food) else {
        let food = snapshot(food)?;
        return Ok(Found { name: food.name, values: food.values, portions: None });
    };
    let ware = library.get(id).map(|item| item.ware(id, library.version(id))).transpose()?;
    let ware = ware.flatten().ok_or_else(|| {
        Error::invalid("food", "there is no such food in the library: choose another")
    })?;
    Ok(Found { name: ware.food.name, values: ware.food.values, portions: Some(ware.portions) })
}

/// What the parts hold and weigh, as their foods are now.
pub(crate) fn values(parts: &[Part], library: &Items<LibraryItem>) -> Result<Vec<(Values, Grams)>> {
    parts.iter().map(|part| Ok((find(&part.food, library)?.values, part.grams))).collect()
}

/// Whether the food of a part is there.
pub(crate) fn is_there(part: &Part, library: &Items<LibraryItem>) -> bool {
    match own_id(&part.food) {
        Some(id) => {
            matches!(library.get(id), Some(LibraryItem::Food(_) | LibraryItem::Recipe(_)))
        }
        None => snapshot(&part.food).is_ok(),
    }
}
