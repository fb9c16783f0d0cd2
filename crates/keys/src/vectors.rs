//! Known answers, for tests.
//!
//! - `x-wing.txt`: the first two test vectors of draft-connolly-cfrg-xwing-kem-06, appendix C.
//! - `formats.txt`: our own formats, computed once by another implementation (Node's crypto, hpke-js
//!   for what is sealed to a public key, the Argon2 reference library), from keys that count upwards and the nonce
//!   `a0a1…ab`. What this crate wrote yesterday it must open tomorrow: these lines do not change.

const X_WING: &str = include_str!("vectors/x-wing.txt");
const FORMATS: &str = include_str!("vectors/formats.txt");

pub(crate) fn x_wing(name: &str) -> Vec<u8> {
    named(X_WING, name)
}

pub(crate) fn format(name: &str) -> Vec<u8> {
    named(FORMATS, name)
}

pub(crate) fn format_text(name: &str) -> String {
    String::from_utf8(format(name)).unwrap()
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digit = |digit: &u8| u8::try_from(char::from(*digit).to_digit(16).unwrap()).unwrap();
    text.as_bytes().chunks(2).map(|pair| digit(&pair[0]) << 4 | digit(&pair[1])).collect()
}

/// As many bytes as asked for, each one more than the last.
pub(crate) fn count<const N: usize>(from: u8) -> [u8; N] {
    std::array::from_fn(|place| from.wrapping_add(u8::try_from(place).unwrap()))
}

fn named(file: &str, name: &str) -> Vec<u8> {
    let line = file.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    hex(line.unwrap_or_else(|| panic!("no vector is called {name}")))
}
