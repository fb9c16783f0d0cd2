//! The new keys on the keyrings of the owner's sessions and tokens. Each is opened with its spare key,
//! which only the owner's private key leads to.

use keys::{ApiKeyring, Cover, Keyring, KeyringKey, Scope};
use platform::{Result, Transaction};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Change, store};

/// Puts the new keys in the place of the old ones, wherever those were. What cannot be opened ends:
/// whoever carries it signs in again.
pub(super) async fn seal_anew(tx: &Transaction, changes: &[Change]) -> Result<()> {
    let mut sessions: Vec<Uuid> = Vec::new();
    let mut keyrings: Vec<Vec<u8>> = Vec::new();
    for row in tx.query(&store::KEYRINGS, &[]).await? {
        if let Some(keyring) = seal_one(tx, changes, &row)? {
            sessions.push(row.try_get("session")?);
            keyrings.push(keyring);
        }
    }
    tx.query(&store::KEEP_KEYRINGS, &[&sessions, &keyrings]).await?;
    Ok(())
}

fn seal_one(tx: &Transaction, changes: &[Change], row: &Row) -> Result<Option<Vec<u8>>> {
    let session = tx.session();
    let (owner, pair) = (session.principal(), session.keyring().pair());
    let sealed: Option<&[u8]> = row.try_get("keyring_sealed")?;
    let spare: Option<&[u8]> = row.try_get("spare_key_sealed")?;
    let (Some(sealed), Some(spare)) = (sealed, spare) else { return Ok(None) };
    let Ok(key) = KeyringKey::open_spare(pair, owner, spare) else { return Ok(None) };
    if row.try_get::<_, &str>("application")? == "token" {
        let Ok(mut keyring) = ApiKeyring::open(&key, owner, sealed) else { return Ok(None) };
        for change in held(changes, |scope| keyring.current(owner, scope).is_some()) {
            keyring.forget(owner, change.scope);
            keyring.add(owner, change.scope, change.new_epoch, renewed(change));
        }
        return Ok(Some(keyring.seal(&key, owner)));
    }
    let Ok(mut keyring) = Keyring::open(&key, owner, sealed) else { return Ok(None) };
    // A session that waits for its second step holds no keys of the diary, and gets none.
    for change in held(changes, |scope| keyring.current(owner, scope).is_some()) {
        keyring.forget(owner, change.scope);
        keyring.add(owner, change.scope, change.new_epoch, renewed(change));
    }
    Ok(Some(keyring.seal(&key, owner)))
}

fn held(changes: &[Change], has: impl Fn(Scope) -> bool) -> Vec<&Change> {
    changes.iter().filter(|change| has(change.scope)).collect()
}

fn renewed(change: &Change) -> Cover {
    change.new.clone()
}
