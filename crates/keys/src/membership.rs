//! A membership: a member's sealed copy of their organisation's key pair.
//!
//! It is either sealed to the member's public key by somebody who is a member already, or, when the
//! member *took* it from an invitation, under a secret that only the member's private key leads to.
//! The first byte says which.
//!
//! Anybody can seal to a public key. So before anything is sealed to a pair that was opened here,
//! its public half is compared with the organisation's, as
//! [`check_public_key`](crate::RootKey::check_public_key) reads that.

use uuid::Uuid;

use crate::derive::{Context, derive};
use crate::{CannotOpen, KeyPair, PublicKey, aead, pair};

/// Seals the organisation's pair to a member.
pub fn seal_membership(
    organisation: Uuid,
    member: Uuid,
    pair: &KeyPair,
    to: &PublicKey,
) -> Vec<u8> {
    to.seal(&context("membership", organisation, member), pair.private_bytes().as_slice())
}

/// Seals the organisation's pair for oneself alone.
pub fn take_membership(organisation: Uuid, member: Uuid, pair: &KeyPair, own: &KeyPair) -> Vec<u8> {
    let context = context("taken membership", organisation, member);
    aead::seal(&derive(own.seed(), &context), &context, pair.private_bytes().as_slice())
}

/// Opens the organisation's pair, however this member came by it.
pub fn open_membership(
    organisation: Uuid,
    member: Uuid,
    sealed: &[u8],
    own: &KeyPair,
) -> Result<KeyPair, CannotOpen> {
    let plain = match sealed.first() {
        Some(&pair::NUMBER) => own.open(&context("membership", organisation, member), sealed)?,
        Some(&aead::NUMBER) => {
            let context = context("taken membership", organisation, member);
            aead::open(&derive(own.seed(), &context), &context, sealed)?
        }
        _ => return Err(CannotOpen),
    };
    KeyPair::from_private_slice(&plain)
}

fn context(label: &str, organisation: Uuid, member: Uuid) -> Context {
    Context::new(label).id(organisation).id(member)
}
