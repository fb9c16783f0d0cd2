//! Puts the features together: every route, every statement, the app that people see.
//!
//! Features never import each other; here they meet.

mod app;
mod checkpoints;
mod housekeeping;
mod openapi;
mod start;
mod web;

use platform::{Routes, Sql};

pub use app::router;
pub use checkpoints::{seal_at_the_end, seal_audit};
pub use housekeeping::remove_what_ended;
pub use openapi::description;
pub use start::{Choices, start};

/// Every route of the API.
pub fn routes() -> Routes {
    Routes::default()
        .merge(accounts::routes())
        .merge(circle::routes())
        .merge(diary::routes())
        .merge(app::routes())
}

/// Every statement that requests run, so that a test can prepare and explain each.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    platform::session::statements::ALL
        .iter()
        .chain(platform::mail::ALL)
        .chain(platform::notices::ALL)
        .copied()
        .chain(platform::limits::store::ALL.iter().copied())
        .chain(accounts::statements())
        .chain(circle::statements())
        .chain(diary::statements())
}
