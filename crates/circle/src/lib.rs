//! Who may see what a person records: given, changed and withdrawn by that person alone.
//!
//! `sharing` is what an owner gave and to whom, `invitations` what an owner offers to somebody who is
//! not there yet. `rekey` gives parts of a diary new keys when something is taken back. `visits` is the
//! other side: whose diaries somebody may open. `looks` is who looked, and the proof of it.

mod invitations;
mod looks;
mod rekey;
mod sharing;
mod visits;

use platform::{Routes, Sql};

/// Every route of the circle.
pub fn routes() -> Routes {
    looks::routes().merge(invitations::routes()).merge(sharing::routes()).merge(visits::routes())
}

/// Every statement of the circle, so that a test can prepare and explain each.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    [
        invitations::store::ALL,
        looks::store::ALL,
        rekey::store::ALL,
        sharing::store::ALL,
        visits::store::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
