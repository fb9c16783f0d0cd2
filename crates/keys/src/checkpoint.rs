//! Signatures of the audit's checkpoints: Ed25519 (RFC 8032) over the bytes as they are, so that
//! any other program can verify them. The key comes of the operator's root key and signs nothing
//! else; whoever has the database alone cannot sign what they made of the audit.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::derive::{blank_debug, certain};
use crate::{CannotOpen, RootKey};

/// How many bytes a signature has.
const SIGNATURE_LEN: usize = 64;

/// Signs checkpoints of the audit.
pub struct CheckpointSigner(Ed25519KeyPair);

impl RootKey {
    /// The signer of this operator's checkpoints, the same each time.
    pub fn checkpoint_signer(&self) -> CheckpointSigner {
        CheckpointSigner::from_seed(self.checkpoint_seed().as_slice())
    }
}

impl CheckpointSigner {
    fn from_seed(seed: &[u8]) -> Self {
        Self(certain(Ed25519KeyPair::from_seed_unchecked(seed)))
    }

    /// Signs these bytes. The same bytes have the same signature.
    pub fn sign(&self, bytes: &[u8]) -> [u8; SIGNATURE_LEN] {
        certain(self.0.sign(bytes).as_ref().try_into())
    }

    /// What the signatures are verified with; to be given to everybody.
    pub fn public_key(&self) -> [u8; 32] {
        certain(self.0.public_key().as_ref().try_into())
    }
}

/// Whether the signer of this public key signed exactly these bytes.
pub fn verify_checkpoint(public: &[u8], bytes: &[u8], signature: &[u8]) -> Result<(), CannotOpen> {
    UnparsedPublicKey::new(&ED25519, public)
        .verify(bytes, signature)
        .map_err(|_unspecified| CannotOpen)
}

blank_debug!(CheckpointSigner);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::hex;

    /// The first three of section 7.1.
    #[test]
    fn ed25519_gives_the_answers_of_rfc_8032() {
        for (seed, public, message, signature) in [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            ),
        ] {
            let signer = CheckpointSigner::from_seed(&hex(seed));
            assert_eq!(signer.public_key().as_slice(), hex(public));
            assert_eq!(signer.sign(&hex(message)).as_slice(), hex(signature));
            assert_eq!(verify_checkpoint(&hex(public), &hex(message), &hex(signature)), Ok(()));
        }
    }

    #[test]
    fn a_checkpoint_is_its_root_key_s_and_unaltered() {
        let root = RootKey::generate();
        let (signer, other) = (root.checkpoint_signer(), RootKey::generate().checkpoint_signer());
        assert_eq!(signer.public_key(), root.checkpoint_signer().public_key());
        let (public, signature) = (signer.public_key(), signer.sign(b"audit 7"));
        assert_eq!(verify_checkpoint(&public, b"audit 7", &signature), Ok(()));

        assert_eq!(verify_checkpoint(&public, b"audit 8", &signature), Err(CannotOpen));
        assert_eq!(verify_checkpoint(&other.public_key(), b"audit 7", &signature), Err(CannotOpen));
        assert_eq!(
            verify_checkpoint(&public, b"audit 7", &other.sign(b"audit 7")),
            Err(CannotOpen)
        );
        for bit in 0..signature.len() * 8 {
            let mut flipped = signature;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(verify_checkpoint(&public, b"audit 7", &flipped), Err(CannotOpen));
        }
        for cut in [&signature[..63], &[signature.as_slice(), &[0]].concat(), &[]] {
            assert_eq!(verify_checkpoint(&public, b"audit 7", cut), Err(CannotOpen));
        }
        for key in [&public[..31], &[public.as_slice(), &[0]].concat(), &[], &[0xff; 32]] {
            assert_eq!(verify_checkpoint(key, b"audit 7", &signature), Err(CannotOpen));
        }
    }
}
