//! The library: a person's own foods, recipes, meals, favourites, and what repeats.
//!
//! `item` holds what is sealed, `food`, `recipe` and `meal` the rules of each kind, `parts` what they are
//! made of, `pantry` what the diary takes of them, `view` what people are shown, `repeats` how what repeats
//! comes into a day, `routes` the HTTP. It is kept as items of scope `library`.

mod food;
pub(crate) mod item;
mod meal;
pub(crate) mod pantry;
mod parts;
mod recipe;
mod repeats;
mod routes;
pub(crate) mod view;

pub(crate) use routes::routes;
