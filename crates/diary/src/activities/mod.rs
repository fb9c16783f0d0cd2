//! What was done over many days, the compendium to choose from, and activities of a person's own.
//!
//! `own` keeps the own activities as items of the scope `activity`, `compendium` searches those that
//! everybody has, `routes` is the HTTP of both and of ranges.

mod compendium;
mod own;
mod routes;

pub(crate) use routes::routes;
