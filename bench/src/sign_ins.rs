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
use crate::process::Server;

/// As many as one address may have waiting and running.
const AT_A_TIME: usize = 4;

/// How many passwords all cores stretch in a second, with nothing around it.
pub(crate) fn stretches_a_second(length: Duration) -> Result<f64> {
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
pub(crate) struct Storm<T> {
    pub(crate) sign_ins_a_second: f64,
    /// What was done while it lasted.
    pub(crate) meanwhile: T,
}

/// Signs in over and over, into different accounts, while something else is done.
pub(crate) fn storm<T>(server: &Server, meanwhile: impl FnOnce() -> Result<T>) -> Result<Storm<T>> {
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
