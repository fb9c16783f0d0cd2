//! A single-use code: one of a handful that a person keeps for the day the second step is gone.
//!
//! 120 random bits, so nobody can guess one and no stretching is needed. It is typed more often
//! than the recovery code, so it is shorter: five groups of five, 24 symbols for the bits and one
//! that checks them.

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, blank_debug, derive, fill_random, hkdf};
use crate::{CannotOpen, Proof, RootKey, SlotKey, text};

const CODE_LEN: usize = 15;
/// The last one checks the others with five bits of a hash: one slip in 32 goes unnoticed, and then
/// only costs an attempt.
const SYMBOLS: usize = 25;

/// A single-use code. That it is used only once is the database's matter: using it destroys its
/// slot.
pub struct SingleUseCode(Zeroizing<[u8; CODE_LEN]>);

impl SingleUseCode {
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

    /// As it is shown, once: `ABCDE-FGHJK-…`, five groups of five.
    pub fn display(&self) -> SecretString {
        text::show_code::<CODE_LEN, SYMBOLS>(&self.0)
    }

    /// What shows that the code was right.
    pub fn proof(&self, root: &RootKey) -> Proof {
        Proof::new(root, &derive(&self.secret(), &Context::new("single-use verifier")))
    }

    /// What opens the private key.
    pub fn slot_key(&self) -> SlotKey {
        SlotKey::new(derive(&self.secret(), &Context::new("single-use slot key")))
    }

    fn secret(&self) -> Secret {
        hkdf(self.0.as_slice(), &[], Context::new("single-use code").as_bytes())
    }
}

blank_debug!(SingleUseCode);

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::RecoveryCode;
    use crate::vectors::format_text;

    #[test]
    fn is_shown_in_five_groups_of_five_and_read_however_it_is_typed() {
        let code = SingleUseCode::generate();
        let shown = code.display().expose_secret().to_owned();
        assert_eq!(shown.split('-').map(str::len).collect::<Vec<_>>(), [5; 5]);
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " \u{2013} "),
            shown.replace('0', "o").replace('1', "l"),
            shown.replace('1', "I"),
        ] {
            assert_eq!(SingleUseCode::parse(&typed).unwrap().0, code.0, "{typed}");
        }
    }

    #[test]
    fn a_slip_is_noticed_31_times_in_32() {
        let shown = format_text("single_use_code").replace('-', "");
        let (mut slips, mut noticed) = (0, 0);
        for place in 0..SYMBOLS {
            for symbol in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars() {
                let mut typed: Vec<char> = shown.chars().collect();
                if typed[place] == symbol {
                    continue;
                }
                typed[place] = symbol;
                slips += 1;
                let read = SingleUseCode::parse(&typed.into_iter().collect::<String>());
                noticed += i32::from(read.is_err());
            }
            assert_eq!(SingleUseCode::parse(&shown[..place]).err(), Some(CannotOpen));
        }
        assert!(slips * 29 < noticed * 30, "{noticed} of {slips}");
        assert_eq!(SingleUseCode::parse(&format!("{shown}0")).err(), Some(CannotOpen));
        assert_eq!(SingleUseCode::parse(&"U".repeat(SYMBOLS)).err(), Some(CannotOpen));
    }

    #[test]
    fn is_never_a_recovery_code() {
        let (code, recovery) = (SingleUseCode::generate(), RecoveryCode::generate());
        assert!(RecoveryCode::parse(code.display().expose_secret()).is_err());
        assert!(SingleUseCode::parse(recovery.display().expose_secret()).is_err());
    }
}
