//! One day: its entries, its sums, and the changes people make to it.
//!
//! `entry` holds the rules of what can be recorded, `amendment` what is to be changed of it, `document`
//! what is sealed (`body` and `activity` hold all three for measurements and activities), `change` how a
//! document becomes the next, `own` what is in no catalogue, `several` what is done to many entries at
//! once, `view` what the person is shown, `store` the SQL and the sealing, `routes` the HTTP.

pub mod activity;
mod amendment;
pub mod body;
pub(crate) mod change;
pub mod document;
pub(crate) mod entry;
pub mod own;
mod routes;
mod several;
pub(crate) mod store;
mod view;

pub(crate) use entry::zone as entry_zone;
pub(crate) use routes::{Obstacle, PARTS, TRIES, routes, today, too_busy};
pub(crate) use several::{Lay, lay};
pub(crate) use view::{DoneView, MeasuredView, TotalsView, clock_face};
