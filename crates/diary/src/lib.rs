//! What a person records: what they ate and drank, what they measured and did, and notes.
//!
//! `foods` answers from the catalogue, `days` reads and changes one day, `ranges` sums many, `report`
//! puts a day or a range on one sheet, `measures`, `activities` and `fasts` look back and keep what is
//! a person's own of them, `items` keeps what has no day, `library` is a person's own foods, recipes and
//! meals, `plan` what a person aims for and how the diary is shown, `inbox` takes what write-only tokens
//! leave, `visited` opens many days of a visit. A day is one sealed document per scope, an item one; the
//! server opens it for the request and forgets it.

mod activities;
pub mod days;
mod fasts;
mod foods;
mod inbox;
pub mod items;
mod library;
mod measures;
mod plan;
mod ranges;
mod report;
pub mod visited;

use platform::{Routes, Sql};

/// Every route of the diary.
pub fn routes() -> Routes {
    foods::routes()
        .merge(days::routes())
        .merge(ranges::routes())
        .merge(inbox::routes())
        .merge(measures::routes())
        .merge(activities::routes())
        .merge(fasts::routes())
        .merge(plan::routes())
        .merge(library::routes())
        .merge(report::routes())
}

/// Every statement of the diary, so that a test can prepare and explain each.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    [days::store::ALL, ranges::store::ALL, inbox::store::ALL, items::store::ALL, visited::ALL]
        .into_iter()
        .flatten()
        .copied()
}
