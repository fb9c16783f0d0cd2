//! A keyring on its way into the database: sealed for its session, with what lets its own person seal
//! it anew when a scope gets new keys.

use keys::{Keyring, RootKey};
use uuid::Uuid;

use super::Presented;

/// A session's keyring as it is stored.
#[derive(Debug)]
pub struct SealedKeyring {
    /// Sealed under what comes of the session's token.
    pub keyring: Vec<u8>,
    /// The key it is sealed under, sealed to the session's person.
    pub spare_key: Vec<u8>,
}

impl Presented {
    /// Seals a keyring for the session that this token is of, or will be of.
    pub fn seal_keyring(
        &self,
        root: &RootKey,
        principal: Uuid,
        keyring: &Keyring,
    ) -> SealedKeyring {
        let key = self.keyring_key(root);
        SealedKeyring {
            keyring: keyring.seal(&key, principal),
            spare_key: key.spare(keyring.pair(), principal),
        }
    }
}
