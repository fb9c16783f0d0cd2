//! The SQL of API tokens.

use platform::{
    Db, Presented, Result, Session, Sql, Transaction, entered,
    notices::{TELL, Told},
};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use super::made::{self, NewToken};

pub(crate) static ALL: &[&Sql] = &[&LIST, &LOCK, &COUNT, &MAKE, &END, &AUDIT];

static LIST: Sql = Sql::new(
    entered!(
        "select token, name_sealed, access as token_access, scopes as token_scopes,
            created_at as made_at, expires_at as ends_at
        from auth.my_tokens
        order by made_at, token"
    ),
    &[],
);

/// One at a time, so that the count holds.
static LOCK: Sql = Sql::new("select principal from accounts.account for update", &[]);

static COUNT: Sql = Sql::new("select count(*) as tokens from auth.my_tokens", &[]);

static MAKE: Sql = Sql::new(
    "select auth.make_token($1, $2, $3, $4, $5, make_interval(days => $6), $7, $8, $9)",
    &[
        Type::UUID,
        Type::BYTEA,
        Type::BYTEA,
        Type::TEXT,
        Type::TEXT_ARRAY,
        Type::INT4,
        Type::BYTEA,
        Type::BYTEA,
        Type::INT8,
    ],
);

static END: Sql = Sql::new("select auth.end_token($1) as ended", &[Type::UUID]);

static AUDIT: Sql = Sql::new("select audit.append($1, $2)", &[Type::TEXT, Type::TEXT]);

/// The asker's tokens, oldest first. Where there is none one row still says who asks, and its `token`
/// is null.
pub(super) async fn list(db: &Db, presented: &Presented) -> Result<(Session, Vec<Row>)> {
    db.read_few(presented, &LIST, &[]).await
}

/// A transaction of the asker's, with how many tokens there are.
pub(super) async fn begin(db: &Db, presented: &Presented) -> Result<(Transaction, i64)> {
    let (tx, _) = db.begin(presented, &LOCK, &[]).await?;
    let rows = tx.query(&COUNT, &[]).await?;
    let count = rows.first().map_or(Ok(0), |row| row.try_get("tokens"))?;
    Ok((tx, count))
}

/// Keeps a token that was made.
pub(super) async fn keep(
    tx: Transaction,
    new: &NewToken,
    row: &made::Row,
    told: &Told,
) -> Result<()> {
    let scopes = new.scope_names();
    let about = format!("{} {}", new.access.as_str(), scopes.join(" "));
    tx.finish(&[
        (
            &MAKE,
            &[
                &row.id,
                &row.token_hash,
                &row.name_sealed,
                &new.access.as_str(),
                &scopes,
                &new.days,
                &row.keyring_sealed,
                &row.spare_key_sealed,
                &row.epochs,
            ],
        ),
        (&AUDIT, &[&"token_made", &about]),
        (&TELL, &told.params()),
    ])
    .await?;
    Ok(())
}

/// Ends a token; `false` when the asker has no such one.
pub(super) async fn end(tx: Transaction, token: Uuid, told: &Told) -> Result<bool> {
    let rows = tx.query(&END, &[&token]).await?;
    let ended = rows.first().map_or(Ok(false), |row| row.try_get("ended"))?;
    if ended {
        tx.finish(&[(&AUDIT, &[&"token_ended", &""]), (&TELL, &told.params())]).await?;
    }
    Ok(ended)
}
