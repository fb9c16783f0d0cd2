//! The other side of a share: whose diaries somebody may open, and going by oneself.

mod routes;
pub(crate) mod store;

pub(crate) use routes::routes;
