//! The SQL of signing in and out.

use keys::PasswordCost;
use platform::{Db, Error, Presented, Result, Session, SessionLimits, Sql, Unproved, entered};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use crate::{credentials::Credential, sign_up::store::WEB, slots::whole};

pub(crate) static ALL: &[&Sql] =
    &[&SIGN_IN, &COSTS, &GRANTS, &KEEP_KEYRING, &AUDIT, &AUDIT_SIGNED_OUT, &ACCOUNT];

static SIGN_IN: Sql = Sql::new(
    "select principal, private_key_sealed, email_sealed
    from accounts.sign_in($1, $2, make_interval(mins => $3), make_interval(hours => $4))",
    &[Type::TEXT, Type::TEXT, Type::INT4, Type::INT4],
);

static COSTS: Sql = Sql::new("select memory_kib, passes, lanes from accounts.stretch_cost", &[]);

static GRANTS: Sql = Sql::new(
    "select owner, scope::text as scope, epoch, first_day, last_day, key_sealed
    from auth.access_grant",
    &[],
);

static KEEP_KEYRING: Sql = Sql::new("select auth.keep_keyring($1)", &[Type::BYTEA]);

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

static AUDIT_SIGNED_OUT: Sql = Sql::new("select audit.append('signed_out', '')", &[]);

static ACCOUNT: Sql = Sql::new(
    entered!(
        "select email_sealed, recovery_code_kept_at is not null as recovery_code_kept
        from accounts.account"
    ),
    &[],
);

/// What a slot opened.
pub(crate) struct Opened {
    pub(crate) principal: Uuid,
    pub(crate) private_key_sealed: Vec<u8>,
    pub(crate) email_sealed: Vec<u8>,
    /// The grants this principal holds.
    pub(crate) grants: Vec<Row>,
}

/// The costs that passwords were stretched with, the present one first.
pub(crate) async fn costs(db: &Db, now: PasswordCost) -> Result<Vec<PasswordCost>> {
    let tx = db.begin_without_session(&Presented::generate()).await?;
    let rows = tx.finish(&[(&COSTS, &[])]).await?;
    let mut costs = vec![now];
    for row in rows.iter().flatten() {
        let column = |name| -> Result<u32> {
            u32::try_from(row.try_get::<_, i32>(name)?).or(Err(Error::Altered))
        };
        let cost = PasswordCost {
            memory_kib: column("memory_kib")?,
            passes: column("passes")?,
            lanes: column("lanes")?,
        };
        if !costs.contains(&cost) {
            costs.push(cost);
        }
    }
    Ok(costs)
}

/// Finds the slot of a credential and begins a session; `None` when it is nobody's.
pub(crate) async fn begin(
    tx: &Unproved,
    credential: &Credential,
    limits: SessionLimits,
) -> Result<Option<Opened>> {
    let proof = credential.proof_text();
    let rows = tx
        .query(
            &SIGN_IN,
            &[&proof.as_str(), &WEB, &whole(limits.idle_minutes)?, &whole(limits.absolute_hours)?],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let grants = tx.query(&GRANTS, &[]).await?;
    Ok(Some(Opened {
        principal: row.try_get("principal")?,
        private_key_sealed: row.try_get("private_key_sealed")?,
        email_sealed: row.try_get("email_sealed")?,
        grants,
    }))
}

/// Completes a session with its keyring, and records how it came about.
pub(super) async fn complete(tx: Unproved, keyring_sealed: &[u8], act: &str) -> Result<()> {
    tx.finish(&[(&KEEP_KEYRING, &[&keyring_sealed]), (&AUDIT, &[&act])]).await?;
    Ok(())
}

/// The same within a longer transaction.
pub(crate) async fn keep_keyring(tx: &Unproved, keyring_sealed: &[u8]) -> Result<()> {
    tx.query(&KEEP_KEYRING, &[&keyring_sealed]).await?;
    Ok(())
}

/// The asker's own account.
pub(super) async fn account(db: &Db, presented: &Presented) -> Result<(Session, Vec<u8>, bool)> {
    let (session, rows) = db.read_few(presented, &ACCOUNT, &[]).await?;
    let row = rows.first().ok_or(Error::Unauthenticated)?;
    Ok((session, row.try_get("email_sealed")?, row.try_get("recovery_code_kept")?))
}

/// Ends the session whose cookie a new one takes the place of. That it had ended is fine, and that it
/// could not be ended must not undo the new one.
pub(crate) async fn end_replaced(db: &Db, replaced: Option<Presented>) {
    if let Some(presented) = replaced
        && let Err(cause) = end(db, &presented).await
        && !matches!(cause, Error::Unauthenticated)
    {
        tracing::warn!(%cause, "a replaced session was left to end by itself");
    }
}

/// Records the sign-out and ends the session.
pub(crate) async fn end(db: &Db, presented: &Presented) -> Result<()> {
    let tx = db.begin_without_session(presented).await?;
    tx.finish(&[(&AUDIT_SIGNED_OUT, &[]), (&platform::session::statements::END, &[])]).await?;
    Ok(())
}
