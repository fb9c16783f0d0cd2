//! A sealed keyring, as it comes from the database.

#![no_main]

use fuzz::{OWNER, keyring_key};
use keys::Keyring;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Keyring::open(&keyring_key(), OWNER, bytes);
});
