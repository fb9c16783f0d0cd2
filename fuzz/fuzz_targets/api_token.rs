//! The text of an API token, as it comes in a header.

#![no_main]

use keys::ApiToken;
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

fuzz_target!(|text: &str| {
    if let Ok(token) = ApiToken::parse(text) {
        assert_eq!(token.encode().expose_secret(), text);
    }
});
