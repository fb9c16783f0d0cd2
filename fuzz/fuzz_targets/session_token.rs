//! The text of a session token, as it comes in a cookie.

#![no_main]

use keys::SessionToken;
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

fuzz_target!(|text: &str| {
    if let Ok(token) = SessionToken::parse(text) {
        assert_eq!(token.encode().expose_secret(), text);
    }
});
