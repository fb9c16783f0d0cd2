//! What can go wrong, in as few words as the caller needs.

/// It does not open. Wrong key, wrong place, altered, cut short, made by nobody: we never say
/// which, because whoever asks with bad intent would learn from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be opened")]
pub struct CannotOpen;

/// It does not fit on the largest step of its ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too large to be sealed")]
pub struct TooLarge;
