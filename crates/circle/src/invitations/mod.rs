//! Invitations: what an owner offers to somebody who is not there yet, and how it is accepted.
//!
//! `offer` is an invitation as it is made and opened, `store` the SQL, `routes` the HTTP of the owner,
//! `accept` that of whoever has the link. The secret is made here, shown once in the link's fragment,
//! and kept sealed to the owner alone, so that new keys of a scope can be offered in the place of old
//! ones ([`renew()`]).

mod accept;
mod offer;
mod renew;
mod routes;
pub(crate) mod store;

pub(crate) use renew::renew;

use platform::{Access, Routes};
use utoipa_axum::routes;

/// Routes of invitations.
pub(crate) fn routes() -> Routes {
    routes::routes()
        .add(Access::Public, routes!(accept::look))
        .add(Access::Session, routes!(accept::accept))
}
