//! What a program left and a mail that waits, as they come from the database.

#![no_main]

use fuzz::{OWNER, root_key};
use keys::{ErasureKey, KeyPair, Scope, open_inbox};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (pair, erasure) = (KeyPair::generate(), ErasureKey::generate());
    assert!(open_inbox(&pair, &erasure, OWNER, OWNER, Scope::Food, bytes).is_err());
    let _ = root_key().open_mail(OWNER, bytes);
});
