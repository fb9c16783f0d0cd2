//! The SQL of recovery.

use platform::{
    Result, Sql, Transaction,
    notices::{TELL, Told},
    session::statements::END_OTHERS,
};
use tokio_postgres::types::Type;

use crate::{
    credentials::Credential,
    slots::{self, NewSlot},
};

pub(crate) static ALL: &[&Sql] =
    &[&PRESENT_PROOF, &MATCHES, &SET_KEPT, &SET_NOT_KEPT, &DROP_CODE, &DROP_SLOTS, &AUDIT];

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

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

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
