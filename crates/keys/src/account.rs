//! Small things that a principal keeps for itself alone, such as its e-mail address.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::derive::{Context, derive};
use crate::{CannotOpen, KeyPair, aead};

/// What is sealed takes a multiple of this many bytes, so an address does not show its length.
const STEP: usize = 256;

/// Seals something that only this pair's private key opens, for this owner and purpose.
pub fn seal_to_self(pair: &KeyPair, owner: Uuid, purpose: &str, plain: &[u8]) -> Vec<u8> {
    let context = context(owner, purpose);
    aead::seal_in_steps(&derive(pair.seed(), &context), &context, plain, STEP)
}

/// Opens what [`seal_to_self`] sealed for the same owner and purpose.
pub fn open_own(
    pair: &KeyPair,
    owner: Uuid,
    purpose: &str,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    let context = context(owner, purpose);
    aead::open_padded(&derive(pair.seed(), &context), &context, sealed)
}

fn context(owner: Uuid, purpose: &str) -> Context {
    Context::new("own").id(owner).text(purpose)
}
