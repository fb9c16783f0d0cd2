//! The mark of a known device: whoever signed in from it before carries it in a cookie.
//!
//! It says that somebody once signed in under this name from here, and opens nothing. So that a
//! stranger's guesses do not lock out who is at home, those with a mark are counted apart.

use aws_lc_rs::constant_time;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::derive::{blank_debug, fill_random};
use crate::{CannotOpen, RootKey, text};

const NONCE_LEN: usize = 16;
const MARK_LEN: usize = NONCE_LEN + 32;

/// 16 random bytes, and what only the root key says of them and of one name.
pub struct DeviceMark(Zeroizing<[u8; MARK_LEN]>);

impl DeviceMark {
    /// A new one for the name with this pseudonym.
    pub fn issue(root: &RootKey, name: &[u8; 32]) -> Self {
        let mut nonce = [0; NONCE_LEN];
        fill_random(&mut nonce);
        let mut mark = Zeroizing::new([0; MARK_LEN]);
        let (start, end) = mark.split_at_mut(NONCE_LEN);
        start.copy_from_slice(&nonce);
        end.copy_from_slice(&root.device_mark(name, &nonce));
        Self(mark)
    }

    /// Reads what [`encode`](Self::encode) wrote. Anybody can write that: whether it is a mark of
    /// ours, [`is_of`](Self::is_of) says.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        text::decode(text).map(Self)
    }

    /// For the cookie: 64 characters of base64url.
    pub fn encode(&self) -> SecretString {
        text::encode(self.0.as_slice())
    }

    /// Whether it was issued under this root key for the name with this pseudonym. Takes the same
    /// time whatever it says.
    pub fn is_of(&self, root: &RootKey, name: &[u8; 32]) -> bool {
        let expected = root.device_mark(name, &self.nonce());
        let claimed = self.0.split_at(NONCE_LEN).1;
        constant_time::verify_slices_are_equal(&expected, claimed).is_ok()
    }

    /// Which mark it is, for counting; no two that were issued are the same.
    pub fn nonce(&self) -> [u8; 16] {
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(self.0.split_at(NONCE_LEN).0);
        nonce
    }
}

blank_debug!(DeviceMark);

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const ANA: [u8; 32] = [1; 32];
    const BEN: [u8; 32] = [2; 32];

    #[test]
    fn a_mark_is_of_the_name_and_root_key_it_was_issued_for() {
        let root = RootKey::generate();
        let mark = DeviceMark::issue(&root, &ANA);
        let text = mark.encode().expose_secret().to_owned();
        assert_eq!(text.len(), 64);
        let read = DeviceMark::parse(&text).unwrap();
        assert_eq!(read.nonce(), mark.nonce());
        assert!(read.is_of(&root, &ANA));

        assert!(!read.is_of(&root, &BEN));
        assert!(!read.is_of(&RootKey::generate(), &ANA));
        assert_ne!(DeviceMark::issue(&root, &ANA).nonce(), mark.nonce());
    }

    #[test]
    fn an_altered_mark_is_nobody_s() {
        let root = RootKey::generate();
        let mark = DeviceMark::issue(&root, &ANA);
        for bit in 0..MARK_LEN * 8 {
            let mut flipped = DeviceMark(mark.0.clone());
            flipped.0[bit / 8] ^= 1 << (bit % 8);
            assert!(!flipped.is_of(&root, &ANA), "bit {bit}");
        }
        let text = mark.encode().expose_secret().to_owned();
        for other in [String::new(), text[..63].to_owned(), format!("{text}AA"), format!("{text}=")]
        {
            assert_eq!(DeviceMark::parse(&other).err(), Some(CannotOpen), "{other}");
        }
    }
}
