//! A ceremony: what is begun in one request and ended in another, such as answering a challenge or
//! confirming a new second step.
//!
//! What is begun waits in the database, sealed under a key that only the handle leads to, and only
//! who began it has the handle. The database sees a *lookup* derived from it, which leads neither
//! to the handle nor to the key.

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, blank_debug, derive, random_secret};
use crate::{CannotOpen, DatabaseToken, aead, text};

/// What is sealed takes a multiple of this many bytes, so it does not show how many keys may answer.
const STEP: usize = 256;

/// The handle of a ceremony: who began it brings it back to end it.
pub struct CeremonyHandle(Secret);

impl CeremonyHandle {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        Self(random_secret())
    }

    /// Reads what [`encode`](Self::encode) wrote, and nothing else that would decode to the same.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        text::decode(text).map(Self)
    }

    /// For who began it: 43 characters of base64url.
    pub fn encode(&self) -> SecretString {
        text::encode(self.0.as_slice())
    }

    /// What the database sees, to find the ceremony by.
    pub fn lookup(&self) -> DatabaseToken {
        DatabaseToken::new(derive(&self.0, &Context::new("ceremony lookup")))
    }

    /// SHA-256 of the [`lookup`](Self::lookup): what the database stores.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.lookup().fingerprint()
    }

    /// Seals what waits for the end of a ceremony of this purpose.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        aead::seal_in_steps(&self.key(), &context(purpose), plain, STEP)
    }

    /// Opens what was sealed with this handle for the same purpose.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        aead::open_padded(&self.key(), &context(purpose), sealed)
    }

    fn key(&self) -> Secret {
        derive(&self.0, &Context::new("ceremony key"))
    }
}

fn context(purpose: &str) -> Context {
    Context::new("ceremony").text(purpose)
}

blank_debug!(CeremonyHandle);

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_handle_is_read_back_from_its_43_characters_and_from_nothing_else() {
        let handle = CeremonyHandle::generate();
        let text = handle.encode().expose_secret().to_owned();
        assert_eq!(text.len(), 43);
        assert_eq!(CeremonyHandle::parse(&text).unwrap().0, handle.0);
        for other in
            [String::new(), text[..42].to_owned(), format!("{text}A"), "A".repeat(42) + "B"]
        {
            assert_eq!(CeremonyHandle::parse(&other).err(), Some(CannotOpen), "{other}");
        }
    }

    #[test]
    fn what_waits_opens_with_its_handle_for_its_purpose_only() {
        let handle = CeremonyHandle::generate();
        let sealed = handle.seal("totp", b"secret");
        assert_eq!(sealed.len(), STEP);
        assert_eq!(*handle.open("totp", &sealed).unwrap(), b"secret");

        assert_eq!(handle.open("key", &sealed), Err(CannotOpen));
        assert_eq!(CeremonyHandle::generate().open("totp", &sealed), Err(CannotOpen));
    }

    #[test]
    fn what_the_database_sees_is_neither_the_handle_nor_its_key() {
        let handle = CeremonyHandle::generate();
        let lookup = handle.lookup();
        assert_ne!(*lookup.expose(), *handle.0);
        assert_ne!(*lookup.expose(), *handle.key());
        assert_eq!(lookup.fingerprint(), handle.fingerprint());
        assert_ne!(CeremonyHandle::generate().fingerprint(), handle.fingerprint());
    }
}
