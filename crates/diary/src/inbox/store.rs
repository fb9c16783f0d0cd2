//! The SQL of the inbox.

use keys::Scope;
use platform::{
    App, Caller, Error, Params, PresentedCaller, Result, Sql, Transaction, entered_by_caller,
};
use tokio_postgres::types::Type;
use uuid::Uuid;

pub(crate) static ALL: &[&Sql] = &[&NOBODY, &LEAVE, &WAITING, &LOCK, &REMOVE, &PUT_ASIDE, &AUDIT];

/// Nothing but who calls.
static NOBODY: Sql = Sql::new("select where false", &[]);

static LEAVE: Sql = Sql::new(
    "select diary.leave_item($1, $2, $3) as taken",
    &[Type::UUID, Type::TEXT, Type::BYTEA],
);

/// In the order of arrival; numbers made by clients are in the order of time as well.
static WAITING: Sql = Sql::new(
    entered_by_caller!(
        "select item, scope::text as scope, body_sealed
        from diary.inbox
        where refused_at is null
        order by received_at, item"
    ),
    &[],
);

/// What is still there, so that two devices that merge at once take turns.
static LOCK: Sql = Sql::new(
    "select item from diary.inbox where item = any ($1) and refused_at is null for update",
    &[Type::UUID_ARRAY],
);

static REMOVE: Sql = Sql::new("delete from diary.inbox where item = any ($1)", &[Type::UUID_ARRAY]);

static PUT_ASIDE: Sql = Sql::new(
    "update diary.inbox set refused_at = now() where item = any ($1) and refused_at is null
    returning item",
    &[Type::UUID_ARRAY],
);

static AUDIT: Sql = Sql::new("select audit.append($1, $2)", &[Type::TEXT, Type::TEXT]);

/// A transaction of whoever calls.
pub(super) async fn begin(app: &App, presented: &PresentedCaller) -> Result<Transaction<Caller>> {
    Ok(app.db().begin(presented, &NOBODY, &[]).await?.0)
}

/// Leaves an item; `false` when there is no room. An item that is there already stays as it is, and
/// the answer is the same.
pub(super) async fn leave(
    tx: Transaction<Caller>,
    item: Uuid,
    scope: Scope,
    sealed: &[u8],
) -> Result<bool> {
    let rows = tx.query(&LEAVE, &[&item, &scope.as_str(), &sealed]).await?;
    let taken = rows.first().map_or(Ok(false), |row| row.try_get("taken"))?;
    if taken {
        tx.finish(&[(&AUDIT, &[&"item_left", &scope.as_str()])]).await?;
    }
    Ok(taken)
}

/// An item as it stands in the table: still sealed.
pub(super) struct Waiting {
    pub(super) item: Uuid,
    pub(super) scope: Option<Scope>,
    pub(super) sealed: Vec<u8>,
}

/// What waits, with who asks.
pub(super) async fn waiting(
    app: &App,
    presented: &PresentedCaller,
) -> Result<(Caller, Vec<Waiting>)> {
    let (caller, rows) = app.db().read_few(presented, &WAITING, &[]).await?;
    let mut waiting = Vec::with_capacity(rows.len());
    for row in &rows {
        // Where nothing waits, one row still says who asks.
        let Some(item) = row.try_get::<_, Option<Uuid>>("item")? else { continue };
        waiting.push(Waiting {
            item,
            scope: Scope::parse(row.try_get("scope")?),
            sealed: row.try_get("body_sealed")?,
        });
    }
    Ok((caller, waiting))
}

/// Which of the items still wait. They are locked until the transaction ends.
pub(super) async fn lock(tx: &Transaction<Caller>, items: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows = tx.query(&LOCK, &[&items]).await?;
    rows.iter().map(|row| Ok(row.try_get("item")?)).collect()
}

/// Removes what was filed, in the transaction that files it.
pub(super) async fn remove(tx: &Transaction<Caller>, items: &[Uuid]) -> Result<()> {
    tx.query(&REMOVE, &[&items]).await?;
    Ok(())
}

/// Puts aside what does not open, each with its entry in the audit; how many that were.
pub(super) async fn put_aside(
    app: &App,
    presented: &PresentedCaller,
    items: &[Uuid],
) -> Result<usize> {
    let tx = begin(app, presented).await?;
    let rows = tx.query(&PUT_ASIDE, &[&items]).await?;
    let about = rows
        .iter()
        .map(|row| Ok(format!("inbox {}", row.try_get::<_, Uuid>("item")?)))
        .collect::<Result<Vec<String>, Error>>()?;
    let act = "item_refused";
    let entries: Vec<[&(dyn tokio_postgres::types::ToSql + Sync); 2]> = about
        .iter()
        .map(|about| [&act as &(dyn tokio_postgres::types::ToSql + Sync), about])
        .collect();
    let last: Vec<(&'static Sql, Params<'_>)> =
        entries.iter().map(|params| (&AUDIT, params.as_slice())).collect();
    tx.finish(&last).await?;
    Ok(rows.len())
}
