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
pub(crate) const NUMBER: u8 = 2;

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

    /// The same from what was sealed.
    pub(crate) fn from_private_slice(bytes: &[u8]) -> Result<Self, CannotOpen> {
        Self::from_private_bytes(bytes.try_into().map_err(|_length| CannotOpen)?)
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
    /// How many bytes it takes with its number.
    pub(crate) const LEN: usize = 1 + PUBLIC_LEN;
    /// How much longer than its plaintext a thing is that was sealed to it.
    pub(crate) const OVERHEAD: usize = 1 + ENCAPSULATED_LEN + 16;

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
        let mut bytes = Vec::with_capacity(Self::LEN);
        bytes.push(NUMBER);
        bytes.extend_from_slice(&key.to_bytes());
        Self { key, bytes }
    }
}

blank_debug!(KeyPair);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{count, format, x_wing};

    fn pair_of(seed: Vec<u8>) -> KeyPair {
        KeyPair::from_seed(Secret::new(seed.try_into().unwrap()))
    }

    #[test]
    fn x_wing_gives_the_answers_of_its_draft() {
        for number in ["1", "2"] {
            let pair = pair_of(x_wing(&format!("sk_{number}")));
            let public = x_wing(&format!("pk_{number}"));
            assert_eq!(pair.public().bytes()[1..], public);

            let encapsulated = x_wing(&format!("ct_{number}"));
            let encapsulated = <XWing as Kem>::EncappedKey::from_bytes(&encapsulated).unwrap();
            let shared = XWing::decap(pair.expanded(), None, &encapsulated).unwrap();
            assert_eq!(shared.0.as_slice(), x_wing(&format!("ss_{number}")));
        }
    }

    #[test]
    fn a_public_key_is_read_back_and_only_from_all_of_its_bytes() {
        let public = KeyPair::generate().public();
        let bytes = public.bytes();
        assert_eq!(bytes.len(), 1 + PUBLIC_LEN);
        assert_eq!(PublicKey::parse(bytes), Ok(public.clone()));

        assert_eq!(PublicKey::parse(&bytes[..PUBLIC_LEN]), Err(CannotOpen));
        assert_eq!(PublicKey::parse(&[bytes, &[0]].concat()), Err(CannotOpen));
        assert_eq!(PublicKey::parse(&[&[1], &bytes[1..]].concat()), Err(CannotOpen));
        // The numbers of a lattice key are below 3,329, and these are not.
        assert_eq!(
            PublicKey::parse(&[&[NUMBER], &[255_u8; PUBLIC_LEN] as &[u8]].concat()),
            Err(CannotOpen)
        );
    }

    #[test]
    fn the_public_key_of_a_seed_never_changes() {
        let pair = pair_of(count::<32>(0x60).to_vec());
        let fingerprint = crate::derive::sha256(pair.public().bytes());
        assert_eq!(fingerprint.as_slice(), format("public_key_sha256"));
    }

    #[test]
    fn what_is_sealed_to_one_opens_for_nobody_else_and_as_nothing_else() {
        let (ana, ben) = (KeyPair::generate(), KeyPair::generate());
        let context = Context::new("letter").text("to ana");
        let sealed = ana.public().seal(&context, b"hello");
        assert_eq!(sealed.len(), 1 + ENCAPSULATED_LEN + 5 + 16);
        assert_eq!(*ana.open(&context, &sealed).unwrap(), b"hello");

        assert_eq!(ben.open(&context, &sealed), Err(CannotOpen));
        assert_eq!(ana.open(&Context::new("letter").text("to ben"), &sealed), Err(CannotOpen));
        let other_number = [&[1], &sealed[1..]].concat();
        assert_eq!(ana.open(&context, &other_number), Err(CannotOpen));
    }

    #[test]
    fn a_private_key_of_another_algorithm_is_refused() {
        let mut bytes = KeyPair::generate().private_bytes();
        assert!(KeyPair::from_private_bytes(&bytes).is_ok());
        bytes[0] = 3;
        assert_eq!(KeyPair::from_private_bytes(&bytes).err(), Some(CannotOpen));
    }
}
