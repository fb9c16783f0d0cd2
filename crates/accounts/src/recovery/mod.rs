//! The recovery code: confirming that it is kept, and coming back with it.

mod routes;
pub(crate) mod store;

pub(crate) use routes::routes;
