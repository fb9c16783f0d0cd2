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

    fn field(mut self, bytes: &[u8]) -> Self {
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
