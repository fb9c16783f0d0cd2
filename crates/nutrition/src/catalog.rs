//! The foods that are part of the program: the whole of USDA SR28.

use std::sync::OnceLock;

use crate::error::Damaged;
use crate::food::{FoodId, FoodRef};
use crate::gap::{Edible, edible};
use crate::pack::Tables;
use crate::search::Index;

static PACK: &[u8] = include_bytes!("../../../catalog/usda-sr28.pack");

/// Foods with their values and portions, and an index to search them.
pub struct Catalog {
    tables: Tables,
    index: Index,
    edible: OnceLock<Vec<Edible>>,
}

/// The catalogue that is part of the program, opened on first use.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "compiled in, and opened by the tests of this crate")]
    CATALOG.get_or_init(|| Catalog::open(PACK).expect("the catalogue is part of the program"))
}

impl Catalog {
    /// Opens a packed catalogue. [`catalog`] has the one that ships.
    pub fn open(pack: &[u8]) -> Result<Self, Damaged> {
        let tables = Tables::open(pack)?;
        let index = Index::build(&tables);
        Ok(Self { tables, index, edible: OnceLock::new() })
    }

    /// The food of this name, if there is one.
    pub fn food(&self, id: &FoodId) -> Option<FoodRef<'_>> {
        let code = id.sr28()?;
        let at = self.tables.foods.binary_search_by_key(&code, |food| food.code).ok()?;
        FoodRef::at(&self.tables, at)
    }

    /// Every food, in the order of the release.
    pub fn foods(&self) -> impl Iterator<Item = FoodRef<'_>> {
        (0..self.len()).filter_map(|at| FoodRef::at(&self.tables, at))
    }

    /// The foods that are eaten as they are, worked out on first use.
    pub(crate) fn edible(&self) -> &[Edible] {
        self.edible.get_or_init(|| edible(self))
    }

    pub(crate) fn food_at(&self, at: usize) -> Option<FoodRef<'_>> {
        FoodRef::at(&self.tables, at)
    }

    /// How many foods there are.
    pub fn len(&self) -> usize {
        self.tables.foods.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tables.foods.is_empty()
    }

    /// At most `limit` foods whose names hold words that begin like those of the query, in any order,
    /// best first: plain whole foods before prepared ones, misspellings forgiven. The work is bounded
    /// whatever the query is.
    pub fn search(&self, query: &str, limit: usize) -> Vec<FoodRef<'_>> {
        self.index
            .search(query, limit)
            .into_iter()
            .filter_map(|at| FoodRef::at(&self.tables, usize::from(at)))
            .collect()
    }
}
