//! The foods that are part of the program.

use crate::food::{FoodId, FoodRef};

/// Foods with their values, portions and an index to search them.
pub struct Catalog {}

/// The catalogue that is part of the program, opened on first use.
pub fn catalog() -> &'static Catalog {
    static CATALOG: Catalog = Catalog {};
    &CATALOG
}

impl Catalog {
    /// The food of this name, if there is one.
    pub fn food(&self, _id: &FoodId) -> Option<FoodRef<'_>> {
        None
    }

    /// Foods whose names hold the words that begin so, in any order, best first.
    pub fn search(&self, _query: &str, _limit: usize) -> Vec<FoodRef<'_>> {
        Vec::new()
    }
}
