//! Meals, what is repeated, and favourites.

use nutrition::FoodId;
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    item::{Favourites, LibraryItem, Meal, Part, Repeat},
    parts::{self, PartView, SentPart},
};
use crate::{
    days::{
        document::Group,
        entry::minutes,
        own::{NAME_CHARACTERS_MAX, own_id},
    },
    items::Items,
};

const FAVOURITES_MAX: usize = 500;

/// A meal as it is sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentMeal {
    name: String,
    parts: Vec<SentPart>,
    #[serde(default)]
    archived: bool,
}

/// A meal as it is shown.
#[derive(Serialize, ToSchema)]
pub(crate) struct MealView {
    name: String,
    parts: Vec<PartView>,
    archived: bool,
}

/// What is laid into a day when its person opens it first, as it is sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentRepeat {
    parts: Vec<SentPart>,
    group: Group,
    /// On the person's clock, `HH:MM`; the moment of opening where none is sent.
    #[serde(default)]
    #[schema(example = "07:30")]
    time: Option<String>,
    /// On which days of the week, Monday first.
    weekdays: [bool; 7],
}

/// The same as it is shown.
#[derive(Serialize, ToSchema)]
pub(crate) struct RepeatView {
    parts: Vec<PartView>,
    group: Group,
    time: Option<String>,
    weekdays: [bool; 7],
}

impl SentMeal {
    pub(crate) fn parse(&self, library: &Items<LibraryItem>) -> Result<Meal> {
        Ok(Meal {
            name: text::line("name", &self.name, NAME_CHARACTERS_MAX)?,
            parts: parts::parse(&self.parts, library)?,
            archived: self.archived,
        })
    }
}

impl SentRepeat {
    /// Checks it from outside; what was there keeps the day on which it was laid.
    pub(crate) fn parse(
        &self,
        library: &Items<LibraryItem>,
        before: Option<&LibraryItem>,
    ) -> Result<Repeat> {
        if !self.weekdays.contains(&true) {
            return Err(Error::invalid("weekdays", "choose at least one day"));
        }
        if let Some(time) = &self.time {
            minutes(time)?;
        }
        let laid = match before {
            Some(LibraryItem::Repeat(repeat)) => repeat.laid,
            _ => None,
        };
        Ok(Repeat {
            parts: parts::parse(&self.parts, library)?,
            group: self.group,
            time: self.time.clone(),
            weekdays: self.weekdays,
            laid,
        })
    }
}

fn part_views(parts: &[Part], library: &Items<LibraryItem>) -> Vec<PartView> {
    parts.iter().map(|part| PartView::of(part, !parts::is_there(part, library))).collect()
}

impl MealView {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn of(meal: &Meal, library: &Items<LibraryItem>) -> Self {
        let Meal { name, parts, archived } = meal;
        Self { name: name.clone(), parts: part_views(parts, library), archived: *archived }
    }
}

impl RepeatView {
    pub(crate) fn of(repeat: &Repeat, library: &Items<LibraryItem>) -> Self {
        Self {
            parts: part_views(&repeat.parts, library),
            group: repeat.group,
            time: repeat.time.clone(),
            weekdays: repeat.weekdays,
        }
    }
}

impl Favourites {
    /// Puts a food first; what is in neither the catalogue nor the library is refused.
    pub(crate) fn add(&mut self, food: &str, library: &Items<LibraryItem>) -> Result<()> {
        let there = match own_id(food) {
            Some(id) => library.get(id).is_some(),
            None => FoodId::parse(food).is_ok_and(|id| nutrition::catalog().food(&id).is_some()),
        };
        if !there {
            return Err(Error::NotFound);
        }
        self.remove(food);
        if FAVOURITES_MAX <= self.foods.len() {
            return Err(Error::invalid("food", format!("at most {FAVOURITES_MAX} can be kept")));
        }
        self.foods.insert(0, food.to_owned());
        Ok(())
    }

    pub(crate) fn remove(&mut self, food: &str) {
        self.foods.retain(|other| other != food);
    }
}
