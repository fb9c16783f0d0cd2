//! What a person aims for, and how the diary is shown to them.
//!
//! Both are items of the scope `plan`, one of each. `document` holds what can be chosen, `settings` what
//! can be set, `item` what is kept, `own_days` what the diary itself says, `over_days` what is
//! aimed at on many days, `view` the targets that follow, `routes` the HTTP. How targets follow is decided in [`nutrition::targets`].

mod document;
mod item;
mod over_days;
mod own_days;
mod routes;
mod settings;
mod view;

pub(crate) use over_days::{Goal, aimed_at};
pub(crate) use routes::routes;
