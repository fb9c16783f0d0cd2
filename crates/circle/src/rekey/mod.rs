//! New keys for parts of a diary, so that what was taken back stays taken back.
//!
//! Whoever had a key could open with it whatever they ever get hold of. So when something is taken
//! back, its scope begins a new epoch in the same transaction: everything that is stored is sealed
//! anew, and whoever may still see it gets the new keys: the owner, the other holders, the owner's other
//! sessions and tokens, and the invitations that wait. One epoch of a scope is alive at a time, and the
//! keys of the last one open nothing any more.
//!
//! `grants` seals for holders, `days` and `items` what is stored, `keyrings` for sessions and tokens.

mod days;
mod grants;
mod items;
mod keyrings;
pub(crate) mod store;

use std::future::Future;

use keys::{Cover, GrantIdentity, Scope, ScopeRoot, open_own_grant, seal_own_grant};
use platform::{App, Error, Result, Transaction, days as calendar};
use tokio_postgres::Row;

use crate::{
    invitations,
    sharing::give::{number, scope_of},
};

/// How often an act is tried again when a change of the diary was in its way.
const TRIES: usize = 5;

/// The owner's own keys, one epoch a scope.
pub(crate) struct OwnKeys(Vec<(Scope, u32, Cover)>);

impl OwnKeys {
    /// The keys of a scope that are alive.
    pub(crate) fn current(&self, scope: Scope) -> Result<(u32, &Cover)> {
        let mut keys = self.0.iter();
        let found = keys.find(|(known, ..)| *known == scope);
        found.map(|(_, epoch, cover)| (*epoch, cover)).ok_or(Error::Altered)
    }
}

/// The new keys of one scope, beside the old ones.
struct Change {
    scope: Scope,
    old_epoch: u32,
    old: Cover,
    new_epoch: u32,
    new: Cover,
}

/// Waits until nobody changes the diary or begins a session, and keeps everybody from it until the
/// transaction ends.
pub(crate) async fn hold(tx: &Transaction) -> Result<()> {
    tx.query(&store::HOLD, &[]).await?;
    Ok(())
}

/// The asker's own keys as the database has them now: a session that is older than a re-key may not
/// know them.
pub(crate) async fn own_keys(tx: &Transaction) -> Result<OwnKeys> {
    let session = tx.session();
    let (owner, pair) = (session.principal(), session.keyring().pair());
    let rows = tx.query(&store::OWN, &[]).await?;
    let open = |row: &Row| {
        let (scope, epoch) = (scope_of(row)?, epoch_of(row)?);
        let (first, last) = (calendar::number(calendar::FIRST)?, calendar::number(calendar::LAST)?);
        let identity = GrantIdentity { owner, holder: owner, scope, epoch, first, last };
        let cover = open_own_grant(&identity, row.try_get("key_sealed")?, pair);
        Ok((scope, epoch, cover.or(Err(Error::Altered))?))
    };
    Ok(OwnKeys(rows.iter().map(open).collect::<Result<_>>()?))
}

/// Gives scopes of the asker's new keys, in the transaction of whatever took something back. Its session
/// has a fresh proof, and [`hold`] was called.
pub(crate) async fn rekey(app: &App, tx: &Transaction, scopes: &[Scope]) -> Result<()> {
    if scopes.is_empty() {
        return Ok(());
    }
    let own = own_keys(tx).await?;
    let mut changes: Vec<Change> = Vec::with_capacity(scopes.len());
    for scope in scopes {
        if changes.iter().any(|change| change.scope == *scope) {
            continue;
        }
        let (old_epoch, old) = own.current(*scope)?;
        changes.push(Change {
            scope: *scope,
            old_epoch,
            old: old.clone(),
            new_epoch: old_epoch.checked_add(1).ok_or(Error::Altered)?,
            new: ScopeRoot::generate().cover_all(),
        });
    }
    for change in &changes {
        days::seal_anew(tx, change).await?;
        items::seal_anew(tx, change).await?;
        let Change { scope, new_epoch, new, .. } = change;
        invitations::renew(tx, app.root(), *scope, *new_epoch, new).await?;
    }
    grants::seal_anew(app, tx, &changes).await?;
    keyrings::seal_anew(tx, &changes).await
}

/// Repeats an act while changes of the diary are in its way: two that wait for each other are parted by
/// the database, and nothing of either stands.
pub(crate) async fn repeat<T, F>(act: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 1..TRIES {
        match act().await {
            Err(error) if error.is_race() => {}
            done => return done,
        }
    }
    act().await
}

fn epoch_of(row: &Row) -> Result<u32> {
    u32::try_from(row.try_get::<_, i32>("epoch")?).or(Err(Error::Altered))
}

/// The owner's own copy of new keys.
fn seal_own(tx: &Transaction, change: &Change) -> Result<(i32, Vec<u8>)> {
    let session = tx.session();
    let (first, last) = change.new.window();
    let identity = GrantIdentity {
        owner: session.principal(),
        holder: session.principal(),
        scope: change.scope,
        epoch: change.new_epoch,
        first,
        last,
    };
    let sealed = seal_own_grant(&identity, &change.new, session.keyring().pair());
    Ok((number(change.new_epoch)?, sealed))
}
