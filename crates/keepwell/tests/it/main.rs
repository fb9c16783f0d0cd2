//! Tests of the whole: what no single part can promise. Real PostgreSQL, real TLS, real HTTP.
#![expect(clippy::tests_outside_test_module, reason = "this whole crate is tests")]
#![expect(clippy::disallowed_methods, reason = "tests reach behind the doors they check")]

mod diary;
mod inventory;
mod program;
mod survival;
