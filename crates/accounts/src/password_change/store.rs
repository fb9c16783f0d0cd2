//! The SQL of changing the password.

use platform::{
    Db, Error, Presented, Result, Session, Sql, Transaction, entered,
    notices::{TELL, Told},
};
use tokio_postgres::types::Type;

use crate::slots::{self, NewSlot};

pub(crate) static ALL: &[&Sql] = &[&CIRCUMSTANCES, &LOCK, &DROP_PASSWORD, &END_OTHERS, &AUDIT];

static CIRCUMSTANCES: Sql = Sql::new(
    entered!(
        "select a.email_sealed, s.first_step,
            exists (select from accounts.second_step) as has_second_step
        from accounts.account a cross join auth.my_session s"
    ),
    &[],
);

/// One change of this account's credentials at a time.
static LOCK: Sql = Sql::new("select principal from accounts.account for update", &[]);

static DROP_PASSWORD: Sql = Sql::new("delete from accounts.key_slot where kind = 1", &[]);

static END_OTHERS: Sql = Sql::new("select auth.end_other_sessions()", &[]);

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

/// Under which circumstances a new password is chosen.
pub(crate) struct Circumstances {
    pub(crate) session: Session,
    pub(crate) email_sealed: Vec<u8>,
    pub(crate) first_step: String,
    pub(crate) has_second_step: bool,
}

/// How the asker came in, and what a new password needs.
pub(crate) async fn circumstances(db: &Db, presented: &Presented) -> Result<Circumstances> {
    let (session, rows) = db.read_few(presented, &CIRCUMSTANCES, &[]).await?;
    let row = rows.first().ok_or(Error::Unauthenticated)?;
    Ok(Circumstances {
        session,
        email_sealed: row.try_get("email_sealed")?,
        first_step: row.try_get("first_step")?,
        has_second_step: row.try_get("has_second_step")?,
    })
}

/// A transaction that changes this account's credentials.
pub(crate) async fn begin(db: &Db, presented: &Presented) -> Result<Transaction> {
    let (tx, _) = db.begin(presented, &LOCK, &[]).await?;
    Ok(tx)
}

/// Puts a new password in the old one's place, and ends every other session.
pub(super) async fn change(tx: Transaction, password: &NewSlot, told: &Told) -> Result<()> {
    tx.query(&DROP_PASSWORD, &[]).await?;
    tx.query(&slots::ADD, &password.params()).await?;
    tx.finish(&[(&END_OTHERS, &[]), (&AUDIT, &[&"password_changed"]), (&TELL, &told.params())])
        .await?;
    Ok(())
}
