//! What every request and answer has in common: errors, bodies, declared routes, the guard in
//! front. Knows no feature.

pub mod body;
pub mod error;
mod guard;
pub mod headers;
mod path;
mod peer;
pub mod routes;
pub mod text;

pub use body::Json;
pub use error::{Error, Problem, ProblemJson, Result};
pub use guard::{Guard, guarded};
pub use path::Path;
pub use peer::Peer;
pub use routes::{Access, Route, Routes};
