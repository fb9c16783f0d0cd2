//! A storm of sign-ins: how much of the machine's stretching becomes sign-ins, and what those who read
//! meanwhile notice.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use keys::PasswordCost;
use secrecy::SecretString;
use serde_json::json;

use crate::client::Client;
use crate::fill::{PASSWORD, address};
use crate::load::float;
use crate::measure::{Bench, read_days};
use crate::process::Server;
use crate::report::{Ratio, median};
use crate::say;

/// As many as one address may have waiting and running.
const AT_A_TIME: usize = 4;

impl Bench<'_> {
    /// Sign-ins against what the cores can stretch, and reading days beside a storm of them.
    pub(crate) fn sign_ins(&self) -> Result<Vec<Ratio>> {
        say("signing in")?;
        // A sign-in takes a good part of a second: shorter stretches of load would count whole ones.
        let length = self.length().max(Duration::from_secs(6));
        let mut rounds = Vec::new();
        for _ in 0..self.options.rounds {
            let stretches = stretches_a_second(length)?;
            let by_itself = storm(&self.server, || {
                thread::sleep(length);
                Ok(())
            })?;
            // Connections that ask for nothing are cut off: these ask at once.
            let mut clients = self.connections()?;
            let alone = self.read_days(&mut clients)?;
            let beside = storm(&self.server, || {
                read_days(&self.server, &self.reader, &mut clients, length)
            })?;
            rounds.push((stretches, by_itself.sign_ins_a_second, alone, beside));
        }
        let shares: Vec<f64> = rounds.iter().map(|(could, did, ..)| did / could).collect();
        let kept: Vec<f64> = rounds
            .iter()
            .map(|(.., alone, beside)| beside.meanwhile.per_second / alone.per_second)
            .collect();
        let p99_ms =
            median(rounds.iter().map(|(.., beside)| beside.meanwhile.p99.as_secs_f64() * 1e3));
        let (share, keeps) = (median(shares.iter().copied()), median(kept.iter().copied()));
        Ok(vec![
            Ratio {
                name: "sign-ins against what all cores stretch (Argon2id, 64 MiB, 3 passes), 4 at a \
                       time",
                goal: ">= 0.9",
                reached: Some(share >= 0.9),
                value: share,
                rounds: shares,
                parts: vec![
                    ("stretches a second".into(), median(rounds.iter().map(|(could, ..)| *could))),
                    ("sign-ins a second".into(), median(rounds.iter().map(|(_, did, ..)| *did))),
                ],
            },
            Ratio {
                name: "days read a second beside a storm of sign-ins against without, p99 below 50 ms",
                goal: ">= 0.5",
                reached: Some(keeps >= 0.5 && p99_ms < 50.0),
                value: keeps,
                rounds: kept,
                parts: vec![
                    ("p99 of a day beside it, ms".into(), p99_ms),
                    (
                        "p99 of a day alone, ms".into(),
                        median(rounds.iter().map(|(.., one, _)| one.p99.as_secs_f64() * 1e3)),
                    ),
                    (
                        "sign-ins a second beside the reading".into(),
                        median(rounds.iter().map(|(.., beside)| beside.sign_ins_a_second)),
                    ),
                ],
            },
        ])
    }
}

/// How many passwords all cores stretch in a second, with nothing around it.
fn stretches_a_second(length: Duration) -> Result<f64> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let began = Instant::now();
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    let password = SecretString::from(PASSWORD);
                    while began.elapsed() < length {
                        keys::stretch(&password, &[7; 32], PasswordCost::default())?;
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok::<(), keys::CannotOpen>(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Err(keys::CannotOpen)))
    })?;
    Ok(float(done.into_inner()) / began.elapsed().as_secs_f64())
}

/// What came of a storm.
struct Storm<T> {
    sign_ins_a_second: f64,
    /// What was done while it lasted.
    meanwhile: T,
}

/// Signs in over and over, into different accounts, while something else is done.
fn storm<T>(server: &Server, meanwhile: impl FnOnce() -> Result<T>) -> Result<Storm<T>> {
    let mut clients = (0..AT_A_TIME)
        .map(|_| Client::connect(&server.authority(), server.port))
        .collect::<Result<Vec<_>>>()?;
    let (over, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    let began = Instant::now();
    let (meanwhile, took) = thread::scope(|scope| {
        let stormers: Vec<_> = clients
            .iter_mut()
            .enumerate()
            .map(|(number, client)| {
                let (over, done) = (&over, &done);
                scope.spawn(move || {
                    let email = address(&format!("writer{number}"));
                    let body = json!({"email": email, "password": PASSWORD});
                    while !over.load(Ordering::Relaxed) {
                        client.post("/api/v1/session", None, &body)?.expect(201)?;
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    anyhow::Ok(())
                })
            })
            .collect();
        let outcome = meanwhile();
        // Those on their way finish, and count.
        over.store(true, Ordering::Relaxed);
        for stormer in stormers {
            stormer.join().map_err(|_panic| anyhow::anyhow!("a storm broke off"))??;
        }
        anyhow::Ok((outcome?, began.elapsed()))
    })?;
    let sign_ins_a_second = float(done.into_inner()) / took.as_secs_f64();
    Ok(Storm { sign_ins_a_second, meanwhile })
}
