//! The undated items of a scope, sealed under its new keys. What they say is not looked at.

use keys::{DataKey, Place, RecordId, reseal};
use platform::{Error, Result, Transaction};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Change, store};
use crate::sharing::give::number;

/// The table whose rows are bound to their place; the only one with items.
const TABLE: &str = "diary.record_item";

/// Seals every item of a scope anew, some hundred at a time: whatever somebody has stored, it fits into
/// memory.
pub(super) async fn seal_anew(tx: &Transaction, change: &Change) -> Result<()> {
    let owner = tx.session().principal();
    let scope = change.scope.as_str();
    let mut after: Option<Uuid> = None;
    loop {
        let rows = tx.query(&store::ITEMS, &[&scope, &after]).await?;
        let Some(newest) = rows.last() else { return Ok(()) };
        after = Some(newest.try_get("item")?);
        let mut items: Vec<Uuid> = Vec::with_capacity(rows.len());
        let mut bodies: Vec<Vec<u8>> = Vec::with_capacity(rows.len());
        for row in &rows {
            items.push(row.try_get("item")?);
            bodies.push(seal_item(tx, change, row)?);
        }
        let epoch = number(change.new_epoch)?;
        tx.query(&store::KEEP_ITEMS, &[&owner, &scope, &epoch, &items, &bodies]).await?;
    }
}

fn seal_item(tx: &Transaction, change: &Change, row: &Row) -> Result<Vec<u8>> {
    let (session, scope) = (tx.session(), change.scope);
    let owner = session.principal();
    let version = u64::try_from(row.try_get::<_, i64>("version")?).or(Err(Error::Altered))?;
    if row.try_get::<_, i32>("epoch")? != number(change.old_epoch)? {
        return Err(Error::Altered);
    }
    let record = RecordId::Item(row.try_get("item")?);
    let (old, new) = (change.old.items(), change.new.items());
    let (Some(old), Some(new)) = (old, new) else { return Err(Error::Altered) };
    let erasure = session.erasure_key();
    let from = DataKey::derive(&old, erasure, owner, scope, change.old_epoch, record);
    let to = DataKey::derive(&new, erasure, owner, scope, change.new_epoch, record);
    let place = Place { table: TABLE, owner, scope, record, version, epoch: change.old_epoch };
    let to_place = Place { epoch: change.new_epoch, ..place };
    reseal(&from, &place, &to, &to_place, row.try_get("body_sealed")?).or(Err(Error::Altered))
}
