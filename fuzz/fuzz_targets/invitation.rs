//! An invitation as it comes from the database, sealed anyhow and sealed right; and the text of its
//! secret and of its handle.

#![no_main]

use fuzz::{OWNER, invitation_handle, invitation_secret, root_key, seal_invitation_text};
use keys::{DayNumber, InvitationHandle, InvitationSecret, Scope};
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

fuzz_target!(|bytes: &[u8]| {
    let (root, secret) = (root_key(), invitation_secret());
    let (first, last) = (DayNumber::FIRST, DayNumber::LAST);
    let _ = secret.open_cover(&root, OWNER, OWNER, Scope::Food, 1, first, last, bytes);
    let _ = secret.open_pair(&root, OWNER, OWNER, bytes);

    let handle = invitation_handle();
    let _ = handle.open("name", OWNER, bytes);
    let opened = handle.open("name", OWNER, &seal_invitation_text("name", bytes)).ok();
    let expected = bytes.split_last_chunk().and_then(|(padded, length)| {
        padded.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
    });
    assert_eq!(opened.as_ref().map(|plain| plain.as_slice()), expected);

    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(secret) = InvitationSecret::parse(text) {
            assert_eq!(secret.encode().expose_secret(), text);
        }
        if let Ok(handle) = InvitationHandle::parse(text) {
            assert_eq!(handle.encode().expose_secret(), text);
        }
    }
});
