//! A ceremony as it comes from the database, sealed anyhow and sealed right; and a handle's text.

#![no_main]

use fuzz::{handle, seal_ceremony};
use keys::CeremonyHandle;
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

fuzz_target!(|bytes: &[u8]| {
    let _ = handle().open("totp", bytes);
    let opened = handle().open("totp", &seal_ceremony("totp", bytes)).ok();
    let expected = bytes.split_last_chunk().and_then(|(padded, length)| {
        padded.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
    });
    assert_eq!(opened.as_ref().map(|plain| plain.as_slice()), expected);

    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(handle) = CeremonyHandle::parse(text)
    {
        assert_eq!(handle.encode().expose_secret(), text);
    }
});
