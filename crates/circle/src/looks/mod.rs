//! Who looked: what others read and wrote in the asker's diary, and the proof that it is all there.
//!
//! `look` reads a line of the audit, `names` says who it was, `list` is a page of them, `export` all
//! of them as CSV, `proof` verifies the asker's own chain, `store` is the SQL, `routes` the HTTP.

mod export;
mod list;
mod look;
mod names;
mod proof;
mod routes;
pub(crate) mod store;

pub(crate) use routes::routes;
