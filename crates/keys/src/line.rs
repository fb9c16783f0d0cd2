//! A line: the key that an owner and a holder write to each other under.
//!
//! The owner makes it and keeps it under their own seed. The holder gets it sealed to their public
//! key, or takes it under their own seed; the first byte says which. What is written is bound to who
//! wrote it, but both have the same key: that one of the two did not write in the other's name is
//! the database's promise, not this seal's.
//!
//! Of an invitation the line's key follows from its secret, and the owner keeps a copy before anybody
//! has accepted, bound to the invitation instead of a holder.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, blank_debug, derive, random_secret};
use crate::{CannotOpen, KeyPair, PublicKey, aead, pair};

/// What is written takes a multiple of this many bytes.
const STEP: usize = 256;

const OWNER_S: &str = "owner's line key";
const HOLDER_S: &str = "holder's line key";
const TAKEN: &str = "taken line key";
const OFFERED: &str = "offered line key";

/// Stands first in an owner's copy that was made with an invitation, before its number.
const OF_AN_INVITATION: u8 = 3;

/// The key of what one owner and one holder write to each other.
pub struct LineKey(Secret);

impl LineKey {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        Self(random_secret())
    }

    pub(crate) fn of(secret: Secret) -> Self {
        Self(secret)
    }

    /// Seals it for its owner alone, before anybody has accepted.
    pub fn seal_offered(&self, owner: Uuid, invitation: Uuid, pair: &KeyPair) -> Vec<u8> {
        let sealed = self.seal_own(&context(OFFERED, owner, invitation), pair);
        let mut copy = vec![OF_AN_INVITATION];
        copy.extend_from_slice(invitation.as_bytes());
        copy.extend_from_slice(&sealed);
        copy
    }

    /// Seals it for its owner alone.
    pub fn seal_for_owner(&self, owner: Uuid, holder: Uuid, pair: &KeyPair) -> Vec<u8> {
        self.seal_own(&context(OWNER_S, owner, holder), pair)
    }

    /// Seals it to the holder.
    pub fn seal_for_holder(&self, owner: Uuid, holder: Uuid, to: &PublicKey) -> Vec<u8> {
        to.seal(&context(HOLDER_S, owner, holder), self.0.as_slice())
    }

    /// Seals it, as the holder, for oneself alone.
    pub fn take(&self, owner: Uuid, holder: Uuid, pair: &KeyPair) -> Vec<u8> {
        self.seal_own(&context(TAKEN, owner, holder), pair)
    }

    /// Opens what [`seal_for_owner`](Self::seal_for_owner) or [`seal_offered`](Self::seal_offered)
    /// sealed.
    pub fn open_as_owner(
        owner: Uuid,
        holder: Uuid,
        sealed: &[u8],
        pair: &KeyPair,
    ) -> Result<Self, CannotOpen> {
        if let [OF_AN_INVITATION, copy @ ..] = sealed {
            let (invitation, copy) = copy.split_first_chunk::<16>().ok_or(CannotOpen)?;
            let invitation = Uuid::from_bytes(*invitation);
            return Self::open_own(&context(OFFERED, owner, invitation), copy, pair);
        }
        Self::open_own(&context(OWNER_S, owner, holder), sealed, pair)
    }

    /// Opens it as the holder, who was sent it or took it.
    pub fn open_as_holder(
        owner: Uuid,
        holder: Uuid,
        sealed: &[u8],
        pair: &KeyPair,
    ) -> Result<Self, CannotOpen> {
        match sealed.first() {
            Some(&pair::NUMBER) => {
                Self::read(&pair.open(&context(HOLDER_S, owner, holder), sealed)?)
            }
            Some(&aead::NUMBER) => Self::open_own(&context(TAKEN, owner, holder), sealed, pair),
            _ => Err(CannotOpen),
        }
    }

    /// Seals what `author` wrote, to be kept as this row of this kind.
    pub fn seal(
        &self,
        owner: Uuid,
        holder: Uuid,
        kind: &str,
        id: Uuid,
        author: Uuid,
        plain: &[u8],
    ) -> Vec<u8> {
        let context = context("line", owner, holder).text(kind).id(id).id(author);
        aead::seal_in_steps(&derive(&self.0, &context), &context, plain, STEP)
    }

    /// Opens what [`seal`](Self::seal) sealed as the same row, kind and author's.
    pub fn open(
        &self,
        owner: Uuid,
        holder: Uuid,
        kind: &str,
        id: Uuid,
        author: Uuid,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let context = context("line", owner, holder).text(kind).id(id).id(author);
        aead::open_padded(&derive(&self.0, &context), &context, sealed)
    }

    fn seal_own(&self, context: &Context, pair: &KeyPair) -> Vec<u8> {
        aead::seal(&derive(pair.seed(), context), context, self.0.as_slice())
    }

    fn open_own(context: &Context, sealed: &[u8], pair: &KeyPair) -> Result<Self, CannotOpen> {
        Self::read(&aead::open(&derive(pair.seed(), context), context, sealed)?)
    }

    fn read(plain: &[u8]) -> Result<Self, CannotOpen> {
        let key = <[u8; 32]>::try_from(plain).map_err(|_length| CannotOpen)?;
        Ok(Self(Secret::new(key)))
    }
}

fn context(label: &str, owner: Uuid, holder: Uuid) -> Context {
    Context::new(label).id(owner).id(holder)
}

blank_debug!(LineKey);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InvitationSecret, RootKey};

    #[test]
    fn an_invitation_s_line_opens_for_its_owner_and_for_who_has_the_secret_and_the_root_key() {
        let [ana, ben, offer, note] = [1, 2, 3, 4].map(Uuid::from_u128);
        let (root, secret) = (RootKey::generate(), InvitationSecret::generate());
        let (hers, his) = (KeyPair::generate(), KeyPair::generate());
        let copy = secret.line(&root, offer, ana).seal_offered(ana, offer, &hers);
        let read = |line: &LineKey, sealed: &[u8]| {
            line.open(ana, ben, "message", note, ana, sealed).map(|plain| plain.to_vec())
        };
        let as_owner = LineKey::open_as_owner(ana, ben, &copy, &hers).unwrap();
        let sealed = as_owner.seal(ana, ben, "message", note, ana, b"hello");
        assert_eq!(read(&secret.line(&root, offer, ana), &sealed).unwrap(), b"hello");

        assert!(LineKey::open_as_owner(ana, ben, &copy, &his).is_err());
        assert!(LineKey::open_as_owner(ben, ben, &copy, &hers).is_err());
        for length in 0..copy.len() {
            assert!(LineKey::open_as_owner(ana, ben, &copy[..length], &hers).is_err());
        }
        let mut moved = copy.clone();
        moved[1] ^= 1;
        assert!(LineKey::open_as_owner(ana, ben, &moved, &hers).is_err());
        for other in [
            secret.line(&RootKey::generate(), offer, ana),
            InvitationSecret::generate().line(&root, offer, ana),
            secret.line(&root, note, ana),
            secret.line(&root, offer, ben),
        ] {
            assert!(read(&other, &sealed).is_err());
        }
    }
}
