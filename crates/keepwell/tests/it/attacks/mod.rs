//! The attack book: each test holds what its attacker holds, tries the attack, and asserts both
//! that it fails and that the same steps with the missing piece succeed.

mod altered_keys;
mod altered_rows;
mod audit_log;
mod former_member;
mod friends;
mod guessing;
mod hostile_input;
mod injection;
mod items;
mod loot;
mod network;
mod other_sites;
mod own_things;
mod passkeys;
mod sessions;
mod stolen_credentials;
mod stolen_database;
mod stolen_token;

pub(crate) use audit_log::{TOOLS, seal, verified};
pub(crate) use loot::tables;
