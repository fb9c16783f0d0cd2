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

/// The items that are asked about. Everybody has the first two in every scope, and not the last.
pub(super) const ITEMS: [usize; 3] = [1, 2, NO_ITEM];
pub(super) const NO_ITEM: usize = 3;

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Becomes {
    /// It is written, as new or with its next version.
    Written,
    Removed,
    /// The same by a device that was overtaken.
    StaleWritten,
    StaleRemoved,
}

impl Becomes {
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::Written | Self::StaleWritten)
    }

    pub(super) fn is_stale(self) -> bool {
        matches!(self, Self::StaleWritten | Self::StaleRemoved)
    }
}

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
    pub(super) const SCOPES: [Scope; 5] =
        [Scope::Food, Scope::Summary, Scope::Logged, Scope::Notes, Scope::Library];

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
    /// Which items, and what becomes of each in a change of them.
    pub(super) items: Vec<(usize, Becomes)>,
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
    /// The undated items of one scope, on a visit.
    LookItems,
    LookSomeItems,
    LookItemsForChange,
    KeepItems,
    /// One's own, by the table itself.
    SelectItems,
    UpdateItems,
    DeleteItems,
    KeepOwnItems(Who),
    /// The table of the grants itself: reading, giving in this person's name, changing, ending.
    Keys,
    Give(Who),
    Widen,
    Revoke,
}

impl What {
    pub(super) fn visits_items(self) -> bool {
        matches!(
            self,
            Self::LookItems | Self::LookSomeItems | Self::LookItemsForChange | Self::KeepItems
        )
    }

    fn is_of_one_scope(self) -> bool {
        self.visits_items() || matches!(self, Self::KeepOwnItems(_))
    }
}

fn person() -> impl Strategy<Value = Who> {
    0..PEOPLE
}

/// Mostly the usual one.
fn kind() -> impl Strategy<Value = Kind> {
    let tokens = vec![Kind::Reads, Kind::Writes, Kind::WritesOnly];
    prop_oneof![
        10 => Just(Kind::Browser),
        1 => Just(Kind::Unproved),
        1 => select(tokens),
        3 => select(Kind::ALL.to_vec()),
    ]
}

/// Mostly one that undated items are usual in.
fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        1 => Just(Scope::Library),
        1 => Just(Scope::Plan),
        2 => select(Scope::ALL.to_vec()),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    let access = prop_oneof![Just(Access::See), Just(Access::Write)];
    let whole = Just((0, CALENDAR.len() - 1));
    let window = prop_oneof![2 => whole, 3 => (0..CALENDAR.len(), 0..CALENDAR.len())];
    let ends = option::weighted(0.3, -5..200_i64);
    (scope(), access, window, ends).prop_map(|(scope, access, (a, b), ends)| {
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

/// Some items, and what becomes of each.
fn items() -> impl Strategy<Value = Vec<(usize, Becomes)>> {
    let becomes = prop_oneof![
        4 => Just(Becomes::Written),
        3 => Just(Becomes::Removed),
        1 => Just(Becomes::StaleWritten),
        1 => Just(Becomes::StaleRemoved),
    ];
    (subsequence(ITEMS.to_vec(), 1..=ITEMS.len()), vec(becomes, ITEMS.len()))
        .prop_map(|(items, becomes)| items.into_iter().zip(becomes).collect())
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
        2 => Just(What::LookItems),
        2 => Just(What::LookSomeItems),
        2 => Just(What::LookItemsForChange),
        4 => Just(What::KeepItems),
        1 => Just(What::SelectItems),
        1 => Just(What::UpdateItems),
        2 => Just(What::DeleteItems),
        2 => person().prop_map(What::KeepOwnItems),
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
    let about = (few, many, any::<bool>(), scope(), items());
    (presents, owner, holder, what, about).prop_map(
        |(presents, owner, holder, what, (few, many, whole, one, items))| {
            let writes = matches!(what, What::Keep | What::KeepOwn(_) | What::LookForChange);
            let (mut scopes, days) = if writes || !whole { few } else { many };
            if what.is_of_one_scope() {
                scopes = vec![one];
            }
            // Sums are written beside the food.
            let is_sum = |scope: &Scope| matches!(scope, Scope::Summary | Scope::Logged);
            if matches!(what, What::KeepOwn(_)) && scopes.iter().all(is_sum) {
                scopes.insert(0, Scope::Food);
            }
            Step::Ask(Question { presents, owner, holder, what, scopes, days, items })
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
    let lived = (beginning, rest, any::<usize>()).prop_map(|(beginning, mut rest, number)| {
        let given: Vec<(Who, Who, Scope)> = beginning.iter().flat_map(given).collect();
        for (at, step) in rest.iter_mut().enumerate() {
            aim(step, &given, number.wrapping_add(at));
        }
        [beginning, rest].concat()
    });
    lived.boxed()
}

/// What a step gives: whose items of which scope, and to whom.
fn given(step: &Step) -> Vec<(Who, Who, Scope)> {
    let Step::Give { owner, holder, parts, .. } = step else { return Vec::new() };
    parts.iter().map(|part| (*owner, *holder, part.scope)).collect()
}

/// Half of the questions about items are asked by somebody who was given that scope, or some days of it;
/// hardly one would be, if they were all asked at random.
fn aim(step: &mut Step, given: &[(Who, Who, Scope)], number: usize) {
    let Step::Ask(question) = step else { return };
    if given.is_empty() || number.is_multiple_of(2) || !question.what.visits_items() {
        return;
    }
    let (owner, holder, scope) = given[number / 2 % given.len()];
    (question.owner, question.scopes) = (Some(owner), vec![scope]);
    if holder < PEOPLE {
        question.holder = None;
        question.presents = question.presents.map(|(_, kind)| (holder, kind));
    } else {
        question.holder = Some(holder);
    }
}
