//! The SQL of recovery.

use keys::PasswordCost;
use platform::{Db, Error, Presented, Result, Sql, Transaction, Unproved};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{credentials::Credential, sign_up::store::cost_columns};

pub(crate) static ALL: &[&Sql] = &[
    &KEPT,
    &PRESENT_PROOF,
    &MATCHES,
    &SET_KEPT,
    &SET_NOT_KEPT,
    &DROP_CODE,
    &DROP_SLOTS,
    &ADD_SLOT,
    &NOTE_COST,
    &END_OTHERS,
    &AUDIT,
];

static KEPT: Sql = Sql::new(
    "select recovery_code_kept_at is not null as recovery_code_kept from accounts.account",
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

static ADD_SLOT: Sql = Sql::new(
    "insert into accounts.key_slot (principal, slot, kind, proof_hash, private_key_sealed,
        stretch_memory_kib, stretch_passes, stretch_lanes)
    values ($1, $2, $3, $4, $5, $6, $7, $8)",
    &[
        Type::UUID,
        Type::UUID,
        Type::INT2,
        Type::BYTEA,
        Type::BYTEA,
        Type::INT4,
        Type::INT4,
        Type::INT4,
    ],
);

static NOTE_COST: Sql = Sql::new(
    "insert into accounts.stretch_cost (memory_kib, passes, lanes) values ($1, $2, $3)
    on conflict do nothing",
    &[Type::INT4, Type::INT4, Type::INT4],
);

static END_OTHERS: Sql = Sql::new("select auth.end_other_sessions()", &[]);

static AUDIT: Sql = Sql::new("select audit.append($1, '')", &[Type::TEXT]);

/// One more way in, sealed and ready to be written.
pub(super) struct NewSlot {
    principal: Uuid,
    slot: Uuid,
    kind: i16,
    proof_hash: Vec<u8>,
    private_key_sealed: Vec<u8>,
    cost: (i32, i32, i32),
}

impl NewSlot {
    pub(super) fn seal(
        principal: Uuid,
        pair: &keys::KeyPair,
        credential: &Credential,
        cost: PasswordCost,
    ) -> Result<Self> {
        Ok(Self {
            principal,
            slot: Uuid::now_v7(),
            kind: i16::from(credential.kind as u8),
            proof_hash: credential.proof.fingerprint().to_vec(),
            private_key_sealed: credential.seal(principal, pair),
            cost: cost_columns(cost)?,
        })
    }
}

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
        (
            &ADD_SLOT,
            &[
                &new.principal,
                &new.slot,
                &new.kind,
                &new.proof_hash,
                &new.private_key_sealed,
                &new.cost.0,
                &new.cost.1,
                &new.cost.2,
            ],
        ),
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
pub(super) async fn recover(
    tx: Unproved,
    password: &NewSlot,
    code: &NewSlot,
    keyring_sealed: &[u8],
) -> Result<()> {
    crate::sign_in::store::keep_keyring(&tx, keyring_sealed).await?;
    tx.query(&DROP_SLOTS, &[]).await?;
    for new in [password, code] {
        tx.query(
            &ADD_SLOT,
            &[
                &new.principal,
                &new.slot,
                &new.kind,
                &new.proof_hash,
                &new.private_key_sealed,
                &new.cost.0,
                &new.cost.1,
                &new.cost.2,
            ],
        )
        .await?;
    }
    let (memory, passes, lanes) = password.cost;
    tx.finish(&[
        (&NOTE_COST, &[&memory, &passes, &lanes]),
        (&SET_NOT_KEPT, &[]),
        (&END_OTHERS, &[]),
        (&AUDIT, &[&"recovered"]),
    ])
    .await?;
    Ok(())
}
