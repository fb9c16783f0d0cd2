//! A spare of a keyring key, which its own principal alone can reach.
//!
//! When a scope gets new keys, the keyrings of the person's other sessions and API tokens are sealed
//! anew, by a request that has none of those tokens. What it opens them with is their spares. A
//! token's own keyring has no private key, so a token opens no spare, not even its own.

use uuid::Uuid;

use crate::derive::{Context, Secret, derive};
use crate::{CannotOpen, KeyPair, KeyringKey, aead};

impl KeyringKey {
    /// Seals this key to its own principal. Sealed before the row of the session has a number, and
    /// one row's spare in another's only seals a keyring that does not open there.
    pub fn spare(&self, pair: &KeyPair, principal: Uuid) -> Vec<u8> {
        let context = context(principal);
        aead::seal(&derive(pair.seed(), &context), &context, self.as_secret().as_slice())
    }

    /// Opens what [`spare`](Self::spare) sealed for the same principal.
    pub fn open_spare(pair: &KeyPair, principal: Uuid, sealed: &[u8]) -> Result<Self, CannotOpen> {
        let context = context(principal);
        let plain = aead::open(&derive(pair.seed(), &context), &context, sealed)?;
        let key = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_length| CannotOpen)?;
        Ok(Self::new(Secret::new(key)))
    }
}

fn context(principal: Uuid) -> Context {
    Context::new("spare keyring key").id(principal)
}
