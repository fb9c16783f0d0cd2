//! Food knowledge: nutrients, foods with their portions, what a food holds, and sums of them. Beside it
//! what the body is measured in (`body`), what activities take (`activity`), and what a person should
//! get: who they are for published values (`profile`), these values (`intakes`), the energy that they
//! take by equations (`energy`) and by their own days (`expenditure`), and what follows (`targets`).
//!
//! No input or output, no clock, no SQL, no HTTP: bytes and numbers in, numbers out. The catalogue
//! of foods is part of the program (see `catalog/PROVENANCE.md`).
//!
//! One rule runs through all of it: **missing is not zero.** A value nobody measured is absent, a sum
//! says for how many of its foods the value is known.

pub mod activity;
mod amount;
mod balances;
pub mod body;
mod catalog;
mod derive;
pub mod energy;
mod error;
pub mod expenditure;
mod food;
mod gap;
pub mod intakes;
mod label;
mod method;
mod nutrient;
mod pack;
mod portion;
pub mod profile;
mod recipe;
mod scores;
mod search;
pub mod targets;
mod totals;
mod values;
mod wire;

pub use amount::{Grams, Millilitres, round_for_display};
pub use balances::{BALANCES, Balance, Side};
pub use catalog::{Catalog, catalog};
pub use error::{Damaged, Invalid};
pub use food::{EnergyFactors, FoodId, FoodRef, Source};
pub use gap::{Filler, Fillers, Per, Want, fill};
pub use label::{BadLabel, LabelLine, LabelShape, LabelUnit, of_label};
pub use method::Method;
pub use nutrient::{Group, Nutrient, Unit};
pub use portion::Portion;
pub use recipe::{Dish, Ingredient, Loop, cook, in_order};
pub use scores::{SCORE_GROUPS, Score, ScoreGroup, ScorePart, Taken, score};
pub use totals::{Total, Totals};
pub use values::{Value, Values};
