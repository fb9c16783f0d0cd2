//! What a person aims for, and how the diary is shown to them.
//!
//! Both are items of the scope `plan`, one of each. `settings` holds what can be set, `item` what is
//! kept, `routes` the HTTP.

mod item;
mod routes;
mod settings;

pub(crate) use routes::routes;
