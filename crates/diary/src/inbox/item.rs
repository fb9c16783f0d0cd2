//! An item of the inbox: an entry and the day it belongs to, as they were sent. The first byte says
//! which form the rest has.

use jiff::civil::Date;
use keys::{Ladder, Scope};
use platform::{Caller, Error, Result, days};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::days::entry::{NewEntry, SentEntry};

/// The form written now: the JSON that was sent.
const FORM: u8 = 1;

/// What a program leaves.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SentItem {
    /// The day that the entry belongs to.
    #[schema(example = "2026-11-22")]
    day: String,
    /// As it would be recorded on that day. Its `id` is the item's: sending it again changes nothing.
    entry: SentEntry,
}

/// An item that can be filed.
pub(super) struct Item {
    pub(super) id: Uuid,
    pub(super) day: Date,
    pub(super) entry: NewEntry,
}

impl SentItem {
    /// Checks an item and writes down what it says.
    pub(super) fn parse(self, today: Date) -> Result<(Item, Vec<u8>)> {
        let mut written = vec![FORM];
        serde_json::to_writer(&mut written, &self)
            .map_err(|cause| Error::Internal(cause.into()))?;
        let id = self.entry.id;
        let day = days::parse("day", &self.day, today)?;
        Ok((Item { id, day, entry: self.entry.parse_alone()? }, written))
    }
}

impl Item {
    /// Seals what was written down to the owner, for a write-only token that may leave its scope.
    pub(super) fn seal(&self, caller: &Caller, written: &[u8]) -> Result<Vec<u8>> {
        let (scope, owner) = (self.entry.scope(), caller.principal());
        let public = caller.require_inbox(scope)?;
        keys::seal_inbox(
            public,
            caller.erasure_key(),
            owner,
            self.id,
            scope,
            written,
            &Ladder::SMALL,
        )
        .map_err(|_cause| Error::invalid("entry", "is too long: shorten it"))
    }

    /// Opens an item as exactly this one of its owner's. What is altered, or says what cannot be
    /// recorded, is no item.
    pub(super) fn open(
        owner: &Caller,
        id: Uuid,
        scope: Scope,
        sealed: &[u8],
        today: Date,
    ) -> Result<Self> {
        let plain = keys::open_inbox(
            owner.pair()?,
            owner.erasure_key(),
            owner.principal(),
            id,
            scope,
            sealed,
        )
        .or(Err(Error::Altered))?;
        let Some((&FORM, json)) = plain.split_first() else { return Err(Error::Altered) };
        let sent: SentItem = serde_json::from_slice(json).or(Err(Error::Altered))?;
        let (item, _) = sent.parse(today).or(Err(Error::Altered))?;
        if item.id == id && item.entry.scope() == scope { Ok(item) } else { Err(Error::Altered) }
    }
}
