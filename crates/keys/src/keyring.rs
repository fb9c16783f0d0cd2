//! The keyring: everything a signed-in principal can open, sealed under its session's token.
//!
//! At sign-in the grants are opened once, which is dear; each request then opens only the keyring,
//! which is cheap. A stolen database holds it sealed under a key that only the cookie leads to.
//!
//! Inside: the private key with its number, then each cover after its owner (16 bytes), scope (1)
//! and epoch (4).

use std::collections::BTreeMap;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::derive::{Context, blank_debug};
use crate::reader::Reader;
use crate::{CannotOpen, Cover, KeyPair, KeyringKey, Scope, aead};

const ENTRY_HEADER_LEN: usize = 16 + 1 + 4;

/// A principal's key pair and the covers of all it may read.
pub struct Keyring {
    pair: KeyPair,
    covers: BTreeMap<(Uuid, Scope, u32), Cover>,
}

impl Keyring {
    /// A keyring that opens nothing yet.
    pub fn new(pair: KeyPair) -> Self {
        Self { pair, covers: BTreeMap::new() }
    }

    /// The principal's own key pair.
    pub fn pair(&self) -> &KeyPair {
        &self.pair
    }

    /// Puts a cover on it, in place of what was there for the same owner, scope and epoch.
    pub fn add(&mut self, owner: Uuid, scope: Scope, epoch: u32, cover: Cover) {
        self.covers.insert((owner, scope, epoch), cover);
    }

    /// What opens this epoch of an owner's scope.
    pub fn cover(&self, owner: Uuid, scope: Scope, epoch: u32) -> Option<&Cover> {
        self.covers.get(&(owner, scope, epoch))
    }

    /// The newest epoch of an owner's scope that is on it, and what opens that.
    pub fn current(&self, owner: Uuid, scope: Scope) -> Option<(u32, &Cover)> {
        let epochs = (owner, scope, u32::MIN)..=(owner, scope, u32::MAX);
        self.covers.range(epochs).next_back().map(|((.., epoch), cover)| (*epoch, cover))
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
        let covers_len: usize =
            self.covers.values().map(|cover| ENTRY_HEADER_LEN + cover.bytes_len()).sum();
        let mut bytes = Zeroizing::new(Vec::with_capacity(KeyPair::PRIVATE_LEN + covers_len));
        bytes.extend_from_slice(self.pair.private_bytes().as_slice());
        for ((owner, scope, epoch), cover) in &self.covers {
            bytes.extend_from_slice(owner.as_bytes());
            bytes.push(scope.number());
            bytes.extend_from_slice(&epoch.to_be_bytes());
            cover.write(&mut bytes);
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, CannotOpen> {
        let mut reader = Reader::new(bytes);
        let mut keyring = Self::new(KeyPair::from_private_bytes(reader.array()?)?);
        while !reader.is_empty() {
            let owner = reader.id()?;
            let scope = Scope::from_number(reader.byte()?).ok_or(CannotOpen)?;
            let epoch = reader.u32()?;
            keyring.add(owner, scope, epoch, Cover::read(&mut reader)?);
        }
        Ok(keyring)
    }
}

fn context(principal: Uuid) -> Context {
    Context::new("keyring").id(principal)
}

blank_debug!(Keyring);
