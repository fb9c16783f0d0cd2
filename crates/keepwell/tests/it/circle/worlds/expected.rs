//! What the model says should come of a question.

use jiff::civil::Date;
use keys::Scope;
use testkit::permissions::{Access, Asker, Part, Permissions, Session, State, Who};

use super::{
    database::id,
    steps::{Becomes, CALENDAR, EMPTY, ITEMS, Kind, NO_ITEM, Question, What},
};

/// What comes of a question: how it ended, what was found in any order, and what is in the audit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) outcome: String,
    pub(super) found: Vec<String>,
    pub(super) events: Vec<String>,
}

impl Answer {
    fn refused(code: &str) -> Self {
        Self { outcome: code.to_owned(), found: Vec::new(), events: Vec::new() }
    }

    fn ok(mut found: Vec<String>, event: Option<String>) -> Self {
        found.sort();
        Self { outcome: "ok".to_owned(), found, events: event.into_iter().collect() }
    }

    /// How many rights the answer shows: one for each scope and day that was asked
    /// about.
    pub(super) fn rights(&self, question: &Question) -> usize {
        match question.what {
            What::Look | What::LookEntered => {
                question.scopes.len() * days_between(&question.days).len()
            }
            What::Enter | What::Keys | What::Give(_) | What::Widen | What::Revoke => {
                self.found.len().max(1)
            }
            What::LookItems
            | What::LookSomeItems
            | What::LookItemsForChange
            | What::KeepItems
            | What::KeepOwnItems(_) => 1,
            What::SelectItems | What::UpdateItems | What::DeleteItems => question.scopes.len(),
            _ => question.scopes.len() * question.days.len(),
        }
    }
}

/// What a day's document says in these worlds.
pub(super) fn document(owner: Who, scope: Scope, day: Date) -> String {
    format!("{owner} {} {day}", scope.as_str())
}

/// What an item says in these worlds.
pub(super) fn item(owner: Who, scope: Scope, number: usize) -> String {
    format!("{owner} {} item {number}", scope.as_str())
}

/// What a grant's key says in these worlds.
pub(super) fn key(owner: Who, holder: Who, scope: Scope) -> String {
    format!("key {owner} {holder} {}", scope.as_str())
}

fn days_between(days: &[Date]) -> Vec<Date> {
    let (first, last) = (days[0], days[days.len() - 1]);
    CALENDAR.into_iter().filter(|day| first <= *day && *day <= last).collect()
}

/// Sums stand beside the food, and the audit speaks of the food.
fn is_sum(scope: Scope) -> bool {
    matches!(scope, Scope::Summary | Scope::Logged)
}

struct Expecting<'a> {
    world: &'a Permissions,
    question: &'a Question,
    asker: Asker<'a>,
}

pub(super) fn expected(world: &Permissions, question: &Question) -> Answer {
    let session = question.presents.map(|(person, kind)| kind.session(person));
    let asker = Asker { session: session.as_ref(), owner: question.owner, holder: question.holder };
    let expecting = Expecting { world, question, asker };
    match question.what {
        What::Look | What::LookEntered => expecting.look(),
        What::LookForChange => expecting.look_for_change(),
        What::Keep => expecting.keep(),
        What::Enter => expecting.enter(),
        What::Select => expecting.own(Access::See),
        What::Update | What::Delete => expecting.own(Access::Write),
        What::KeepOwn(of) => expecting.keep_own(of),
        What::LookItems | What::LookItemsForChange => expecting.look_items(&ITEMS),
        What::LookSomeItems => expecting.look_items(&expecting.named_items()),
        What::KeepItems => expecting.keep_items(),
        What::SelectItems => expecting.own_items(Access::See),
        What::UpdateItems | What::DeleteItems => expecting.own_items(Access::Write),
        What::KeepOwnItems(of) => expecting.keep_own_items(of),
        What::Keys => expecting.keys(false),
        What::Give(of) => expecting.give(of),
        What::Widen | What::Revoke => expecting.keys(true),
    }
}

impl Expecting<'_> {
    /// Every pair of a scope and a day that is asked about and may be seen or written.
    fn allowed(&self, access: Access, days: &[Date]) -> Vec<(Scope, Date)> {
        let scopes = self.question.scopes.iter();
        let pairs = scopes.flat_map(|scope| days.iter().map(move |day| (*scope, *day)));
        pairs.filter(|(scope, day)| self.world.may(self.asker, access, *scope, *day)).collect()
    }

    fn asked(&self) -> &[Date] {
        &self.question.days
    }

    fn documents(owner: Who, pairs: &[(Scope, Date)]) -> Vec<String> {
        let recorded = pairs.iter().filter(|(_, day)| *day != EMPTY);
        recorded.map(|(scope, day)| document(owner, *scope, *day)).collect()
    }

    /// The one event of an allowed act.
    fn event(&self, owner: Who, holder: Option<Who>, action: &str, about: &str) -> String {
        let (actor, kind) = self.question.presents.unwrap();
        let holder = holder.map_or("-".to_owned(), |holder| id(holder).to_string());
        let application = kind.application();
        format!("{}|{}|{holder}|{application}|{action}|{about}", id(owner), id(actor))
    }

    fn visit_event(&self, action: &str, about: &str) -> String {
        let holder = self.question.holder.or(self.question.presents.map(|(person, _)| person));
        self.event(self.question.owner.unwrap(), holder, action, about)
    }

    /// A visit to one's own is none.
    fn visits(&self) -> Vec<Part> {
        self.world.visited(self.asker)
    }

    fn look(&self) -> Answer {
        let (first, last) =
            (self.question.days[0], self.question.days[self.question.days.len() - 1]);
        let parts = self.visits();
        let seen: Vec<&Part> = parts
            .iter()
            .filter(|part| self.question.scopes.contains(&part.scope))
            .filter(|part| part.first <= last && first <= part.last)
            .collect();
        if seen.is_empty() {
            return Answer::ok(Vec::new(), None);
        }
        let mut scopes: Vec<Scope> = seen.iter().map(|part| part.scope).collect();
        scopes.sort();
        let names: Vec<&str> = scopes.into_iter().map(Scope::as_str).collect();
        let from = seen.iter().map(|part| part.first.max(first)).min().unwrap();
        let to = seen.iter().map(|part| part.last.min(last)).max().unwrap();
        let until = if to > from { format!("..{to}") } else { String::new() };
        let event = self.visit_event("looked", &format!("{} {from}{until}", names.join(" ")));
        let allowed = self.allowed(Access::See, &days_between(&self.question.days));
        let owner = self.question.owner.unwrap();
        Answer::ok(Self::documents(owner, &allowed), Some(event))
    }

    /// As the database puts pairs into a text: by day, then by name.
    fn named(pairs: &[(Scope, Date)]) -> String {
        let mut pairs: Vec<(Date, &str)> = pairs
            .iter()
            .filter(|(scope, _)| !is_sum(*scope))
            .map(|(scope, day)| (*day, scope.as_str()))
            .collect();
        pairs.sort_unstable();
        let named: Vec<String> =
            pairs.iter().map(|(day, scope)| format!("{scope} {day}")).collect();
        named.join(", ")
    }

    fn look_for_change(&self) -> Answer {
        if self.visits().is_empty() {
            return Answer::ok(Vec::new(), None);
        }
        // What may be seen of the days, and of their sums what is to be written.
        let mut allowed = self.allowed(Access::See, self.asked());
        allowed.retain(|(scope, _)| !is_sum(*scope));
        if self.question.scopes.contains(&Scope::Food) {
            let writable = self.allowed(Access::Write, self.asked());
            allowed.extend(writable.into_iter().filter(|(scope, _)| is_sum(*scope)));
        }
        let about = Self::named(&allowed);
        if about.is_empty() {
            return Answer::ok(Vec::new(), None);
        }
        let owner = self.question.owner.unwrap();
        let event = self.visit_event("looked", &about);
        Answer::ok(Self::documents(owner, &allowed), Some(event))
    }

    /// All of a change or nothing.
    fn keep(&self) -> Answer {
        if self.visits().is_empty() {
            return Answer::refused("28000");
        }
        let allowed = self.allowed(Access::Write, self.asked());
        // Sums are in the audit with the food that they are of, and written with it.
        let sums = self.question.scopes.iter().any(|scope| is_sum(*scope));
        let all = self.question.scopes.len() * self.question.days.len();
        if allowed.len() < all || sums && !self.question.scopes.contains(&Scope::Food) {
            return Answer::refused("42501");
        }
        let event = self.visit_event("entry_changed", &Self::named(&allowed));
        Answer::ok(Vec::new(), Some(event))
    }

    /// The one who asks, where they ask about nobody else.
    fn self_named(&self) -> Option<Who> {
        let (person, _) = self.question.presents?;
        self.question.owner.is_none_or(|owner| owner == person).then_some(person)
    }

    /// The tables themselves hold one's own for everybody, whoever is named.
    fn own(&self, access: Access) -> Answer {
        let Some(person) = self.self_named() else { return Answer::ok(Vec::new(), None) };
        let mut allowed = self.allowed(access, self.asked());
        allowed.retain(|(scope, day)| self.world.may(self.asker, Access::See, *scope, *day));
        Answer::ok(Self::documents(person, &allowed), None)
    }

    fn keep_own(&self, of: Who) -> Answer {
        let allowed = self.allowed(Access::Write, self.asked());
        let all = self.question.scopes.len() * self.question.days.len();
        if self.self_named() != Some(of) || allowed.len() < all {
            return Answer::refused("42501");
        }
        let event = self.event(of, None, "entry_changed", &Self::named(&allowed));
        Answer::ok(Vec::new(), Some(event))
    }

    fn named_items(&self) -> Vec<usize> {
        self.question.items.iter().map(|(number, _)| *number).collect()
    }

    /// The scope of a question that is about the items of one.
    fn scope(&self) -> Scope {
        self.question.scopes[0]
    }

    fn items(owner: Who, scope: Scope, numbers: &[usize]) -> Vec<String> {
        let kept = numbers.iter().filter(|number| **number != NO_ITEM);
        kept.map(|number| item(owner, scope, *number)).collect()
    }

    /// Items have no day: they are there for who may all of their scope.
    fn look_items(&self, numbers: &[usize]) -> Answer {
        let access = match self.question.what {
            What::LookItemsForChange => Access::Write,
            _ => Access::See,
        };
        let scope = self.scope();
        if self.visits().is_empty() || !self.world.may_items(self.asker, access, scope) {
            return Answer::ok(Vec::new(), None);
        }
        let event = self.visit_event("looked", scope.as_str());
        Answer::ok(Self::items(self.question.owner.unwrap(), scope, numbers), Some(event))
    }

    fn keep_items(&self) -> Answer {
        if self.visits().is_empty() {
            return Answer::refused("28000");
        }
        if !self.world.may_items(self.asker, Access::Write, self.scope()) {
            return self.not_written();
        }
        let event = self.visit_event("item_changed", self.scope().as_str());
        self.written(self.question.owner.unwrap(), event)
    }

    fn own_items(&self, access: Access) -> Answer {
        let Some(person) = self.self_named() else { return Answer::ok(Vec::new(), None) };
        let may = |access, scope| self.world.may_items(self.asker, access, scope);
        let scopes = self.question.scopes.iter();
        let scopes = scopes.filter(|scope| may(access, **scope) && may(Access::See, **scope));
        let items = scopes.flat_map(|scope| Self::items(person, *scope, &self.named_items()));
        Answer::ok(items.collect(), None)
    }

    fn keep_own_items(&self, of: Who) -> Answer {
        let is_own = self.self_named() == Some(of);
        if is_own && self.world.may_items(self.asker, Access::Write, self.scope()) {
            let event = self.event(of, None, "item_changed", self.scope().as_str());
            return self.written(of, event);
        }
        // Whoever writes somewhere of this person's, if not here, waits for new keys before.
        let alive = self.asker.session.is_some_and(|session| {
            session.state != State::Waits && self.world.now < session.ends && session.person == of
        });
        if alive || self.question.owner == Some(of) && !self.visits().is_empty() {
            self.not_written()
        } else {
            Answer::refused("42501")
        }
    }

    /// Whoever may not write is told so, or finds that what they remove is not as they say: it is
    /// not there for them.
    fn not_written(&self) -> Answer {
        let writes = self.question.items.iter().any(|(_, becomes)| becomes.writes());
        Answer::refused(if writes { "42501" } else { "40001" })
    }

    /// All of a change or nothing: what is there afterwards.
    fn written(&self, owner: Who, event: String) -> Answer {
        let scope = self.scope();
        let mut kept: Vec<String> = Vec::new();
        for number in ITEMS {
            let of = |known: &&(usize, Becomes)| known.0 == number;
            let becomes = self.question.items.iter().find(of).map(|(_, becomes)| *becomes);
            let is_there = number != NO_ITEM;
            match becomes {
                // Nothing was in the way of it; rows that are there are locked while they are changed.
                Some(Becomes::StaleWritten) if !is_there => {
                    kept.push(format!("{number} 2 changed"));
                }
                Some(becomes) if becomes.is_stale() => return Answer::refused("40001"),
                Some(Becomes::Removed) if !is_there => return Answer::refused("40001"),
                Some(Becomes::Removed) => {}
                Some(_) if is_there => kept.push(format!("{number} 2 changed")),
                Some(_) => kept.push(format!("{number} 1 changed")),
                None if is_there => kept.push(format!("{number} 1 {}", item(owner, scope, number))),
                None => {}
            }
        }
        Answer::ok(kept, Some(event))
    }

    /// The keys that are handed out are those of what may be visited. The server itself refuses those
    /// who owe a second step, after it was told so.
    fn enter(&self) -> Answer {
        let proved = self.asker.session.map(|session| match session.state {
            State::Owes => Session { state: State::Open, ..session.clone() },
            _ => session.clone(),
        });
        let asker = Asker { session: proved.as_ref(), ..self.asker };
        let (Some(owner), Some((person, _))) = (self.question.owner, self.question.presents) else {
            return Answer::ok(Vec::new(), None);
        };
        let holder = self.question.holder.unwrap_or(person);
        let parts = self.world.visited(asker).into_iter();
        let row = |part: Part| {
            let access = if part.access == Access::Write { "write" } else { "see" };
            let Part { scope, first, last, .. } = part;
            let key = key(owner, holder, scope);
            let scope = scope.as_str();
            format!("{} {} {scope} {first} {last} {access} {key}", id(owner), id(holder))
        };
        Answer::ok(parts.map(row).collect(), None)
    }

    /// An open session, which a token never is.
    fn open(&self) -> Option<(Who, Kind)> {
        let session = self.asker.session?;
        let is_open = session.state != State::Waits
            && session.token.is_none()
            && self.world.now < session.ends;
        self.question.presents.filter(|_| is_open)
    }

    /// An owner sees what they gave and a holder what they hold and may use; the owner alone changes
    /// it, with a fresh proof.
    fn keys(&self, changes: bool) -> Answer {
        let Some((person, kind)) = self.open() else { return Answer::ok(Vec::new(), None) };
        let shares = self.world.shares.keys();
        let shares = shares.filter(|(owner, holder)| {
            if changes {
                *owner == person && kind.is_fresh()
            } else {
                *owner == person || *holder == person
            }
        });
        let rows = shares.flat_map(|(owner, holder)| {
            let parts = self.world.live(*owner, *holder).into_iter();
            parts.map(|part| key(*owner, *holder, part.scope))
        });
        Answer::ok(rows.collect(), None)
    }

    fn give(&self, of: Who) -> Answer {
        let may = self.open().is_some_and(|(person, kind)| person == of && kind.is_fresh());
        Answer::refused(if may { "23505" } else { "42501" })
    }
}
