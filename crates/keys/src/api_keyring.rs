//! What an API token can open, sealed under the token's keyring key.
//!
//! It holds the covers of the token's scopes and no private key, so a token that leaked opens what
//! it was made for and nothing else: no grant, no slot, none of the owner's own things. It holds
//! the owner's public key as well. Who leaves an item for the owner seals to that one, and a public
//! key exchanged in the database gains nothing.
//!
//! Inside: the public key with its number (1,217 bytes), then the covers.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::covers::Covers;
use crate::derive::{Context, blank_debug};
use crate::reader::Reader;
use crate::{CannotOpen, Cover, KeyringKey, PublicKey, Scope, aead};

/// The owner's public key and the covers of an API token's scopes.
pub struct ApiKeyring {
    public: PublicKey,
    covers: Covers,
}

impl ApiKeyring {
    /// A keyring that opens nothing yet, for a token of the owner of this public key.
    pub fn new(public: PublicKey) -> Self {
        Self { public, covers: Covers::default() }
    }

    /// The owner's public key, as the owner had it when the token was made.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Puts a cover on it, in place of what was there for the same owner, scope and epoch.
    pub fn add(&mut self, owner: Uuid, scope: Scope, epoch: u32, cover: Cover) {
        self.covers.add(owner, scope, epoch, cover);
    }

    /// Takes every epoch of an owner's scope off it.
    pub fn forget(&mut self, owner: Uuid, scope: Scope) {
        self.covers.forget(owner, scope);
    }

    /// What opens this epoch of an owner's scope.
    pub fn cover(&self, owner: Uuid, scope: Scope, epoch: u32) -> Option<&Cover> {
        self.covers.cover(owner, scope, epoch)
    }

    /// The newest epoch of an owner's scope that is on it, and what opens that.
    pub fn current(&self, owner: Uuid, scope: Scope) -> Option<(u32, &Cover)> {
        self.covers.current(owner, scope)
    }

    /// Seals it for an API token of `principal`.
    pub fn seal(&self, key: &KeyringKey, principal: Uuid) -> Vec<u8> {
        aead::seal(key.as_secret(), &context(principal), &self.to_bytes())
    }

    /// Opens the keyring of an API token of `principal`.
    pub fn open(key: &KeyringKey, principal: Uuid, sealed: &[u8]) -> Result<Self, CannotOpen> {
        Self::from_bytes(&aead::open(key.as_secret(), &context(principal), sealed)?)
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let size = PublicKey::LEN + self.covers.bytes_len();
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        bytes.extend_from_slice(self.public.bytes());
        self.covers.write(&mut bytes);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, CannotOpen> {
        let mut reader = Reader::new(bytes);
        let public = PublicKey::parse(reader.array::<{ PublicKey::LEN }>()?)?;
        Ok(Self { public, covers: Covers::read(reader)? })
    }
}

fn context(principal: Uuid) -> Context {
    Context::new("api keyring").id(principal)
}

blank_debug!(ApiKeyring);
