//! The inbox: what a write-only token leaves for its owner and cannot read again.
//!
//! `item` is what is sealed, `merge` how it comes into the diary with the owner's next session,
//! `store` the SQL, `routes` the HTTP. An item is sealed to the owner's public key, which the token's
//! own keyring knows, and waits; the merge takes the same way as any entry.

mod item;
mod merge;
mod routes;
pub(crate) mod store;

pub(crate) use routes::routes;
