//! What can be wrong with what comes from outside.

/// Something a person or a client entered cannot be used; the text says what to enter instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Invalid {
    /// What to do, as a short phrase without a full stop: it stands beside the field.
    pub problem: &'static str,
}

impl Invalid {
    pub(crate) const fn because(problem: &'static str) -> Self {
        Self { problem }
    }
}

/// Bytes that are not what this crate wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored {what} is damaged")]
pub struct Damaged {
    /// What was to be read: "values", "totals", "catalogue".
    pub what: &'static str,
}
