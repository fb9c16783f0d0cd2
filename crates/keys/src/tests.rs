//! What the parts promise together; what one part promises alone stands beside it.

mod days;
mod formats;
mod hostile;
mod records;
mod sharing;
mod strangers;
