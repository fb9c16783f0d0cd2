//! The SQL of opening an account.

use keys::{KeyPair, PasswordCost, Scope};
use platform::{Db, Error, Presented, Result, SessionLimits, Sql, days};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::credentials::Credential;

/// The application that a browser's session belongs to.
pub(crate) const WEB: &str = "web";

pub(crate) static ALL: &[&Sql] = &[&SIGN_UP, &NOTE_COST, &AUDIT_OPENED];

static SIGN_UP: Sql = Sql::new(
    "select accounts.sign_up(
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
        make_interval(mins => $17), make_interval(hours => $18), $19)",
    &[
        Type::UUID,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
        Type::UUID_ARRAY,
        Type::INT2_ARRAY,
        Type::BYTEA_ARRAY,
        Type::BYTEA_ARRAY,
        Type::INT4,
        Type::INT4,
        Type::INT4,
        Type::TEXT_ARRAY,
        Type::BYTEA_ARRAY,
        Type::DATE,
        Type::DATE,
        Type::TEXT,
        Type::INT4,
        Type::INT4,
        Type::BYTEA,
    ],
);

static NOTE_COST: Sql = Sql::new(
    "insert into accounts.stretch_cost (memory_kib, passes, lanes) values ($1, $2, $3)
    on conflict do nothing",
    &[Type::INT4, Type::INT4, Type::INT4],
);

static AUDIT_OPENED: Sql = Sql::new("select audit.append('account_opened', '')", &[]);

/// The first slots of a person, one element of each list a slot.
pub(crate) struct NewSlots {
    slots: Vec<Uuid>,
    kinds: Vec<i16>,
    proof_hashes: Vec<Vec<u8>>,
    private_keys_sealed: Vec<Vec<u8>>,
}

impl NewSlots {
    /// Seals the person's key pair once for each credential.
    pub(crate) fn seal(principal: Uuid, pair: &KeyPair, credentials: &[Credential]) -> Self {
        Self {
            slots: credentials.iter().map(|_| Uuid::now_v7()).collect(),
            kinds: credentials.iter().map(|one| i16::from(one.kind as u8)).collect(),
            proof_hashes: credentials.iter().map(|one| one.proof.fingerprint().to_vec()).collect(),
            private_keys_sealed: credentials.iter().map(|one| one.seal(principal, pair)).collect(),
        }
    }
}

/// Everything that is written for a new person.
pub(super) struct NewPerson<'a> {
    pub(super) principal: Uuid,
    pub(super) public_key: &'a [u8],
    pub(super) email_sealed: &'a [u8],
    pub(super) erasure_key_sealed: &'a [u8],
    pub(super) slots: &'a NewSlots,
    pub(super) cost: PasswordCost,
    pub(super) grants: &'a [(Scope, Vec<u8>)],
    pub(super) keyring_sealed: &'a [u8],
}

impl NewPerson<'_> {
    /// Writes all of it and the first session, or nothing.
    pub(super) async fn insert(
        &self,
        db: &Db,
        presented: &Presented,
        limits: SessionLimits,
    ) -> Result<()> {
        let scopes: Vec<&str> = self.grants.iter().map(|(scope, _)| scope.as_str()).collect();
        let grant_keys: Vec<&[u8]> = self.grants.iter().map(|(_, key)| key.as_slice()).collect();
        let (memory, passes, lanes) = cost_columns(self.cost)?;
        let tx = db.begin_without_session(presented).await?;
        tx.finish(&[
            (
                &SIGN_UP,
                &[
                    &self.principal,
                    &self.public_key,
                    &self.email_sealed,
                    &self.erasure_key_sealed,
                    &self.slots.slots,
                    &self.slots.kinds,
                    &self.slots.proof_hashes,
                    &self.slots.private_keys_sealed,
                    &memory,
                    &passes,
                    &lanes,
                    &scopes,
                    &grant_keys,
                    &days::FIRST,
                    &days::LAST,
                    &WEB,
                    &whole(limits.idle_minutes)?,
                    &whole(limits.absolute_hours)?,
                    &self.keyring_sealed,
                ],
            ),
            (&NOTE_COST, &[&memory, &passes, &lanes]),
            (&AUDIT_OPENED, &[]),
        ])
        .await?;
        Ok(())
    }
}

/// A cost as its three columns.
pub(crate) fn cost_columns(cost: PasswordCost) -> Result<(i32, i32, i32)> {
    Ok((whole(cost.memory_kib)?, whole(cost.passes)?, whole(cost.lanes)?))
}

/// A setting as the database counts.
pub(crate) fn whole(number: u32) -> Result<i32> {
    i32::try_from(number).map_err(|cause| Error::Internal(cause.into()))
}
