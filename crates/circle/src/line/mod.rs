//! What an owner and a holder write to each other: messages, and proposals that the owner accepts or
//! declines. Sealed under the key of their line, which both have and the database has not.
//!
//! `side` is who writes and the key, `body` what is written.

mod body;
mod routes;
mod side;
pub(crate) mod store;

pub(crate) use routes::routes;
