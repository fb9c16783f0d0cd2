//! The text of the operator's root key, as it comes from a file.

#![no_main]

use keys::RootKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(root) = RootKey::parse(text) {
        assert_eq!(*root.encode(), text.trim());
    }
});
