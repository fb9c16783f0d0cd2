//! Many days at once: the totals of a range, from the days' summaries alone, and which days were
//! logged, from their marks alone.

mod averages;
mod logged;
mod routes;
pub(crate) mod store;

pub(crate) use routes::{routes, window};
pub(crate) use store::read;
