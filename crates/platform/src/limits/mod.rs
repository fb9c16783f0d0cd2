//! How often somebody may ask or try, so that guessing is slow and one stranger cannot use up what
//! all need.
//!
//! `addresses` counts any request, in memory. `tries` counts what somebody might guess with: sign-ins,
//! sign-ups, recoveries, second steps; in the database (`store`), so that the counts hold over several
//! servers and a restart. `devices` is the mark of a device that signed in before: a stranger's wrong
//! tries do not hold it up. The numbers are `rates` and `platform.wait_after`.

mod addresses;
mod devices;
mod network;
mod rates;
pub mod store;
mod tries;

pub use addresses::Limits;
pub use devices::Devices;
pub use network::Network;
pub use rates::Rates;
pub use tries::{Tries, Try};
