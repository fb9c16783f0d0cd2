//! The keyring: everything a signed-in principal can open, sealed under its session's token.
//!
//! At sign-in the grants are opened once, which is dear; each request then opens only the keyring,
//! which is cheap. A stolen database holds it sealed under a key that only the cookie leads to.
//!
//! Inside: the private key with its number (33 bytes), then the covers.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::covers::Covers;
use crate::derive::{Context, blank_debug};
use crate::reader::Reader;
use crate::{CannotOpen, Cover, KeyPair, KeyringKey, Scope, aead};

/// A principal's key pair and the covers of all it may read.
pub struct Keyring {
    pair: KeyPair,
    covers: Covers,
}

impl Keyring {
    /// A keyring that opens nothing yet.
    pub fn new(pair: KeyPair) -> Self {
        Self { pair, covers: Covers::default() }
    }

    /// The principal's own key pair.
    pub fn pair(&self) -> &KeyPair {
        &self.pair
    }

    /// The key pair alone; what else was on the keyring is wiped.
    pub fn into_pair(self) -> KeyPair {
        self.pair
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

    /// Seals it for a session of `principal`.
    pub fn seal(&self, key: &KeyringKey, principal: Uuid) -> Vec<u8> {
        aead::seal(key.as_secret(), &context(principal), &self.to_bytes())
    }

    /// Opens the keyring of a session of `principal`.
    pub fn open(key: &KeyringKey, principal: Uuid, sealed: &[u8]) -> Result<Self, CannotOpen> {
        Self::from_bytes(&aead::open(key.as_secret(), &context(principal), sealed)?)
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let size = KeyPair::PRIVATE_LEN + self.covers.bytes_len();
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        bytes.extend_from_slice(self.pair.private_bytes().as_slice());
        self.covers.write(&mut bytes);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, CannotOpen> {
        let mut reader = Reader::new(bytes);
        let pair = KeyPair::from_private_bytes(reader.array()?)?;
        Ok(Self { pair, covers: Covers::read(reader)? })
    }
}

fn context(principal: Uuid) -> Context {
    Context::new("keyring").id(principal)
}

blank_debug!(Keyring);
