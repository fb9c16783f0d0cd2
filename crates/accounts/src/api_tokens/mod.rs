//! Personal API tokens: what programs of a person's carry.
//!
//! `made` is a token as it is wanted and made, `store` the SQL, `routes` the HTTP. A token is made from
//! a full session with a fresh proof: its keyring takes the covers of its scopes from that session,
//! and the public key from that session's own key pair, never from the database. The private key is
//! not on it.

mod made;
mod routes;
pub(crate) mod store;

pub(crate) use routes::routes;
