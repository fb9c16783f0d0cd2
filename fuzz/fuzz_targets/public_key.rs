//! A public key, as it comes from the database.

#![no_main]

use keys::PublicKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(public) = PublicKey::parse(bytes) {
        assert_eq!(public.bytes(), bytes);
    }
});
