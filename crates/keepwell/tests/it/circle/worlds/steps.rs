//! What happens in a world and what is asked in it, at random.

use jiff::civil::{Date, date};
use keys::Scope;
use proptest::{
    collection::vec,
    option,
    prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof},
    sample::{select, subsequence},
};
use testkit::permissions::{Access, Moment, Part, Role, Session, State, Who};

/// People are the numbers below, then come a practice and a study, then nobody.
pub(super) const PEOPLE: usize = 4;
pub(super) const PRACTICE: Who = PEOPLE;
pub(super) const STUDY: Who = PEOPLE + 1;
pub(super) const NOBODY: Who = PEOPLE + 2;

/// The days that are asked about. Everybody has every scope on each, but on [`EMPTY`].
pub(super) const CALENDAR: [Date; 9] = [
    date(1900, 1, 1),
    date(2026, 2, 28),
    date(2026, 3, 1),
    date(2026, 3, 2),
    date(2026, 3, 3),
    EMPTY,
    date(2026, 3, 31),
    date(2026, 12, 31),
    date(2079, 6, 6),
];
pub(super) const EMPTY: Date = date(2026, 3, 4);

/// The sessions and API tokens that each person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Browser,
    App,
    /// Signed in long ago.
    Unproved,
    Half,
    Locked,
    Idle,
    Owes,
    Ended,
    /// Ends soon.
    Short,
    Reads,
    Writes,
    WritesOnly,
}

impl Kind {
    pub(super) const ALL: [Self; 12] = [
        Self::Browser,
        Self::App,
        Self::Unproved,
        Self::Half,
        Self::Locked,
        Self::Idle,
        Self::Owes,
        Self::Ended,
        Self::Short,
        Self::Reads,
        Self::Writes,
        Self::WritesOnly,
    ];

    /// The scopes of an API token.
    pub(super) const SCOPES: [Scope; 4] =
        [Scope::Food, Scope::Summary, Scope::Logged, Scope::Notes];

    pub(super) fn session(self, person: Who) -> Session {
        let token = match self {
            Self::Reads => Some((Self::SCOPES.to_vec(), Vec::new())),
            Self::Writes => Some((Self::SCOPES.to_vec(), Self::SCOPES.to_vec())),
            Self::WritesOnly => Some((Vec::new(), Vec::new())),
            _ => None,
        };
        let state = match self {
            Self::Half | Self::Locked | Self::Idle => State::Waits,
            Self::Owes => State::Owes,
            _ => State::Open,
        };
        Session { person, state, ends: self.ends(), token }
    }

    pub(super) fn ends(self) -> Moment {
        match self {
            Self::Ended => 0,
            Self::Short => 60,
            _ => 1400,
        }
    }

    /// Whether the credentials were shown just now.
    pub(super) fn is_fresh(self) -> bool {
        !matches!(self, Self::Unproved | Self::Reads | Self::Writes | Self::WritesOnly)
    }

    pub(super) fn application(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Reads | Self::Writes | Self::WritesOnly => "token",
            _ => "web",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Somebody lets somebody in, or tries to in another's name. The parts end so long after now.
    Give {
        person: Who,
        kind: Kind,
        owner: Who,
        holder: Who,
        parts: Vec<Part>,
    },
    /// Somebody ends a share: its owner, its holder or anybody.
    End {
        person: Who,
        kind: Kind,
        owner: Who,
        holder: Who,
    },
    /// Somebody gets a role, or has none any more.
    Member {
        organisation: Who,
        person: Who,
        role: Option<Role>,
    },
    /// Minutes pass.
    Pass(Moment),
    Ask(Question),
}

#[derive(Clone, Debug)]
pub(super) struct Question {
    /// Whose session or token is presented, if there is one.
    pub(super) presents: Option<(Who, Kind)>,
    pub(super) owner: Option<Who>,
    pub(super) holder: Option<Who>,
    pub(super) what: What,
    pub(super) scopes: Vec<Scope>,
    pub(super) days: Vec<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Visits.
    Look,
    LookEntered,
    LookForChange,
    Keep,
    /// The keys that a visit is handed.
    Enter,
    /// One's own, by the tables themselves; the days of this person where one is named.
    Select,
    Update,
    Delete,
    KeepOwn(Who),
    /// The table of the grants itself: reading, giving in this person's name, changing, ending.
    Keys,
    Give(Who),
    Widen,
    Revoke,
}

fn person() -> impl Strategy<Value = Who> {
    0..PEOPLE
}

/// Mostly the usual one.
fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![10 => Just(Kind::Browser), 1 => Just(Kind::Unproved), 3 => select(Kind::ALL.to_vec())]
}

fn part() -> impl Strategy<Value = Part> {
    let access = prop_oneof![Just(Access::See), Just(Access::Write)];
    let whole = Just((0, CALENDAR.len() - 1));
    let window = prop_oneof![1 => whole, 2 => (0..CALENDAR.len(), 0..CALENDAR.len())];
    let ends = option::weighted(0.3, -5..200_i64);
    (select(Scope::ALL.to_vec()), access, window, ends).prop_map(|(scope, access, (a, b), ends)| {
        let (first, last) = (CALENDAR[a.min(b)], CALENDAR[a.max(b)]);
        Part { scope, access, first, last, ends }
    })
}

/// Each scope once. Whoever writes food writes the sums beside it, and nobody else writes those.
pub(super) fn tidy(parts: Vec<Part>) -> Vec<Part> {
    let is_sum = |scope| matches!(scope, Scope::Summary | Scope::Logged);
    let mut tidy: Vec<Part> = Vec::new();
    for mut part in parts {
        if is_sum(part.scope) {
            part.access = Access::See;
        }
        tidy.retain(|known| known.scope != part.scope);
        tidy.push(part);
    }
    let writes = |part: &&Part| part.scope == Scope::Food && part.access == Access::Write;
    if let Some(food) = tidy.iter().find(writes).copied() {
        tidy.retain(|part| !is_sum(part.scope));
        tidy.extend([Scope::Summary, Scope::Logged].map(|scope| Part { scope, ..food }));
    }
    tidy
}

/// An owner and one of the others.
fn pair() -> impl Strategy<Value = (Who, Who)> {
    (person(), 1..NOBODY).prop_map(|(owner, further)| (owner, (owner + further) % NOBODY))
}

fn give() -> impl Strategy<Value = Step> {
    let parts = vec(part(), 1..6).prop_map(tidy);
    (pair(), kind(), parts, proptest::bool::weighted(0.9), person()).prop_map(
        |((owner, holder), kind, parts, is_own, other)| {
            let person = if is_own { owner } else { other };
            Step::Give { person, kind, owner, holder, parts }
        },
    )
}

fn end() -> impl Strategy<Value = Step> {
    (pair(), kind(), 0..4_usize, person()).prop_map(|((owner, holder), kind, which, other)| {
        let person = match which {
            0 | 1 => owner,
            2 if holder < PEOPLE => holder,
            _ => other,
        };
        Step::End { person, kind, owner, holder }
    })
}

fn member() -> impl Strategy<Value = Step> {
    let roles = vec![Role::Owner, Role::Professional, Role::Researcher, Role::Assistant];
    let role = option::weighted(0.8, select(roles));
    (select(vec![PRACTICE, STUDY]), person(), role)
        .prop_map(|(organisation, person, role)| Step::Member { organisation, person, role })
}

fn question() -> impl Strategy<Value = Step> {
    let what = prop_oneof![
        3 => Just(What::Look),
        3 => Just(What::LookEntered),
        4 => Just(What::LookForChange),
        5 => Just(What::Keep),
        3 => Just(What::Enter),
        1 => Just(What::Select),
        1 => Just(What::Update),
        1 => Just(What::Delete),
        1 => person().prop_map(What::KeepOwn),
        1 => Just(What::Keys),
        1 => person().prop_map(What::Give),
        1 => Just(What::Widen),
        1 => Just(What::Revoke),
    ];
    let presents = prop_oneof![
        1 => Just(None),
        30 => (person(), kind()).prop_map(Some),
    ];
    // In whose capacity: mostly one that could be one's own.
    let holder = prop_oneof![
        4 => Just(None),
        4 => select(vec![PRACTICE, STUDY]).prop_map(Some),
        1 => (0..=NOBODY).prop_map(Some),
    ];
    let owner = prop_oneof![
        1 => Just(None),
        1 => Just(Some(NOBODY)),
        12 => person().prop_map(Some),
    ];
    let few = (subsequence(Scope::ALL.to_vec(), 1..=2), subsequence(CALENDAR.to_vec(), 1..=2));
    let many = (subsequence(Scope::ALL.to_vec(), 1..=8), subsequence(CALENDAR.to_vec(), 1..=9));
    (presents, owner, holder, what, few, many, any::<bool>()).prop_map(
        |(presents, owner, holder, what, few, many, whole)| {
            let writes = matches!(what, What::Keep | What::KeepOwn(_) | What::LookForChange);
            let (mut scopes, days) = if writes || !whole { few } else { many };
            // Sums are written beside the food.
            let is_sum = |scope: &Scope| matches!(scope, Scope::Summary | Scope::Logged);
            if matches!(what, What::Keep | What::KeepOwn(_)) && scopes.iter().all(is_sum) {
                scopes.insert(0, Scope::Food);
            }
            Step::Ask(Question { presents, owner, holder, what, scopes, days })
        },
    )
}

/// A world's history with what is asked in between.
pub(super) fn history() -> BoxedStrategy<Vec<Step>> {
    let act = prop_oneof![
        6 => give(),
        3 => end(),
        4 => member(),
        1 => (1..90_i64).prop_map(Step::Pass),
    ];
    // First something is given, then it changes between the questions.
    let beginning = vec(prop_oneof![4 => give(), 3 => member()], 4..24);
    let rest = vec(prop_oneof![1 => act.boxed(), 14 => question().boxed()], 100..600);
    (beginning, rest).prop_map(|(beginning, rest)| [beginning, rest].concat()).boxed()
}
