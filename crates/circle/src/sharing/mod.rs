//! What an owner gave to whom: the list, a change, a withdrawal.
//!
//! `parts` is what somebody may reach, as people choose it; `give` seals the keys to it; `words` is
//! what owner and holder call each other and what it is for.

pub(crate) mod give;
pub(crate) mod parts;
mod routes;
pub(crate) mod store;
mod view;
pub(crate) mod words;

pub(crate) use routes::{end, in_short, routes, taken};
pub(crate) use view::PartView;
