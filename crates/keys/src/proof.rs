//! What shows that somebody holds a credential.

use aws_lc_rs::constant_time;

use crate::RootKey;
use crate::derive::{Prf, Secret, blank_debug, sha256};

/// What shows that somebody holds a credential: what comes of a password, a PIN, a code or a
/// passkey, keyed with the operator's root key. Without that key a stolen database cannot even begin
/// to guess. That a second step was passed is shown the same way.
pub struct Proof(Secret);

impl Proof {
    /// Only the holder of both the secret and the root key comes to the same value.
    pub(crate) fn new(root: &RootKey, verifier: &Secret) -> Self {
        Self(Prf::new(root.pepper().as_slice()).of(verifier.as_slice()))
    }

    /// The proof itself: to be shown to the database, never to be stored.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 of the proof: what the database stores and finds the key slot or the second step by.
    pub fn fingerprint(&self) -> [u8; 32] {
        sha256(self.0.as_slice())
    }

    /// Compares in constant time with a fingerprint from the database.
    pub fn has_fingerprint(&self, stored: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.fingerprint(), stored).is_ok()
    }
}

blank_debug!(Proof);
