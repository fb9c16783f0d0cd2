//! Many days at once: the totals of a range, from the days' summaries alone.

mod averages;
mod routes;
pub(crate) mod store;

pub(crate) use routes::routes;
