//! A code that is mailed and typed back: eight digits. Short enough to guess, so it lives for some
//! minutes, a few tries end it, and the database has only a hash that is keyed with the root key.

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::derive::{blank_debug, fill_random};
use crate::{CannotOpen, RootKey};

const DIGITS: usize = 8;

/// A mailed code.
pub struct MailedCode(SecretString);

impl MailedCode {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        let mut random = [0; 8];
        fill_random(&mut random);
        // 64 bits for eight digits: no code is noticeably likelier than another.
        let number = u64::from_le_bytes(random) % 10_u64.pow(8);
        Self(SecretString::from(format!("{number:08}")))
    }

    /// Reads a code as people type it: spaces and dashes between the digits do not matter.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Ok(Self(SecretString::from(digits))) } else { Err(CannotOpen) }
    }

    /// The digits, for the mail.
    pub fn digits(&self) -> &str {
        self.0.expose_secret()
    }

    /// The hash that is kept, for this purpose and person.
    pub fn hash(&self, root: &RootKey, purpose: &str, id: Uuid) -> [u8; 32] {
        root.code_hash(purpose, id, self.digits())
    }

    /// Whether a kept hash is of this code, in a time that tells nothing.
    pub fn matches(&self, root: &RootKey, purpose: &str, id: Uuid, kept: &[u8]) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.hash(root, purpose, id), kept)
            .is_ok()
    }
}

blank_debug!(MailedCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_eight_digits_and_read_however_it_is_typed() {
        for _ in 0..100 {
            let code = MailedCode::generate();
            let (first, last) = code.digits().split_at(4);
            for typed in [format!("{first} {last}"), format!(" {first}-{last}\n")] {
                assert_eq!(MailedCode::parse(&typed).unwrap().digits(), code.digits());
            }
        }
        for typed in ["", "1234567", "123456789", "1234567x", "\u{0661}2345678"] {
            assert_eq!(MailedCode::parse(typed).err(), Some(CannotOpen), "{typed}");
        }
    }

    #[test]
    fn matches_what_was_kept_of_it_for_the_same_purpose_and_person() {
        let (root, id) = (RootKey::generate(), Uuid::now_v7());
        let code = MailedCode::parse("12345678").unwrap();
        let kept = code.hash(&root, "old", id);
        assert!(code.matches(&root, "old", id, &kept));
        assert!(!code.matches(&root, "new", id, &kept));
        assert!(!code.matches(&root, "old", Uuid::now_v7(), &kept));
        assert!(!code.matches(&root, "old", id, &kept[..31]));
        assert!(!MailedCode::parse("12345679").unwrap().matches(&root, "old", id, &kept));
    }
}
