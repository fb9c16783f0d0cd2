//! What an organisation, a practice or a study, shows of itself: a code that people join with, and a
//! profile that whoever has the code may read.
//!
//! The code vouches for itself: it is a hash of what the organisation is and of its public key. So
//! whoever types the code that was handed to them seals to the key of those who handed it out; a key
//! that was exchanged in the database has another code.

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::derive::{Context, sha256};
use crate::{CannotOpen, PublicKey, RootKey, aead, text};

const CODE_LEN: usize = 15;
/// 24 for the bits, and one that checks them.
const SYMBOLS: usize = 25;
/// A profile takes a multiple of this many bytes.
const STEP: usize = 256;

/// What people join an organisation with: 120 bits of a hash, in five groups of five.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrganisationCode([u8; CODE_LEN]);

impl OrganisationCode {
    /// The code of an organisation with this public key; `kind` is the principal's kind.
    pub fn of(kind: &str, organisation: Uuid, public: &PublicKey) -> Self {
        let context =
            Context::new("organisation code").text(kind).id(organisation).field(public.bytes());
        let mut code = [0; CODE_LEN];
        for (to, from) in code.iter_mut().zip(sha256(context.as_bytes())) {
            *to = from;
        }
        Self(code)
    }

    /// Reads a code as people type it: in any case, with or without spaces and dashes, with O for
    /// 0 and I or L for 1.
    pub fn parse(typed: &str) -> Result<Self, CannotOpen> {
        text::read_code::<CODE_LEN, SYMBOLS>(typed).map(|code: Zeroizing<_>| Self(*code))
    }

    /// As it is shown: `ABCDE-FGHJK-…`.
    pub fn display(&self) -> String {
        let shown: SecretString = text::show_code::<CODE_LEN, SYMBOLS>(&self.0);
        shown.expose_secret().to_owned()
    }

    /// What the database finds the organisation by.
    pub fn fingerprint(&self) -> [u8; 32] {
        sha256(Context::new("organisation code lookup").field(&self.0).as_bytes())
    }
}

impl RootKey {
    /// Seals what an organisation says of itself, so that the database alone does not show it.
    pub fn seal_profile(&self, organisation: Uuid, plain: &[u8]) -> Vec<u8> {
        let context = Context::new("organisation profile").id(organisation);
        let key = self.profile_key(&context);
        aead::seal_in_steps(&key, &context, plain, STEP)
    }

    /// Opens this organisation's profile, and no other.
    pub fn open_profile(
        &self,
        organisation: Uuid,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let context = Context::new("organisation profile").id(organisation);
        aead::open_padded(&self.profile_key(&context), &context, sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyPair;

    const PRACTICE: Uuid = Uuid::from_u128(0xc3);

    #[test]
    fn a_code_is_of_one_organisation_with_one_public_key() {
        let public = KeyPair::generate().public();
        let code = OrganisationCode::of("practice", PRACTICE, &public);
        assert_eq!(code, OrganisationCode::of("practice", PRACTICE, &public));

        let shown = code.display();
        assert_eq!(shown.len(), 29);
        assert_eq!(
            OrganisationCode::parse(&shown.to_lowercase().replace('-', " ")),
            Ok(code.clone())
        );
        assert_eq!(OrganisationCode::parse(&shown[1..]), Err(CannotOpen));

        let others = [
            OrganisationCode::of("practice", PRACTICE, &KeyPair::generate().public()),
            OrganisationCode::of("study", PRACTICE, &public),
            OrganisationCode::of("practice", Uuid::from_u128(0xc4), &public),
        ];
        for other in others {
            assert_ne!(other, code);
            assert_ne!(other.fingerprint(), code.fingerprint());
        }
    }

    #[test]
    fn a_profile_opens_with_the_root_key_for_its_organisation_only() {
        let root = RootKey::generate();
        let sealed = root.seal_profile(PRACTICE, b"by the lake");
        assert_eq!(*root.open_profile(PRACTICE, &sealed).unwrap(), b"by the lake");
        assert_eq!(root.open_profile(Uuid::from_u128(0xc4), &sealed), Err(CannotOpen));
        assert_eq!(RootKey::generate().open_profile(PRACTICE, &sealed), Err(CannotOpen));
        assert_eq!(root.seal_profile(PRACTICE, b"").len(), sealed.len());
    }
}
