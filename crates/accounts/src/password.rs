//! What a new password must be: long. No composition rules, any Unicode, pasting welcome
//! (NIST SP 800-63B-4: 15 characters where the password stands alone).

use platform::{Error, Result};
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use crate::EmailAddress;

const CHARACTERS_MIN: usize = 15;
const CHARACTERS_MAX: usize = 128;

/// Puts a typed password into the form that is stretched.
pub(crate) fn normalize(typed: &SecretString) -> SecretString {
    SecretString::from(typed.expose_secret().nfc().collect::<String>())
}

/// Checks a new password; `field` is what the request calls it.
pub(crate) fn parse_new(
    field: &'static str,
    typed: &SecretString,
    email: &EmailAddress,
) -> Result<SecretString> {
    let password = normalize(typed);
    let text = password.expose_secret();
    let characters = text.chars().count();
    if characters < CHARACTERS_MIN {
        return Err(Error::invalid(
            field,
            format!("use at least {CHARACTERS_MIN} characters; a sentence is fine"),
        ));
    }
    if characters > CHARACTERS_MAX {
        return Err(Error::invalid(field, format!("use at most {CHARACTERS_MAX} characters")));
    }
    if text.contains('\0') {
        return Err(Error::invalid(field, "take out the zero character"));
    }
    if easily_guessed(text, email) {
        return Err(Error::invalid(
            field,
            "choose something that is not your address and not one thing repeated",
        ));
    }
    Ok(password)
}

/// What a guesser who knows the address tries first.
fn easily_guessed(password: &str, email: &EmailAddress) -> bool {
    let lower = password.to_lowercase();
    let distinct: std::collections::BTreeSet<char> = lower.chars().collect();
    lower.contains(email.as_str()) || distinct.len() < 5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> bool {
        let email = EmailAddress::parse("ada@example.org").unwrap();
        parse_new("password", &SecretString::from(password), &email).is_ok()
    }

    #[test]
    fn long_is_enough_and_short_is_not() {
        assert!(check("correct horse battery"));
        assert!(check("žluťoučký kůň pěl"));
        assert!(check("a password with spaces  "));
        assert!(check(&"0123456789abcdef".repeat(8)));
        assert!(!check("fourteen chars"));
        assert!(!check(&"0123456789abcdef!".repeat(8)));
    }

    #[test]
    fn the_address_and_one_thing_repeated_are_refused() {
        assert!(!check("my ada@example.org"));
        assert!(!check("aaaaaaaaaaaaaaaaaaaa"));
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
