//! The days of a scope as a tree of keys: who has an inner node has exactly the days below it.
//!
//! A pseudo-random function that can be delegated, after Goldreich, Goldwasser and Micali: each
//! node is a key, its children are HMAC-SHA-256 of it over `left` and `right`. The scope's root
//! has two branches, `days` and `items`. Below `days` sixteen steps lead to one of 65,536 days;
//! `items` is one leaf, for everything that has no date.
//!
//! HMAC goes one way only, so from a node nobody comes to its parent or its sibling. A window of
//! days is given away as its cover, the fewest nodes that have these days below them and no others,
//! 30 at most. The whole scope is given away as both branches.

use std::{fmt, iter, slice};

use zeroize::{Zeroize, Zeroizing};

use crate::CannotOpen;
use crate::derive::{Prf, Secret, blank_debug, random_secret};
use crate::reader::Reader;

/// How many steps lead from the branch of the days to a day.
const DEPTH: u8 = 16;
/// The most nodes a cover can have: two on each level below the topmost that is cut through.
const COVER_MAX: usize = 30;

/// As bytes a cover begins with what it is, the first and the last day.
const HEADER_LEN: usize = 5;
const DAYS: u8 = 1;
const WHOLE: u8 = 2;

/// A day, counted from 1900-01-01 (which is 0) to 2079-06-06.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayNumber(u16);

impl DayNumber {
    /// 1900-01-01.
    pub const FIRST: Self = Self(0);
    /// 2079-06-06.
    pub const LAST: Self = Self(u16::MAX);

    /// The day so many days after 1900-01-01.
    pub const fn new(days: u16) -> Self {
        Self(days)
    }

    /// How many days after 1900-01-01.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for DayNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The secret of one day or of the undated items, from which data keys are made.
pub struct Leaf(Secret);

impl Leaf {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// The key of one scope of one owner in one epoch: everything in it, past and future.
pub struct ScopeRoot(Secret);

impl ScopeRoot {
    /// A new one, from the system's generator.
    pub fn generate() -> Self {
        Self(random_secret())
    }

    #[cfg(test)]
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The whole scope: every day and the undated items. What its owner holds.
    pub fn cover_all(&self) -> Cover {
        let root = Prf::new(self.0.as_slice());
        Cover {
            first: DayNumber::FIRST,
            last: DayNumber::LAST,
            nodes: vec![Node::top(root.of(b"days"))],
            items: Some(root.of(b"items")),
        }
    }

    /// Exactly the days from `first` to `last`, both included, in the fewest nodes; no undated
    /// items. When `last` is before `first` it opens nothing.
    pub fn cover(&self, first: DayNumber, last: DayNumber) -> Cover {
        let top = Node::top(Prf::new(self.0.as_slice()).of(b"days"));
        Cover { first, last, nodes: within(&[top], first, last), items: None }
    }
}

/// The keys to a window of days, and to the undated items if it is the whole scope.
#[derive(Clone)]
pub struct Cover {
    first: DayNumber,
    last: DayNumber,
    /// In the order of their days; which nodes they are follows from the window alone.
    nodes: Vec<Node>,
    items: Option<Secret>,
}

impl Cover {
    /// The first and the last day it opens.
    pub fn window(&self) -> (DayNumber, DayNumber) {
        (self.first, self.last)
    }

    /// The secret of one day, if it is in the window. For many days, [`walk`](Self::walk).
    pub fn leaf(&self, day: DayNumber) -> Option<Leaf> {
        self.walk(day, day).next().map(|(_, leaf)| leaf)
    }

    /// The secret of the undated items, if this is the whole scope.
    pub fn items(&self) -> Option<Leaf> {
        self.items.clone().map(Leaf)
    }

    /// Whether it opens the undated items, as only the whole scope does.
    pub fn has_items(&self) -> bool {
        self.items.is_some()
    }

    /// The days from `first` to `last` that are in the window, in order. Inner nodes are made
    /// once, so a year takes some 730 HMACs and not 365 times sixteen.
    pub fn walk(&self, first: DayNumber, last: DayNumber) -> Walk<'_> {
        Walk { nodes: self.nodes.iter(), pending: pending(), first, last }
    }

    /// A part of it, to be given away: exactly these days, no undated items. `None` when not all
    /// of them are in the window.
    pub fn narrow(&self, first: DayNumber, last: DayNumber) -> Option<Self> {
        (self.first <= first && first <= last && last <= self.last).then(|| Self {
            first,
            last,
            nodes: within(&self.nodes, first, last),
            items: None,
        })
    }

    /// To be sealed: the window and the bare keys.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.bytes_len()));
        self.write(&mut bytes);
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CannotOpen> {
        let mut reader = Reader::new(bytes);
        let cover = Self::read(&mut reader)?;
        reader.end()?;
        Ok(cover)
    }

    pub(crate) fn bytes_len(&self) -> usize {
        HEADER_LEN + 32 * (self.nodes.len() + usize::from(self.items.is_some()))
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.push(if self.items.is_some() { WHOLE } else { DAYS });
        out.extend_from_slice(&self.first.0.to_be_bytes());
        out.extend_from_slice(&self.last.0.to_be_bytes());
        for key in self.nodes.iter().map(|node| &node.key).chain(&self.items) {
            out.extend_from_slice(key.as_slice());
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CannotOpen> {
        let kind = reader.byte()?;
        let (first, last) = (DayNumber(reader.u16()?), DayNumber(reader.u16()?));
        let mut nodes = Vec::with_capacity(spans(first, last).count());
        for (start, height) in spans(first, last) {
            nodes.push(Node { start, height, key: reader.secret()? });
        }
        let items = match kind {
            DAYS => None,
            WHOLE if (first, last) == (DayNumber::FIRST, DayNumber::LAST) => Some(reader.secret()?),
            _ => return Err(CannotOpen),
        };
        Ok(Self { first, last, nodes, items })
    }
}

/// Goes through the days of a cover, see [`Cover::walk`].
pub struct Walk<'a> {
    nodes: slice::Iter<'a, Node>,
    pending: Zeroizing<Vec<Node>>,
    first: DayNumber,
    last: DayNumber,
}

impl Iterator for Walk<'_> {
    type Item = (DayNumber, Leaf);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let node = match self.pending.pop() {
                Some(node) => node,
                None => self.nodes.find(|node| node.touches(self.first, self.last))?.clone(),
            };
            if node.height == 0 {
                return Some((DayNumber(node.start), Leaf(node.key)));
            }
            node.split(self.first, self.last, &mut self.pending);
        }
    }
}

/// A key with the days below it: `2^height` of them from `start` on.
#[derive(Clone, Zeroize)]
struct Node {
    start: u16,
    height: u8,
    key: Secret,
}

impl Node {
    fn top(key: Secret) -> Self {
        Self { start: 0, height: DEPTH, key }
    }

    fn end(&self) -> u16 {
        self.start | below(self.height)
    }

    fn touches(&self, first: DayNumber, last: DayNumber) -> bool {
        first <= last && self.start <= last.0 && first.0 <= self.end()
    }

    fn is_within(&self, first: DayNumber, last: DayNumber) -> bool {
        first.0 <= self.start && self.end() <= last.0
    }

    /// Puts those of its children that touch the window on top of `pending`, the earlier uppermost.
    fn split(&self, first: DayNumber, last: DayNumber, pending: &mut Vec<Self>) {
        let key = Prf::new(self.key.as_slice());
        let height = self.height.saturating_sub(1);
        let middle = self.start | (below(self.height) ^ below(height));
        if middle <= last.0 {
            pending.push(Self { start: middle, height, key: key.of(b"right") });
        }
        if first.0 < middle {
            pending.push(Self { start: self.start, height, key: key.of(b"left") });
        }
    }
}

/// The fewest nodes that have exactly these days below them, made from nodes above them.
fn within(above: &[Node], first: DayNumber, last: DayNumber) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(COVER_MAX);
    let mut pending = pending();
    for node in above.iter().filter(|node| node.touches(first, last)) {
        pending.push(node.clone());
        while let Some(node) = pending.pop() {
            if node.is_within(first, last) {
                nodes.push(node);
            } else {
                node.split(first, last, &mut pending);
            }
        }
    }
    nodes
}

/// Where the nodes of a window's cover stand: always the largest that starts where the last one
/// ended, which makes them the fewest.
fn spans(first: DayNumber, last: DayNumber) -> impl Iterator<Item = (u16, u8)> {
    let mut next = (first <= last).then_some(first.0);
    iter::from_fn(move || {
        let start = next?;
        let days_left = u32::from(last.0) - u32::from(start) + 1;
        let height = u8::try_from(start.trailing_zeros().min(days_left.ilog2())).ok()?;
        let end = start | below(height);
        next = if end < last.0 { end.checked_add(1) } else { None };
        Some((start, height))
    })
}

/// As many ones as a node of this height has steps below it.
fn below(height: u8) -> u16 {
    u16::MAX.checked_shr(u32::from(DEPTH.saturating_sub(height))).unwrap_or(0)
}

/// A stack that never has to grow, because growing would leave keys behind. It is wiped whole,
/// with what was popped from it.
fn pending() -> Zeroizing<Vec<Node>> {
    Zeroizing::new(Vec::with_capacity(usize::from(DEPTH) + 1))
}

blank_debug!(ScopeRoot, Cover, Leaf);
