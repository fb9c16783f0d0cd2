//! The policies against a model of them in plain Rust: random statements of random people, with
//! live, ended and no sessions and whatever they claim, on both; no difference.

use std::collections::BTreeMap;

use proptest::{
    collection::vec,
    prelude::{Strategy, any},
    strategy::ValueTree,
    test_runner::{Config, RngSeed, TestRunner},
};
use testkit::{Person, TestServer};
use tokio_postgres::Client;
use uuid::Uuid;

const PEOPLE: usize = 3;

/// One statement in a transaction of its own.
#[derive(Clone, Debug)]
struct Step {
    /// Whose token is presented; nobody's beyond the last person.
    asks: usize,
    /// Whether that session has ended.
    ended: bool,
    /// Whose data the asker names; nobody's beyond the last person.
    names: usize,
    /// Whose row it is about.
    owner: usize,
    day: i32,
    verb: Verb,
}

#[derive(Clone, Copy, Debug)]
enum Verb {
    Read,
    Add,
    Change,
    Remove,
    GiveAway,
}

/// What comes of a step: rows, or a refusal by its code.
type Outcome = Result<u64, &'static str>;

/// The rows by owner and day, with their versions.
#[derive(Default)]
struct Model(BTreeMap<(usize, i32), i64>);

impl Model {
    fn run(&mut self, step: &Step) -> Outcome {
        let is_somebody = step.asks < PEOPLE && !step.ended;
        let names_another = step.names < PEOPLE && step.names != step.asks;
        let may = is_somebody && !names_another && step.owner == step.asks;
        let row = (step.owner, step.day);
        match step.verb {
            Verb::Read => Ok(u64::from(may && self.0.contains_key(&row))),
            Verb::Add if !may => Err("42501"),
            Verb::Add if self.0.contains_key(&row) => Err("23505"),
            Verb::Add => {
                self.0.insert(row, 1);
                Ok(1)
            }
            Verb::Change if may => Ok(self.0.get_mut(&row).map_or(0, |version| {
                *version += 1;
                1
            })),
            Verb::Remove if may => Ok(u64::from(self.0.remove(&row).is_some())),
            // A row that is seen cannot be made another's.
            Verb::GiveAway if may && self.0.contains_key(&row) => Err("42501"),
            Verb::Change | Verb::Remove | Verb::GiveAway => Ok(0),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let verb = proptest::sample::select(vec![
        Verb::Read,
        Verb::Add,
        Verb::Add,
        Verb::Change,
        Verb::Remove,
        Verb::GiveAway,
    ]);
    // Often one's own, or everything would be refused.
    let own = any::<bool>();
    (0..=PEOPLE, proptest::bool::weighted(0.15), 0..=PEOPLE, 0..PEOPLE, 0..4_i32, verb, own)
        .prop_map(|(asks, ended, names, owner, day, verb, own)| {
            let (names, owner) = if own { (PEOPLE, asks.min(PEOPLE - 1)) } else { (names, owner) };
            Step { asks, ended, names, owner, day, verb }
        })
}

struct Real {
    app: Client,
    server: TestServer,
    live: Vec<Person>,
    ended: Vec<Person>,
}

impl Real {
    async fn run(&self, step: &Step) -> Outcome {
        let people = if step.ended { &self.ended } else { &self.live };
        match people.get(step.asks) {
            Some(person) => self.server.db.begin_as(&self.app, &person.cookie).await,
            None => self.app.batch_execute("begin").await.unwrap(),
        }
        if let Some(named) = self.live.get(step.names) {
            let name = format!("select set_config('app.owner', '{}', true)", named.id);
            self.app.batch_execute(&name).await.unwrap();
        }
        let owner: Uuid = self.live[step.owner].id;
        let row = format!(
            "owner = '{owner}' and scope = 'food' and day = date '2026-11-01' + {}",
            step.day
        );
        let sql = match step.verb {
            Verb::Read => format!("select 1 from diary.record_day where {row}"),
            Verb::Add => format!(
                "insert into diary.record_day
                values ('{owner}', 'food', date '2026-11-01' + {}, 1, 1, 'x')",
                step.day
            ),
            Verb::Change => {
                format!("update diary.record_day set version = version + 1 where {row}")
            }
            Verb::Remove => format!("delete from diary.record_day where {row}"),
            Verb::GiveAway => {
                let other = self.live[(step.owner + 1) % PEOPLE].id;
                format!(
                    "update diary.record_day set owner = '{other}', day = '2030-01-01' where {row}"
                )
            }
        };
        let outcome = self.app.execute(&sql, &[]).await;
        self.app.batch_execute(if outcome.is_ok() { "commit" } else { "rollback" }).await.unwrap();
        outcome.map_err(|refused| match refused.code().unwrap().code() {
            "42501" => "42501",
            "23505" => "23505",
            other => panic!("{sql}: {other}"),
        })
    }
}

#[tokio::test]
async fn the_database_decides_as_the_model_does() {
    let server = TestServer::start(keepwell::router).await;
    let mut live = Vec::new();
    let mut ended = Vec::new();
    let admin = server.db.admin().await;
    for name in ["ana", "ben", "cleo"] {
        let person = server.person(name).await;
        let end =
            format!("update auth.session set expires_at = now() where principal = '{}'", person.id);
        admin.batch_execute(&end).await.unwrap();
        live.push(person.sign_in().await);
        ended.push(person);
    }
    let real = Real { app: server.db.connect("keepwell_app").await, server, live, ended };
    let config = Config { rng_seed: RngSeed::Fixed(20_261_122), ..Config::default() };
    let mut runner = TestRunner::new(config);
    let mut reached = 0;
    for _ in 0..200 {
        admin.batch_execute("delete from diary.record_day").await.unwrap();
        let mut model = Model::default();
        let steps = vec(step(), 1..12).new_tree(&mut runner).unwrap().current();
        for (at, step) in steps.iter().enumerate() {
            let (expected, found) = (model.run(step), real.run(step).await);
            assert_eq!(found, expected, "step {at} of {steps:#?}");
            reached += found.unwrap_or(0);
        }
    }
    assert!(reached > 100, "almost nothing was allowed: the test is broken");
}
