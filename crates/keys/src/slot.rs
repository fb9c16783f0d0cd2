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
    /// What a passkey's PRF leads to.
    Passkey = 3,
    /// A single-use code. Using it destroys its slot.
    SingleUseCode = 4,
}

impl SlotKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 4] =
        [Self::Password, Self::RecoveryCode, Self::Passkey, Self::SingleUseCode];

    /// The kind of this number, which is also what the database keeps.
    pub fn parse(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
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
        KeyPair::from_private_slice(&plain)
    }
}

fn context(principal: Uuid, kind: SlotKind) -> Context {
    Context::new("slot").id(principal).number(kind as u8)
}

blank_debug!(SlotKey);

#[cfg(test)]
mod tests {
    use super::*;

    /// What was sealed is bound to these numbers, and the database keeps them.
    #[test]
    fn numbers_are_as_they_were_and_are_read_back() {
        let expected = [
            (SlotKind::Password, 1),
            (SlotKind::RecoveryCode, 2),
            (SlotKind::Passkey, 3),
            (SlotKind::SingleUseCode, 4),
        ];
        assert_eq!(SlotKind::ALL.map(|kind| (kind, kind as u8)), expected);
        for (kind, number) in expected {
            assert_eq!(SlotKind::parse(number), Some(kind));
        }
        assert_eq!(SlotKind::parse(0), None);
        assert_eq!(SlotKind::parse(5), None);
    }
}
