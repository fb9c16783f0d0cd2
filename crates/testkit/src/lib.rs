//! What tests of the whole stand on: a fresh database for each, the real server on a real port, and
//! people who use it. Only ever a dev-dependency; real parts only.
//!
//! The databases live in one throw-away PostgreSQL that `with-database` starts around the test run.
#![expect(clippy::expect_used, reason = "a test that cannot set up should stop at once")]
#![expect(clippy::panic, reason = "a test that cannot set up should stop at once")]
#![expect(clippy::indexing_slicing, reason = "a missing field of an answer is a failed test")]
#![expect(clippy::disallowed_methods, reason = "tests reach behind the doors they check")]

mod authenticator;
mod database;
mod mail_server;
pub mod permissions;
mod person;
pub mod search;
mod security_key;
mod server;

pub use authenticator::Authenticator;
pub use database::{SOCKET_VARIABLE, TestDb};
pub use mail_server::{Arrived, MailServer, Manner};
pub use person::{Answer, Person, Program, Visitor, day_entry};
pub use platform::mail::Round;
pub use security_key::SecurityKey;
pub use server::{ServerOptions, TestServer, client_of, tls};
