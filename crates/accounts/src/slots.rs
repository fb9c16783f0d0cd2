//! Key slots on their way into the table.

use keys::{KeyPair, PasswordCost};
use platform::{Error, Result, Sql, Unproved};
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::credentials::Credential;

pub(crate) static ALL: &[&Sql] = &[&ADD, &RESTRETCH];

/// Adds one slot of the asker's own.
pub(crate) static ADD: Sql = Sql::new(
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

/// Puts a password's slot of the present cost in the place of the one whose proof is shown.
pub(crate) static RESTRETCH: Sql = Sql::new(
    "select accounts.restretch($1, $2, $3, $4, $5, $6)",
    &[Type::TEXT, Type::TEXT, Type::BYTEA, Type::INT4, Type::INT4, Type::INT4],
);

/// One way in, sealed and ready to be written.
pub(crate) struct NewSlot {
    pub(crate) principal: Uuid,
    pub(crate) slot: Uuid,
    pub(crate) kind: i16,
    pub(crate) proof_hash: Vec<u8>,
    pub(crate) private_key_sealed: Vec<u8>,
    pub(crate) cost: CostColumns,
}

/// A cost of stretching as the table has it.
#[derive(Clone, Copy)]
pub(crate) struct CostColumns {
    pub(crate) memory_kib: i32,
    pub(crate) passes: i32,
    pub(crate) lanes: i32,
}

impl NewSlot {
    /// Seals a person's key pair for a credential.
    pub(crate) fn seal(
        principal: Uuid,
        pair: &KeyPair,
        credential: &Credential,
        cost: PasswordCost,
    ) -> Result<Self> {
        Ok(Self {
            principal,
            slot: Uuid::now_v7(),
            kind: i16::from(credential.kind as u8),
            proof_hash: credential.proof.fingerprint().to_vec(),
            private_key_sealed: credential.seal(principal, pair),
            cost: CostColumns::of(cost)?,
        })
    }

    /// The parameters of [`ADD`].
    pub(crate) fn params(&self) -> [&(dyn ToSql + Sync); 8] {
        [
            &self.principal,
            &self.slot,
            &self.kind,
            &self.proof_hash,
            &self.private_key_sealed,
            &self.cost.memory_kib,
            &self.cost.passes,
            &self.cost.lanes,
        ]
    }
}

impl CostColumns {
    /// A cost as its three columns.
    pub(crate) fn of(cost: PasswordCost) -> Result<Self> {
        Ok(Self {
            memory_kib: whole(cost.memory_kib)?,
            passes: whole(cost.passes)?,
            lanes: whole(cost.lanes)?,
        })
    }
}

/// Puts a slot of the present cost in the place of the one that `found` opens.
pub(crate) async fn restretch(
    tx: &Unproved,
    found: &Credential,
    dearer: &Credential,
    new: &NewSlot,
) -> Result<()> {
    let (proof, new_proof) = (found.proof_text(), dearer.proof_text());
    tx.query(
        &RESTRETCH,
        &[
            &proof.as_str(),
            &new_proof.as_str(),
            &new.private_key_sealed,
            &new.cost.memory_kib,
            &new.cost.passes,
            &new.cost.lanes,
        ],
    )
    .await?;
    Ok(())
}

/// A setting as the database counts.
pub(crate) fn whole(number: u32) -> Result<i32> {
    i32::try_from(number).map_err(|cause| Error::Internal(cause.into()))
}
