//! The session token: what the cookie carries, and the two things that come of it.
//!
//! The *database token* shows PostgreSQL which session asks; the *keyring key* opens the sealed
//! keyring and never leaves the server's memory. Neither leads to the other or to the token.

use secrecy::SecretString;

use crate::derive::{Context, Secret, blank_debug, derive, random_secret, sha256};
use crate::{CannotOpen, text};

/// The token of a session.
pub struct SessionToken(Secret);

impl SessionToken {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        Self(random_secret())
    }

    /// Reads what [`encode`](Self::encode) wrote, and nothing else that would decode to the same.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        text::decode(text).map(Self)
    }

    /// For the cookie: 43 characters of base64url.
    pub fn encode(&self) -> SecretString {
        text::encode(self.0.as_slice())
    }

    /// What the database sees.
    pub fn database_token(&self) -> DatabaseToken {
        DatabaseToken(derive(&self.0, &Context::new("database token")))
    }

    /// What the database never sees.
    pub fn keyring_key(&self) -> KeyringKey {
        KeyringKey(derive(&self.0, &Context::new("keyring key")))
    }
}

/// Proves to the database who asks: a session, an API token, or who began a ceremony.
pub struct DatabaseToken(Secret);

impl DatabaseToken {
    pub(crate) fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// The token itself: to be shown to the database, never to be stored.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 of the token: what the database stores and finds the row by.
    pub fn fingerprint(&self) -> [u8; 32] {
        sha256(self.0.as_slice())
    }
}

/// Opens the keyring of a session or of an API token.
pub struct KeyringKey(Secret);

impl KeyringKey {
    pub(crate) fn new(secret: Secret) -> Self {
        Self(secret)
    }

    pub(crate) fn as_secret(&self) -> &Secret {
        &self.0
    }
}

blank_debug!(SessionToken, DatabaseToken, KeyringKey);

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn is_read_back_from_its_43_characters_and_from_nothing_else() {
        let token = SessionToken::generate();
        let text = token.encode().expose_secret().to_owned();
        assert_eq!(text.len(), 43);
        assert_eq!(SessionToken::parse(&text).unwrap().0, token.0);

        for other in [
            String::new(),
            text[..42].to_owned(),
            format!("{text}="),
            format!("{text}A"),
            format!(" {text}"),
            format!("{}\u{e9}", &text[..41]),
            format!("{}/", &text[..42]),
            // Decodes to the same 32 bytes, with bits to spare that are not zero.
            "A".repeat(42) + "B",
        ] {
            assert_eq!(SessionToken::parse(&other).err(), Some(CannotOpen), "{other}");
        }
    }

    #[test]
    fn the_database_token_and_the_keyring_key_are_not_each_other() {
        let token = SessionToken::generate();
        assert_ne!(token.database_token().0, token.keyring_key().0);
        assert_ne!(token.database_token().0, token.0);
        assert_ne!(token.keyring_key().0, token.0);
        assert_eq!(token.database_token().fingerprint(), sha256(token.database_token().expose()));
    }
}
