//! The text of a passkey's secret, as the browser sends it.

#![no_main]

use keys::PasskeySecret;
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

fuzz_target!(|text: &str| {
    if let Ok(secret) = PasskeySecret::parse(text) {
        assert_eq!(secret.encode().expose_secret(), text);
    }
});
