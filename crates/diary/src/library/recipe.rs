//! Recipes: what they are made of, and what they come to.

use std::collections::{BTreeMap, BTreeSet};

use nutrition::{Dish, Grams, Ingredient, Values, cook, in_order};
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    food::{grams, optional, paragraphs},
    item::{LibraryItem, Part, Recipe},
    parts::{self, PartView, SentPart},
};
use crate::{
    days::{
        document::Measure,
        own::{NAME_CHARACTERS_MAX, own_id},
    },
    items::Items,
};

const STEPS_CHARACTERS_MAX: usize = 20_000;
const PORTIONS_MAX: f64 = 1_000.0;

/// A recipe as it is sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentRecipe {
    name: String,
    parts: Vec<SentPart>,
    /// What the cooked dish weighs; what its parts weigh where that is not known. The difference is taken
    /// to be water.
    #[serde(default)]
    cooked_grams: Option<f64>,
    /// Into how many portions it is divided.
    portions: f64,
    /// What one portion is called, such as `1 portion`.
    portion_name: String,
    /// How it is made.
    #[serde(default)]
    steps: String,
    /// Where it is from.
    #[serde(default)]
    from: String,
    #[serde(default)]
    archived: bool,
}

/// A recipe as it is shown.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecipeView {
    name: String,
    parts: Vec<PartView>,
    cooked_grams: Option<f64>,
    portions: f64,
    portion_name: String,
    steps: String,
    from: String,
    archived: bool,
}

impl RecipeView {
    pub(crate) fn of(recipe: &Recipe, library: &Items<LibraryItem>) -> Self {
        let part = |part: &Part| PartView::of(part, !parts::is_there(part, library));
        Self {
            name: recipe.name.clone(),
            parts: recipe.parts.iter().map(part).collect(),
            cooked_grams: recipe.cooked.map(Grams::get),
            portions: recipe.portions,
            portion_name: recipe.portion_name.clone(),
            steps: recipe.steps.clone(),
            from: recipe.from.clone(),
            archived: recipe.archived,
        }
    }
}

impl SentRecipe {
    /// Checks a recipe from outside, and cooks it.
    pub(crate) fn parse(&self, library: &Items<LibraryItem>) -> Result<Recipe> {
        if !(0.0 < self.portions && self.portions <= PORTIONS_MAX) {
            return Err(Error::invalid("portions", "enter more than 0, and at most 1000"));
        }
        let parts = parts::parse(&self.parts, library)?;
        let cooked = self.cooked_grams.map(|weight| grams("cooked_grams", weight)).transpose()?;
        let Dish { values, weight } = dish(&parts, cooked, library)?;
        let recipe = Recipe {
            name: text::line("name", &self.name, NAME_CHARACTERS_MAX)?,
            parts,
            cooked,
            portions: self.portions,
            portion_name: text::line("portion_name", &self.portion_name, NAME_CHARACTERS_MAX)?,
            steps: paragraphs("steps", &self.steps, STEPS_CHARACTERS_MAX)?,
            from: optional("from", &self.from)?,
            archived: self.archived,
            values,
            weight,
        };
        if recipe.measures().is_empty() {
            return Err(Error::invalid("portions", "a portion weighs nothing: make fewer of it"));
        }
        Ok(recipe)
    }
}

impl Recipe {
    /// Its one portion.
    pub(crate) fn measures(&self) -> Vec<Measure> {
        let grams = Grams::parse(self.weight.get() / self.portions);
        let portion = |grams| Measure { seq: 1, name: self.portion_name.clone(), grams };
        grams.ok().map(portion).into_iter().collect()
    }

    /// For how many of its parts each nutrient is known.
    pub(crate) fn values_of_parts(&self, library: &Items<LibraryItem>) -> Vec<Values> {
        let values = parts::values(&self.parts, library).unwrap_or_default();
        values.into_iter().map(|(values, _)| values).collect()
    }
}

fn dish(parts: &[Part], cooked: Option<Grams>, library: &Items<LibraryItem>) -> Result<Dish> {
    let foods = parts::values(parts, library)?;
    let ingredients: Vec<_> =
        foods.iter().map(|(values, grams)| Ingredient { values, grams: *grams }).collect();
    cook(&ingredients, cooked).map_err(|cause| {
        let field = if cooked.is_some() { "cooked_grams" } else { "parts" };
        Error::invalid(field, cause.problem)
    })
}

/// Brings the recipes up to date that are made of what was put, directly or through others. Refuses what
/// would make a recipe part of itself.
pub(crate) fn bring_up_to_date(library: &mut Items<LibraryItem>, put: &[Uuid]) -> Result<()> {
    let made_of: BTreeMap<Uuid, Vec<Uuid>> = library
        .iter()
        .filter(|(_, item)| matches!(item, LibraryItem::Recipe(_)))
        .map(|(id, item)| (id, item.parts().iter().filter_map(|part| own_id(&part.food)).collect()))
        .collect();
    let order = in_order(&made_of).map_err(|_loop| {
        Error::invalid("parts", "this recipe is part of one of its own parts: take that one out")
    })?;
    let mut new: BTreeSet<Uuid> = put.iter().copied().collect();
    for id in order {
        let touched =
            made_of.get(&id).is_some_and(|parts| parts.iter().any(|part| new.contains(part)));
        if !touched {
            continue;
        }
        new.insert(id);
        let Some(LibraryItem::Recipe(recipe)) = library.get(id) else { continue };
        let mut recipe = recipe.clone();
        match dish(&recipe.parts, recipe.cooked, library) {
            Ok(dish) => (recipe.values, recipe.weight) = (dish.values, dish.weight),
            // What is put is told where it is wrong itself.
            Err(error) if put.contains(&id) => return Err(error),
            Err(_) => {
                return Err(Error::Conflict(
                    "a recipe that is made of it would not add up any more: change that one first",
                ));
            }
        }
        library.put(id, LibraryItem::Recipe(recipe))?;
    }
    Ok(())
}

/// Refuses to take away what something else is made of.
pub(crate) fn require_unused(library: &Items<LibraryItem>, id: Uuid) -> Result<()> {
    let uses = |item: &LibraryItem| item.parts().iter().any(|part| own_id(&part.food) == Some(id));
    if library.iter().any(|(_, item)| uses(item)) {
        return Err(Error::Conflict(
            "a recipe, meal or repeated item is made of it: archive it, or change that one first",
        ));
    }
    Ok(())
}
