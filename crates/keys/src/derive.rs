//! From secret to secret: HMAC and HKDF over SHA-256, random bytes, and the unambiguous wording
//! of what a key or a sealed thing is for. Only this module and `aead` call the primitives.

use aws_lc_rs::{digest, hkdf, hmac, rand};
use uuid::Uuid;
use zeroize::Zeroizing;

/// 256 secret bits, wiped when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Says in bytes what something is for. Each field goes in with its length, so no two different
/// lists of fields make the same bytes.
pub(crate) struct Context(Vec<u8>);

impl Context {
    /// Begins with what the whole is; each purpose in the crate has its own label.
    pub(crate) fn new(label: &str) -> Self {
        Self(Vec::with_capacity(192)).field(b"keepwell").field(label.as_bytes())
    }

    pub(crate) fn text(self, text: &str) -> Self {
        self.field(text.as_bytes())
    }

    pub(crate) fn id(self, id: Uuid) -> Self {
        self.field(id.as_bytes())
    }

    pub(crate) fn number(self, number: impl Into<u64>) -> Self {
        self.field(&number.into().to_be_bytes())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Bare bytes, for published vectors.
    #[cfg(test)]
    pub(crate) fn bare(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(crate) fn field(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }
}

/// HMAC-SHA-256 with its key made ready, to be asked more than once.
pub(crate) struct Prf(hmac::Key);

impl Prf {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    pub(crate) fn of(&self, data: &[u8]) -> Secret {
        let mut out = Secret::default();
        certain(hmac::sign_to_buffer(&self.0, data, out.as_mut_slice()).map(|_| ()));
        out
    }
}

/// HKDF-SHA-256 (RFC 5869), extract and expand, to 256 bits.
pub(crate) fn hkdf(secret: &[u8], salt: &[u8], info: &[u8]) -> Secret {
    let mut out = Secret::default();
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    let info = [info];
    certain(key.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(out.as_mut_slice())));
    out
}

/// A key of its own for one purpose. An empty salt is right here: the secret is uniform already.
pub(crate) fn derive(secret: &Secret, context: &Context) -> Secret {
    hkdf(secret.as_slice(), &[], context.as_bytes())
}

pub(crate) fn sha256(data: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, data).as_ref());
    out
}

/// 256 bits from the system's generator.
pub(crate) fn random_secret() -> Secret {
    let mut out = Secret::default();
    fill_random(out.as_mut_slice());
    out
}

/// Random bytes from the system's generator, for what is no key of ours.
pub fn random_bytes<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut out = Zeroizing::new([0; N]);
    fill_random(out.as_mut_slice());
    out
}

pub(crate) fn fill_random(out: &mut [u8]) {
    certain(rand::fill(out));
}

/// For calls that fail only when an argument has the wrong length, which ours have not, or when
/// the system has no randomness or memory left, where to go on would be the greater harm.
#[expect(clippy::panic, reason = "a seal without its primitive must never be given out")]
pub(crate) fn certain<T, E>(outcome: Result<T, E>) -> T {
    let Ok(value) = outcome else { panic!("a cryptographic primitive failed on valid input") };
    value
}

/// `Debug` that names the type and shows nothing of it.
macro_rules! blank_debug {
    ($($secret:ident),+) => {$(
        impl std::fmt::Debug for $secret {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($secret), "(..)"))
            }
        }
    )+};
}
pub(crate) use blank_debug;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::hex;

    #[test]
    fn hmac_gives_the_answers_of_rfc_4231() {
        let larger = "This is a test using a larger than block-size key and a larger than \
                      block-size data. The key needs to be hashed before being used by the HMAC \
                      algorithm.";
        for (key, data, expected) in [
            (
                &[0x0b_u8; 20] as &[u8],
                b"Hi There" as &[u8],
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 20],
                &[0xdd; 50],
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            ),
            (
                &hex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
                &[0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                larger.as_bytes(),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ] {
            assert_eq!(Prf::new(key).of(data).as_slice(), hex(expected));
        }
    }

    /// Its answers are longer; HKDF's first 256 bits are the same however many are asked for.
    #[test]
    fn hkdf_gives_the_answers_of_rfc_5869() {
        let range = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
        for (secret, salt, info, expected) in [
            (
                vec![0x0b; 22],
                range(0x00, 0x0c),
                range(0xf0, 0xf9),
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
            ),
            (
                range(0x00, 0x4f),
                range(0x60, 0xaf),
                range(0xb0, 0xff),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c",
            ),
            (
                vec![0x0b; 22],
                vec![],
                vec![],
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
            ),
        ] {
            assert_eq!(hkdf(&secret, &salt, &info).as_slice(), hex(expected));
        }
    }

    #[test]
    fn sha_256_gives_the_answer_of_fips_180() {
        let expected = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(sha256(b"abc").as_slice(), expected);
    }

    #[test]
    fn different_fields_make_different_contexts() {
        let contexts = [
            Context::new("a"),
            Context::new("a").text(""),
            Context::new("a").text("b").text("c"),
            Context::new("a").text("bc"),
            Context::new("a").text("b").text("").text("c"),
            Context::new("ab").text("c"),
            Context::new("a").number(1u8),
            Context::new("a").number(0x0100_0000_0000_0000u64),
            Context::new("a").id(Uuid::nil()),
        ];
        for (place, one) in contexts.iter().enumerate() {
            for other in &contexts[place + 1..] {
                assert_ne!(one.as_bytes(), other.as_bytes());
            }
        }
    }

    #[test]
    fn no_two_random_secrets_are_the_same() {
        assert_ne!(random_secret(), random_secret());
        assert_ne!(random_secret(), Secret::default());
    }
}
