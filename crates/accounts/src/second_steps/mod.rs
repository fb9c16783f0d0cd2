//! Second steps: what somebody shows besides the password.
//!
//! `totp` knows codes from an app, `codes` those that are used once; `shown` is what was shown and
//! checked, on its way to the database. What a step is checked with is sealed to its person; the
//! database compares only a *pass* that the server can compute and present once the step was right
//! ([`keys::RootKey::second_step_pass`]), and sees to it that nothing counts twice.

mod codes;
pub(crate) mod enrol;
pub(crate) mod pass;
mod routes;
mod shown;
pub(crate) mod store;
mod totp;

pub(crate) use routes::routes;
pub(crate) use shown::{Shown, Typed};
