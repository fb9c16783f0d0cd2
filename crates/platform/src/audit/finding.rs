//! What verification finds wrong, and where.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditFault)]
pub enum What {
    /// Events between two others are gone.
    EventsRemoved,
    /// An event does not follow from the one before: it was changed, put in, or moved.
    EventChanged,
    /// An event stands after one that was done later, and does not follow from it.
    EventMoved,
    /// The head is not that of the newest event.
    HeadForged,
    /// The chain is whole in itself, and is not the one that was sealed.
    ChainRewritten,
    /// The newest events, which were sealed, are gone.
    EndRemoved,
    /// A chain was sealed shorter than it had been before.
    ChainSetBack,
    /// A leaf of a checkpoint is gone.
    AnchorMissing,
    /// A leaf is not what its checkpoint committed to.
    AnchorAltered,
    /// A leaf no longer names its owner, whose account is there.
    AnchorWithoutOwner,
    /// A checkpoint is gone.
    CheckpointMissing,
    /// A checkpoint is not what was signed, or does not follow from the one before.
    CheckpointAltered,
    /// The checkpoint that was noted elsewhere is gone or is another one.
    NotAsNoted,
    /// Events are there for longer than it takes to seal them, and no checkpoint covers them.
    NotSealed,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: What,
    /// In whose chain.
    pub owner: Option<Uuid>,
    /// At which event of the chain.
    pub seq: Option<i64>,
    /// At which checkpoint.
    pub checkpoint: Option<i64>,
    /// The time of what is wrong, or of what stands nearest to it.
    pub at: Option<Timestamp>,
}

impl Finding {
    /// In a chain.
    pub(super) fn in_chain(what: What, owner: Uuid, seq: i64, at: Option<Timestamp>) -> Self {
        Self { what, owner: Some(owner), seq: Some(seq), checkpoint: None, at }
    }

    /// In a checkpoint.
    pub(super) fn in_checkpoint(what: What, number: i64, at: Option<Timestamp>) -> Self {
        Self { what, owner: None, seq: None, checkpoint: Some(number), at }
    }

    /// In a checkpoint that is seen by one person.
    pub fn of_checkpoint(what: What, number: i64) -> Self {
        Self::in_checkpoint(what, number, None)
    }

    pub(super) fn beside(self, checkpoint: i64) -> Self {
        Self { checkpoint: Some(checkpoint), ..self }
    }
}

impl What {
    fn words(self) -> &'static str {
        match self {
            Self::EventsRemoved => "events were removed before",
            Self::EventChanged => "an event was changed, put in or moved:",
            Self::EventMoved => "an event stands in the wrong place:",
            Self::HeadForged => "the head does not fit the newest event,",
            Self::ChainRewritten => "the chain was rewritten: another one was sealed up to",
            Self::EndRemoved => "the newest events were removed: events were sealed up to",
            Self::ChainSetBack => "the chain was set back: it was longer before it was sealed at",
            Self::AnchorMissing => "a leaf was removed that stood before or in",
            Self::AnchorAltered => "a leaf is not what was signed:",
            Self::AnchorWithoutOwner => "a leaf lost its owner, whose account exists:",
            Self::CheckpointMissing => "missing:",
            Self::CheckpointAltered => "not what was signed, or not after the one before:",
            Self::NotAsNoted => "gone, or not the one that was noted:",
            Self::NotSealed => "no checkpoint covers what was done since",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(owner) = self.owner {
            write!(f, "owner {owner}: ")?;
        }
        f.write_str(self.what.words())?;
        if let Some(seq) = self.seq {
            write!(f, " event {seq}")?;
        }
        if let Some(number) = self.checkpoint {
            write!(f, "{} checkpoint {number}", if self.seq.is_some() { "," } else { "" })?;
        }
        if let Some(at) = self.at {
            write!(f, " ({at})")?;
        }
        Ok(())
    }
}
