//! What is measured: the points of many days, and the measures that a person adds to those that everybody
//! has.
//!
//! `points` reads the documents of scope `body` of a range, `own` keeps the own measures as items of that
//! scope, `routes` is the HTTP.

mod own;
mod points;
mod routes;

pub(crate) use routes::routes;
