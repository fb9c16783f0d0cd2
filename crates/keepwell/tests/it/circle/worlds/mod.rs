//! Random worlds of people, practices and studies, of which thousands of questions are asked, of the
//! database and of the model in `testkit::permissions`; no difference.
//!
//! `KEEPWELL_TEST_WORLDS` says how many worlds (`KEEPWELL_TEST_SERVER_WORLDS` for those of real people at
//! the server), `KEEPWELL_TEST_SEED` which ones. What fails is made as small as it can be and shown with
//! its seed.
#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of a session are usual ones")]

mod database;
mod expected;
mod people;
mod rings;
mod server;
mod steps;

use std::time::{Duration, Instant};

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngSeed, TestRunner},
};
use testkit::{TestDb, permissions::Permissions};

use database::Real;
use expected::{Answer, expected};
use steps::{Question, Step, history};

/// What was asked, and how long it took.
#[derive(Default)]
struct Count {
    questions: usize,
    rights: usize,
    allowed: usize,
    /// Questions about items of a diary that was visited, and how many of them were allowed.
    items: usize,
    items_allowed: usize,
    took: Duration,
}

impl Count {
    fn add(&mut self, question: &Question, answer: &Answer) {
        self.questions += 1;
        self.rights += answer.rights(question);
        let is_allowed = !answer.found.is_empty() || !answer.events.is_empty();
        self.allowed += usize::from(is_allowed);
        if question.what.visits_items() {
            self.items += 1;
            self.items_allowed += usize::from(is_allowed);
        }
    }
}

/// A number from the environment, for runs by hand.
pub(super) fn wish(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[tokio::test]
async fn the_database_decides_about_the_circle_as_the_model_does() {
    let worlds = wish("KEEPWELL_TEST_WORLDS", 20);
    let first_seed = wish("KEEPWELL_TEST_SEED", 20_261_123);
    let db = TestDb::new().await;
    let real = Real::open(&db).await;
    let mut count = Count::default();
    for seed in first_seed..first_seed + worlds {
        let config = Config { rng_seed: RngSeed::Fixed(seed), ..Config::default() };
        let mut runner = TestRunner::new(config);
        let history = history().new_tree(&mut runner).unwrap().current();
        let Err(difference) = live_through(&real, &history, &mut count).await else { continue };
        let (history, difference) = made_smaller(&real, history, difference).await;
        let steps: Vec<String> = history.iter().map(|step| format!("{step:?}")).collect();
        panic!(
            "KEEPWELL_TEST_SEED={seed}: {}\nat the end of\n{}",
            difference.what,
            steps.join("\n")
        );
    }
    let rate = |number: usize| number * 1000 / (count.took.as_millis() as usize).max(1);
    println!(
        "{worlds} worlds: {} questions ({} a second) about {} rights ({} a second); {} found \
        something; {} about items that are visited, {} allowed",
        count.questions,
        rate(count.questions),
        count.rights,
        rate(count.rights),
        count.allowed,
        count.items,
        count.items_allowed
    );
    assert!(count.allowed * 20 > count.questions, "almost nothing was allowed: the test is broken");
    assert!(count.items_allowed * 50 > count.items, "hardly an item was seen: the test is broken");
}

/// Where the model and the database differ.
struct Difference {
    step: usize,
    what: String,
}

/// Lives a history, on both sides, until they differ.
async fn live_through(real: &Real, history: &[Step], count: &mut Count) -> Result<(), Difference> {
    real.begin().await;
    let mut world = Permissions::default();
    let is_question = |step: &Step| matches!(step, Step::Ask(_));
    let mut at = 0;
    for steps in history.chunk_by(|a, b| is_question(a) && is_question(b)) {
        let differs = |further: usize, what| Difference { step: at + further, what };
        if let Step::Ask(_) = steps[0] {
            let questions: Vec<&Question> = steps
                .iter()
                .filter_map(|step| if let Step::Ask(asked) = step { Some(asked) } else { None })
                .collect();
            let began = Instant::now();
            let answers = real.ask(&questions).await;
            count.took += began.elapsed();
            for (number, (question, found)) in questions.iter().zip(&answers).enumerate() {
                let expected = expected(&world, question);
                if *found != expected {
                    let what = format!("the model says {expected:#?},\nthe database {found:#?}");
                    return Err(differs(number, what));
                }
                count.add(question, found);
            }
        } else {
            real.act(&mut world, &steps[0]).await.map_err(|cause| differs(0, cause))?;
        }
        at += steps.len();
    }
    Ok(())
}

/// Leaves out of a failing history whatever it fails without: what comes afterwards, the other
/// questions, and then one step after the other.
async fn made_smaller(
    real: &Real,
    mut history: Vec<Step>,
    mut difference: Difference,
) -> (Vec<Step>, Difference) {
    history.truncate(difference.step + 1);
    let last = history.len() - 1;
    let acts = history.iter().enumerate();
    let acts = acts.filter(|(at, step)| *at == last || !matches!(step, Step::Ask(_)));
    let mut tries = vec![acts.map(|(_, step)| step.clone()).collect::<Vec<_>>()];
    let mut without = 0;
    loop {
        for smaller in std::mem::take(&mut tries) {
            match live_through(real, &smaller, &mut Count::default()).await {
                Err(found) if found.step + 1 == smaller.len() => {
                    (history, difference) = (smaller, found);
                }
                _ => without += 1,
            }
        }
        if without + 1 >= history.len() {
            return (history, difference);
        }
        let mut smaller = history.clone();
        drop(smaller.remove(without));
        tries.push(smaller);
    }
}
