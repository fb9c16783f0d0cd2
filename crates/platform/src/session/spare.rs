//! A keyring on its way into the database: sealed for its session, with what lets its own person seal
//! it anew when a scope gets new keys.

use keys::{Keyring, RootKey, Scope};
use uuid::Uuid;

use super::Presented;

/// A session's keyring as it is stored.
#[derive(Debug)]
pub struct SealedKeyring {
    /// Sealed under what comes of the session's token.
    pub keyring: Vec<u8>,
    /// The key it is sealed under, sealed to the session's person.
    pub spare_key: Vec<u8>,
    /// The sum of the epochs on it: the database refuses a keyring that new keys have overtaken.
    pub epochs: i64,
}

/// The sum of the newest epochs of a person's own scopes on a keyring; zero where it holds none.
pub fn epochs_on(keyring: &Keyring, principal: Uuid) -> i64 {
    let newest =
        |scope: Scope| keyring.current(principal, scope).map(|(epoch, _)| i64::from(epoch));
    Scope::ALL.into_iter().filter_map(newest).sum()
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
            epochs: epochs_on(keyring, principal),
        }
    }
}
