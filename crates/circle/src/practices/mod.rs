//! Practices: professionals, their clients, and what these granted them.
//!
//! `join` is how a client lets a practice in.

mod join;
mod routes;
pub(crate) mod store;

use platform::Routes;

/// Every route of practices.
pub(crate) fn routes() -> Routes {
    routes::routes().merge(join::routes())
}
