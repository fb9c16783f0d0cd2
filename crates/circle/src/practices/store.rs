//! The SQL of practices.

use platform::{Db, Presented, Result, Sql, Transaction};
use tokio_postgres::types::Type;
use uuid::Uuid;

pub(crate) static ALL: &[&Sql] = &[&SELF, &SHARED, &TAKE_CARD];

static SELF: Sql = Sql::new("select principal from auth.me", &[]);

static SHARED: Sql = Sql::new(
    "select s.kind from circle.share s
    where s.owner = (select m.principal from auth.me m) and s.holder = $1",
    &[Type::UUID],
);

static TAKE_CARD: Sql =
    Sql::new("select circle.take_card($1, $2) as taken", &[Type::UUID, Type::BYTEA]);

/// Begins an act of a client's.
pub(super) async fn begin(db: &Db, presented: &Presented) -> Result<Transaction> {
    let (tx, _) = db.begin(presented, &SELF, &[]).await?;
    Ok(tx)
}

/// Whether the asker has let this practice in.
pub(super) async fn is_shared(tx: &Transaction, practice: Uuid) -> Result<bool> {
    Ok(!tx.query(&SHARED, &[&practice]).await?.is_empty())
}

/// Says which of the practice's own cards the asker is. Where there is none, the practice does not
/// know whom it invited, and that is all.
pub(super) async fn take_card(tx: &Transaction, practice: Uuid, label_hash: &[u8]) -> Result<()> {
    tx.query(&TAKE_CARD, &[&practice, &label_hash]).await?;
    Ok(())
}
