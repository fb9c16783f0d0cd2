//! What is stored of a scope, sealed under its new keys. What a document says is not looked at.

use jiff::civil::Date;
use keys::{DataKey, Place, RecordId, Walk, reseal};
use platform::{Error, Result, Transaction, days};
use tokio_postgres::Row;

use super::{Change, store};
use crate::sharing::give::number;

/// The table whose rows are bound to their place; the only one with days.
const TABLE: &str = "diary.record_day";

/// Seals every day of a scope anew, some hundred at a time: whatever somebody has stored, it fits into
/// memory.
pub(super) async fn seal_anew(tx: &Transaction, change: &Change) -> Result<()> {
    let owner = tx.session().principal();
    let scope = change.scope.as_str();
    let (first, last) = change.new.window();
    let mut walks = (change.old.walk(first, last), change.new.walk(first, last));
    let mut after: Option<Date> = None;
    loop {
        let rows = tx.query(&store::DAYS, &[&scope, &after]).await?;
        let Some(newest) = rows.last() else { return Ok(()) };
        after = Some(newest.try_get("day")?);
        let mut days: Vec<Date> = Vec::with_capacity(rows.len());
        let mut bodies: Vec<Vec<u8>> = Vec::with_capacity(rows.len());
        for row in &rows {
            days.push(row.try_get("day")?);
            bodies.push(seal_day(tx, change, &mut walks, row)?);
        }
        let epoch = number(change.new_epoch)?;
        tx.query(&store::KEEP_DAYS, &[&owner, &scope, &epoch, &days, &bodies]).await?;
    }
}

fn seal_day(
    tx: &Transaction,
    change: &Change,
    walks: &mut (Walk<'_>, Walk<'_>),
    row: &Row,
) -> Result<Vec<u8>> {
    let (session, scope) = (tx.session(), change.scope);
    let owner = session.principal();
    let day = days::number(row.try_get("day")?).or(Err(Error::Altered))?;
    let version = u64::try_from(row.try_get::<_, i64>("version")?).or(Err(Error::Altered))?;
    if row.try_get::<_, i32>("epoch")? != number(change.old_epoch)? {
        return Err(Error::Altered);
    }
    // Neighbouring days share most of the way from the root.
    let old = walks.0.find(|(at, _)| *at == day).ok_or(Error::Altered)?.1;
    let new = walks.1.find(|(at, _)| *at == day).ok_or(Error::Altered)?.1;
    let record = RecordId::Day(day);
    let erasure = session.erasure_key();
    let from = DataKey::derive(&old, erasure, owner, scope, change.old_epoch, record);
    let to = DataKey::derive(&new, erasure, owner, scope, change.new_epoch, record);
    let place = Place { table: TABLE, owner, scope, record, version, epoch: change.old_epoch };
    let to_place = Place { epoch: change.new_epoch, ..place };
    reseal(&from, &place, &to, &to_place, row.try_get("body_sealed")?).or(Err(Error::Altered))
}
