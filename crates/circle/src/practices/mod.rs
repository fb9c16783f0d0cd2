//! Practices: professionals, their clients, and what these granted them.
//!
//! `join` is how a client lets a practice in, `invite` how the practice asks them to, one by one or by
//! a `list`. `roster` is who the clients are, `card` what the practice keeps of its own about each.

mod card;
mod clients;
mod invite;
mod join;
mod list;
mod roster;
mod routes;
pub(crate) mod store;

use platform::Routes;

/// Every route of practices.
pub(crate) fn routes() -> Routes {
    routes::routes().merge(clients::routes()).merge(join::routes())
}
