//! The SQL of items, and the sealing of them. Whose rows they are is the policies' business, not
//! repeated here.

use keys::{Ladder, Place, RecordId};
use platform::{App, Caller, Error, PresentedCaller, Result, Sql, Transaction};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use super::item::{self, Item, Items, Kept};
use crate::days::{Obstacle, TRIES, store::refused};

/// What the seal of every item is bound to.
pub(crate) const TABLE: &str = "diary.record_item";

pub(crate) static ALL: &[&Sql] =
    &[&READ, &LOOK, &READ_FOR_CHANGE, &LOOK_FOR_CHANGE, &KEEP, &KEEP_OF_VISIT];

static READ: Sql = Sql::new(
    "select item, version, epoch, body_sealed
    from diary.record_item
    where scope = $1 and ($2::uuid[] is null or item = any ($2))
    order by item",
    &[Type::TEXT, Type::UUID_ARRAY],
);

/// What a visitor sees of them: through a function that writes it into the audit.
static LOOK: Sql = Sql::new(
    "select item, version, epoch, body_sealed from diary.look_items($1, $2)",
    &[Type::TEXT, Type::UUID_ARRAY],
);

static READ_FOR_CHANGE: Sql = Sql::new(
    "select item, version, epoch, body_sealed
    from diary.record_item
    where scope = $1
    order by item
    for update",
    &[Type::TEXT],
);

static LOOK_FOR_CHANGE: Sql = Sql::new(
    "select item, version, epoch, body_sealed from diary.look_items_for_change($1)",
    &[Type::TEXT],
);

static KEEP: Sql = Sql::new(
    "select diary.keep_items($1, $2, $3, $4, $5, $6, $7)",
    &[
        Type::UUID,
        Type::TEXT,
        Type::UUID_ARRAY,
        Type::INT8_ARRAY,
        Type::INT4,
        Type::BYTEA_ARRAY,
        Type::TEXT,
    ],
);

static KEEP_OF_VISIT: Sql = Sql::new(
    "select diary.keep_items_of_visit($1, $2, $3, $4, $5, $6)",
    &[Type::TEXT, Type::UUID_ARRAY, Type::INT8_ARRAY, Type::INT4, Type::BYTEA_ARRAY, Type::TEXT],
);

/// Every item of the scope; for who may see all of it.
pub async fn list<T: Item>(
    app: &App,
    presented: &PresentedCaller,
) -> Result<(Caller, Vec<Kept<T>>)> {
    some(app, presented, None).await
}

/// One item of the scope, if it is there; for who may see all of it.
pub async fn one<T: Item>(
    app: &App,
    presented: &PresentedCaller,
    id: Uuid,
) -> Result<Option<Kept<T>>> {
    let (_, kept) = some(app, presented, Some(&[id])).await?;
    Ok(kept.into_iter().next())
}

async fn some<T: Item>(
    app: &App,
    presented: &PresentedCaller,
    which: Option<&[Uuid]>,
) -> Result<(Caller, Vec<Kept<T>>)> {
    let scope = T::SCOPE.as_str();
    let sql = if presented.is_visit() { &LOOK } else { &READ };
    let mut tried = 0;
    loop {
        let (caller, rows) = app.db().read(presented, sql, &[&scope, &which]).await?;
        caller.require_read_items(T::SCOPE)?;
        match open(&caller, &rows) {
            Ok(items) => return Ok((caller, items)),
            // Sealed anew at this moment: the next look has the new keys.
            Err(error) if error.is_race() && tried < TRIES => tried += 1,
            Err(error) => return Err(refused(app, presented, scope, error).await),
        }
    }
}

/// Some items of a scope, or all, in a transaction that does more.
pub async fn list_in<T: Item>(
    tx: &Transaction<Caller>,
    which: Option<&[Uuid]>,
) -> Result<Vec<Kept<T>>> {
    let caller = tx.session();
    caller.require_read_items(T::SCOPE)?;
    let sql = if caller.visits_as().is_some() { &LOOK } else { &READ };
    let rows = tx.query(sql, &[&T::SCOPE.as_str(), &which]).await?;
    open(caller, &rows)
}

/// Changes items of one scope: all are read under lock, and what differs afterwards is written with one
/// entry of the audit, all or nothing; again from the start when another device was faster.
pub async fn change<T: Item, R>(
    app: &App,
    presented: &PresentedCaller,
    act: &str,
    change: impl Fn(&mut Items<T>) -> Result<R>,
) -> Result<R> {
    let scope = T::SCOPE.as_str();
    let sql = if presented.is_visit() { &LOOK_FOR_CHANGE } else { &READ_FOR_CHANGE };
    let mut obstacle = Obstacle::default();
    for tried in 1..=TRIES {
        let (tx, rows) = app.db().begin(presented, sql, &[&scope]).await?;
        tx.session().require_write_items(T::SCOPE)?;
        let read = match open(tx.session(), &rows) {
            Ok(read) => read,
            Err(error) if error.is_race() && tried < TRIES => continue,
            Err(error) => {
                drop(tx);
                return Err(refused(app, presented, scope, error).await);
            }
        };
        let generation = tx.session().generation();
        let mut items = Items::new(read);
        let outcome = change(&mut items)?;
        match keep(tx, &items, act).await {
            Ok(()) => return Ok(outcome),
            Err(error) if error.is_race() => {
                if obstacle.stays(&error, (generation, items.versions())) {
                    return Err(refused(app, presented, scope, Error::Altered).await);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::Conflict("other devices are changing this: nothing was lost; send it again"))
}

fn open<T: Item>(caller: &Caller, rows: &[Row]) -> Result<Vec<Kept<T>>> {
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        let id: Uuid = row.try_get("item")?;
        let version = u64::try_from(row.try_get::<_, i64>("version")?).or(Err(Error::Altered))?;
        let epoch = u32::try_from(row.try_get::<_, i32>("epoch")?).or(Err(Error::Altered))?;
        let key = caller.item_key(T::SCOPE, epoch, id)?;
        let place = place::<T>(caller, id, version, epoch);
        let plain = key.open(&place, row.try_get("body_sealed")?).or(Err(Error::Altered))?;
        kept.push(Kept { id, version, item: item::read(&plain)? });
    }
    Ok(kept)
}

fn place<T: Item>(caller: &Caller, id: Uuid, version: u64, epoch: u32) -> Place<'static> {
    Place {
        table: TABLE,
        owner: caller.owner(),
        scope: T::SCOPE,
        record: RecordId::Item(id),
        version,
        epoch,
    }
}

async fn keep<T: Item>(tx: Transaction<Caller>, items: &Items<T>, act: &str) -> Result<()> {
    let written = items.written();
    if written.is_empty() {
        tx.finish(&[]).await?;
        return Ok(());
    }
    let caller = tx.session();
    let number = |cause: std::num::TryFromIntError| Error::Internal(cause.into());
    let epoch = caller.current_epoch(T::SCOPE)?;
    let (mut ids, mut versions, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
    for one in &written {
        let body = one.item.map(|item| {
            let place = place::<T>(caller, one.id, one.version, epoch);
            let key = caller.item_key(T::SCOPE, epoch, one.id)?;
            let full = |_cause| Error::invalid("id", "this is too long: shorten it");
            key.seal(&place, &item::write(item)?, &Ladder::SMALL).map_err(full)
        });
        ids.push(one.id);
        versions.push(i64::try_from(one.version).map_err(number)?);
        bodies.push(body.transpose()?);
    }
    let (owner, scope) = (caller.owner(), T::SCOPE.as_str());
    let epoch = i32::try_from(epoch).map_err(number)?;
    if caller.visits_as().is_some() {
        tx.finish(&[(&KEEP_OF_VISIT, &[&scope, &ids, &versions, &epoch, &bodies, &act])]).await?;
    } else {
        tx.finish(&[(&KEEP, &[&owner, &scope, &ids, &versions, &epoch, &bodies, &act])]).await?;
    }
    Ok(())
}
