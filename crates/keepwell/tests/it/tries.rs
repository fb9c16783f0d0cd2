//! Counts of tries: what the database admits, how long it makes others wait, and what nobody may do
//! with the counts.

use std::net::IpAddr;

use axum::{extract::FromRequestParts, http::Request};
use platform::{
    Error, Peer,
    limits::{Devices, Rates},
};
use testkit::{ServerOptions, TestServer};
use tokio_postgres::Client;
use uuid::Uuid;

const ANA: &str = "ana@example.org";

fn from(last: u8) -> Peer {
    Peer(IpAddr::from([192, 0, 2, last]))
}

/// As if so long had passed.
async fn later(server: &TestServer, seconds: f64) {
    let sql = format!(
        "update platform.failure_count set last_at = last_at - {seconds} * interval '1 second',
            cleared_at = cleared_at - {seconds} * interval '1 second';
        update platform.rate_count set next_at = next_at - {seconds} * interval '1 second'"
    );
    server.db.admin().await.batch_execute(&sql).await.unwrap();
}

/// A wrong try; `Err` with the seconds to wait.
async fn wrong(server: &TestServer, name: &str, devices: &Devices) -> Result<(), (u64, bool)> {
    let tries = server.app.tries();
    match tries.sign_in(from(1), name, devices).await {
        Ok(admitted) => {
            let outcome: Result<(), Error> = Err(Error::NotOpened("no"));
            assert!(admitted.ended(&tries, outcome).await.is_err());
            Ok(())
        }
        Err(Error::TooMany { retry_after_seconds }) => Err((retry_after_seconds, false)),
        Err(Error::TooManyWrong { retry_after_seconds }) => Err((retry_after_seconds, true)),
        Err(other) => panic!("{other:?}"),
    }
}

async fn right(server: &TestServer, name: &str, devices: &Devices) {
    let tries = server.app.tries();
    let admitted = tries.sign_in(from(1), name, devices).await.unwrap();
    admitted.ended(&tries, Ok(())).await.unwrap();
}

async fn device_of(server: &TestServer, name: &str, principal: Uuid) -> Devices {
    let set = server.app.tries().recognize(&Devices::default(), name, principal).unwrap();
    let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
    let (mut parts, ()) = Request::builder().header("cookie", pair).body(()).unwrap().into_parts();
    Devices::from_request_parts(&mut parts, &()).await.unwrap()
}

async fn start() -> TestServer {
    TestServer::start(keepwell::router).await
}

#[tokio::test]
async fn five_wrong_tries_are_free_and_then_the_waits_double() {
    let server = start().await;
    let stranger = Devices::default();
    for _ in 0..5 {
        wrong(&server, ANA, &stranger).await.unwrap();
    }
    let mut wait = 1;
    for _ in 5..100 {
        // However often somebody asks while waiting, the wait grows only with what was tried.
        for _ in 0..3 {
            assert_eq!(wrong(&server, ANA, &stranger).await, Err((wait, false)));
        }
        later(&server, f64::from(u32::try_from(wait).unwrap())).await;
        wrong(&server, ANA, &stranger).await.unwrap();
        wait = (wait * 2).min(3_600);
    }
    // A hundred wrong ones, and then a day.
    assert_eq!(wrong(&server, ANA, &stranger).await, Err((86_400, true)));
    later(&server, 86_000.0).await;
    assert_eq!(wrong(&server, ANA, &stranger).await, Err((400, true)));
    wrong(&server, "ben@example.org", &stranger).await.unwrap();
    later(&server, 400.0).await;
    for _ in 0..5 {
        wrong(&server, ANA, &stranger).await.unwrap();
    }
    assert_eq!(wrong(&server, ANA, &stranger).await, Err((1, false)));
}

#[tokio::test]
async fn tries_that_run_at_the_same_moment_wait_for_each_other() {
    let server = start().await;
    let tries = server.app.tries();
    let stranger = Devices::default();
    let at_once = (0..20).map(|_| tries.sign_in(from(1), ANA, &stranger));
    let admitted = futures_util::future::join_all(at_once).await;
    let admitted: Vec<_> = admitted.into_iter().filter_map(Result::ok).collect();
    assert_eq!(admitted.len(), 5);
    // What never came to be tried is taken back.
    for one in admitted {
        let outcome: Result<(), Error> = one.ended(&tries, Err(Error::Busy)).await;
        assert!(matches!(outcome, Err(Error::Busy)));
    }
    later(&server, 2.0).await;
    for _ in 0..5 {
        wrong(&server, ANA, &stranger).await.unwrap();
    }
}

#[tokio::test]
async fn what_fails_after_something_was_compared_stays_counted() {
    let server = start().await;
    let tries = server.app.tries();
    let stranger = Devices::default();
    for _ in 0..5 {
        let mut admitted = tries.sign_in(from(1), ANA, &stranger).await.unwrap();
        // One cost was compared, and the next one found no place to be stretched.
        admitted.compares();
        let outcome: Result<(), Error> = admitted.ended(&tries, Err(Error::Busy)).await;
        assert!(matches!(outcome, Err(Error::Busy)));
    }
    assert_eq!(wrong(&server, ANA, &stranger).await, Err((1, false)));
    later(&server, 1.0).await;
    let mut admitted = tries.sign_in(from(1), ANA, &stranger).await.unwrap();
    admitted.compares();
    admitted.ended(&tries, Ok(())).await.unwrap();
    wrong(&server, ANA, &stranger).await.unwrap();
}

#[tokio::test]
async fn a_known_device_is_not_held_up_by_strangers_and_has_waits_of_its_own() {
    let server = start().await;
    let (ana, ben) = (Uuid::now_v7(), Uuid::now_v7());
    let home = device_of(&server, ANA, ana).await;
    let stranger = Devices::default();
    for _ in 0..5 {
        wrong(&server, ANA, &stranger).await.unwrap();
    }
    assert_eq!(wrong(&server, ANA, &stranger).await, Err((1, false)));

    let tries = server.app.tries();
    let admitted = tries.sign_in(from(1), ANA, &home).await.unwrap();
    assert!(admitted.may_open(&tries, ana));
    assert!(!admitted.may_open(&tries, ben), "by this door only into the account that knows it");
    admitted.ended(&tries, Ok(())).await.unwrap();

    // A stolen mark is no free pass.
    for _ in 0..5 {
        wrong(&server, ANA, &home).await.unwrap();
    }
    assert_eq!(wrong(&server, ANA, &home).await, Err((1, false)));
    // Another device of hers goes on, and strangers still wait.
    right(&server, ANA, &device_of(&server, ANA, ana).await).await;
    // A mark under another name helps nobody here.
    let of_ben = device_of(&server, "ben@example.org", ben).await;
    assert!(wrong(&server, ANA, &of_ben).await.is_err());
}

#[tokio::test]
async fn with_the_door_for_all_open_a_known_device_opens_any_account_of_the_name() {
    let server = start().await;
    let tries = server.app.tries();
    let home = device_of(&server, ANA, Uuid::now_v7()).await;
    let admitted = tries.sign_in(from(1), ANA, &home).await.unwrap();
    assert!(admitted.may_open(&tries, Uuid::now_v7()));
    // And counts there too: a mark of one's own is no second supply of guesses.
    assert!(admitted.ended(&tries, Err::<(), _>(Error::NotOpened("no"))).await.is_err());
    for _ in 0..4 {
        wrong(&server, ANA, &Devices::default()).await.unwrap();
    }
    assert!(wrong(&server, ANA, &Devices::default()).await.is_err());
}

#[tokio::test]
async fn being_right_begins_anew_under_a_name_once_a_day_and_on_a_device_always() {
    let server = start().await;
    let stranger = Devices::default();
    let four = async |devices: &Devices| {
        for _ in 0..4 {
            wrong(&server, ANA, devices).await.unwrap();
        }
    };
    four(&stranger).await;
    right(&server, ANA, &stranger).await;
    four(&stranger).await;
    // Whoever has an account under Ana's address is right as often as they like.
    right(&server, ANA, &stranger).await;
    wrong(&server, ANA, &stranger).await.unwrap();
    assert!(wrong(&server, ANA, &stranger).await.is_err());

    let home = device_of(&server, ANA, Uuid::now_v7()).await;
    for _ in 0..3 {
        four(&home).await;
        right(&server, ANA, &home).await;
    }
    later(&server, 86_400.0).await;
    four(&stranger).await;
    right(&server, ANA, &stranger).await;
    four(&stranger).await;
}

#[tokio::test]
async fn second_steps_wait_as_well_and_a_known_device_apart() {
    let server = start().await;
    let (ana, ben) = (Uuid::now_v7(), Uuid::now_v7());
    let tries = server.app.tries();
    let stranger = Devices::default();
    for _ in 0..5 {
        let admitted = tries.second_step(ana, &stranger).await.unwrap();
        assert!(admitted.ended(&tries, Err::<(), _>(Error::NotOpened("no"))).await.is_err());
    }
    let refused = tries.second_step(ana, &stranger).await.unwrap_err();
    assert!(matches!(refused, Error::TooMany { retry_after_seconds: 1 }), "{refused:?}");
    let ended = tries.second_step(ben, &stranger).await.unwrap().ended(&tries, Ok(())).await;
    ended.unwrap();
    let home = device_of(&server, ANA, ana).await;
    let admitted = tries.second_step(ana, &home).await.unwrap();
    assert!(admitted.may_open(&tries, ana));
    admitted.ended(&tries, Ok(())).await.unwrap();
}

#[tokio::test]
async fn an_address_has_its_share_and_what_is_refused_is_not_counted() {
    let mut options = ServerOptions::default();
    options.rates.sign_in_address_per_minute = 3;
    options.rates.sign_up_address_per_hour = 2;
    let server = TestServer::start_with(options, keepwell::router).await;
    let tries = server.app.tries();
    let devices = Devices::default();
    for n in 0..3 {
        let admitted = tries.sign_in(from(1), &n.to_string(), &devices).await.unwrap();
        assert!(admitted.ended(&tries, Ok(())).await.is_ok());
    }
    let refused = async || match tries.sign_in(from(1), ANA, &devices).await {
        Err(Error::TooMany { retry_after_seconds }) => retry_after_seconds,
        other => panic!("{other:?}"),
    };
    for _ in 0..5 {
        assert!((19..=20).contains(&refused().await));
    }
    assert!(tries.passkey(from(1)).await.is_err(), "another way in, the same share");
    // What the address was refused has not counted against the name: these are the first five.
    for last in 2..7 {
        wrong_from(&server, last, ANA).await;
    }
    assert!(tries.sign_in(from(7), ANA, &devices).await.is_err());
    tries.sign_up(from(1)).await.unwrap();
    tries.sign_up(from(1)).await.unwrap();
    assert!(tries.sign_up(from(1)).await.is_err());
    tries.sign_up(from(2)).await.unwrap();
    later(&server, 1_800.0).await;
    tries.sign_up(from(1)).await.unwrap();
    assert!(tries.sign_up(from(1)).await.is_err());
}

async fn wrong_from(server: &TestServer, last: u8, name: &str) {
    let tries = server.app.tries();
    let admitted = tries.sign_in(from(last), name, &Devices::default()).await.unwrap();
    assert!(admitted.ended(&tries, Err::<(), _>(Error::NotOpened("no"))).await.is_err());
}

/// The rows of both tables, as the superuser sees them.
async fn rows(admin: &Client) -> Vec<String> {
    let sql = "select t::text from platform.rate_count t
        union all select t::text from platform.failure_count t order by 1";
    admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a03_the_runtime_role_cannot_list_reset_or_delete_counts() {
    let server = start().await;
    for _ in 0..5 {
        wrong(&server, ANA, &Devices::default()).await.unwrap();
    }
    let admin = server.db.admin().await;
    let before = rows(&admin).await;
    assert!(before.len() >= 3, "{before:?}");
    let thief = server.db.connect("keepwell_app").await;
    for attempt in [
        "select key_hash from platform.rate_count",
        "select failures from platform.failure_count",
        "update platform.failure_count set failures = 0",
        "delete from platform.failure_count",
        "delete from platform.rate_count",
        "insert into platform.failure_count values (sha256('x'), 0, now())",
        "truncate platform.failure_count",
        "set role keepwell_limits",
        "select platform.wait_after(100)",
    ] {
        let refused = thief.batch_execute(attempt).await.unwrap_err();
        assert_eq!(refused.code().unwrap().code(), "42501", "{attempt}");
    }
    // The functions change what is named by its key and nothing else, whatever is presented beside.
    let keys = "array[sha256('guess'), ''::bytea]";
    let every = |n: u32| {
        format!("(select array_agg(sha256(n::text::bytea)) from generate_series(1, {n}) n)")
    };
    let (eight, nine) = (every(8), every(9));
    for attempt in [
        format!("select platform.take_back_try({keys}, array[0, 0])"),
        format!("select platform.take_back_try({eight}, array_fill(0, array[8]))"),
        "select platform.take_back_try(null, null)".to_owned(),
        "select platform.take_back_try('{}', '{}')".to_owned(),
        "select platform.admit_try('{}', '{}', '{}', '{}')".to_owned(),
    ] {
        thief.batch_execute(&attempt).await.unwrap();
    }
    // And of few keys at a time, for a day at most: nobody fills the tables for years.
    let asked = |keys: &str, n: u32, seconds: &str, burst: &str, doors: &str| {
        format!(
            "select platform.admit_try({keys}, array_fill({seconds}, array[{n}]),
                array_fill({burst}, array[{n}]), {doors})"
        )
    };
    for attempt in [
        asked(&nine, 9, "60", "1", "'{}'"),
        asked(&every(4), 4, "60", "1", &every(5)),
        asked("'{}'", 0, "60", "1", &nine),
        asked(&every(1), 1, "86401", "1", "'{}'"),
        asked(&every(1), 1, "2147483647", "1", "'{}'"),
        asked(&every(1), 1, "0", "1", "'{}'"),
        asked(&every(1), 1, "null::integer", "1", "'{}'"),
        asked(&every(1), 1, "60", "0", "'{}'"),
        asked(&every(1), 1, "60", "10000001", "'{}'"),
        asked(&every(2), 1, "60", "1", "'{}'"),
        format!("select platform.take_back_try({nine}, array_fill(0, array[9]))"),
    ] {
        let refused = thief.batch_execute(&attempt).await.unwrap_err();
        assert_eq!(refused.code().unwrap().code(), "22023", "{attempt}");
    }
    assert_eq!(rows(&admin).await, before);
    assert!(wrong(&server, ANA, &Devices::default()).await.is_err());
    let most = asked(&every(4), 4, "86400", "1", "array[sha256('a'), sha256('b')]");
    thief.batch_execute(&most).await.unwrap();
    let ahead = "select max(next_at) <= now() + interval '1 day' from platform.rate_count";
    assert!(admin.query_one(ahead, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn counts_hold_no_name_and_no_address_and_go_when_they_are_quiet() {
    let options = ServerOptions { rates: Rates::default(), ..ServerOptions::default() };
    let server = TestServer::start_with(options, keepwell::router).await;
    for _ in 0..6 {
        wrong(&server, ANA, &Devices::default()).await.unwrap_or_default();
    }
    let dump = server.db.dump();
    let traces = testkit::search::Search::new(&[ANA.to_owned(), "192.0.2.1".to_owned()]);
    assert_eq!(traces.traces_in(&dump), Vec::<String>::new());

    let admin = server.db.admin().await;
    let clean = async || {
        let worker = server.db.connect("keepwell_worker").await;
        for statement in ["delete from platform.rate_count", "delete from platform.failure_count"] {
            worker.batch_execute(statement).await.unwrap();
        }
        rows(&admin).await.len()
    };
    assert_eq!(clean().await, 3, "two rates of the address, and the name");
    later(&server, 3_600.0).await;
    assert_eq!(clean().await, 1, "the name still counts");
    later(&server, 86_400.0).await;
    assert_eq!(clean().await, 0);
}
