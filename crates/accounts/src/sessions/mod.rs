//! Sessions as their person sees them: where one is signed in, ending one or all others, how long one
//! lasts without use, and locking.
//!
//! A locked session keeps its place and its keys sealed, and answers nothing until its PIN or a
//! security key opens it. An installed app with a PIN locks where a page in a browser ends.

mod list;
mod lock;
mod pin;
pub(crate) mod store;

pub(crate) use lock::INSTALLED_DAYS;
use platform::{Access, Routes};
use utoipa_axum::routes;

/// Routes of sessions.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Session, routes!(list::list, list::end_others))
        .add(Access::Session, routes!(list::end_one))
        .add(Access::Session, routes!(list::choose_idle))
        .add(Access::Session, routes!(lock::lock))
        .add(Access::Session, routes!(lock::set_pin, lock::drop_pin))
        .add(Access::Session, routes!(lock::unlock))
}
