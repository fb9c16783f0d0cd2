//! The SQL of opening an account.

use keys::Scope;
use platform::{Db, Params, Presented, Result, SealedKeyring, SessionLimits, Sql, days};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{
    sign_in::Application,
    slots::{CostColumns, NewSlot, whole},
};

pub(crate) static ALL: &[&Sql] = &[&SIGN_UP, &DEVICE, &OWE, &AUDIT_OPENED];

static SIGN_UP: Sql = Sql::new(
    "select accounts.sign_up(
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        make_interval(mins => $18), make_interval(hours => $19), $20, $21)",
    &[
        Type::UUID,
        Type::BYTEA,
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
        Type::BYTEA,
    ],
);

static DEVICE: Sql = Sql::new("select auth.name_device($1)", &[Type::BYTEA]);

static OWE: Sql = Sql::new("select auth.owe_second_step()", &[]);

static AUDIT_OPENED: Sql = Sql::new("select audit.append('account_opened', '')", &[]);

/// Everything that is written for a new person.
pub(super) struct NewPerson<'a> {
    pub(super) principal: Uuid,
    pub(super) public_key: &'a [u8],
    pub(super) key_tag: &'a [u8],
    pub(super) email_sealed: &'a [u8],
    pub(super) erasure_key_sealed: &'a [u8],
    /// At least one; all are of the same cost.
    pub(super) slots: &'a [NewSlot],
    pub(super) cost: CostColumns,
    pub(super) grants: &'a [(Scope, Vec<u8>)],
    pub(super) keyring: &'a SealedKeyring,
    pub(super) device_sealed: &'a [u8],
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
        let slots: Vec<Uuid> = self.slots.iter().map(|slot| slot.slot).collect();
        let kinds: Vec<i16> = self.slots.iter().map(|slot| slot.kind).collect();
        let proofs: Vec<&[u8]> = self.slots.iter().map(|slot| slot.proof_hash.as_slice()).collect();
        let private_keys: Vec<&[u8]> =
            self.slots.iter().map(|slot| slot.private_key_sealed.as_slice()).collect();
        let tx = db.begin_without_session(presented).await?;
        let device: Params<'_> = &[&self.device_sealed];
        let mut last: Vec<(&Sql, Params<'_>)> = vec![(&DEVICE, device), (&AUDIT_OPENED, &[])];
        if limits.second_step_required {
            last.push((&OWE, &[]));
        }
        tx.query(
            &SIGN_UP,
            &[
                &self.principal,
                &self.public_key,
                &self.key_tag,
                &self.email_sealed,
                &self.erasure_key_sealed,
                &slots,
                &kinds,
                &proofs,
                &private_keys,
                &self.cost.memory_kib,
                &self.cost.passes,
                &self.cost.lanes,
                &scopes,
                &grant_keys,
                &days::FIRST,
                &days::LAST,
                &Application::Web.as_str(),
                &whole(limits.idle_minutes)?,
                &whole(limits.absolute_hours)?,
                &self.keyring.keyring,
                &self.keyring.spare_key,
            ],
        )
        .await?;
        tx.finish(&last).await?;
        Ok(())
    }
}
