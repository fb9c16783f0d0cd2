//! The audit's proof: chains of events, checkpoints over their heads, and the verification of both.
//!
//! Events are appended by the database, in the transaction of the act (`audit.append`). `event` is
//! the same hash computed here, `chain` one owner's chain, `sealed` what checkpoints say of it,
//! `checkpoint` what is signed, `seal` makes one, `verify` goes through everything, `finding` says
//! what is wrong. `docs/audit.md` tells it to people.

mod chain;
mod checkpoint;
mod event;
mod finding;
mod seal;
mod sealed;
mod verify;

pub use chain::Chain;
pub use checkpoint::{Anchor, Checkpoint, Seal, hex, owner_hash};
pub use event::{Event, Hash, beginning};
pub use finding::{Finding, What};
pub use seal::seal;
pub use sealed::SealedChain;
pub use verify::{Noted, SEALED_WITHIN, Verified, Wanted, verify};
