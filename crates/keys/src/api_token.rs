//! The API token: what a program of the owner's carries, and the two things that come of it, as of
//! a session's token.
//!
//! Its text can be told from any other, so that whoever searches for leaked secrets finds it, and
//! can be verified without asking anybody. It matches
//!
//! ```text
//! \bkw_[0-9a-hjkmnp-tv-z]{58}\b
//! ```
//!
//! After `kw_` come 52 symbols of Crockford's base 32 in lower case for its 256 bits (the last one
//! has four bits to spare, which are zero), then six that check them: the first 30 bits of SHA-256
//! over the 55 characters before, in the same base.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, blank_debug, derive, random_secret, sha256};
use crate::{CannotOpen, DatabaseToken, KeyringKey, text};

const PREFIX: &str = "kw_";
const SYMBOLS: usize = text::symbols_of(32);
const CHECK: usize = 6;
const TEXT_LEN: usize = PREFIX.len() + SYMBOLS + CHECK;

/// The token of a program that acts for its owner.
pub struct ApiToken(Secret);

impl ApiToken {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        Self(random_secret())
    }

    /// Reads what [`encode`](Self::encode) wrote, and nothing else: no upper case, no letter for a
    /// digit, no white space.
    pub fn parse(text: &str) -> Result<Self, CannotOpen> {
        let written = text.strip_prefix(PREFIX).ok_or(CannotOpen)?;
        let mut symbols = Zeroizing::new([0; SYMBOLS]);
        let mut places = symbols.iter_mut();
        for letter in written.chars().take(SYMBOLS) {
            if letter.is_ascii_uppercase() {
                return Err(CannotOpen);
            }
            let symbol = text::value(letter.to_ascii_uppercase()).ok_or(CannotOpen)?;
            *places.next().ok_or(CannotOpen)? = symbol;
        }
        let mut token = Self(Secret::default());
        text::from_symbols(symbols.as_slice(), token.0.as_mut_slice())?;
        // Too short, or another check: then it is not what this token would be written as.
        if token.encode().expose_secret() == text { Ok(token) } else { Err(CannotOpen) }
    }

    /// As its owner sees it, once: `kw_` and 58 letters and digits.
    pub fn encode(&self) -> SecretString {
        let mut text = String::with_capacity(TEXT_LEN);
        text.push_str(PREFIX);
        push_symbols::<SYMBOLS>(&mut text, self.0.as_slice());
        let check = sha256(text.as_bytes());
        push_symbols::<CHECK>(&mut text, &check);
        SecretString::from(text)
    }

    /// What the database sees.
    pub fn database_token(&self) -> DatabaseToken {
        DatabaseToken::new(derive(&self.0, &Context::new("api database token")))
    }

    /// What the database never sees: it opens the token's [`ApiKeyring`](crate::ApiKeyring).
    pub fn keyring_key(&self) -> KeyringKey {
        KeyringKey::new(derive(&self.0, &Context::new("api keyring key")))
    }
}

fn push_symbols<const COUNT: usize>(text: &mut String, bytes: &[u8]) {
    let mut symbols = Zeroizing::new([0; COUNT]);
    text::to_symbols(bytes, symbols.as_mut_slice());
    text.extend(symbols.iter().map(|symbol| text::letter(*symbol).to_ascii_lowercase()));
}

blank_debug!(ApiToken);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SessionToken;
    use crate::vectors::format_text;

    #[test]
    fn its_text_is_what_the_published_expression_finds() {
        for _ in 0..100 {
            let text = ApiToken::generate().encode().expose_secret().to_owned();
            let symbols = text.strip_prefix("kw_").unwrap();
            assert_eq!(symbols.len(), 58);
            assert!(
                symbols.chars().all(|letter| {
                    matches!(letter, '0'..='9' | 'a'..='h' | 'j' | 'k' | 'm' | 'n' | 'p'..='t'
                        | 'v'..='z')
                }),
                "{text}"
            );
            assert_eq!(ApiToken::parse(&text).unwrap().encode().expose_secret(), text);
        }
    }

    #[test]
    fn is_read_back_from_its_text_and_from_nothing_else() {
        let text = format_text("api_token");
        assert!(ApiToken::parse(&text).is_ok());
        for place in 0..TEXT_LEN {
            assert!(ApiToken::parse(&text[..place]).is_err(), "{place}");
            for other in "0123456789abcdefghjkmnpqrstvwxyz_-A \u{e9}".chars() {
                let slipped: String = text
                    .chars()
                    .enumerate()
                    .map(|(at, letter)| if at == place { other } else { letter })
                    .collect();
                assert_eq!(ApiToken::parse(&slipped).is_ok(), slipped == text, "{slipped}");
            }
        }
        for other in [
            text.to_uppercase(),
            format!("kw_{}", text[3..].to_uppercase()),
            format!("{text}0"),
            format!(" {text}"),
            format!("{text}\n"),
            text.replace("kw_", "kw-"),
            text.replace('0', "o"),
            text.replace('1', "l"),
            text.replace('-', ""),
        ] {
            assert_eq!(ApiToken::parse(&other).is_ok(), other == text, "{other}");
        }
    }

    #[test]
    fn what_comes_of_it_is_not_what_comes_of_a_session_s() {
        let bytes = random_secret();
        let (api, session) = (
            ApiToken(bytes.clone()),
            SessionToken::parse(text::encode(bytes.as_slice()).expose_secret()).unwrap(),
        );
        let derived = [
            *api.database_token().expose(),
            **api.keyring_key().as_secret(),
            *session.database_token().expose(),
            **session.keyring_key().as_secret(),
            *bytes,
        ];
        for (place, one) in derived.iter().enumerate() {
            assert!(derived[place + 1..].iter().all(|other| one != other));
        }
    }
}
