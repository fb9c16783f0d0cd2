//! Who writes on a line, and its key.

use keys::LineKey;
use platform::{App, Error, Presented, Result, Transaction};
use uuid::Uuid;

use super::{body::Body, store};
use crate::organisations::Capacity;

/// One side of a line, with its key open.
pub(super) struct Side {
    pub(super) owner: Uuid,
    pub(super) holder: Uuid,
    pub(super) me: Uuid,
    key: LineKey,
    /// What the other side is told who wrote: a member of an organisation by name.
    by: String,
}

impl Side {
    /// Begins an act on the line of an owner and a holder: as the owner, as the holder, or as a member
    /// of the holder who may open what was granted.
    pub(super) async fn begin(
        app: &App,
        presented: &Presented,
        owner: Uuid,
        holder: Uuid,
    ) -> Result<(Transaction, Self)> {
        let (tx, rows) = store::begin(app.db(), presented, owner, holder).await?;
        let row = rows.first().ok_or(Error::NotFound)?;
        let session = tx.session();
        let (me, pair) = (session.principal(), session.keyring().pair());
        let sealed = |name| row.try_get::<_, &[u8]>(name);
        let (key, by) = if me == owner {
            let sealed = sealed("line_for_owner_sealed")?;
            (LineKey::open_as_owner(owner, holder, sealed, pair), String::new())
        } else if me == holder {
            let sealed = sealed("line_for_holder_sealed")?;
            (LineKey::open_as_holder(owner, holder, sealed, pair), String::new())
        } else {
            let capacity = Capacity::open(app.root(), session, row)?;
            capacity.require_opens()?;
            let sealed = sealed("line_for_holder_sealed")?;
            let key = LineKey::open_as_holder(owner, holder, sealed, &capacity.pair);
            (key, capacity.my_name(&tx).await?)
        };
        let key = key.or(Err(Error::Altered))?;
        Ok((tx, Self { owner, holder, me, key, by }))
    }

    pub(super) fn is_owner(&self) -> bool {
        self.me == self.owner
    }

    /// Seals what the asker writes.
    pub(super) fn seal(&self, kind: &str, letter: Uuid, body: Body) -> Result<Vec<u8>> {
        let body = Body { by: self.by.clone(), ..body };
        let plain = serde_json::to_vec(&body).map_err(|cause| Error::Internal(cause.into()))?;
        Ok(self.key.seal(self.owner, self.holder, kind, letter, self.me, &plain))
    }

    /// Opens what somebody wrote.
    pub(super) fn open(
        &self,
        kind: &str,
        letter: Uuid,
        author: Uuid,
        sealed: &[u8],
    ) -> Result<Body> {
        let plain = self
            .key
            .open(self.owner, self.holder, kind, letter, author, sealed)
            .or(Err(Error::Altered))?;
        serde_json::from_slice(&plain).or(Err(Error::Altered))
    }
}
