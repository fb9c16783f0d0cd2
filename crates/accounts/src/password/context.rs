//! What somebody guesses who knows whose password it is and what it is for.

use super::common::unit;
use crate::EmailAddress;

/// Words of this program and of what it is about. As the whole password, also written several times
/// or in a row; a sentence may hold them.
const WORDS: [&str; 16] = [
    "keepwell",
    "food",
    "diary",
    "fooddiary",
    "calorie",
    "calories",
    "nutrition",
    "password",
    "health",
    "ernährung",
    "tagebuch",
    "ernährungstagebuch",
    "kalorien",
    "passwort",
    "gesundheit",
    "localhost",
];

/// Fewer different characters than this are one thing repeated.
const DISTINCT_MIN: usize = 5;
/// More figures than these at the end are no year or counter any more.
const FIGURES_MAX: usize = 4;

/// Whether a password in the form that is compared is one of these guesses.
pub(super) fn is_guessed_by_who_knows(compared: &str, email: &EmailAddress) -> bool {
    let distinct: std::collections::BTreeSet<char> = compared.chars().collect();
    compared.contains(email.as_str())
        || distinct.len() < DISTINCT_MIN
        || is_made_of_words(compared, email)
}

/// Whether nothing is left when the words, what separates them, and a year at the end are taken out.
fn is_made_of_words(compared: &str, email: &EmailAddress) -> bool {
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or_default();
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let letters_of_address = [letters(email.as_str()), letters(local), letters(domain)];
    let is_word = |text: &str| {
        WORDS.contains(&text)
            || letters_of_address.iter().any(|word| !word.is_empty() && word == text)
    };

    let whole = letters(compared);
    let stem = whole.trim_end_matches(|c: char| c.is_ascii_digit());
    // What is all figures has no stem; a long number at the end is something of its own.
    let is_few = whole.len() - stem.len() <= FIGURES_MAX;
    let candidates = [Some(whole.as_str()), is_few.then_some(stem)];
    let parts: Vec<String> = compared.split(|c: char| !c.is_alphanumeric()).map(letters).collect();
    let all_parts_are_words = parts.iter().filter(|part| !part.is_empty()).all(|part| {
        is_word(part) || part.chars().all(|c| c.is_ascii_digit()) && part.len() <= FIGURES_MAX
    });
    (all_parts_are_words && parts.iter().any(|part| is_word(part)))
        || candidates
            .into_iter()
            .flatten()
            .any(|text| is_word(text) || unit(text).is_some_and(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_guessed(password: &str) -> bool {
        let email = EmailAddress::parse("ada.lovelace@example.org").unwrap();
        is_guessed_by_who_knows(&password.to_lowercase(), &email)
    }

    #[test]
    fn the_address_its_parts_and_the_programs_name_are_guessed() {
        for guessed in [
            "ada.lovelace@example.org",
            "my ada.lovelace@example.org",
            "ada.lovelace",
            "Ada Lovelace",
            "adalovelace adalovelace",
            "AdaLovelace1815",
            "example.org example.org",
            "keepwell",
            "KeepwellKeepwell",
            "keepwell-keepwell-2026",
            "keepwell food diary",
            "Ernährungstagebuch",
            "aaaaaaaaaaaaaaaa",
            "abababababababab",
        ] {
            assert!(is_guessed(guessed), "{guessed}");
        }
    }

    #[test]
    fn a_sentence_with_such_a_word_is_a_sentence() {
        for sentence in [
            "keepwell keeps my secrets",
            "my food diary is green",
            "ada walks by the lake",
            "ada.lovelace swims far",
            "keepwell 8127364655",
            "the password is none",
        ] {
            assert!(!is_guessed(sentence), "{sentence}");
        }
    }
}
