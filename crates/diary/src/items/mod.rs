//! Undated items: what a person keeps beside their days.
//!
//! An item is one sealed document of a scope, found by its number: an own food, a recipe, the plan.
//! `item` holds what every kind has in common, `store` the SQL and the sealing. What an item says is
//! the business of whoever keeps it.

mod item;
pub(crate) mod store;

pub use item::{Item, Items, Kept};
pub use store::{change, list, list_in, one};
