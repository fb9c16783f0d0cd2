//! The key pair of a principal: others seal to its public half.
//!
//! HPKE (RFC 9180) in base mode, one message a seal: X-Wing (X25519 and ML-KEM-768 together, so
//! what is stored today is not opened by the machines of 2040), HKDF-SHA-256, AES-256-GCM. Each
//! seal has a fresh key, so its nonce never repeats.
//!
//! Base mode does not say who sealed. Who may is the database's matter; here a seal only promises
//! that nobody but the holder opens it, and only as what it was sealed as.
//!
//! Sealed: the algorithm's number (1 byte), the encapsulated key (1,120), the ciphertext with tag.

use std::sync::OnceLock;

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use zeroize::Zeroizing;

use crate::CannotOpen;
use crate::derive::{Context, Secret, blank_debug, certain, random_secret};
use crate::reader::Reader;

/// The number of X-Wing with HKDF-SHA-256 and AES-256-GCM, as the first byte of public keys, of
/// private keys and of what was sealed to them.
const NUMBER: u8 = 2;

const PUBLIC_LEN: usize = 1216;
const ENCAPSULATED_LEN: usize = 1120;

/// A private key and its public half.
pub struct KeyPair {
    seed: Secret,
    // Making the lattice key from its seed takes a hundred times as long as opening a record, and
    // most requests never need it.
    expanded: OnceLock<<XWing as Kem>::PrivateKey>,
}

impl KeyPair {
    /// How many bytes the private half takes when it is sealed.
    pub(crate) const PRIVATE_LEN: usize = 33;

    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        Self::from_seed(random_secret())
    }

    /// The half to give away.
    pub fn public(&self) -> PublicKey {
        PublicKey::new(XWing::sk_to_pk(self.expanded()))
    }

    /// The private half with its number, to be sealed.
    pub(crate) fn private_bytes(&self) -> Zeroizing<[u8; Self::PRIVATE_LEN]> {
        let mut bytes = Zeroizing::new([0; Self::PRIVATE_LEN]);
        let (number, seed) = bytes.split_at_mut(1);
        number.fill(NUMBER);
        seed.copy_from_slice(self.seed.as_slice());
        bytes
    }

    /// Reads what [`private_bytes`](Self::private_bytes) gave.
    pub(crate) fn from_private_bytes(bytes: &[u8; Self::PRIVATE_LEN]) -> Result<Self, CannotOpen> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != NUMBER {
            return Err(CannotOpen);
        }
        reader.secret().map(Self::from_seed)
    }

    /// The secret that the pair's own symmetric keys come from.
    pub(crate) fn seed(&self) -> &Secret {
        &self.seed
    }

    /// Opens what [`PublicKey::seal`] sealed to this pair, as the same thing.
    pub(crate) fn open(
        &self,
        context: &Context,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let (&number, rest) = sealed.split_first().ok_or(CannotOpen)?;
        if number != NUMBER {
            return Err(CannotOpen);
        }
        let (encapsulated, body) = rest.split_at_checked(ENCAPSULATED_LEN).ok_or(CannotOpen)?;
        let encapsulated =
            <XWing as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_hpke| CannotOpen)?;
        hpke::single_shot_open::<AesGcm256, HkdfSha256, XWing>(
            &OpModeR::Base,
            self.expanded(),
            &encapsulated,
            context.as_bytes(),
            body,
            context.as_bytes(),
        )
        .map(Zeroizing::new)
        .map_err(|_hpke| CannotOpen)
    }

    fn from_seed(seed: Secret) -> Self {
        Self { seed, expanded: OnceLock::new() }
    }

    fn expanded(&self) -> &<XWing as Kem>::PrivateKey {
        self.expanded
            .get_or_init(|| certain(<XWing as Kem>::PrivateKey::from_bytes(self.seed.as_slice())))
    }
}

/// The public half of a key pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    key: <XWing as Kem>::PublicKey,
    bytes: Vec<u8>,
}

impl PublicKey {
    /// To be stored: the algorithm's number and the key, 1,217 bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads what [`bytes`](Self::bytes) gave, and refuses what is no key.
    pub fn parse(bytes: &[u8]) -> Result<Self, CannotOpen> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != NUMBER {
            return Err(CannotOpen);
        }
        let key = reader.array::<PUBLIC_LEN>()?;
        reader.end()?;
        <XWing as Kem>::PublicKey::from_bytes(key).map(Self::new).map_err(|_hpke| CannotOpen)
    }

    /// Seals to whoever has the private half, as what `context` says.
    pub(crate) fn seal(&self, context: &Context, plain: &[u8]) -> Vec<u8> {
        let (encapsulated, body) = certain(hpke::single_shot_seal::<AesGcm256, HkdfSha256, XWing>(
            &OpModeS::Base,
            &self.key,
            context.as_bytes(),
            plain,
            context.as_bytes(),
        ));
        let mut sealed = Vec::with_capacity(1 + ENCAPSULATED_LEN + body.len());
        sealed.push(NUMBER);
        sealed.extend_from_slice(&encapsulated.to_bytes());
        sealed.extend_from_slice(&body);
        sealed
    }

    fn new(key: <XWing as Kem>::PublicKey) -> Self {
        let mut bytes = Vec::with_capacity(1 + PUBLIC_LEN);
        bytes.push(NUMBER);
        bytes.extend_from_slice(&key.to_bytes());
        Self { key, bytes }
    }
}

blank_debug!(KeyPair);
