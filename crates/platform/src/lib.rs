//! The floor that every feature stands on: configuration, the private database, TLS, serving.
//!
//! It knows HTTP and SQL and knows no feature.

pub mod app;
pub mod audit;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod external;
pub mod mail;
pub mod notices;
mod private_file;
pub mod root_key;
pub mod serve;
pub mod tls;

pub mod database;
pub mod days;
pub mod http;
pub mod limits;
pub mod session;
pub mod stretching;

pub use app::{App, Parts, SessionLimits};
pub use clock::Clock;
pub use database::{Db, Params, Sql, Transaction, Unproved};
pub use http::{Access, Error, Json, Peer, Problem, ProblemJson, Result, Route, Routes};
pub use session::{
    Caller, Presented, PresentedCaller, Presents, SealedKeyring, Session, TokenAccess, Visit,
};
