//! Who may see and write what: the permissions as a specification in plain Rust, to compare the
//! database and the server with. It knows no SQL and no key; whatever it says, they have to say.
//!
//! The question is [`Permissions::may`] for a day, and [`Permissions::may_items`] for what has none.
//! [`Permissions::opens`] and [`Permissions::opens_items`] are the other half: what a holder's keys open
//! for a thief who has the whole database besides.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use keys::Scope;

/// A person, a practice or a study, by number.
pub type Who = usize;

/// Minutes since the world began.
pub type Moment = i64;

/// What somebody is in a practice or a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Manages it.
    Owner,
    /// Works with its clients.
    Professional,
    /// Works with its participants.
    Researcher,
    /// Works in the office: sees no diary.
    Assistant,
}

/// What may be done with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Seen.
    See,
    /// Seen and written.
    Write,
}

/// Some days of one scope, until a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The scope.
    pub scope: Scope,
    /// Whether it may be written too.
    pub access: Access,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// From when on it may not be looked at any more.
    pub ends: Option<Moment>,
}

impl Part {
    fn has(&self, scope: Scope, day: Date) -> bool {
        self.scope == scope && self.first <= day && day <= self.last
    }

    /// Undated items are nobody's who was given some days: they come with all of them.
    fn has_items(&self, scope: Scope) -> bool {
        self.has(scope, date(1900, 1, 1)) && self.has(scope, date(2079, 6, 6))
    }

    fn allows(&self, access: Access) -> bool {
        access == Access::See || self.access == access
    }

    fn is_alive(&self, now: Moment) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }
}

/// How far a session has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Signed in.
    Open,
    /// Awaits its second step, is locked, or was idle for too long.
    Waits,
    /// Signed in, and owes the operator a second step.
    Owes,
}

/// A session of a person, or an API token of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub person: Who,
    /// How far it has come.
    pub state: State,
    /// When it ends.
    pub ends: Moment,
    /// What it may as an API token: the scopes to see, and those to write.
    pub token: Option<(Vec<Scope>, Vec<Scope>)>,
}

/// Who asks, whose diary they name (else their own), in which capacity (else their own).
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The session that is presented, if there is one.
    pub session: Option<&'a Session>,
    /// Whose diary.
    pub owner: Option<Who>,
    /// As whom: oneself, a practice or a study.
    pub holder: Option<Who>,
}

/// The whole of who may what, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    /// The clock.
    pub now: Moment,
    /// The roles, by organisation and member.
    pub members: BTreeMap<(Who, Who), Role>,
    /// What was given, by owner and holder: at most one part a scope.
    pub shares: BTreeMap<(Who, Who), Vec<Part>>,
    /// Keys in the hands of holders who went, until their scope gets new ones: owner, holder, part.
    pub left: Vec<(Who, Who, Part)>,
}

impl Permissions {
    /// May this asker see or write this scope on this day now?
    pub fn may(&self, asker: Asker<'_>, access: Access, scope: Scope, day: Date) -> bool {
        self.may_own(asker, access, scope).unwrap_or_else(|| {
            let mut parts = self.visited(asker).into_iter();
            parts.any(|part| part.has(scope, day) && part.allows(access))
        })
    }

    /// May this asker see or write this scope's undated items now?
    pub fn may_items(&self, asker: Asker<'_>, access: Access, scope: Scope) -> bool {
        self.may_own(asker, access, scope).unwrap_or_else(|| {
            let mut parts = self.visited(asker).into_iter();
            parts.any(|part| part.has_items(scope) && part.allows(access))
        })
    }

    /// One's own is one's own. An API token may what it says.
    fn may_own(&self, asker: Asker<'_>, access: Access, scope: Scope) -> Option<bool> {
        let session = self.session_of(asker)?;
        asker.owner.is_none_or(|owner| owner == session.person).then(|| {
            session.token.as_ref().is_none_or(|(see, write)| {
                let scopes = if access == Access::Write { write } else { see };
                scopes.contains(&scope)
            })
        })
    }

    /// The parts of another's diary that the asker may visit now, in the capacity that they name.
    pub fn visited(&self, asker: Asker<'_>) -> Vec<Part> {
        let Some(session) = self.session_of(asker) else { return Vec::new() };
        let Some(owner) = asker.owner.filter(|owner| *owner != session.person) else {
            return Vec::new();
        };
        // Nobody visits with an API token, or owing a second step.
        if session.token.is_some() || session.state != State::Open {
            return Vec::new();
        }
        let holder = asker.holder.unwrap_or(session.person);
        let role = self.members.get(&(holder, session.person));
        if holder == session.person || role.is_some_and(|role| *role != Role::Assistant) {
            self.live(owner, holder)
        } else {
            Vec::new()
        }
    }

    /// What an owner gives a holder now.
    pub fn live(&self, owner: Who, holder: Who) -> Vec<Part> {
        let parts = self.shares.get(&(owner, holder)).into_iter().flatten();
        parts.filter(|part| part.is_alive(self.now)).copied().collect()
    }

    fn session_of<'a>(&self, asker: Asker<'a>) -> Option<&'a Session> {
        asker.session.filter(|session| session.state != State::Waits && self.now < session.ends)
    }

    /// The owner gives a holder these parts in place of what the holder had.
    pub fn give(&mut self, owner: Who, holder: Who, parts: &[Part]) {
        let before = self.shares.insert((owner, holder), parts.to_vec()).unwrap_or_default();
        let kept = |was: &Part| {
            parts.iter().any(|part| part.has(was.scope, was.first) && part.has(was.scope, was.last))
        };
        self.new_keys(owner, before.iter().filter(|was| !kept(was)).map(|was| was.scope));
    }

    /// The owner takes everything back.
    pub fn withdraw(&mut self, owner: Who, holder: Who) {
        let before = self.shares.remove(&(owner, holder)).unwrap_or_default();
        self.new_keys(owner, before.iter().map(|was| was.scope));
    }

    /// The holder goes. Only the owner can make new keys, so until then the old ones open.
    pub fn leave(&mut self, owner: Who, holder: Who) {
        let before = self.shares.remove(&(owner, holder)).unwrap_or_default();
        self.left.extend(before.into_iter().map(|part| (owner, holder, part)));
    }

    /// The owner comes back: what ended by itself gets new keys.
    pub fn settle(&mut self, owner: Who) {
        let ended: BTreeSet<Scope> = Scope::ALL
            .into_iter()
            .filter(|scope| self.ended(owner).any(|(_, part)| part.scope == *scope))
            .collect();
        self.new_keys(owner, ended.into_iter());
    }

    /// Time passes.
    pub fn pass(&mut self, minutes: Moment) {
        self.now += minutes;
    }

    /// Whether a key in the holder's hands opens what is stored of a scope on a day: what is given
    /// now, and what ended by itself and has its old keys until the owner comes back.
    pub fn opens(&self, owner: Who, holder: Who, scope: Scope, day: Date) -> bool {
        self.keys_of(owner, holder).any(|part| part.has(scope, day))
    }

    /// The same of a scope's undated items.
    pub fn opens_items(&self, owner: Who, holder: Who, scope: Scope) -> bool {
        self.keys_of(owner, holder).any(|part| part.has_items(scope))
    }

    /// The parts whose keys in the holder's hands are those that are alive.
    fn keys_of(&self, owner: Who, holder: Who) -> impl Iterator<Item = Part> {
        let ended = self.ended(owner).filter(move |(of, _)| *of == holder);
        self.live(owner, holder).into_iter().chain(ended.map(|(_, part)| part))
    }

    /// What ended by itself and still has its keys.
    fn ended(&self, owner: Who) -> impl Iterator<Item = (Who, Part)> + '_ {
        let given = self.shares.iter().filter(move |((of, _), _)| *of == owner);
        let given =
            given.flat_map(|((_, holder), parts)| parts.iter().map(|part| (*holder, *part)));
        let over = given.filter(|(_, part)| !part.is_alive(self.now));
        let left = self.left.iter().filter(move |(of, ..)| *of == owner);
        over.chain(left.map(|(_, holder, part)| (*holder, *part)))
    }

    /// Scopes of an owner get new keys, which go to those who may see them now and to nobody else.
    fn new_keys(&mut self, owner: Who, scopes: impl Iterator<Item = Scope>) {
        for scope in scopes.collect::<BTreeSet<_>>() {
            let now = self.now;
            for (_, parts) in self.shares.iter_mut().filter(|((of, _), _)| *of == owner) {
                parts.retain(|part| part.scope != scope || part.is_alive(now));
            }
            self.left.retain(|(of, _, part)| *of != owner || part.scope != scope);
        }
    }
}
