//! A keyring that is sealed right, whatever is inside.

#![no_main]

use fuzz::{OWNER, keyring_key, seal_keyring};
use keys::Keyring;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let opened = Keyring::open(&keyring_key(), OWNER, &seal_keyring(bytes));
    if let Ok(keyring) = &opened {
        let again = keyring.seal(&keyring_key(), OWNER);
        assert!(Keyring::open(&keyring_key(), OWNER, &again).is_ok());
    }
    // A private key alone is a keyring that opens nothing.
    if bytes.len() == 33 {
        assert_eq!(opened.is_ok(), bytes[0] == 2);
    }
});
