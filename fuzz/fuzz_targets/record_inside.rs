//! A record that is sealed right, whatever is inside.

#![no_main]

use fuzz::{PLACE, data_key, seal_record};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let opened = data_key().open(&PLACE, &seal_record(bytes)).ok();
    let expected = bytes.split_last_chunk().and_then(|(padded, length)| {
        padded.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
    });
    assert_eq!(opened.as_ref().map(|plain| plain.as_slice()), expected);
});
