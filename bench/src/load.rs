//! Some connections that ask as fast as they are answered, for a while.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::client::Client;
use crate::process::{Server, cpu_us};

/// What one stretch of load showed.
pub(crate) struct Outcome {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) server_cpu_us: f64,
    pub(crate) database_cpu_us: f64,
    pub(crate) client_cpu_us: f64,
}

/// Runs one closure a connection until the time is over. Each call is one request.
pub(crate) fn run<S: Send>(
    server: &Server,
    clients: &mut [(Client, S)],
    length: Duration,
    ask: impl Fn(&mut Client, &mut S) -> Result<()> + Sync,
) -> Result<Outcome> {
    let own = i32::try_from(std::process::id())?;
    let before = (cpu_us(server.pid()?)?, server.database_cpu_us()?, cpu_us(own)?);
    let began = Instant::now();
    let all = Mutex::new(Vec::new());
    let failed = Mutex::new(None);
    thread::scope(|scope| {
        for (client, state) in clients {
            scope.spawn(|| {
                let mut times = Vec::with_capacity(50_000);
                while began.elapsed() < length {
                    let asked = Instant::now();
                    if let Err(error) = ask(client, state) {
                        failed
                            .lock()
                            .unwrap_or_else(std::sync::PoisonError::into_inner)
                            .replace(error);
                        return;
                    }
                    times.push(asked.elapsed());
                }
                all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).append(&mut times);
            });
        }
    });
    let took = began.elapsed();
    if let Some(error) = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return Err(error);
    }
    let after = (cpu_us(server.pid()?)?, server.database_cpu_us()?, cpu_us(own)?);
    let mut times = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if times.is_empty() {
        bail!("nothing was answered in {length:?}");
    }
    times.sort();
    let count = float(times.len());
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len() - 1)).copied();
    let each = |after: u64, before: u64| float_us(after.saturating_sub(before)) / count;
    Ok(Outcome {
        per_second: count / took.as_secs_f64(),
        p50: at(50).unwrap_or_default(),
        p99: at(99).unwrap_or_default(),
        server_cpu_us: each(after.0, before.0),
        database_cpu_us: each(after.1, before.1),
        client_cpu_us: each(after.2, before.2),
    })
}

/// Counts here are far below where a float loses one.
#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of minutes")]
fn float_us(us: u64) -> f64 {
    us as f64
}
