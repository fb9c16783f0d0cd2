//! Tests of the whole: what no single part can promise. Real PostgreSQL, real TLS, real HTTP.
#![expect(clippy::tests_outside_test_module, reason = "this whole crate is tests")]
#![expect(clippy::disallowed_methods, reason = "tests reach behind the doors they check")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::panic, reason = "a test that cannot go on should stop")]
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on should stop")]
#![expect(clippy::format_collect, reason = "short hex in tests")]

mod api_tokens;
mod attacks;
mod audit;
mod body;
mod canary;
mod catalog;
mod circle;
mod demo;
mod diary;
mod inbox;
mod inventory;
mod library;
mod looks;
mod mail;
mod migrations;
mod model;
mod openapi;
mod organisations;
mod plan;
mod policies;
mod program;
mod report;
mod restore;
mod routes;
mod second_steps;
mod security_keys;
mod statements;
mod survival;
mod tries;
