//! One owner's chain, event after event.

use jiff::Timestamp;
use uuid::Uuid;

use super::event::{Event, beginning};
use super::finding::{Finding, What};

/// A chain as far as it was read. Keeps nothing of the events but the last hash.
#[derive(Debug)]
pub struct Chain {
    owner: Uuid,
    sealed_up_to: i64,
    seq: i64,
    hash: Vec<u8>,
    at: Option<Timestamp>,
    events: u64,
    not_sealed_since: Option<(i64, Timestamp)>,
}

impl Chain {
    /// The beginning of an owner's chain, which is sealed up to an event.
    pub fn new(owner: Uuid, sealed_up_to: i64) -> Self {
        Self {
            owner,
            sealed_up_to,
            seq: 0,
            hash: beginning(owner).to_vec(),
            at: None,
            events: 0,
            not_sealed_since: None,
        }
    }

    /// The next event in the order of their places.
    pub fn event(&mut self, event: Event, found: &mut dyn FnMut(Finding)) {
        let mut wrong = |what| {
            found(Finding::in_chain(what, self.owner, event.seq, Some(event.at)));
        };
        let follows =
            event.is_plain() && event.hash_after(&self.hash).as_slice() == event.hash.as_slice();
        if self.seq.checked_add(1) != Some(event.seq) {
            wrong(What::EventsRemoved);
        } else if !follows {
            let is_earlier = self.at.is_some_and(|before| event.at < before);
            wrong(if is_earlier { What::EventMoved } else { What::EventChanged });
        }
        if event.seq > self.sealed_up_to {
            self.not_sealed_since.get_or_insert((event.seq, event.at));
        }
        // From here on as the table says: what is wrong is told once, where it is.
        self.seq = event.seq;
        self.hash = event.hash;
        self.at = Some(event.at);
        self.events += 1;
    }

    /// How many events there were.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The place of the newest event so far.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// After the last event: the head must be its own, and all but the newest events must be sealed.
    pub fn end(
        self,
        head: Option<(i64, &[u8])>,
        all_before: Timestamp,
        found: &mut dyn FnMut(Finding),
    ) {
        let fits = match head {
            Some((seq, hash)) => seq == self.seq && hash == self.hash.as_slice() && seq > 0,
            None => self.seq == 0,
        };
        if !fits {
            found(Finding::in_chain(What::HeadForged, self.owner, self.seq, self.at));
        }
        if let Some((seq, at)) = self.not_sealed_since.filter(|(_, at)| *at < all_before) {
            found(Finding::in_chain(What::NotSealed, self.owner, seq, Some(at)));
        }
    }
}
