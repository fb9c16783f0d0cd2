//! Fasts: from one moment to another, with a goal.
//!
//! `fast` holds the rules, `routes` the HTTP. A fast is an item of the scope `food`: it begins on one day
//! and ends on another, perhaps in another zone. Its length is the time that passed, whatever the clocks
//! did meanwhile.

mod fast;
mod routes;

pub(crate) use routes::routes;
