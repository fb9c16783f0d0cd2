//! Foods and recipes of the library as the diary takes them: what 100 g hold, and the portions.

use std::collections::BTreeMap;

use platform::{Error, Result};
use uuid::Uuid;

use super::item::LibraryItem;
use crate::{
    days::document::{Measure, Snapshot},
    items::Kept,
};

/// What can be taken from the library, by number.
#[derive(Default)]
pub(crate) struct Pantry(BTreeMap<Uuid, Ware>);

/// One food or recipe.
pub(crate) struct Ware {
    pub(crate) food: Snapshot,
    pub(crate) portions: Vec<Measure>,
}

impl Pantry {
    /// What these items give; meals and the like give nothing.
    pub(crate) fn of(items: &[Kept<LibraryItem>]) -> Result<Self> {
        let mut pantry = BTreeMap::new();
        for kept in items {
            if let Some(ware) = kept.item.ware(kept.id, kept.version)? {
                pantry.insert(kept.id, ware);
            }
        }
        Ok(Self(pantry))
    }

    /// The food or recipe with this number.
    pub(crate) fn get(&self, id: Uuid) -> Result<&Ware> {
        self.0.get(&id).ok_or_else(|| {
            Error::invalid("food", "there is no such food in the library: choose another")
        })
    }

    pub(crate) fn has(&self, id: Uuid) -> bool {
        self.0.contains_key(&id)
    }
}

impl Ware {
    /// One of its portions.
    pub(crate) fn portion(&self, seq: u16) -> Result<Measure> {
        let found = self.portions.iter().find(|portion| portion.seq == seq).cloned();
        found
            .ok_or_else(|| Error::invalid("portion", "choose one of the food's portions, or grams"))
    }
}
