//! The SQL of security keys and passkeys.

use keys::KeyPair;
use platform::{
    App, Error, Presented, Result, Session, Sql, Transaction, Unproved,
    notices::{TELL, Told, What},
    session::statements::END,
};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::key::{Refused, SecurityKey};
use crate::{
    credentials::Credential,
    notices, proof,
    second_steps::{self, Shown},
    slots::{self, NewSlot},
};

pub(crate) static ALL: &[&Sql] = &[&KEYS_OF_SLOT, &USE_PASSKEY, &PROVE_WITH_PASSKEY, &AUDIT];

static KEYS_OF_SLOT: Sql = Sql::new(
    "select factor, kind, body_sealed from accounts.second_step where factor = $1",
    &[Type::UUID],
);

static USE_PASSKEY: Sql = Sql::new(
    "select accounts.use_passkey($1, $2, $3) as used",
    &[Type::UUID, Type::TEXT, Type::INT8],
);

static PROVE_WITH_PASSKEY: Sql = Sql::new(
    "select accounts.prove_with_passkey($1, $2, $3, $4) as outcome",
    &[Type::TEXT, Type::UUID, Type::TEXT, Type::INT8],
);

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

/// The key that a slot was made for; none if it is there no more.
pub(super) async fn keys_of_slot(
    tx: &Unproved,
    pair: &KeyPair,
    principal: Uuid,
    slot: Uuid,
) -> Result<Vec<SecurityKey>> {
    let rows = tx.query(&KEYS_OF_SLOT, &[&slot]).await?;
    SecurityKey::of_rows(pair, principal, &rows)
}

/// Notes that a key signed; `false` when its count did not go up.
pub(super) async fn use_passkey(tx: &Unproved, shown: &Shown) -> Result<bool> {
    let (pass, _) = shown.texts();
    let rows = tx.query(&USE_PASSKEY, &[&shown.factor, &pass, &shown.count]).await?;
    rows.first().map_or(Ok(false), |row| Ok(row.try_get("used")?))
}

/// Leaves nothing of a sign-in but word of it: there may be two of this key.
pub(super) async fn note_copied_and_end(tx: Unproved, told: &Told) -> Result<()> {
    tx.finish(&[(&TELL, &told.params()), (&AUDIT, &[&"key_copied"]), (&END, &[])]).await?;
    Ok(())
}

/// Leaves word in an open session that there may be two of a key.
pub(super) async fn note_copied(app: &App, presented: &Presented) -> Result<()> {
    let (tx, _) = second_steps::store::begin(app.db(), presented).await?;
    let told = notices::prepare(app, presented, &tx, What::KeyCopied).await?;
    tx.finish(&[(&TELL, &told.params()), (&AUDIT, &[&"key_copied"])]).await?;
    Ok(())
}

/// Gives a key that signed a slot of its own; `false` when its count did not go up.
pub(super) async fn add_slot(tx: Transaction, shown: &Shown, slot: &NewSlot) -> Result<bool> {
    let (pass, _) = shown.texts();
    let rows = tx.query(&USE_PASSKEY, &[&shown.factor, &pass, &shown.count]).await?;
    if !rows.first().map_or(Ok(false), |row| row.try_get("used"))? {
        return Ok(false);
    }
    tx.finish(&[(&slots::ADD, &slot.params()), (&AUDIT, &[&"passkey_opens_diary"])])
        .await
        .map_err(there_already)?;
    Ok(true)
}

/// What it means that a slot is in the way.
pub(super) fn there_already(error: Error) -> Error {
    match error.constraint() {
        Some("key_slot_pkey" | "key_slot_by_proof") => {
            Error::Conflict("this passkey opens the diary already")
        }
        _ => error,
    }
}

/// Shows to the database a passkey that is a proof by itself: then the session is fresh.
pub(super) async fn prove_with_passkey(
    app: &App,
    presented: &Presented,
    credential: &Credential,
    shown: &Shown,
    session: &Session,
) -> Result<Result<Presented, Refused>> {
    let proof = credential.proof_text();
    let (pass, _) = shown.texts();
    let tx = app.db().begin_without_session(presented).await?;
    let rows = tx
        .query(&PROVE_WITH_PASSKEY, &[&proof.as_str(), &shown.factor, &pass, &shown.count])
        .await?;
    let outcome: &str = rows.first().map_or(Ok("not_right"), |row| row.try_get("outcome"))?;
    match outcome {
        "proved" => Ok(Ok(proof::store::renew(app, tx, session).await?)),
        "copied" => Ok(Err(Refused::Copied)),
        _ => Ok(Err(Refused::NotRight)),
    }
}
