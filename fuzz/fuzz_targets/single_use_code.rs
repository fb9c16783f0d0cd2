//! A single-use code, as somebody types it.

#![no_main]

use keys::SingleUseCode;
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

fuzz_target!(|text: &str| {
    if let Ok(code) = SingleUseCode::parse(text) {
        let shown = code.display();
        let again = SingleUseCode::parse(shown.expose_secret()).expect("it is read back");
        assert_eq!(again.display().expose_secret(), shown.expose_secret());
    }
});
