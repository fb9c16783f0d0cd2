//! The SQL of recovery.

use platform::{Db, Error, Presented, Result, Sql, Transaction, Unproved};
use tokio_postgres::types::Type;

use crate::{
    credentials::Credential,
    slots::{self, NewSlot},
};

pub(crate) static ALL: &[&Sql] = &[
    &KEPT,
    &PRESENT_PROOF,
    &MATCHES,
    &SET_KEPT,
    &SET_NOT_KEPT,
    &DROP_CODE,
    &DROP_SLOTS,
    &END_OTHERS,
    &AUDIT,
];

static KEPT: Sql = Sql::new(
    "select recovery_code_kept_at is not null as recovery_code_kept
    from accounts.account for update",
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

/// A transaction that knows whether the code has been confirmed.
pub(super) async fn begin(db: &Db, presented: &Presented) -> Result<(Transaction, bool)> {
    let (tx, rows) = db.begin(presented, &KEPT, &[]).await?;
    let row = rows.first().ok_or(Error::Unauthenticated)?;
    let kept = row.try_get("recovery_code_kept")?;
    Ok((tx, kept))
}

/// Puts a new recovery code in the old one's place.
pub(super) async fn replace_code(tx: Transaction, new: &NewSlot) -> Result<()> {
    tx.finish(&[
        (&DROP_CODE, &[]),
        (&slots::ADD, &new.params()),
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

/// Puts new slots in the place of all old ones, ends every other session, and keeps the new one.
/// `false` when somebody else used the same code at the same moment and was faster.
pub(super) async fn recover(
    tx: Unproved,
    used: &Credential,
    password: &NewSlot,
    code: &NewSlot,
    keyring_sealed: &[u8],
) -> Result<bool> {
    crate::sign_in::store::keep_keyring(&tx, keyring_sealed).await?;
    // Waits for another recovery of this account; then the code must still be one of its slots.
    tx.query(&KEPT, &[]).await?;
    let proof = used.proof_text();
    tx.query(&PRESENT_PROOF, &[&proof.as_str()]).await?;
    let rows = tx.query(&MATCHES, &[]).await?;
    if !rows.first().map_or(Ok(false), |row| row.try_get("matches"))? {
        return Ok(false);
    }
    tx.query(&DROP_SLOTS, &[]).await?;
    for new in [password, code] {
        tx.query(&slots::ADD, &new.params()).await?;
    }
    tx.finish(&[(&SET_NOT_KEPT, &[]), (&END_OTHERS, &[]), (&AUDIT, &[&"recovered"])]).await?;
    Ok(true)
}
