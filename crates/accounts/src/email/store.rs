//! The SQL of the e-mail address.

use platform::{
    Db, Error, Presented, Result, Session, Sql, Transaction, entered,
    mail::{CODE_MINUTES, QUEUE, Waiting},
    notices::{TELL, Told},
};
use tokio_postgres::{Row, types::Type};

use crate::{
    credentials::open_email,
    slots::{self, NewSlot},
};

pub(crate) static ALL: &[&Sql] = &[
    &ADDRESS,
    &STATE,
    &FORGET,
    &TAKE,
    &BEGIN,
    &TAKE_TRY,
    &VERIFIED,
    &DROP_PASSWORD,
    &CHANGE,
    &AUDIT,
];

/// The asker's address, with the account locked: two changes take turns.
static ADDRESS: Sql = Sql::new("select email_sealed from accounts.account for update", &[]);

static STATE: Sql = Sql::new(
    entered!(
        "select a.email_sealed, a.email_verified_at, exists (
            select from accounts.email_change c
            where c.expires_at > now() and c.tries < 5 and c.new_email_sealed is not null
        ) as changes
        from accounts.account a"
    ),
    &[],
);

static FORGET: Sql = Sql::new("delete from accounts.email_change returning 1 as one", &[]);

/// Used once: of two who are this far at once, one finds it.
static TAKE: Sql = Sql::new(
    "delete from accounts.email_change where new_email_sealed = $1 returning 1 as one",
    &[Type::BYTEA],
);

static BEGIN: Sql = Sql::new(
    "insert into accounts.email_change
        (principal, new_email_sealed, old_code_hash, new_code_hash, expires_at)
    select m.principal, $1, $2, $3, now() + make_interval(mins => $4) from auth.me m",
    &[Type::BYTEA, Type::BYTEA, Type::BYTEA, Type::INT4],
);

/// Counts a try, and says what must be shown; nothing when there is nothing to try.
static TAKE_TRY: Sql = Sql::new(
    "update accounts.email_change set tries = tries + 1
    where tries < 5 and expires_at > now() and (new_email_sealed is not null) = $1
    returning new_email_sealed, old_code_hash, new_code_hash",
    &[Type::BOOL],
);

static VERIFIED: Sql = Sql::new("update accounts.account set email_verified_at = now()", &[]);

static DROP_PASSWORD: Sql = Sql::new("delete from accounts.key_slot where kind = 1", &[]);

static CHANGE: Sql = Sql::new("select accounts.change_email($1, $2)", &[Type::BYTEA, Type::BOOL]);

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

/// A transaction that knows the account's address.
pub(super) async fn begin(db: &Db, presented: &Presented) -> Result<(Transaction, String)> {
    let (tx, rows) = db.begin(presented, &ADDRESS, &[]).await?;
    let row = rows.first().ok_or(Error::Unauthenticated)?;
    let session = tx.session();
    let email =
        open_email(session.keyring().pair(), session.principal(), row.try_get("email_sealed")?)?;
    Ok((tx, email))
}

/// What must be shown to finish what was begun.
pub(super) struct Pending {
    /// The new address, sealed; `None` when the account's own is to be proved.
    pub(super) new_email_sealed: Option<Vec<u8>>,
    pub(super) old_code_hash: Option<Vec<u8>>,
    pub(super) new_code_hash: Option<Vec<u8>>,
}

/// Notes what is pending in the place of what was, and queues its mails.
pub(super) async fn expect(
    tx: Transaction,
    pending: &Pending,
    mails: &[Waiting],
    act: &str,
) -> Result<()> {
    tx.query(&FORGET, &[]).await?;
    for mail in mails {
        mail.queued(&tx.query(&QUEUE, &mail.params()).await?)?;
    }
    let Pending { new_email_sealed, old_code_hash, new_code_hash } = pending;
    tx.finish(&[
        (&BEGIN, &[new_email_sealed, old_code_hash, new_code_hash, &CODE_MINUTES]),
        (&AUDIT, &[&act]),
    ])
    .await?;
    Ok(())
}

/// A transaction that has counted a try of what is pending, which is a change or not. Whatever comes
/// of the try, [`keep_try`] must follow. `None` when there is nothing to try.
pub(super) async fn take_try(
    db: &Db,
    presented: &Presented,
    is_change: bool,
) -> Result<Option<(Transaction, Pending)>> {
    let (tx, rows) = db.begin(presented, &TAKE_TRY, &[&is_change]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let pending = Pending {
        new_email_sealed: row.try_get("new_email_sealed")?,
        old_code_hash: row.try_get("old_code_hash")?,
        new_code_hash: row.try_get("new_code_hash")?,
    };
    Ok(Some((tx, pending)))
}

/// Makes a counted try permanent.
pub(super) async fn keep_try(tx: Transaction) -> Result<()> {
    tx.finish(&[]).await?;
    Ok(())
}

/// Notes that the address is the person's.
pub(super) async fn verified(tx: Transaction) -> Result<()> {
    tx.finish(&[(&VERIFIED, &[]), (&FORGET, &[]), (&AUDIT, &[&"email_verified"])]).await?;
    Ok(())
}

/// What an account gets with its new address.
pub(super) struct Changed<'a> {
    /// What was pending.
    pub(super) pending: &'a Pending,
    pub(super) email_sealed: &'a [u8],
    /// Whether the person has shown that they read mail there.
    pub(super) is_verified: bool,
    /// The same password with the new address.
    pub(super) slot: &'a NewSlot,
    /// Tells the old address.
    pub(super) told: &'a Told,
    /// Tells the new one.
    pub(super) mail: Option<&'a Waiting>,
}

/// Writes all of it, or nothing; `false` when the same change was made a moment ago.
pub(super) async fn change(tx: Transaction, changed: &Changed<'_>) -> Result<bool> {
    if tx.query(&TAKE, &[&changed.pending.new_email_sealed]).await?.is_empty() {
        return Ok(false);
    }
    tx.query(&DROP_PASSWORD, &[]).await?;
    tx.query(&slots::ADD, &changed.slot.params()).await?;
    // From here on the new address is the account's own, and as well proved as the old one.
    tx.query(&CHANGE, &[&changed.email_sealed, &changed.is_verified]).await?;
    if let Some(mail) = changed.mail {
        // Left out where there is enough: no reason to undo the change.
        drop(mail.queued(&tx.query(&QUEUE, &mail.params()).await?));
    }
    tx.finish(&[(&TELL, &changed.told.params()), (&AUDIT, &[&"email_changed"])]).await?;
    Ok(true)
}

/// The asker's address and what is known of it.
pub(super) async fn state(db: &Db, presented: &Presented) -> Result<(Session, Row)> {
    let (session, mut rows) = db.read_few(presented, &STATE, &[]).await?;
    let row = rows.pop().ok_or(Error::Unauthenticated)?;
    Ok((session, row))
}
