//! What a new password must be: long, and none of those that are tried first. No composition rules,
//! any Unicode, pasting welcome (NIST SP 800-63B-4).
//!
//! `common` is the list that ships with the program, `context` what somebody guesses who knows where
//! the password is for. Both compare the whole password: that a sentence holds a common word is no
//! fault of the sentence.

mod common;
mod context;

use platform::{Error, Result};
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::EmailAddress;

const CHARACTERS_MIN_ALONE: usize = 15;
const CHARACTERS_MIN_WITH_SECOND_STEP: usize = 8;
const CHARACTERS_MAX: usize = 128;

/// What stands between a guessed password and the diary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Nothing: the password signs in by itself.
    Alone,
    /// A second step, which the account has already.
    WithSecondStep,
}

impl Stands {
    fn characters_min(self) -> usize {
        match self {
            Self::Alone => CHARACTERS_MIN_ALONE,
            Self::WithSecondStep => CHARACTERS_MIN_WITH_SECOND_STEP,
        }
    }
}

/// Puts a typed password into the form that is stretched.
pub fn normalize(typed: &SecretString) -> SecretString {
    SecretString::from(typed.expose_secret().nfc().collect::<String>())
}

/// Whether a password may stand without a second step.
pub(crate) fn is_long_enough_alone(typed: &SecretString) -> bool {
    normalize(typed).expose_secret().chars().count() >= CHARACTERS_MIN_ALONE
}

/// Checks a new password; `field` is what the request calls it.
pub fn parse_new(
    field: &'static str,
    typed: &SecretString,
    email: &EmailAddress,
    stands: Stands,
) -> Result<SecretString> {
    let password = normalize(typed);
    let text = password.expose_secret();
    let characters = text.chars().count();
    if characters < stands.characters_min() {
        let least = stands.characters_min();
        return Err(Error::invalid(
            field,
            format!("use at least {least} characters; a sentence is fine"),
        ));
    }
    if characters > CHARACTERS_MAX {
        return Err(Error::invalid(field, format!("use at most {CHARACTERS_MAX} characters")));
    }
    if text.contains('\0') {
        return Err(Error::invalid(field, "take out the zero character"));
    }
    let compared = comparable(text);
    if common::is_listed(&compared) {
        return Err(Error::invalid(
            field,
            "this password is on the list of those that are tried first; choose another",
        ));
    }
    if context::is_guessed_by_who_knows(&compared, email) {
        return Err(Error::invalid(
            field,
            "choose something that is not your address, not the name of this program and not one \
             thing repeated",
        ));
    }
    Ok(password)
}

/// The form in which passwords are compared, and never stretched: case does not make another one.
fn comparable(text: &str) -> Zeroizing<String> {
    let lower = Zeroizing::new(text.to_lowercase());
    Zeroizing::new(lower.nfc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(password: &str, stands: Stands) -> Option<String> {
        let email = EmailAddress::parse("ada.l@example.org").unwrap();
        match parse_new("password", &SecretString::from(password), &email, stands) {
            Ok(kept) => {
                assert_eq!(kept.expose_secret(), &password.nfc().collect::<String>());
                None
            }
            Err(Error::Invalid(problems)) => Some(problems[0].problem.to_string()),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn check(password: &str) -> bool {
        problem(password, Stands::Alone).is_none()
    }

    #[test]
    fn long_is_enough_and_short_is_not() {
        use Stands::{Alone, WithSecondStep};
        let emoji = "\u{1f980}\u{1f422}\u{1f427}\u{1f433}\u{1f98a}\u{1f43b}\u{1f989}\u{1f9ad}";
        for (password, stands, is_taken) in [
            ("fourteen chars", Alone, false),
            ("fifteen chars!!", Alone, true),
            ("correct horse battery", Alone, true),
            ("žluťoučký kůň pěl", Alone, true),
            ("a password with spaces  ", Alone, true),
            ("      five words         ", Alone, true),
            (&"0123456789abcdef".repeat(8), Alone, true),
            (&"0123456789abcdef!".repeat(8), Alone, false),
            (&emoji.repeat(2), Alone, true),
            (emoji, Alone, false),
            (emoji, WithSecondStep, true),
            ("seven c", WithSecondStep, false),
            ("eight ch", WithSecondStep, true),
            ("käsebrot", WithSecondStep, true),
            (&"0123456789abcdef!".repeat(8), WithSecondStep, false),
        ] {
            let problem = problem(password, stands);
            assert_eq!(problem.is_none(), is_taken, "{password} {stands:?}: {problem:?}");
        }
        assert!(problem("short", Alone).unwrap().contains("15"));
        assert!(problem("short", WithSecondStep).unwrap().contains(" 8 "));
    }

    #[test]
    fn what_is_tried_first_is_refused_whatever_its_case() {
        for (password, stands) in [
            ("password1", Stands::WithSecondStep),
            ("PassWord1", Stands::WithSecondStep),
            ("QWERTYUIOP", Stands::WithSecondStep),
            ("1234567890qwertyuiop", Stands::Alone),
            ("Passwordpassword", Stands::Alone),
        ] {
            let problem = problem(password, stands).unwrap_or_default();
            assert!(problem.contains("tried first"), "{password}: {problem}");
        }
        // Part of a longer one is nothing wrong.
        assert!(check("password1 is not it"));
        assert!(check("my qwertyuiop keys"));
        assert_eq!(problem("passw0rd lake", Stands::WithSecondStep), None);
    }

    #[test]
    fn the_address_and_one_thing_repeated_are_refused() {
        assert!(!check("my ada.l@example.org"));
        assert!(!check("aaaaaaaaaaaaaaaaaaaa"));
        assert!(!check("Keepwell keepwell"));
    }

    #[test]
    fn characters_are_counted_as_people_count_them() {
        let composed = "é".repeat(4) + "abcdefghijk";
        let decomposed = "e\u{301}".repeat(4) + "abcdefghijk";
        assert!(check(&composed) && check(&decomposed));
        assert_eq!(
            normalize(&SecretString::from(composed.as_str())).expose_secret(),
            normalize(&SecretString::from(decomposed.as_str())).expose_secret(),
        );
    }
}
