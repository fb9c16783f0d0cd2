//! Studies: a protocol, people who take part and can stop at once, and researchers who know them by
//! pseudonyms.
//!
//! Of a participant's diary nothing is copied into the study: it is read at an export, under what the
//! participant gave, and each look is in their audit. What they answer is kept sealed to the study.
//!
//! `protocol` and `questionnaire` are what is asked, `study` who asks, `enrol` taking part and
//! stopping, `answers` what participants say, `export` and `aggregates` what researchers take out, and
//! `suppression` what of it speaks of too few.

mod aggregates;
mod answers;
mod enrol;
mod export;
mod participant;
mod protocol;
mod questionnaire;
mod researcher;
pub(crate) mod store;
mod study;
mod suppression;

use platform::Routes;

pub(crate) use study::follow_new_keys;

/// Every route of studies.
pub(crate) fn routes() -> Routes {
    participant::routes().merge(researcher::routes())
}
