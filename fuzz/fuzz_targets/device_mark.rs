//! The text of a device's mark, as it comes in a cookie.

#![no_main]

use fuzz::root_key;
use keys::DeviceMark;
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

fuzz_target!(|text: &str| {
    if let Ok(mark) = DeviceMark::parse(text) {
        assert_eq!(mark.encode().expose_secret(), text);
        assert!(!mark.is_of(&root_key(), &[0; 32]));
    }
});
