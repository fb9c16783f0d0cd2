//! A letter: something short that one principal leaves for another, such as the name that somebody
//! wants to be called by. It is sealed to the reader's public key, and padded.
//!
//! Anybody who knows the public key can seal here. Who may leave a letter is the database's matter.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::derive::Context;
use crate::{CannotOpen, KeyPair, PublicKey, aead};

/// The plaintext takes a multiple of this many bytes, so a name does not show its length.
const STEP: usize = 256;

/// Seals a letter to its reader: from or about whom it is, to whom, and as what.
pub fn seal_letter(
    to: &PublicKey,
    from_or_about: Uuid,
    to_whom: Uuid,
    label: &str,
    plain: &[u8],
) -> Vec<u8> {
    to.seal(&context(from_or_about, to_whom, label), &aead::pad_in_steps(plain, STEP))
}

/// Opens what [`seal_letter`] sealed for the same three.
pub fn open_letter(
    pair: &KeyPair,
    from_or_about: Uuid,
    to_whom: Uuid,
    label: &str,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    aead::unpad(pair.open(&context(from_or_about, to_whom, label), sealed)?)
}

fn context(from_or_about: Uuid, to_whom: Uuid, label: &str) -> Context {
    Context::new("letter").id(from_or_about).id(to_whom).text(label)
}
