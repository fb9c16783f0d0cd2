//! The SQL of signing in and out.

use keys::{KeyPair, PasswordCost};
use platform::{App, Db, Error, Presented, Result, Session, SessionLimits, Sql, Unproved, entered};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use super::Application;
use crate::{
    credentials::{self, Credential, PERSON},
    device::Arrival,
    notices,
    slots::whole,
};

pub(crate) static ALL: &[&Sql] = &[
    &SIGN_IN,
    &COSTS,
    &GRANTS,
    &KEEP_KEYRING,
    &OWE,
    &AUDIT,
    &AUDIT_SIGNED_OUT,
    &ACCOUNT,
    &EMAIL,
    &WAYS,
];

static SIGN_IN: Sql = Sql::new(
    "select principal, slot, private_key_sealed, email_sealed, state
    from accounts.sign_in($1, $2, make_interval(mins => $3), make_interval(mins => $4),
        make_interval(hours => $5))",
    &[Type::TEXT, Type::TEXT, Type::INT4, Type::INT4, Type::INT4],
);

static COSTS: Sql = Sql::new("select memory_kib, passes, lanes from accounts.stretch_cost", &[]);

static GRANTS: Sql = Sql::new(
    "select owner, scope::text as scope, epoch, first_day, last_day, key_sealed
    from auth.access_grant
    where owner = (select m.principal from auth.me m) and holder = owner",
    &[],
);

static KEEP_KEYRING: Sql = Sql::new(
    "select auth.keep_keyring($1, $2, $3, $4, $5)",
    &[Type::BYTEA, Type::BYTEA, Type::INT8, Type::BYTEA, Type::BYTEA],
);

/// Who came in with a passkey has one.
static OWE: Sql = Sql::new(
    "select auth.owe_second_step() where not exists (select from accounts.second_step)",
    &[],
);

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

static AUDIT_SIGNED_OUT: Sql = Sql::new("select audit.append('signed_out', '')", &[]);

static ACCOUNT: Sql = Sql::new(
    entered!(
        "select a.email_sealed, a.recovery_code_kept_at is not null as recovery_code_kept,
            s.application, s.first_step, s.second_step, s.proved_at,
            s.has_pin, s.has_pin or exists (
                select from accounts.second_step f where f.kind = 'security_key') as can_lock,
            s.first_step in ('recovery_code', 'single_use_code') and s.created_at >= (
                select max(k.created_at) from accounts.key_slot k where k.kind = 1) as recovering,
            (select count(*) from accounts.notice n where n.seen_at is null) as unseen_notices
        from accounts.account a cross join auth.my_session s"
    ),
    &[],
);

static EMAIL: Sql = Sql::new(entered!("select email_sealed from accounts.account"), &[]);

/// The kinds of second steps that a session waits for.
static WAYS: Sql = Sql::new("select distinct kind from accounts.standing_second_step", &[]);

/// What a slot opened.
pub(crate) struct Opened {
    pub(crate) principal: Uuid,
    pub(crate) slot: Uuid,
    pub(crate) private_key_sealed: Vec<u8>,
    pub(crate) email_sealed: Vec<u8>,
    /// Whether the session is open; it waits for a second step otherwise.
    pub(crate) is_open: bool,
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
    application: Application,
    limits: SessionLimits,
) -> Result<Option<Opened>> {
    let proof = credential.proof_text();
    let rows = tx
        .query(
            &SIGN_IN,
            &[
                &proof.as_str(),
                &application.as_str(),
                &whole(limits.idle_minutes)?,
                &whole(limits.idle_minutes_max)?,
                &whole(limits.absolute_hours)?,
            ],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Opened {
        principal: row.try_get("principal")?,
        slot: row.try_get("slot")?,
        private_key_sealed: row.try_get("private_key_sealed")?,
        email_sealed: row.try_get("email_sealed")?,
        is_open: row.try_get::<_, &str>("state")? == "open",
    }))
}

/// The own grants of whoever the transaction's session belongs to, once it is open.
pub(crate) async fn grants(tx: &Unproved) -> Result<Vec<Row>> {
    tx.query(&GRANTS, &[]).await
}

/// Completes a session with its keyring. One that waits for its second step holds the key pair alone,
/// with which the server can check that step; what the pair opens is added when it is shown.
pub(crate) async fn complete(
    app: &App,
    tx: Unproved,
    presented: &Presented,
    opened: &Opened,
    pair: KeyPair,
    arrival: &Arrival,
) -> Result<()> {
    let principal = opened.principal;
    let device_sealed = arrival.device.seal(&pair, principal);
    let grants = if opened.is_open {
        notices::signed_in(app, &tx, &arrival.devices, arrival.language, principal, &pair).await?;
        grants(&tx).await?
    } else {
        Vec::new()
    };
    let tag = app.root().public_key_tag(principal, PERSON, &pair.public()).to_vec();
    let keyring = credentials::keyring(pair, principal, &grants)?;
    let sealed = presented.seal_keyring(app.root(), principal, &keyring);
    let keep: (&Sql, platform::Params<'_>) = (
        &KEEP_KEYRING,
        &[&sealed.keyring, &sealed.spare_key, &sealed.epochs, &device_sealed, &tag],
    );
    match (opened.is_open, app.sessions().second_step_required) {
        (false, _) => tx.finish(&[keep]).await?,
        (true, false) => tx.finish(&[keep, (&AUDIT, &[&"signed_in"])]).await?,
        (true, true) => tx.finish(&[keep, (&OWE, &[]), (&AUDIT, &[&"signed_in"])]).await?,
    };
    Ok(())
}

/// What a session is told of its account and of itself.
pub(super) async fn account(db: &Db, presented: &Presented) -> Result<(Session, Row)> {
    let (session, mut rows) = db.read_few(presented, &ACCOUNT, &[]).await?;
    Ok((session, rows.pop().ok_or(Error::Unauthenticated)?))
}

/// The asker's sealed address.
pub(crate) async fn email(db: &Db, presented: &Presented) -> Result<(Session, Vec<u8>)> {
    let (session, rows) = db.read_few(presented, &EMAIL, &[]).await?;
    let row = rows.first().ok_or(Error::Unauthenticated)?;
    Ok((session, row.try_get("email_sealed")?))
}

/// The kinds of second steps that a session waits for.
pub(super) async fn ways(db: &Db, presented: &Presented) -> Result<Vec<String>> {
    let tx = db.begin_without_session(presented).await?;
    let rows = tx.finish(&[(&WAYS, &[])]).await?;
    rows.iter().flatten().map(|row| Ok(row.try_get("kind")?)).collect()
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

/// Records the sign-out and ends the session. One that was not open has nothing to record.
pub(crate) async fn end(db: &Db, presented: &Presented) -> Result<()> {
    let tx = db.begin_without_session(presented).await?;
    match tx.finish(&[(&AUDIT_SIGNED_OUT, &[]), (&platform::session::statements::END, &[])]).await {
        Ok(_) => Ok(()),
        Err(Error::Unauthenticated) => {
            let tx = db.begin_without_session(presented).await?;
            tx.finish(&[(&platform::session::statements::END, &[])]).await?;
            Ok(())
        }
        Err(error) => Err(error),
    }
}
