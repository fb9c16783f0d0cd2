//! Who may see what a person records: given, changed and withdrawn by that person alone.
//!
//! `sharing` is what an owner gave and to whom, `invitations` what an owner offers to somebody who is
//! not there yet. `rekey` gives parts of a diary new keys when something is taken back. `visits` is the
//! other side: whose diaries somebody may open. `looks` is who looked, and the proof of it.
//! `organisations` is what practices and studies have in common, `practices` what is theirs alone. `line` is
//! what an owner and a holder write to each other.

mod invitations;
mod line;
mod looks;
mod organisations;
mod practices;
mod rekey;
mod sharing;
mod studies;
mod visits;

use platform::{Routes, Sql};

/// Every route of the circle.
pub fn routes() -> Routes {
    invitations::routes()
        .merge(line::routes())
        .merge(looks::routes())
        .merge(organisations::routes())
        .merge(practices::routes())
        .merge(sharing::routes())
        .merge(studies::routes())
        .merge(visits::routes())
}

/// Every statement of the circle, so that a test can prepare and explain each.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    [
        invitations::store::ALL,
        line::store::ALL,
        looks::store::ALL,
        organisations::store::ALL,
        practices::store::ALL,
        rekey::store::ALL,
        sharing::store::ALL,
        studies::store::ALL,
        visits::store::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
