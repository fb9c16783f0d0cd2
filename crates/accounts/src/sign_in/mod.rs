//! Signing in and out, and what a session is told of itself.

mod routes;
pub(crate) mod store;

pub(crate) use routes::routes;
