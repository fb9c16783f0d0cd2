//! Opening an account: everything that a person's keys hang from is made here, once.
//!
//! An address that is already somebody's is no obstacle and is not reported: only the address and
//! the password together are an account.

mod routes;
pub(crate) mod store;

pub(crate) use routes::{ShownOnce, routes};
