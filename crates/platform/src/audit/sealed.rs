//! What checkpoints say of one owner's chain.

use jiff::Timestamp;
use uuid::Uuid;

use super::checkpoint::Anchor;
use super::finding::{Finding, What};

/// An owner's anchors as far as they were read, in the order of their checkpoints. Each is compared
/// with the event it names; whether it is under its checkpoint is asked elsewhere.
#[derive(Debug)]
pub struct SealedChain {
    owner: Uuid,
    owner_hash: super::Hash,
    checkpoint: i64,
    seq: i64,
    gone: Option<(i64, i64)>,
    was_rewritten: bool,
    anchors: u64,
}

impl SealedChain {
    /// Before the first anchor.
    pub fn new(owner: Uuid, owner_hash: super::Hash) -> Self {
        Self {
            owner,
            owner_hash,
            checkpoint: 0,
            seq: 0,
            gone: None,
            was_rewritten: false,
            anchors: 0,
        }
    }

    /// The next anchor, with the hash and time of the event that it names, if that is there.
    pub fn anchor(
        &mut self,
        anchor: &Anchor,
        event: Option<(&[u8], Timestamp)>,
        found: &mut dyn FnMut(Finding),
    ) {
        let at = event.map(|(_, at)| at);
        let wrong = |what| Finding::in_chain(what, self.owner, anchor.seq, at);
        if anchor.owner_hash != self.owner_hash {
            found(wrong(What::AnchorAltered).beside(anchor.checkpoint));
        }
        if anchor.earlier != self.checkpoint {
            found(wrong(What::AnchorMissing).beside(anchor.checkpoint));
        }
        if anchor.seq <= self.seq {
            found(wrong(What::ChainSetBack).beside(anchor.checkpoint));
        }
        match event {
            None => self.gone = self.gone.max(Some((anchor.seq, anchor.checkpoint))),
            Some((hash, _)) if hash != anchor.head.as_slice() && !self.was_rewritten => {
                // All that follows was rewritten with it: the first says where.
                self.was_rewritten = true;
                found(
                    Finding::in_chain(What::ChainRewritten, self.owner, anchor.seq, at)
                        .beside(anchor.checkpoint),
                );
            }
            Some(_) => {}
        }
        self.checkpoint = anchor.checkpoint;
        self.seq = self.seq.max(anchor.seq);
        self.anchors += 1;
    }

    /// How far the chain is sealed.
    pub fn up_to(&self) -> i64 {
        self.seq
    }

    /// The newest checkpoint with an anchor of this owner; 0 where there is none.
    pub fn checkpoint(&self) -> i64 {
        self.checkpoint
    }

    /// How many anchors there were.
    pub fn anchors(&self) -> u64 {
        self.anchors
    }

    /// After the last anchor, with the place of the newest event that is there.
    pub fn end(&self, newest_event: i64, found: &mut dyn FnMut(Finding)) {
        // What is missing between events, the chain tells.
        if let Some((seq, checkpoint)) = self.gone.filter(|(seq, _)| *seq > newest_event) {
            found(Finding::in_chain(What::EndRemoved, self.owner, seq, None).beside(checkpoint));
        }
    }
}
