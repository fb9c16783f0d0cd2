//! Who a holder is: the name that stands in the share, or stood in one that has ended.

use std::collections::BTreeMap;

use keys::KeyPair;
use platform::Result;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::sharing::words::Words;

/// A holder as the owner knows them.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) name: String,
    /// friend, practice or study.
    pub(super) kind: String,
    /// Whether access has ended.
    pub(super) is_former: bool,
}

/// Everybody who has or had access to the asker's diary.
pub(super) struct Names(BTreeMap<Uuid, Known>);

impl Names {
    /// Opens what is sealed to the owner. Who has access again is no longer a former holder.
    pub(super) fn open(rows: &[Row], owner: Uuid, pair: &KeyPair) -> Result<Self> {
        let mut names = BTreeMap::new();
        for row in rows {
            let holder: Uuid = row.try_get("holder")?;
            let sealed: &[u8] = row.try_get("for_owner_sealed")?;
            let words = Words::open_for_owner(pair, owner, holder, sealed).ok();
            // What was altered names nobody, and hides none of what others did.
            let Some(words) = words else {
                tracing::warn!("a holder's name was altered in the database");
                continue;
            };
            let known = Known {
                name: words.name,
                kind: row.try_get("kind")?,
                is_former: row.try_get("is_former")?,
            };
            if !known.is_former || !names.contains_key(&holder) {
                names.insert(holder, known);
            }
        }
        Ok(Self(names))
    }

    /// The name of a holder; `None` for one that the owner never gave a name.
    pub(super) fn of(&self, holder: Uuid) -> Option<&Known> {
        self.0.get(&holder)
    }

    /// Everybody, in no order that means anything.
    pub(super) fn all(&self) -> impl Iterator<Item = (Uuid, &Known)> {
        self.0.iter().map(|(holder, known)| (*holder, known))
    }
}
