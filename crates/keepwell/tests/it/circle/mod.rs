//! Who may see what: shares, visits, new keys.

pub(crate) mod arrange;
mod exploits;
mod invitations;
pub(crate) mod practices;
mod studies;
mod visits;
mod worlds;
