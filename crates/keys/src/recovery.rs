//! The recovery code: what a person writes down once and needs when the password is gone.
//!
//! 160 random bits, so nobody can guess one and no stretching is needed. Written in Crockford's
//! base 32, which has no letters that look like digits, in seven groups of five: 32 symbols for
//! the bits and three that check them, so a slip is noticed before it costs an attempt.

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, blank_debug, derive, fill_random, hkdf};
use crate::{CannotOpen, Proof, RootKey, SlotKey, text};

const CODE_LEN: usize = 20;
/// The last three check the others with 15 bits of a hash: one slip in 32,768 goes unnoticed, and
/// then only costs an attempt.
const SYMBOLS: usize = 35;

/// A recovery code.
pub struct RecoveryCode(Zeroizing<[u8; CODE_LEN]>);

impl RecoveryCode {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        let mut code = Zeroizing::new([0; CODE_LEN]);
        fill_random(code.as_mut_slice());
        Self(code)
    }

    /// Reads a code as people type it: in any case, with or without spaces and dashes, with O for
    /// 0 and I or L for 1.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        text::read_code::<CODE_LEN, SYMBOLS>(text).map(Self)
    }

    /// As it is shown, once: `ABCDE-FGHJK-…`, seven groups of five.
    pub fn display(&self) -> SecretString {
        text::show_code::<CODE_LEN, SYMBOLS>(&self.0)
    }

    /// What shows that the code was right.
    pub fn proof(&self, root: &RootKey) -> Proof {
        Proof::new(root, &derive(&self.secret(), &Context::new("recovery verifier")))
    }

    /// What opens the private key.
    pub fn slot_key(&self) -> SlotKey {
        SlotKey::new(derive(&self.secret(), &Context::new("recovery slot key")))
    }

    fn secret(&self) -> Secret {
        hkdf(self.0.as_slice(), &[], Context::new("recovery code").as_bytes())
    }
}

blank_debug!(RecoveryCode);

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::vectors::{count, format_text};

    fn code() -> RecoveryCode {
        RecoveryCode(Zeroizing::new(count(0x80)))
    }

    fn same(one: &RecoveryCode, other: &RecoveryCode) -> bool {
        one.0 == other.0
    }

    #[test]
    fn is_shown_in_seven_groups_of_five() {
        let shown = code().display();
        assert_eq!(shown.expose_secret(), format_text("recovery_code"));
        let groups: Vec<_> = shown.expose_secret().split('-').map(str::len).collect();
        assert_eq!(groups, [5; 7]);
    }

    #[test]
    fn is_read_however_it_is_typed() {
        let shown = format_text("recovery_code");
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " "),
            shown.replace('-', "\u{2013}"),
            shown.replace('-', "\u{a0}-\n"),
            format!("  {shown}\r\n"),
            shown.replace('0', "O"),
            shown.replace('0', "o"),
            shown.replace('1', "I"),
            shown.replace('1', "l"),
        ] {
            assert!(same(&RecoveryCode::parse(&typed).unwrap(), &code()), "{typed}");
        }
        // The replaced symbols are really there.
        assert!(shown.contains('0'));
        let all_ones = RecoveryCode(Zeroizing::new([0b0000_1000; CODE_LEN]));
        let shown = all_ones.display().expose_secret().to_owned();
        assert!(shown.contains('1'));
        for letter in ["I", "i", "L", "l"] {
            let typed = shown.replace('1', letter);
            assert!(same(&RecoveryCode::parse(&typed).unwrap(), &all_ones), "{typed}");
        }
    }

    #[test]
    fn any_one_wrong_symbol_and_any_two_swapped_neighbours_are_noticed() {
        let shown: Vec<u8> = format_text("recovery_code").replace('-', "").into_bytes();
        let refused = |typed: &[u8]| {
            RecoveryCode::parse(std::str::from_utf8(typed).unwrap()).err() == Some(CannotOpen)
        };
        for place in 0..SYMBOLS {
            let symbols = (b'0'..=b'Z').filter(|byte| text::value(char::from(*byte)).is_some());
            for symbol in symbols.filter(|symbol| *symbol != shown[place]) {
                let mut typed = shown.clone();
                typed[place] = symbol;
                assert!(refused(&typed));
            }
            let mut typed = shown.clone();
            typed.swap(place, (place + 1) % SYMBOLS);
            assert!(typed == shown || refused(&typed));
            assert!(refused(&shown[..place]));
        }
        assert!(refused(&[shown.as_slice(), b"0"].concat()));
        assert!(refused(&shown.iter().map(|_| b'U').collect::<Vec<_>>()));
    }

    #[test]
    fn generated_codes_are_read_back() {
        for _ in 0..100 {
            let code = RecoveryCode::generate();
            let read = RecoveryCode::parse(code.display().expose_secret()).unwrap();
            assert!(same(&read, &code));
        }
    }
}
