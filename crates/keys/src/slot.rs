//! A key slot: one sealed copy of a principal's private key, and the credential that opens it.

use uuid::Uuid;

use crate::derive::{Context, Secret, blank_debug};
use crate::{CannotOpen, KeyPair, aead};

/// What kind of credential opens a slot. The number is what the sealed key is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SlotKind {
    /// A stretched password.
    Password = 1,
    /// A recovery code.
    RecoveryCode = 2,
}

/// The key of a slot. It comes from a credential each time and is stored nowhere.
pub struct SlotKey(Secret);

impl SlotKey {
    pub(crate) fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// Seals the private key of `principal` into a slot of this kind.
    pub fn seal(&self, principal: Uuid, kind: SlotKind, pair: &KeyPair) -> Vec<u8> {
        aead::seal(&self.0, &context(principal, kind), pair.private_bytes().as_slice())
    }

    /// Opens a slot of this kind and principal.
    pub fn open(
        &self,
        principal: Uuid,
        kind: SlotKind,
        sealed: &[u8],
    ) -> Result<KeyPair, CannotOpen> {
        let plain = aead::open(&self.0, &context(principal, kind), sealed)?;
        let private = plain.as_slice().try_into().map_err(|_length| CannotOpen)?;
        KeyPair::from_private_bytes(private)
    }
}

fn context(principal: Uuid, kind: SlotKind) -> Context {
    Context::new("slot").id(principal).number(kind as u8)
}

blank_debug!(SlotKey);
