//! The bytes of a cover.

#![no_main]

use keys::Cover;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(cover) = Cover::from_bytes(bytes) {
        assert_eq!(*cover.to_bytes(), bytes);
        let (first, last) = cover.window();
        let days = usize::from(last.get()) + 1;
        assert_eq!(
            cover.walk(first, last).take(100).count(),
            days.saturating_sub(usize::from(first.get())).min(100)
        );
    }
});
