//! One sealed record: a day's document or an undated item.
//!
//! Its key comes from the leaf of its day and from its owner's erasure key together: without the
//! leaf nobody reads it, without the erasure key nobody ever reads it again. Its place in the
//! database is bound to it, so a body that was moved to another row, or comes back under a newer
//! version, is refused. And it is padded to one of a few sizes, so its size does not tell how much
//! was eaten.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, blank_debug, hkdf, random_secret};
use crate::{CannotOpen, DayNumber, Leaf, Scope, TooLarge, aead};

/// A person's erasure key. It is mixed into every data key of theirs; destroying it destroys them.
pub struct ErasureKey(Secret);

impl ErasureKey {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        Self(random_secret())
    }

    pub(crate) fn from_secret(secret: Secret) -> Self {
        Self(secret)
    }

    pub(crate) fn as_secret(&self) -> &Secret {
        &self.0
    }
}

/// Which record of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordId {
    /// The document of a day.
    Day(DayNumber),
    /// An undated item.
    Item(Uuid),
}

impl RecordId {
    fn write(self, context: Context) -> Context {
        match self {
            Self::Day(day) => context.text("day").number(day.get()),
            Self::Item(id) => context.text("item").id(id),
        }
    }
}

/// Where a sealed record stands. It opens there and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table, and the column where a table has several.
    pub table: &'a str,
    /// Whose it is.
    pub owner: Uuid,
    /// Which part of the owner's data it belongs to.
    pub scope: Scope,
    /// Which record of that part.
    pub record: RecordId,
    /// How often it was written.
    pub version: u64,
    /// Which epoch of the scope's keys.
    pub epoch: u32,
}

impl Place<'_> {
    fn context(&self) -> Context {
        let context = Context::new("record")
            .text(self.table)
            .id(self.owner)
            .number(self.scope.number())
            .number(self.epoch)
            .number(self.version);
        self.record.write(context)
    }
}

/// The sizes that sealed records may have, from small to large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder(&'static [usize]);

impl Ladder {
    /// For the document of a day. The lower steps keep a row's size one that PostgreSQL stores
    /// inline and in whole pages; a day of twenty entries takes the first or the second.
    pub const DAY: Self = Self(&[
        1_900, 3_900, 5_900, 7_900, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576,
    ]);
    /// For what is mostly small: an item, a setting, a day's summary.
    pub const SMALL: Self = Self(&[
        900, 1_900, 3_900, 7_900, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576,
    ]);

    /// The sizes, from small to large.
    pub const fn sizes(&self) -> &'static [usize] {
        self.0
    }

    /// The size that a plaintext of so many bytes is sealed to.
    pub fn sealed_len(&self, plain_len: usize) -> Result<usize, TooLarge> {
        let needed = plain_len.checked_add(aead::PADDED_OVERHEAD).ok_or(TooLarge)?;
        self.0.iter().copied().find(|size| needed <= *size).ok_or(TooLarge)
    }
}

/// The key of one record of one owner in one epoch.
pub struct DataKey(Secret);

impl DataKey {
    /// HKDF-SHA-256 of the leaf, salted with the erasure key.
    pub fn derive(
        leaf: &Leaf,
        erasure: &ErasureKey,
        owner: Uuid,
        scope: Scope,
        epoch: u32,
        record: RecordId,
    ) -> Self {
        let context = Context::new("data key").id(owner).number(scope.number()).number(epoch);
        let context = record.write(context);
        Self(hkdf(leaf.as_bytes(), erasure.0.as_slice(), context.as_bytes()))
    }

    /// Seals a record for its place, to exactly one of the ladder's sizes.
    pub fn seal(
        &self,
        place: &Place<'_>,
        plain: &[u8],
        ladder: &Ladder,
    ) -> Result<Vec<u8>, TooLarge> {
        aead::seal_padded(&self.0, &place.context(), plain, ladder.sealed_len(plain.len())?)
    }

    /// Opens a record that was sealed for this place.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        aead::open_padded(&self.0, &place.context(), sealed)
    }
}

/// Opens a record and seals it again for another place under another key, such as that of the next
/// epoch. What comes has exactly the length of what was there, so it shows nothing new.
pub fn reseal(
    from: &DataKey,
    from_place: &Place<'_>,
    to: &DataKey,
    to_place: &Place<'_>,
    sealed: &[u8],
) -> Result<Vec<u8>, CannotOpen> {
    let plain = from.open(from_place, sealed)?;
    aead::seal_padded(&to.0, &to_place.context(), &plain, sealed.len())
        .map_err(|_too_large| CannotOpen)
}

blank_debug!(ErasureKey, DataKey);
