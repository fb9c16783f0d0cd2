//! Secrets as text: base64url for what only programs carry, Crockford's base 32 for what people
//! type. That one has no letters that look like digits, and is read with the letters people type
//! instead of them.

use std::iter::repeat;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::CannotOpen;
use crate::derive::sha256;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP: usize = 5;

/// Base64url without padding.
pub(crate) fn encode(bytes: &[u8]) -> SecretString {
    // Room for everything at once: a text that grows leaves a copy behind.
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    BASE64_URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
    SecretString::from(text)
}

/// Reads what [`encode`] wrote, and nothing else that would decode to the same.
pub(crate) fn decode<const N: usize>(text: &str) -> Result<Zeroizing<[u8; N]>, CannotOpen> {
    let mut bytes = Zeroizing::new([0; N]);
    match BASE64_URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()) {
        Ok(written) if written == N => Ok(bytes),
        _ => Err(CannotOpen),
    }
}

/// A code as it is shown: groups of five symbols with dashes between them. Of the `SYMBOLS` those
/// that its bits do not need check them, so a slip is noticed before it costs an attempt.
pub(crate) fn show_code<const BYTES: usize, const SYMBOLS: usize>(
    code: &[u8; BYTES],
) -> SecretString {
    let mut symbols = Zeroizing::new([0; SYMBOLS]);
    let (bits, check) = symbols.split_at_mut(symbols_of(BYTES).min(SYMBOLS));
    to_symbols(code, bits);
    to_symbols(&sha256(code), check);

    let mut text = String::with_capacity(SYMBOLS + SYMBOLS / GROUP);
    for (place, symbol) in symbols.iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            text.push('-');
        }
        text.push(letter(*symbol));
    }
    SecretString::from(text)
}

/// Reads a code as people type it: in any case, with or without spaces and dashes, with O for 0
/// and I or L for 1.
pub(crate) fn read_code<const BYTES: usize, const SYMBOLS: usize>(
    text: &str,
) -> Result<Zeroizing<[u8; BYTES]>, CannotOpen> {
    let mut symbols = Zeroizing::new([0; SYMBOLS]);
    let mut places = symbols.iter_mut();
    for typed in text.chars().filter(|typed| !is_separator(*typed)) {
        *places.next().ok_or(CannotOpen)? = value_of_typed(typed).ok_or(CannotOpen)?;
    }
    if places.next().is_some() {
        return Err(CannotOpen);
    }
    let (bits, check) = symbols.split_at_checked(symbols_of(BYTES)).ok_or(CannotOpen)?;
    let mut code = Zeroizing::new([0; BYTES]);
    from_symbols(bits, code.as_mut_slice())?;
    let mut expected = Zeroizing::new([0; SYMBOLS]);
    let expected = expected.split_at_mut(check.len()).0;
    to_symbols(&sha256(code.as_slice()), expected);
    if expected == check { Ok(code) } else { Err(CannotOpen) }
}

/// How many symbols so many bytes take.
pub(crate) const fn symbols_of(bytes: usize) -> usize {
    (bytes * 8).div_ceil(5)
}

/// Five bits a symbol, from the first bit on, as many as there is room for. What the last symbol
/// has to spare is zero.
pub(crate) fn to_symbols(bytes: &[u8], symbols: &mut [u8]) {
    for (symbols, bytes) in symbols.chunks_mut(8).zip(bytes.chunks(5)) {
        let bytes = bytes.iter().chain(repeat(&0)).take(5);
        let joined = bytes.fold(0, |joined, byte| joined << 8 | u64::from(*byte));
        for (symbol, shift) in symbols.iter_mut().zip([35, 30, 25, 20, 15, 10, 5, 0]) {
            *symbol = u8::try_from(joined >> shift & 31).unwrap_or_default();
        }
    }
}

/// Reads what [`to_symbols`] wrote when there was room for everything.
pub(crate) fn from_symbols(symbols: &[u8], bytes: &mut [u8]) -> Result<(), CannotOpen> {
    for (bytes, symbols) in bytes.chunks_mut(5).zip(symbols.chunks(8)) {
        let symbols = symbols.iter().chain(repeat(&0)).take(8);
        let joined = symbols.fold(0, |joined, symbol| joined << 5 | u64::from(*symbol));
        let [_, _, _, joined @ ..] = joined.to_be_bytes();
        let (used, to_spare) = joined.split_at_checked(bytes.len()).ok_or(CannotOpen)?;
        if to_spare.iter().any(|byte| *byte != 0) {
            return Err(CannotOpen);
        }
        bytes.copy_from_slice(used);
    }
    Ok(())
}

/// The letter or digit of a symbol.
pub(crate) fn letter(symbol: u8) -> char {
    ALPHABET.get(usize::from(symbol)).map_or('?', |byte| char::from(*byte))
}

/// The symbol of exactly this letter or digit.
pub(crate) fn value(letter: char) -> Option<u8> {
    let place = ALPHABET.iter().position(|known| char::from(*known) == letter)?;
    u8::try_from(place).ok()
}

fn value_of_typed(typed: char) -> Option<u8> {
    value(match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    })
}

fn is_separator(typed: char) -> bool {
    // The dashes from hyphen to horizontal bar, and minus: what word processors make of a hyphen.
    typed.is_whitespace() || matches!(typed, '-' | '_' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 10 of RFC 4648, with the other alphabet.
    #[test]
    fn five_bits_make_a_symbol_as_in_rfc_4648() {
        for (plain, expected) in [
            ("", ""),
            ("f", "CR"),
            ("fo", "CSQG"),
            ("foo", "CSQPY"),
            ("foob", "CSQPYRG"),
            ("fooba", "CSQPYRK1"),
            ("foobar", "CSQPYRK1E8"),
        ] {
            let mut symbols = vec![0; symbols_of(plain.len())];
            to_symbols(plain.as_bytes(), &mut symbols);
            assert_eq!(symbols.iter().map(|symbol| letter(*symbol)).collect::<String>(), expected);

            let mut back = vec![0; plain.len()];
            assert_eq!(from_symbols(&symbols, &mut back), Ok(()));
            assert_eq!(back, plain.as_bytes());
        }
    }

    #[test]
    fn bits_to_spare_that_are_not_zero_are_refused() {
        let mut byte = [0];
        for spare in [1, 2] {
            assert_eq!(from_symbols(&[7, spare], &mut byte), Err(CannotOpen));
        }
        assert_eq!(from_symbols(&[7, 4], &mut byte), Ok(()));
        assert_eq!(byte, [0b0011_1001]);
    }
}
