//! A sealed record, as it comes from the database.

#![no_main]

use fuzz::{PLACE, data_key};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = data_key().open(&PLACE, bytes);
});
