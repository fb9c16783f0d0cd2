//! The e-mail address: proving that its person reads it, and moving the account to another one.
//!
//! An address is no credential: it salts the password, and that is all. Nothing that arrives there
//! signs anybody in or resets anything. So a change takes the password as well, because the slot of
//! the password hangs on the address and must be made anew.

mod routes;
pub(crate) mod store;

pub(crate) use routes::routes;
