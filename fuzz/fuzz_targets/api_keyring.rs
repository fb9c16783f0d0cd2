//! A sealed API keyring, as it comes from the database; then the same bytes as its inside.

#![no_main]

use fuzz::{OWNER, api_keyring_key, seal_api_keyring};
use keys::ApiKeyring;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let key = api_keyring_key();
    let _ = ApiKeyring::open(&key, OWNER, bytes);
    if let Ok(keyring) = ApiKeyring::open(&key, OWNER, &seal_api_keyring(bytes)) {
        assert_eq!(keyring.public().bytes(), &bytes[..1217]);
        assert!(ApiKeyring::open(&key, OWNER, &keyring.seal(&key, OWNER)).is_ok());
    }
});
