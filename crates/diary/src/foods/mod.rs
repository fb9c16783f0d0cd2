//! The catalogue: public knowledge, in memory. A search never leaves the server and is not logged.

mod eaten;
mod gap;
mod routes;

pub(crate) use routes::routes;
