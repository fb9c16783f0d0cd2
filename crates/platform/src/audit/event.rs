//! One event of a chain, and the hash that ties it to the one before.
//!
//! The hash is computed in the database, by `audit.append`; this is the other computation of the
//! same, and they meet in the tests of the whole.

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

/// A SHA-256.
pub type Hash = [u8; 32];

/// Stands between the parts of an event, and in none of them.
const SEPARATOR: &str = "\u{1f}";

/// One act, as the table has it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its place in its owner's chain.
    pub seq: i64,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Uuid,
    /// Through which application.
    pub application: String,
    /// What was done: a word.
    pub action: String,
    /// With what: scope and date.
    pub subject: String,
    /// In which capacity somebody else did it; `None` for the owner's own acts.
    pub holder: Option<Uuid>,
    /// What the table says its hash is.
    pub hash: Vec<u8>,
}

impl Event {
    /// Reads a row with the columns of the table.
    pub fn of(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            seq: row.try_get("seq")?,
            at: row.try_get("at")?,
            actor: row.try_get("actor")?,
            application: row.try_get("application")?,
            action: row.try_get("action")?,
            subject: row.try_get("subject")?,
            holder: row.try_get("holder")?,
            hash: row.try_get("hash")?,
        })
    }

    /// The hash that it must have after the given one.
    pub fn hash_after(&self, previous: &[u8]) -> Hash {
        let micros = self.at.as_microsecond();
        let seconds = micros.div_euclid(1_000_000);
        let rest = micros.rem_euclid(1_000_000);
        let mut parts = vec![
            self.seq.to_string(),
            format!("{seconds}.{rest:06}"),
            self.actor.to_string(),
            self.application.clone(),
            self.action.clone(),
            self.subject.clone(),
        ];
        parts.extend(self.holder.map(|holder| holder.to_string()));
        sha256(&[previous, parts.join(SEPARATOR).as_bytes()])
    }

    /// Whether its texts could be cut into parts in one way only.
    pub(super) fn is_plain(&self) -> bool {
        [&self.application, &self.action, &self.subject]
            .into_iter()
            .all(|part| !part.contains(SEPARATOR))
    }
}

/// What stands before the first event of an owner.
pub fn beginning(owner: Uuid) -> Hash {
    sha256(&[owner.as_bytes()])
}

/// The hash of these bytes, one after the other.
pub(super) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}
