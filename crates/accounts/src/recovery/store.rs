//! The SQL of recovery.

use platform::{
    Db, Error, Presented, Result, Session, Sql, Transaction, entered,
    notices::{TELL, Told},
};
use tokio_postgres::types::Type;

use crate::{
    credentials::Credential,
    slots::{self, NewSlot},
};

pub(crate) static ALL: &[&Sql] = &[
    &LOCK,
    &RECOVERING,
    &PRESENT_PROOF,
    &MATCHES,
    &SET_KEPT,
    &SET_NOT_KEPT,
    &DROP_CODE,
    &DROP_SLOTS,
    &END_OTHERS,
    &AUDIT,
];

/// One change of this account's recovery at a time.
static LOCK: Sql = Sql::new("select principal from accounts.account for update", &[]);

static RECOVERING: Sql = Sql::new(
    entered!(
        "select a.email_sealed,
            s.first_step in ('recovery_code', 'single_use_code') as began_with_code,
            exists (select from accounts.second_step) as has_second_step
        from accounts.account a cross join auth.my_session s"
    ),
    &[],
);

static PRESENT_PROOF: Sql = Sql::new("select set_config('app.proof', $1, true)", &[Type::TEXT]);

/// Whether the asker's own recovery slot has the presented proof.
static MATCHES: Sql = Sql::new(
    "select exists (
        select from accounts.my_slot_proofs s where s.kind = 2 and s.matches
    ) as matches",
    &[],
);

static SET_KEPT: Sql = Sql::new("update accounts.account set recovery_code_kept_at = now()", &[]);

static SET_NOT_KEPT: Sql =
    Sql::new("update accounts.account set recovery_code_kept_at = null", &[]);

static DROP_CODE: Sql = Sql::new("delete from accounts.key_slot where kind = 2", &[]);

static DROP_SLOTS: Sql = Sql::new("delete from accounts.key_slot where kind in (1, 2)", &[]);

static END_OTHERS: Sql = Sql::new("select auth.end_other_sessions()", &[]);

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

/// A transaction that changes how this account is recovered.
pub(super) async fn begin(db: &Db, presented: &Presented) -> Result<Transaction> {
    let (tx, _) = db.begin(presented, &LOCK, &[]).await?;
    Ok(tx)
}

/// Puts a new recovery code in the old one's place. It is not kept until its person says so.
pub(super) async fn replace_code(tx: Transaction, new: &NewSlot, told: &Told) -> Result<()> {
    tx.finish(&[
        (&DROP_CODE, &[]),
        (&slots::ADD, &new.params()),
        (&SET_NOT_KEPT, &[]),
        (&TELL, &told.params()),
        (&AUDIT, &[&"recovery_code_made"]),
    ])
    .await?;
    Ok(())
}

/// Notes that the person keeps the code; `false` when it is not the code.
pub(super) async fn confirm(tx: Transaction, credential: &Credential) -> Result<bool> {
    let proof = credential.proof_text();
    tx.query(&PRESENT_PROOF, &[&proof.as_str()]).await?;
    let rows = tx.query(&MATCHES, &[]).await?;
    let matches = rows.first().map_or(Ok(false), |row| row.try_get("matches"))?;
    if matches {
        tx.finish(&[(&SET_KEPT, &[]), (&AUDIT, &[&"recovery_code_kept"])]).await?;
    }
    Ok(matches)
}

/// Somebody who comes back.
pub(super) struct Recovering {
    pub(super) session: Session,
    pub(super) email_sealed: Vec<u8>,
    pub(super) began_with_code: bool,
    pub(super) has_second_step: bool,
}

/// How the asker came in, and what a new password needs.
pub(super) async fn recovering(db: &Db, presented: &Presented) -> Result<Recovering> {
    let (session, rows) = db.read_few(presented, &RECOVERING, &[]).await?;
    let row = rows.first().ok_or(Error::Unauthenticated)?;
    Ok(Recovering {
        session,
        email_sealed: row.try_get("email_sealed")?,
        began_with_code: row.try_get("began_with_code")?,
        has_second_step: row.try_get("has_second_step")?,
    })
}

/// Puts a new password and a new code in the place of the old ones, and ends every other session.
pub(super) async fn recover(
    tx: Transaction,
    password: &NewSlot,
    code: &NewSlot,
    told: &Told,
) -> Result<()> {
    tx.query(&DROP_SLOTS, &[]).await?;
    for new in [password, code] {
        tx.query(&slots::ADD, &new.params()).await?;
    }
    tx.finish(&[
        (&SET_NOT_KEPT, &[]),
        (&END_OTHERS, &[]),
        (&TELL, &told.params()),
        (&AUDIT, &[&"recovered"]),
    ])
    .await?;
    Ok(())
}
