//! What one request begins and the next one finishes: a challenge, a secret not confirmed yet.
//!
//! The browser holds a handle; the database holds the state, sealed under it, for ten minutes.

use keys::CeremonyHandle;
use platform::{Error, Result, Sql, Unproved, session::hex};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use tokio_postgres::types::Type;
use zeroize::Zeroizing;

pub(crate) static ALL: &[&Sql] = &[&PRESENT, &KEEP, &LOOK, &TAKE];

static PRESENT: Sql = Sql::new("select set_config('app.ceremony', $1, true)", &[Type::TEXT]);

static KEEP: Sql = Sql::new(
    "insert into auth.ceremony (handle_hash, state_sealed, expires_at)
    values ($1, $2, now() + interval '10 minutes')",
    &[Type::BYTEA, Type::BYTEA],
);

static LOOK: Sql = Sql::new(
    "select state_sealed from auth.ceremony
    where handle_hash = sha256(decode(current_setting('app.ceremony', true), 'hex'))
        and expires_at > now()",
    &[],
);

static TAKE: Sql = Sql::new(
    "delete from auth.ceremony
    where handle_hash = sha256(decode(current_setting('app.ceremony', true), 'hex'))
        and expires_at > now()
    returning state_sealed",
    &[],
);

/// Keeps the state of what was begun, and returns the handle that leads to it.
pub(crate) async fn keep(tx: Unproved, purpose: &str, state: &impl Serialize) -> Result<String> {
    let handle = CeremonyHandle::generate();
    let plain =
        Zeroizing::new(serde_json::to_vec(state).map_err(|cause| Error::Internal(cause.into()))?);
    let sealed = handle.seal(purpose, &plain);
    let lookup = hex(handle.lookup().expose());
    let fingerprint = handle.fingerprint();
    tx.finish(&[(&PRESENT, &[&lookup.as_str()]), (&KEEP, &[&fingerprint.as_slice(), &sealed])])
        .await?;
    Ok(handle.encode().expose_secret().to_owned())
}

/// What was begun, which can be asked for again.
pub(crate) async fn look<T: DeserializeOwned>(
    tx: &Unproved,
    purpose: &str,
    handle: &SecretString,
) -> Result<T> {
    find(tx, &LOOK, purpose, handle).await
}

/// What was begun, once: whoever comes second finds nothing, once the transaction is kept.
pub(crate) async fn take<T: DeserializeOwned>(
    tx: &Unproved,
    purpose: &str,
    handle: &SecretString,
) -> Result<T> {
    find(tx, &TAKE, purpose, handle).await
}

async fn find<T: DeserializeOwned>(
    tx: &Unproved,
    how: &'static Sql,
    purpose: &str,
    handle: &SecretString,
) -> Result<T> {
    let over = || Error::invalid("ceremony", "this took too long or was used: begin once more");
    let handle = CeremonyHandle::parse(handle.expose_secret()).map_err(|_cause| over())?;
    let lookup = hex(handle.lookup().expose());
    tx.query(&PRESENT, &[&lookup.as_str()]).await?;
    let rows = tx.query(how, &[]).await?;
    let sealed: &[u8] = rows.first().ok_or_else(over)?.try_get("state_sealed")?;
    let plain = handle.open(purpose, sealed).map_err(|_cause| over())?;
    serde_json::from_slice(&plain).map_err(|cause| Error::Internal(cause.into()))
}
