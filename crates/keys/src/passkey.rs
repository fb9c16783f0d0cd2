//! A passkey that opens the diary: its authenticator's PRF makes a secret, which stands where the
//! stretched password stands.
//!
//! The authenticator answers the PRF with 256 uniform bits. The browser keeps that answer to itself
//! and hands over only what HKDF makes of it, so this server never learns what the authenticator
//! said. Nobody can guess it, so no stretching is needed.

use secrecy::SecretString;

use crate::derive::{Context, Secret, blank_debug, derive, random_secret};
use crate::{CannotOpen, Proof, RootKey, SlotKey, text};

/// What the browser derived from the answer of an authenticator's PRF; never the answer itself.
pub struct PasskeySecret(Secret);

impl PasskeySecret {
    /// A new one, from the system's generator, for who stands in for an authenticator.
    pub fn generate() -> Self {
        Self(random_secret())
    }

    /// Reads what [`encode`](Self::encode) wrote, and nothing else that would decode to the same.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        text::decode(text).map(Self)
    }

    /// As the browser sends it: 43 characters of base64url.
    pub fn encode(&self) -> SecretString {
        text::encode(self.0.as_slice())
    }

    /// What shows that the passkey's slot may be had.
    pub fn proof(&self, root: &RootKey) -> Proof {
        Proof::new(root, &derive(&self.0, &Context::new("passkey verifier")))
    }

    /// What opens the private key.
    pub fn slot_key(&self) -> SlotKey {
        SlotKey::new(derive(&self.0, &Context::new("passkey slot key")))
    }
}

blank_debug!(PasskeySecret);

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::SessionToken;

    #[test]
    fn is_read_back_from_its_43_characters_and_from_nothing_else() {
        let secret = PasskeySecret::generate();
        let text = secret.encode().expose_secret().to_owned();
        assert_eq!(text.len(), 43);
        assert_eq!(PasskeySecret::parse(&text).unwrap().0, secret.0);
        for other in
            [String::new(), text[..42].to_owned(), format!("{text}="), "A".repeat(42) + "B"]
        {
            assert_eq!(PasskeySecret::parse(&other).err(), Some(CannotOpen), "{other}");
        }
    }

    #[test]
    fn every_secret_and_every_root_key_makes_another_proof() {
        let (root, secret) = (RootKey::generate(), PasskeySecret::generate());
        let proof = secret.proof(&root);
        assert_eq!(proof.expose(), secret.proof(&root).expose());
        assert_ne!(proof.expose(), PasskeySecret::generate().proof(&root).expose());
        assert_ne!(proof.expose(), secret.proof(&RootKey::generate()).expose());
        // The same 32 bytes as a session's token lead elsewhere.
        let token = SessionToken::parse(secret.encode().expose_secret()).unwrap();
        assert_ne!(proof.fingerprint(), token.database_token().fingerprint());
    }
}
