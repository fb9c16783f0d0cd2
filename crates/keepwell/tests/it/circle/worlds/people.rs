//! The same with real people at the real server, and with every key that anybody ever had.

use std::collections::BTreeMap;

use jiff::civil::Date;
use keys::Scope;
use platform::days;
use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, prop_oneof},
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, RngSeed, TestRunner},
};
use testkit::{
    TestServer,
    permissions::{Access, Part, Permissions, Role, Who},
};

use super::{
    rings::Rings,
    server::{Act, DAYS, Society},
    steps::tidy,
    wish,
};

const NAMES: [&str; 3] = ["ana", "ben", "kim"];
const KIM: Who = 2;
const PRACTICE: Who = 3;

fn part() -> impl Strategy<Value = Part> {
    let scopes =
        vec![Scope::Food, Scope::Summary, Scope::Logged, Scope::Notes, Scope::Plan, Scope::Library];
    let access = prop_oneof![Just(Access::See), Just(Access::Write)];
    let window = (0..DAYS.len(), 0..DAYS.len()).prop_map(|(a, b)| (DAYS[a.min(b)], DAYS[a.max(b)]));
    let window = prop_oneof![1 => Just((days::FIRST, days::LAST)), 2 => window];
    (select(scopes), access, window, option::weighted(0.4, Just(1_000_000_i64)))
        .prop_map(|(scope, access, (first, last), ends)| Part { scope, access, first, last, ends })
}

fn act() -> impl Strategy<Value = Act> {
    // Few owners, so that things happen to the same shares again.
    let pair = (0..KIM, 1..=NAMES.len())
        .prop_map(|(owner, further)| (owner, (owner + further) % (NAMES.len() + 1)));
    let give = (pair.clone(), vec(part(), 1..4)).prop_map(|((owner, holder), parts)| Act::Give {
        owner,
        holder,
        parts: tidy(parts),
    });
    let roles =
        option::weighted(0.7, select(vec![Role::Owner, Role::Professional, Role::Assistant]));
    prop_oneof![
        6 => give,
        2 => pair.clone().prop_map(|(owner, holder)| Act::Withdraw { owner, holder }),
        1 => pair.clone().prop_map(|(owner, holder)| Act::Leave { owner, holder }),
        3 => pair.prop_map(|(owner, holder)| Act::Lapse { owner, holder }),
        1 => (0..KIM).prop_map(Act::Settle),
        3 => (0..KIM, roles).prop_map(|(person, role)| Act::Role(person, role)),
    ]
}

/// An act, and who asks afterwards about which day.
type Step = (Act, Vec<((Who, Who, Option<Who>), Date)>);

fn step() -> impl Strategy<Value = Step> {
    let asker = (0..NAMES.len(), 1..NAMES.len(), option::of(Just(PRACTICE)));
    let asker = asker
        .prop_map(|(person, further, holder)| (person, (person + further) % NAMES.len(), holder));
    (act(), vec((asker, select(DAYS.to_vec())), 4))
}

#[tokio::test]
async fn the_server_and_every_key_ever_held_decide_as_the_model_does() {
    let worlds = wish("KEEPWELL_TEST_SERVER_WORLDS", 1);
    let first_seed = wish("KEEPWELL_TEST_SEED", 20_261_123);
    let (mut questions, mut tries) = (0, 0);
    for seed in first_seed..first_seed + worlds {
        let config = Config { rng_seed: RngSeed::Fixed(seed), ..Config::default() };
        let mut runner = TestRunner::new(config);
        let steps = vec(step(), 16).new_tree(&mut runner).unwrap().current();
        let server = TestServer::start(keepwell::router).await;
        let admin = server.db.admin().await;
        let mut society = Society::new(&server, &NAMES, true).await;
        let mut rings = Rings::new(&server, &admin, &society).await;
        let members = BTreeMap::from([((PRACTICE, KIM), Role::Owner)]);
        let mut world = Permissions { members, ..Permissions::default() };
        for (at, (act, visits)) in steps.iter().enumerate() {
            let so_far = || format!("KEEPWELL_TEST_SEED={seed}: after {:#?}", &steps[..=at]);
            society.act(&mut world, act).await;
            rings.collect(&admin, &society).await;
            drop(society.events().await);
            for (asker, day) in visits {
                let asked = society.visit(&world, *asker, *day).await;
                questions += asked.unwrap_or_else(|cause| panic!("{cause}\n{}", so_far()));
            }
            let outcome = rings.try_all(&server, &admin, &society, &world).await;
            tries += outcome.unwrap_or_else(|cause| panic!("{cause}\n{}", so_far()));
        }
        society.everybody_reads_their_own().await;
    }
    println!("{worlds} worlds: {questions} questions of the server, {tries} tries of keys");
}

/// Ana lets Ben and Kim in; what comes of it.
async fn ana_lets_in(
    parts: &[Part],
) -> (TestServer, tokio_postgres::Client, Society, Rings, Permissions) {
    let server = TestServer::start(keepwell::router).await;
    let admin = server.db.admin().await;
    let mut society = Society::new(&server, &NAMES, false).await;
    let mut rings = Rings::new(&server, &admin, &society).await;
    let mut world = Permissions::default();
    for holder in [1, KIM] {
        society.act(&mut world, &Act::Give { owner: 0, holder, parts: parts.to_vec() }).await;
    }
    rings.collect(&admin, &society).await;
    drop(society.events().await);
    (server, admin, society, rings, world)
}

fn all_of(scope: Scope) -> Part {
    Part { scope, access: Access::Write, first: days::FIRST, last: days::LAST, ends: None }
}

#[tokio::test]
async fn a07_what_was_taken_back_opens_with_no_session_and_no_key_that_was_kept() {
    let parts = tidy(vec![all_of(Scope::Food), all_of(Scope::Notes)]);
    let (server, admin, mut society, mut rings, mut world) = ana_lets_in(&parts).await;
    for day in DAYS {
        society.visit(&world, (1, 0, None), day).await.unwrap();
    }
    rings.try_all(&server, &admin, &society, &world).await.unwrap();
    let owner = society.id(0);

    society.act(&mut world, &Act::Withdraw { owner: 0, holder: 1 }).await;
    drop(society.events().await);
    assert!(!world.opens(0, 1, Scope::Food, DAYS[0]) && world.opens(0, KIM, Scope::Food, DAYS[0]));
    for day in DAYS {
        society.visit(&world, (1, 0, None), day).await.unwrap();
        society.visit(&world, (KIM, 0, None), day).await.unwrap();
    }
    // What is recorded from here on is under the new keys, like everything before.
    society.people[0].eat("2026-05-01", "usda-sr28:09040", 100.0).await;
    for scope in [Scope::Food, Scope::Summary, Scope::Logged, Scope::Notes] {
        assert_eq!(Rings::epochs(&admin, owner, scope).await, [2], "{scope:?}");
    }
    rings.try_all(&server, &admin, &society, &world).await.unwrap_err();
    rings.collect(&admin, &society).await;
    rings.try_all(&server, &admin, &society, &world).await.unwrap();
}

#[tokio::test]
async fn whichever_way_access_ends_what_is_stored_is_closed() {
    let notes = Part { ends: Some(1_000_000), ..all_of(Scope::Notes) };
    let (server, admin, mut society, mut rings, mut world) = ana_lets_in(&[notes]).await;
    let gives = |parts: &[Part]| Act::Give { owner: 0, holder: 1, parts: tidy(parts.to_vec()) };
    let food = all_of(Scope::Food);
    let ending = Part { ends: notes.ends, ..food };
    let (lapses, goes) = (Act::Lapse { owner: 0, holder: 1 }, Act::Leave { owner: 0, holder: 1 });
    // What happens, and on how many of the days Ben's keys open food and notes then.
    let history = [
        // His time is over: until something is made of it, his key opens. New keys that the scope gets
        // because somebody else's access ends do not go to him.
        (lapses.clone(), 0, 5),
        (Act::Withdraw { owner: 0, holder: KIM }, 0, 0),
        // Later days are taken away, then earlier ones, then all but the sums.
        (gives(&[food]), 5, 0),
        (gives(&[Part { last: DAYS[2], ..food }]), 3, 0),
        (gives(&[Part { first: DAYS[1], last: DAYS[2], ..food }]), 2, 0),
        (gives(&[all_of(Scope::Summary)]), 0, 0),
        // He goes, and she comes back.
        (gives(&[food, all_of(Scope::Notes)]), 5, 5),
        (goes, 5, 5),
        (Act::Settle(0), 0, 0),
        // His time is over, and she comes back.
        (gives(&[ending]), 5, 0),
        (lapses, 5, 0),
        (Act::Settle(0), 0, 0),
    ];
    for (act, foods, noted) in history {
        society.act(&mut world, &act).await;
        rings.collect(&admin, &society).await;
        let opens = |scope| DAYS.iter().filter(|day| world.opens(0, 1, scope, **day)).count();
        assert_eq!((opens(Scope::Food), opens(Scope::Notes)), (foods, noted), "{act:?}");
        let tried = rings.try_all(&server, &admin, &society, &world).await;
        assert!(tried.is_ok(), "{act:?}: {tried:?}");
    }
    let list = society.people[0].get("/api/v1/sharing").await.expect(200).json();
    assert_eq!(list["unsettled"], 0);
}

#[tokio::test]
async fn a08_a_key_to_some_days_of_a_scope_opens_no_other_with_the_whole_database_besides() {
    let march = Part {
        access: Access::See,
        first: jiff::civil::date(2026, 3, 1),
        last: jiff::civil::date(2026, 3, 31),
        ..all_of(Scope::Food)
    };
    let (server, admin, mut society, rings, world) = ana_lets_in(&[march]).await;
    for day in DAYS {
        society.visit(&world, (1, 0, None), day).await.unwrap();
    }
    assert!(world.opens(0, 1, Scope::Food, DAYS[1]) && !world.opens(0, 1, Scope::Food, DAYS[0]));
    let tries = rings.try_all(&server, &admin, &society, &world).await.unwrap();
    assert!(tries > 60, "almost nothing was tried");
}
