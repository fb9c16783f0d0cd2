//! What a person aims for, and how the diary is shown to them.
//!
//! Both are items of the scope `plan`, one of each. `document` holds what can be chosen, `settings` what
//! can be set, `item` what is kept, `own_days` what the diary itself says, `view` the targets that
//! follow, `routes` the HTTP. How targets follow is decided in [`nutrition::targets`].

mod document;
mod item;
mod own_days;
mod routes;
mod settings;
mod view;

pub(crate) use routes::routes;
