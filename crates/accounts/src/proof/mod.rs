//! Showing once more that it is you: what changes credentials, gives access or takes everything along
//! needs a proof that is no older than five minutes.
//!
//! The database checks it itself (`accounts.prove`), and its policies ask for it: a request that somebody
//! got hold of changes no credential.

mod routes;
pub(crate) mod store;

pub(crate) use routes::{own_email, own_password, routes, steps};
