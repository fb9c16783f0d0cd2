//! What every kind of item has in common, and a change of some of them.

use std::collections::BTreeMap;

use keys::Scope;
use platform::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// More items than this are no library.
const ITEMS_MAX: usize = 2_000;
/// The form of what is sealed: JSON.
const JSON: u8 = 1;

/// What is sealed for one item of a scope. All items of a scope are of one type.
///
/// Written as JSON behind a byte that says so: what is added later has a default.
pub trait Item: Serialize + DeserializeOwned + Clone + PartialEq {
    /// Where it is kept, and with which keys.
    const SCOPE: Scope;
}

/// An item with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<T> {
    /// Made by the client, or a constant for what exists once.
    pub id: Uuid,
    /// How often it was written.
    pub version: u64,
    /// What it says.
    pub item: T,
}

/// The items of a scope on their way to what they become.
#[derive(Debug)]
pub struct Items<T> {
    before: Vec<Kept<T>>,
    now: BTreeMap<Uuid, T>,
}

/// What becomes of one item: its next version, and its body unless it goes.
pub(super) struct Written<'a, T> {
    pub(super) id: Uuid,
    pub(super) version: u64,
    pub(super) item: Option<&'a T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { before: Vec::new(), now: BTreeMap::new() }
    }
}

impl<T: Item> Items<T> {
    /// What was read, before any change.
    pub(crate) fn new(mut before: Vec<Kept<T>>) -> Self {
        before.sort_unstable_by_key(|kept| kept.id);
        let now = before.iter().map(|kept| (kept.id, kept.item.clone())).collect();
        Self { before, now }
    }

    /// The item with this number.
    pub fn get(&self, id: Uuid) -> Option<&T> {
        self.now.get(&id)
    }

    /// All of them, by their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (Uuid, &T)> {
        self.now.iter().map(|(id, item)| (*id, item))
    }

    /// Puts an item in its place, whatever was there.
    pub fn put(&mut self, id: Uuid, item: T) -> Result<()> {
        if !self.now.contains_key(&id) && ITEMS_MAX <= self.now.len() {
            return Err(Error::invalid("id", format!("at most {ITEMS_MAX} can be kept")));
        }
        self.now.insert(id, item);
        Ok(())
    }

    /// Takes an item away, and gives it back.
    pub fn remove(&mut self, id: Uuid) -> Option<T> {
        self.now.remove(&id)
    }

    /// How often an item was written, and will have been once the change stands; zero where there is
    /// none.
    pub fn version(&self, id: Uuid) -> u64 {
        match (self.kept(id), self.now.get(&id)) {
            (Some(kept), Some(item)) => kept.version + u64::from(kept.item != *item),
            (None, Some(_)) => 1,
            (_, None) => 0,
        }
    }

    /// As it was read.
    fn kept(&self, id: Uuid) -> Option<&Kept<T>> {
        let place = self.before.binary_search_by_key(&id, |kept| kept.id).ok()?;
        self.before.get(place)
    }

    /// What differs from what was read.
    pub(super) fn written(&self) -> Vec<Written<'_, T>> {
        let changed = self.before.iter().filter_map(|kept| {
            let item = self.now.get(&kept.id);
            let written = || Written { id: kept.id, version: kept.version + 1, item };
            (item != Some(&kept.item)).then(written)
        });
        let added = self.now.iter().filter_map(|(id, item)| {
            self.kept(*id).is_none().then_some(Written { id: *id, version: 1, item: Some(item) })
        });
        changed.chain(added).collect()
    }

    /// The versions that stood when they were read.
    pub(super) fn versions(&self) -> Vec<(Uuid, u64)> {
        self.before.iter().map(|kept| (kept.id, kept.version)).collect()
    }
}

/// Writes an item.
pub(super) fn write<T: Item>(item: &T) -> Result<Vec<u8>> {
    let mut written = vec![JSON];
    serde_json::to_writer(&mut written, item).map_err(|cause| Error::Internal(cause.into()))?;
    Ok(written)
}

/// Reads an item that was opened. Its seal held, so one that cannot be read is a fault of ours, or of a
/// newer program. The fault says where, and not what.
pub(super) fn read<T: Item>(plain: &[u8]) -> Result<T> {
    let fault = |what: String| Error::Internal(anyhow::anyhow!(what));
    match plain.split_first() {
        Some((&JSON, body)) => serde_json::from_slice(body)
            .map_err(|cause| fault(format!("an item cannot be read at {}", cause.column()))),
        Some((form, _)) => {
            Err(fault(format!("an item of form {form} was written by a newer program")))
        }
        None => Err(fault("an item is empty".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Word(String);

    impl Item for Word {
        const SCOPE: Scope = Scope::Library;
    }

    fn word(text: &str) -> Word {
        Word(text.to_owned())
    }

    fn kept(id: u128, version: u64, text: &str) -> Kept<Word> {
        Kept { id: Uuid::from_u128(id), version, item: word(text) }
    }

    #[test]
    fn an_item_is_read_as_it_was_written_and_nothing_else_is_one() {
        let written = write(&word("Bohnensuppe")).unwrap();
        assert_eq!(read::<Word>(&written).unwrap(), word("Bohnensuppe"));
        for end in 0..written.len() {
            assert!(read::<Word>(&written[..end]).is_err());
        }
        assert!(read::<Word>(b"\x02\"a\"").is_err());
    }

    #[test]
    fn a_fault_says_nothing_of_what_the_item_holds() {
        let fault = read::<Word>(b"\x01{\"secret recipe\":1}").unwrap_err();
        assert!(!format!("{fault:?}").contains("secret"), "{fault:?}");
    }

    #[test]
    fn what_differs_is_written_once_with_its_next_version() {
        let mut items = Items::new(vec![kept(1, 4, "a"), kept(2, 1, "b"), kept(3, 2, "c")]);
        items.put(Uuid::from_u128(1), word("A")).unwrap();
        items.put(Uuid::from_u128(2), word("b")).unwrap();
        items.put(Uuid::from_u128(9), word("new")).unwrap();
        assert_eq!(items.remove(Uuid::from_u128(3)), Some(word("c")));
        let written: Vec<_> = items
            .written()
            .iter()
            .map(|one| (one.id.as_u128(), one.version, one.item.map(|word| word.0.as_str())))
            .collect();
        assert_eq!(written, [(1, 5, Some("A")), (3, 3, None), (9, 1, Some("new"))]);
        let versions = [1, 2, 3, 9].map(|id| items.version(Uuid::from_u128(id)));
        assert_eq!(versions, [5, 1, 0, 1]);
    }

    #[test]
    fn there_is_an_end_to_how_many_are_kept() {
        let mut items = Items::new(Vec::new());
        for id in 0..2_000 {
            items.put(Uuid::from_u128(id), word("a")).unwrap();
        }
        assert!(items.put(Uuid::from_u128(2_000), word("a")).is_err());
        items.put(Uuid::from_u128(7), word("b")).unwrap();
    }
}
