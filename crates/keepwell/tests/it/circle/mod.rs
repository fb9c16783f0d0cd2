//! Who may see what: shares, visits, new keys.

pub(crate) mod arrange;
mod invitations;
mod studies;
mod visits;
mod worlds;
