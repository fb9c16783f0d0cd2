//! The operator's root key: 256 bits outside the database, without which the database is noise.
//!
//! It encrypts no record itself. It salts and peppers what passwords become, gives pseudonyms to
//! what must be looked up, and seals the erasure key of each person. Where it is kept is the
//! program's business.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::derive::{Context, Prf, Secret, blank_debug, derive, random_secret, sha256};
use crate::{CannotOpen, ErasureKey, KeyringKey, Proof, aead};

const PREFIX: &str = "keepwell-root-1:";
const CHECK_LEN: usize = 4;
/// A sealed mail takes a multiple of this many bytes, so it shows neither what it says nor how long
/// its address is.
const MAIL_STEP: usize = 1024;

/// The operator's root key.
pub struct RootKey(Secret);

impl RootKey {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        Self(random_secret())
    }

    /// Reads what [`encode`](Self::encode) wrote; white space around it, as files have, is fine.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(CannotOpen)?;
        let mut decoded = Zeroizing::new([0; 32 + CHECK_LEN]);
        let written = BASE64_URL_SAFE_NO_PAD
            .decode_slice(encoded, decoded.as_mut_slice())
            .map_err(|_decode| CannotOpen)?;
        let (key, check) = decoded.split_first_chunk::<32>().ok_or(CannotOpen)?;
        let key = Self(Secret::new(*key));
        if written == decoded.len() && key.check() == check { Ok(key) } else { Err(CannotOpen) }
    }

    /// As text, with a checksum, so that a slip in copying is noticed before it does harm.
    pub fn encode(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; 32 + CHECK_LEN]);
        let (key, check) = bytes.split_at_mut(32);
        key.copy_from_slice(self.0.as_slice());
        check.copy_from_slice(&self.check());
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 48));
        text.push_str(PREFIX);
        BASE64_URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
        text
    }

    /// The salt for the password of this address. An address nobody has gets one as well, so that
    /// signing in with it takes the same way and the same time.
    pub fn password_salt(&self, email_normalized: &str) -> [u8; 32] {
        self.keyed_hash(&Context::new("password salt"), email_normalized.as_bytes())
    }

    /// The salt for the PIN of this session, to be stretched like a password.
    pub fn pin_salt(&self, session: Uuid) -> [u8; 32] {
        self.keyed_hash(&Context::new("pin salt"), session.as_bytes())
    }

    /// What the server presents to the database once it has verified this second step of this
    /// principal. Whoever has only the database cannot make it, so nobody passes a step by SQL.
    pub fn second_step_pass(&self, principal: Uuid, factor: Uuid) -> Proof {
        let context = Context::new("second step pass").id(principal).id(factor);
        Proof::new(self, &derive(&self.0, &context))
    }

    /// The hash of a short code that was sent by mail, for this purpose and row. A stolen database
    /// without the root key cannot try all the codes there are.
    pub fn code_hash(&self, purpose: &str, id: Uuid, code: &str) -> [u8; 32] {
        self.keyed_hash(&Context::new("mailed code").text(purpose).id(id), code.as_bytes())
    }

    /// What a [`DeviceMark`](crate::DeviceMark) with this nonce says of this name's pseudonym.
    pub fn device_mark(&self, name: &[u8; 32], nonce: &[u8; 16]) -> [u8; 32] {
        self.keyed_hash(&Context::new("known device").field(name), nonce)
    }

    /// Stands for a value where the value itself must not stand, such as in a lookup or a bucket
    /// of a rate limit. The same value has different pseudonyms for different purposes.
    pub fn pseudonym(&self, purpose: &str, value: &str) -> [u8; 32] {
        self.keyed_hash(&Context::new("pseudonym").text(purpose), value.as_bytes())
    }

    /// What a session's keyring is sealed under: its token and this key together. So whoever has a
    /// token of their own and can read the database still opens nothing in it, such as what a second
    /// step that they lack is checked with.
    pub fn keyring_key(&self, of_the_token: &KeyringKey) -> KeyringKey {
        let hash = Prf::new(derive(&self.0, &Context::new("keyring pepper")).as_slice())
            .of(of_the_token.as_secret().as_slice());
        KeyringKey::new(hash)
    }

    /// What an invitation carries is sealed under its secret and this key together.
    pub(crate) fn invitation_key(&self, of_the_secret: &Secret) -> Secret {
        Prf::new(derive(&self.0, &Context::new("invitation pepper")).as_slice())
            .of(of_the_secret.as_slice())
    }

    /// What the signer of checkpoints comes of.
    pub(crate) fn checkpoint_seed(&self) -> Secret {
        derive(&self.0, &Context::new("checkpoint signer"))
    }

    /// Seals a person's erasure key, to be kept apart from the diary.
    pub fn seal_erasure_key(&self, owner: Uuid, key: &ErasureKey) -> Vec<u8> {
        let context = Context::new("erasure key").id(owner);
        aead::seal(&derive(&self.0, &context), &context, key.as_secret().as_slice())
    }

    /// Opens the erasure key of this owner, and of nobody else.
    pub fn open_erasure_key(&self, owner: Uuid, sealed: &[u8]) -> Result<ErasureKey, CannotOpen> {
        let context = Context::new("erasure key").id(owner);
        let plain = aead::open(&derive(&self.0, &context), &context, sealed)?;
        let key = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_length| CannotOpen)?;
        Ok(ErasureKey::from_secret(Secret::new(key)))
    }

    /// Seals a mail with its address, to wait in the queue unreadable.
    pub fn seal_mail(&self, mail: Uuid, plain: &[u8]) -> Vec<u8> {
        let context = Context::new("mail").id(mail);
        aead::seal_in_steps(&derive(&self.0, &context), &context, plain, MAIL_STEP)
    }

    /// Opens this mail, and no other.
    pub fn open_mail(&self, mail: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let context = Context::new("mail").id(mail);
        aead::open_padded(&derive(&self.0, &context), &context, sealed)
    }

    /// What an organisation says of itself is sealed under a key of its own.
    pub(crate) fn profile_key(&self, context: &Context) -> Secret {
        derive(&self.0, context)
    }

    /// What every proof is keyed with.
    pub(crate) fn pepper(&self) -> Secret {
        derive(&self.0, &Context::new("pepper"))
    }

    pub(crate) fn keyed_hash(&self, context: &Context, value: &[u8]) -> [u8; 32] {
        *Prf::new(derive(&self.0, context).as_slice()).of(value)
    }

    fn check(&self) -> [u8; CHECK_LEN] {
        let mut labelled = Zeroizing::new(Vec::with_capacity(PREFIX.len() + 32));
        labelled.extend_from_slice(PREFIX.as_bytes());
        labelled.extend_from_slice(self.0.as_slice());
        let [a, b, c, d, ..] = sha256(&labelled);
        [a, b, c, d]
    }
}

blank_debug!(RootKey);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_back_from_its_text_with_white_space_around_it() {
        let root = RootKey::generate();
        let text = root.encode();
        assert_eq!(text.len(), PREFIX.len() + 48);
        for text in [text.to_string(), format!(" {}\r\n", *text)] {
            assert_eq!(RootKey::parse(&text).unwrap().0, root.0);
        }
    }

    #[test]
    fn a_slip_in_its_text_is_noticed() {
        let text = RootKey::generate().encode();
        for place in 0..text.len() {
            let mut slipped = text.to_string().into_bytes();
            slipped[place] = if slipped[place] == b'A' { b'B' } else { b'A' };
            let slipped = String::from_utf8(slipped).unwrap();
            assert_eq!(RootKey::parse(&slipped).err(), Some(CannotOpen), "at {place}");
            assert_eq!(RootKey::parse(&text[..place]).err(), Some(CannotOpen));
        }
        assert_eq!(RootKey::parse(&format!("{}A", *text)).err(), Some(CannotOpen));
    }

    #[test]
    fn pseudonyms_differ_by_purpose_value_and_root_key() {
        let root = RootKey::generate();
        let pseudonym = root.pseudonym("lookup", "ana@example.org");
        assert_eq!(pseudonym, root.pseudonym("lookup", "ana@example.org"));
        assert_ne!(pseudonym, root.pseudonym("bucket", "ana@example.org"));
        assert_ne!(pseudonym, root.pseudonym("lookup", "ben@example.org"));
        assert_ne!(pseudonym, root.password_salt("ana@example.org"));
        assert_ne!(pseudonym, RootKey::generate().pseudonym("lookup", "ana@example.org"));
    }

    #[test]
    fn an_erasure_key_opens_for_its_owner_and_root_key_only() {
        let (root, owner, key) = (RootKey::generate(), Uuid::now_v7(), ErasureKey::generate());
        let sealed = root.seal_erasure_key(owner, &key);
        let opened = root.open_erasure_key(owner, &sealed).unwrap();
        assert_eq!(opened.as_secret(), key.as_secret());

        assert_eq!(root.open_erasure_key(Uuid::now_v7(), &sealed).err(), Some(CannotOpen));
        let other = RootKey::generate();
        assert_eq!(other.open_erasure_key(owner, &sealed).err(), Some(CannotOpen));
    }

    #[test]
    fn a_second_step_s_pass_is_of_one_principal_factor_and_root_key() {
        let (root, ana, factor) = (RootKey::generate(), Uuid::now_v7(), Uuid::now_v7());
        let pass = root.second_step_pass(ana, factor);
        assert!(pass.has_fingerprint(&root.second_step_pass(ana, factor).fingerprint()));
        for other in [
            root.second_step_pass(Uuid::now_v7(), factor),
            root.second_step_pass(ana, Uuid::now_v7()),
            root.second_step_pass(factor, ana),
            RootKey::generate().second_step_pass(ana, factor),
        ] {
            assert!(!pass.has_fingerprint(&other.fingerprint()));
        }
    }

    #[test]
    fn a_mailed_code_s_hash_is_of_one_purpose_row_code_and_root_key() {
        let (root, id) = (RootKey::generate(), Uuid::now_v7());
        let hash = root.code_hash("verify", id, "123456");
        assert_eq!(hash, root.code_hash("verify", id, "123456"));
        for other in [
            root.code_hash("change", id, "123456"),
            root.code_hash("verify", Uuid::now_v7(), "123456"),
            root.code_hash("verify", id, "123457"),
            RootKey::generate().code_hash("verify", id, "123456"),
        ] {
            assert_ne!(hash, other);
        }
    }

    #[test]
    fn every_session_s_pin_has_a_salt_of_its_own() {
        let (root, session) = (RootKey::generate(), Uuid::now_v7());
        assert_eq!(root.pin_salt(session), root.pin_salt(session));
        assert_ne!(root.pin_salt(session), root.pin_salt(Uuid::now_v7()));
        assert_ne!(root.pin_salt(session), RootKey::generate().pin_salt(session));
        assert_ne!(root.pin_salt(session), root.password_salt(&session.to_string()));
    }

    #[test]
    fn a_mail_opens_as_itself_and_shows_its_length_in_steps_only() {
        let (root, mail) = (RootKey::generate(), Uuid::now_v7());
        for (plain_len, sealed_len) in [(0, 1024), (991, 1024), (992, 2048)] {
            let plain = vec![b'a'; plain_len];
            let sealed = root.seal_mail(mail, &plain);
            assert_eq!(sealed.len(), sealed_len);
            assert_eq!(*root.open_mail(mail, &sealed).unwrap(), plain);
            assert_eq!(root.open_mail(Uuid::now_v7(), &sealed), Err(CannotOpen));
            assert_eq!(RootKey::generate().open_mail(mail, &sealed), Err(CannotOpen));
        }
    }
}
