//! Who may see what a person records: given, changed and withdrawn by that person alone.
//!
//! `sharing` is what an owner gave and to whom; `rekey` gives a scope new keys when something is
//! taken back; `visits` is the other side, whose diaries somebody may open; `looks` is who looked,
//! and the proof of it.

mod looks;

use platform::{Routes, Sql};

/// Every route of the circle.
pub fn routes() -> Routes {
    Routes::default().merge(looks::routes())
}

/// Every statement of the circle, so that a test can prepare and explain each.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    [looks::store::ALL].into_iter().flatten().copied()
}
