//! What people send to the library, and what they are shown of it.

use std::collections::BTreeMap;

use nutrition::{Nutrient, Values, catalog};
use platform::Result;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    food::{OwnFoodForm, PortionForm},
    item::LibraryItem,
    meal::{MealView, RepeatView, SentMeal, SentRepeat},
    recipe::{RecipeView, SentRecipe},
};
use crate::{
    days::{
        document::Measure,
        own::{own_id, own_name},
    },
    items::Items,
};

/// One thing of the library, as it is sent.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[schema(as = SentLibraryItem)]
pub(super) enum SentItem {
    Food(OwnFoodForm),
    Recipe(SentRecipe),
    Meal(SentMeal),
    Repeat(SentRepeat),
}

/// One thing of the library, as it is shown.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[schema(as = LibraryItemForm)]
enum ItemForm {
    Food(OwnFoodForm),
    Recipe(RecipeView),
    Meal(MealView),
    Repeat(RepeatView),
}

/// One thing of the library with what it comes to.
#[derive(Serialize, ToSchema)]
#[schema(as = LibraryItemView)]
pub(super) struct ItemView {
    id: Uuid,
    /// How often it was written.
    version: u64,
    item: ItemForm,
    /// Of a food or recipe.
    holds: Option<Holds>,
}

/// What a food or recipe holds.
#[derive(Serialize, ToSchema)]
pub(super) struct Holds {
    /// What all of a recipe weighs.
    #[serde(skip_serializing_if = "Option::is_none")]
    grams: Option<f64>,
    portions: Vec<PortionForm>,
    /// Of how many things it is made; 1 for a food.
    parts: usize,
    /// In 100 g, by key. A nutrient that is not here is unknown, which is not zero.
    nutrients: BTreeMap<&'static str, Held>,
}

/// One value, with the number of parts that it is known of.
#[derive(Serialize, ToSchema)]
struct Held {
    /// Absent where too much of the weight does not state it.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    known: usize,
}

impl SentItem {
    /// Checks what was sent against the library it is to stand in.
    pub(super) fn parse(
        &self,
        library: &Items<LibraryItem>,
        before: Option<&LibraryItem>,
    ) -> Result<LibraryItem> {
        Ok(match self {
            Self::Food(food) => LibraryItem::Food(food.clone().parse()?),
            Self::Recipe(recipe) => LibraryItem::Recipe(recipe.parse(library)?),
            Self::Meal(meal) => LibraryItem::Meal(meal.parse(library)?),
            Self::Repeat(repeat) => LibraryItem::Repeat(repeat.parse(library, before)?),
        })
    }
}

impl ItemView {
    /// What stands in the library at this number; `None` where that is nothing people look at.
    pub(super) fn of(id: Uuid, library: &Items<LibraryItem>) -> Result<Option<Self>> {
        let Some(item) = library.get(id) else { return Ok(None) };
        let form = match item {
            LibraryItem::Food(food) => ItemForm::Food(OwnFoodForm::of(food)),
            LibraryItem::Recipe(recipe) => ItemForm::Recipe(RecipeView::of(recipe, library)),
            LibraryItem::Meal(meal) => ItemForm::Meal(MealView::of(meal, library)),
            LibraryItem::Repeat(repeat) => ItemForm::Repeat(RepeatView::of(repeat, library)),
            LibraryItem::Favourites(_) => return Ok(None),
        };
        let holds = Holds::of(item, library)?;
        Ok(Some(Self { id, version: library.version(id), item: form, holds }))
    }
}

impl Holds {
    /// What a food or recipe holds; nothing of what is neither.
    pub(super) fn of(item: &LibraryItem, library: &Items<LibraryItem>) -> Result<Option<Self>> {
        Ok(match item {
            LibraryItem::Food(food) => {
                let values = food.values()?;
                let parts = [values.clone()];
                Some(Self { grams: None, ..Self::with(&values, &parts, &food.portions) })
            }
            LibraryItem::Recipe(recipe) => {
                let parts = recipe.values_of_parts(library);
                let held = Self::with(&recipe.values, &parts, &recipe.measures());
                Some(Self { grams: Some(recipe.weight.get()), ..held })
            }
            LibraryItem::Meal(_) | LibraryItem::Repeat(_) | LibraryItem::Favourites(_) => None,
        })
    }

    fn with(values: &Values, parts: &[Values], portions: &[Measure]) -> Self {
        let mut nutrients = BTreeMap::new();
        for nutrient in Nutrient::ALL {
            let known = parts.iter().filter(|part| part.get(nutrient).is_some()).count();
            let value = values.get(nutrient);
            if 0 < known || value.is_some() {
                let (amount, method) =
                    (value.map(|value| value.amount), value.map(|value| value.method.as_str()));
                nutrients.insert(nutrient.key(), Held { amount, method, known });
            }
        }
        Self { grams: None, portions: portion_forms(portions), parts: parts.len(), nutrients }
    }
}

pub(super) fn portion_forms(portions: &[Measure]) -> Vec<PortionForm> {
    let form = |portion: &Measure| PortionForm {
        seq: portion.seq,
        name: portion.name.clone(),
        grams: portion.grams.get(),
    };
    portions.iter().map(form).collect()
}

/// The whole library, each thing in short.
#[derive(Serialize, ToSchema)]
pub(super) struct LibraryView {
    /// Own foods and recipes, by name.
    foods: Vec<FoodLine>,
    /// Meals, by name.
    meals: Vec<MealLine>,
    /// What is laid into days by itself.
    repeats: Vec<RepeatLine>,
    /// Newest first.
    favourites: Vec<FavouriteLine>,
}

#[derive(Serialize, ToSchema)]
struct FoodLine {
    id: Uuid,
    /// As entries name it.
    #[schema(example = "own:01930000-0000-7000-8000-000000000001")]
    food: String,
    /// `food` or `recipe`.
    kind: &'static str,
    name: String,
    maker: String,
    source: String,
    version: u64,
    /// In 100 g; absent when unknown.
    energy_kcal: Option<f64>,
    portions: Vec<PortionForm>,
    archived: bool,
}

#[derive(Serialize, ToSchema)]
struct MealLine {
    id: Uuid,
    #[serde(flatten)]
    meal: MealView,
}

#[derive(Serialize, ToSchema)]
struct RepeatLine {
    id: Uuid,
    #[serde(flatten)]
    repeat: RepeatView,
}

#[derive(Serialize, ToSchema)]
struct FavouriteLine {
    food: String,
    name: String,
    source: String,
    /// In 100 g; absent when unknown.
    energy_kcal: Option<f64>,
}

impl LibraryView {
    pub(super) fn of(library: &Items<LibraryItem>) -> Result<Self> {
        let (mut foods, mut meals, mut repeats) = (Vec::new(), Vec::new(), Vec::new());
        let mut favourites = Vec::new();
        for (id, item) in library.iter() {
            match item {
                LibraryItem::Food(_) | LibraryItem::Recipe(_) => {
                    foods.extend(FoodLine::of(id, item, library)?);
                }
                LibraryItem::Meal(meal) => {
                    meals.push(MealLine { id, meal: MealView::of(meal, library) });
                }
                LibraryItem::Repeat(repeat) => {
                    repeats.push(RepeatLine { id, repeat: RepeatView::of(repeat, library) });
                }
                LibraryItem::Favourites(chosen) => {
                    for food in &chosen.foods {
                        favourites.extend(FavouriteLine::of(food, library)?);
                    }
                }
            }
        }
        foods.sort_by_key(|line| line.name.to_lowercase());
        meals.sort_by_key(|line| line.meal.name().to_lowercase());
        Ok(Self { foods, meals, repeats, favourites })
    }
}

impl FoodLine {
    fn of(id: Uuid, item: &LibraryItem, library: &Items<LibraryItem>) -> Result<Option<Self>> {
        let version = library.version(id);
        let Some(ware) = item.ware(id, version)? else { return Ok(None) };
        let (kind, maker, archived) = match item {
            LibraryItem::Food(food) => ("food", food.maker.clone(), food.archived),
            LibraryItem::Recipe(recipe) => ("recipe", String::new(), recipe.archived),
            LibraryItem::Meal(_) | LibraryItem::Repeat(_) | LibraryItem::Favourites(_) => {
                return Ok(None);
            }
        };
        Ok(Some(Self {
            id,
            food: own_name(id),
            kind,
            name: ware.food.name,
            maker,
            source: ware.food.source,
            version,
            energy_kcal: energy(&ware.food.values),
            portions: portion_forms(&ware.portions),
            archived,
        }))
    }
}

impl FavouriteLine {
    /// What went meanwhile is not shown.
    fn of(food: &str, library: &Items<LibraryItem>) -> Result<Option<Self>> {
        if let Some(id) = own_id(food) {
            let ware = library.get(id).map(|item| item.ware(id, 0)).transpose()?.flatten();
            return Ok(ware.map(|ware| Self {
                food: food.to_owned(),
                name: ware.food.name,
                source: ware.food.source,
                energy_kcal: energy(&ware.food.values),
            }));
        }
        let found = nutrition::FoodId::parse(food).ok().and_then(|id| catalog().food(&id));
        Ok(found.map(|found| Self {
            food: food.to_owned(),
            name: found.name().to_owned(),
            source: found.source().name.to_owned(),
            energy_kcal: found.energy_kcal_per_100g(),
        }))
    }
}

fn energy(values: &Values) -> Option<f64> {
    values.get(Nutrient::ENERGY).map(|value| value.amount)
}
