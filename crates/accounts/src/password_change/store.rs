//! The SQL of changing the password.

use platform::{
    Db, Error, Presented, Result, Session, Sql, Transaction, entered,
    notices::{TELL, Told},
    session::statements::END_OTHERS,
};
use tokio_postgres::types::Type;

use crate::slots::{self, NewSlot};

pub(crate) static ALL: &[&Sql] = &[&CIRCUMSTANCES, &LOCK, &UNCHANGED, &DROP_PASSWORD, &AUDIT];

static CIRCUMSTANCES: Sql = Sql::new(
    entered!(
        "select a.email_sealed, s.first_step,
            exists (select from accounts.second_step) as has_second_step
        from accounts.account a cross join auth.my_session s"
    ),
    &[],
);

/// One change of this account's credentials at a time; and no session of it is made or moved meanwhile
/// (`auth.hold_still`), so that all of them are there to be ended.
static LOCK: Sql = Sql::new(
    "select pg_advisory_xact_lock(hashtextextended(m.principal::text, 0)) from auth.me m",
    &[],
);

static UNCHANGED: Sql = Sql::new(
    "select email_sealed, exists (select from accounts.second_step) as has_second_step
    from accounts.account for update",
    &[],
);

static DROP_PASSWORD: Sql = Sql::new("delete from accounts.key_slot where kind = 1", &[]);

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

/// A transaction that changes this account's credentials, with every session of it at rest.
pub(crate) async fn begin(db: &Db, presented: &Presented) -> Result<Transaction> {
    let (tx, _) = db.begin(presented, &LOCK, &[]).await?;
    Ok(tx)
}

/// The same, if what a new password hangs on is still as it was: stretching takes its time.
pub(crate) async fn begin_as(
    db: &Db,
    presented: &Presented,
    before: &Circumstances,
) -> Result<Transaction> {
    let tx = begin(db, presented).await?;
    let rows = tx.query(&UNCHANGED, &[]).await?;
    let row = rows.first().ok_or(Error::Unauthenticated)?;
    if row.try_get::<_, Vec<u8>>("email_sealed")? == before.email_sealed
        && row.try_get::<_, bool>("has_second_step")? == before.has_second_step
    {
        Ok(tx)
    } else {
        Err(Error::Conflict("your account was changed at the same moment: look, and try again"))
    }
}

/// Puts a new password in the old one's place, and ends every other session.
pub(super) async fn change(tx: Transaction, password: &NewSlot, told: &Told) -> Result<()> {
    tx.query(&DROP_PASSWORD, &[]).await?;
    tx.query(&slots::ADD, &password.params()).await?;
    tx.finish(&[(&END_OTHERS, &[]), (&AUDIT, &[&"password_changed"]), (&TELL, &told.params())])
        .await?;
    Ok(())
}
