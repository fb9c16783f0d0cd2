//! Security keys and passkeys (WebAuthn): a second step, or with a secret of their own both steps in one.
//!
//! One kind of credential serves for both (`key`). What decides is what happens: a key that is only
//! touched is a second step; one that has verified its person (a PIN, a finger, a face) and whose
//! authenticator computes a secret for us (PRF) has a slot, and opens the diary alone. `relying_party`
//! makes what the browser asks the authenticator for, `challenge` keeps it until it is answered, once
//! and for its purpose; `answer` is what comes back. The other files are the capabilities.
//!
//! Nothing in the database names a key: credentials are sealed to their person, a passkey is found by
//! the proof of its secret, and the authenticator is told a pseudonym for the person.

mod answer;
mod challenge;
mod enrol;
mod key;
mod pass;
mod prove;
mod relying_party;
mod routes;
mod sign_in;
mod slot;
pub(crate) mod store;

pub(crate) use answer::{KeyAnswer, refuse_copied};
pub(crate) use pass::unlock;
pub(crate) use prove::{ShownPasskey, prove_with_passkey, shown_key};
pub(crate) use routes::routes;
