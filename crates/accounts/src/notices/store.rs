//! The SQL of notices.

use platform::{Db, Error, Presented, Result, Sql, Unproved, entered};
use tokio_postgres::Row;

pub(crate) static ALL: &[&Sql] = &[&ADDRESS, &STANDING_ADDRESS, &NEWEST, &SEE];

static ADDRESS: Sql = Sql::new("select email_sealed from accounts.account", &[]);

static STANDING_ADDRESS: Sql = Sql::new("select email_sealed from accounts.standing_address", &[]);

/// As many as anybody reads; older ones are in the audit.
static NEWEST: Sql = Sql::new(
    entered!(
        "select n.notice, n.what, n.at, n.seen_at is not null as seen
        from accounts.notice n order by n.at desc, n.notice desc limit 200"
    ),
    &[],
);

static SEE: Sql = Sql::new("update accounts.notice set seen_at = now() where seen_at is null", &[]);

/// The newest notices of the asker, newest first.
pub(super) async fn newest(db: &Db, presented: &Presented) -> Result<Vec<Row>> {
    let (_, rows) = db.read_few(presented, &NEWEST, &[]).await?;
    Ok(rows)
}

/// Notes that all of them were seen.
pub(super) async fn see(db: &Db, presented: &Presented) -> Result<()> {
    let (tx, _) = db.begin(presented, &SEE, &[]).await?;
    tx.finish(&[]).await?;
    Ok(())
}

/// The sealed address of whoever has just signed in.
pub(super) async fn sealed_address(tx: &Unproved) -> Result<Vec<u8>> {
    let rows = tx.query(&ADDRESS, &[]).await?;
    Ok(rows.first().ok_or(Error::Unauthenticated)?.try_get("email_sealed")?)
}

/// The sealed address of a session that waits for its second step; `None` when it no longer does.
pub(super) async fn standing_address(tx: &Unproved) -> Result<Option<Vec<u8>>> {
    let rows = tx.query(&STANDING_ADDRESS, &[]).await?;
    rows.first().map(|row| Ok(row.try_get("email_sealed")?)).transpose()
}
