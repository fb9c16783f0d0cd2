//! Changing the password. Everything else that is signed in ends with the old one.

mod routes;
pub(crate) mod store;

pub(crate) use routes::routes;
