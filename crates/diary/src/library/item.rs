//! What is kept in the library, as it is sealed.

use jiff::civil::Date;
use keys::Scope;
use nutrition::{Grams, Values};
use platform::Result;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::pantry::Ware;
use crate::{
    days::{
        document::{Group, Measure, Snapshot},
        own::{OWN_FOOD, OWN_SUPPLEMENT, RECIPE, own_name},
    },
    items::Item,
};

/// One thing of the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum LibraryItem {
    /// A food with values of its own.
    Food(OwnFood),
    /// A dish made of other foods.
    Recipe(Recipe),
    /// Foods that are eaten together.
    Meal(Meal),
    /// What is laid into a day by itself.
    Repeat(Repeat),
    /// What the person wants at hand. There is one, at [`FAVOURITES`].
    Favourites(Favourites),
}

/// Where the favourites stand.
pub(crate) const FAVOURITES: Uuid = Uuid::from_u128(0x6b65_6570_7765_4c6c_8000_0000_0000_0001);

impl Item for LibraryItem {
    const SCOPE: Scope = Scope::Library;
}

/// A food with values of its own, as its label says them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OwnFood {
    pub(crate) name: String,
    /// Who makes it; empty where that is not known.
    #[serde(default)]
    pub(crate) maker: String,
    /// It is a supplement: some upper limits are about these alone.
    #[serde(default)]
    pub(crate) supplement: bool,
    pub(crate) label: Label,
    pub(crate) portions: Vec<Measure>,
    #[serde(default)]
    pub(crate) note: String,
    #[serde(default)]
    pub(crate) archived: bool,
}

/// What a label says, as it was typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FoodLabel)]
pub(crate) struct Label {
    pub(crate) shape: Shape,
    /// For how much of the food the lines are.
    #[schema(example = 100)]
    pub(crate) amount: f64,
    pub(crate) unit: Per,
    /// What a millilitre weighs; 1 g where that is not known. For `ml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) grams_per_ml: Option<f64>,
    pub(crate) lines: Vec<Line>,
}

/// Whose rules a label follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = LabelShape)]
pub(crate) enum Shape {
    /// Nutrition facts of the United States: total carbohydrates, sodium, daily values.
    Us,
    /// The European declaration: carbohydrates without fibre, salt.
    Eu,
    /// The table of Canada: total carbohydrates, sodium, daily values.
    Ca,
    /// The panel of Australia and New Zealand: carbohydrates without fibre, sodium.
    Au,
    /// No label: values of a table, with total carbohydrates.
    Table,
}

/// What a label's amount is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = LabelPer)]
pub(crate) enum Per {
    /// Grams.
    G,
    /// Millilitres.
    Ml,
}

/// One line of a label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LabelLine)]
pub(crate) struct Line {
    /// `salt`, or the key of a nutrient.
    #[schema(example = "carbohydrate")]
    pub(crate) key: String,
    pub(crate) amount: f64,
    /// `g`, `mg`, `µg`, `kcal`, `kJ`, `IU`, `IU other` (synthetic vitamin E, beta-carotene) or `%DV`.
    #[schema(example = "g")]
    pub(crate) unit: String,
}

/// A dish made of other foods. It keeps what it comes to, so that one recipe is all that is read to
/// record one; saving what it is made of brings it up to date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recipe {
    pub(crate) name: String,
    pub(crate) parts: Vec<Part>,
    /// What the cooked dish weighs; what its parts weigh where that is not known.
    #[serde(default)]
    pub(crate) cooked: Option<Grams>,
    /// Into how many portions it is divided.
    pub(crate) portions: f64,
    /// What one is called.
    pub(crate) portion_name: String,
    #[serde(default)]
    pub(crate) steps: String,
    /// Where it is from.
    #[serde(default)]
    pub(crate) from: String,
    #[serde(default)]
    pub(crate) archived: bool,
    /// What 100 g of the dish hold.
    #[serde(with = "compact")]
    pub(crate) values: Values,
    /// What all of it weighs.
    pub(crate) weight: Grams,
}

/// Foods that are eaten together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Meal {
    pub(crate) name: String,
    pub(crate) parts: Vec<Part>,
    #[serde(default)]
    pub(crate) archived: bool,
}

/// What is laid into a day when its person opens it first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Repeat {
    pub(crate) parts: Vec<Part>,
    pub(crate) group: Group,
    /// On the person's clock; the moment of opening where none is set.
    #[serde(default)]
    pub(crate) time: Option<String>,
    /// On which days of the week, Monday first.
    pub(crate) weekdays: [bool; 7],
    /// The last day it was laid into.
    #[serde(default)]
    pub(crate) laid: Option<Date>,
}

/// So much of a food.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// `usda-sr28:…`, or `own:…` for what is in the library.
    pub(crate) food: String,
    /// What people read.
    pub(crate) name: String,
    pub(crate) amount: f64,
    #[serde(default)]
    pub(crate) portion: Option<Measure>,
    pub(crate) grams: Grams,
}

/// What the person wants at hand: names of foods, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Favourites {
    pub(crate) foods: Vec<String>,
}

impl LibraryItem {
    /// What the diary takes of it; nothing of what is no food.
    pub(crate) fn ware(&self, id: Uuid, version: u64) -> Result<Option<Ware>> {
        let food = |name: &str, source: &str, values| Snapshot {
            id: own_name(id),
            name: name.to_owned(),
            source: source.to_owned(),
            release: version.to_string(),
            values,
        };
        Ok(match self {
            Self::Food(own) => {
                let source = if own.supplement { OWN_SUPPLEMENT } else { OWN_FOOD };
                let food = food(&own.name, source, own.values()?);
                Some(Ware { food, portions: own.portions.clone() })
            }
            Self::Recipe(recipe) => Some(Ware {
                food: food(&recipe.name, RECIPE, recipe.values.clone()),
                portions: recipe.measures(),
            }),
            Self::Meal(_) | Self::Repeat(_) | Self::Favourites(_) => None,
        })
    }

    /// What it is made of.
    pub(crate) fn parts(&self) -> &[Part] {
        match self {
            Self::Recipe(recipe) => &recipe.parts,
            Self::Meal(meal) => &meal.parts,
            Self::Repeat(repeat) => &repeat.parts,
            Self::Food(_) | Self::Favourites(_) => &[],
        }
    }
}

/// Values as text.
mod compact {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use nutrition::Values;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(values: &Values, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64_URL_SAFE_NO_PAD.encode(values.encode()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Values, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(D::Error::custom)?;
        Values::decode(&bytes).map_err(D::Error::custom)
    }
}
