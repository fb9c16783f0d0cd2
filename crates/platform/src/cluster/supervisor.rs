//! Runs the server as a child: starts it, waits until it answers, starts it again when it dies,
//! ends it with us.
//!
//! One thread does all of it and lives as long as the server should, because the kernel ties the
//! child's life to the *thread* that made it: when this thread ends, for whatever reason, the
//! server receives the signal of a fast shutdown.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::account::Accounts;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::layout::Layout;
use super::{lock, settings};

/// How often to look whether the server became ready.
const READY_STEP: Duration = Duration::from_millis(5);
/// Crash recovery can take long; tell that it does.
const READY_TELL: Duration = Duration::from_secs(10);
/// How often to look whether the server still lives.
const WATCH_STEP: Duration = Duration::from_millis(250);
/// A fast shutdown writes what is in memory to the disk.
const FAST_STOP: Duration = Duration::from_mins(1);
const IMMEDIATE_STOP: Duration = Duration::from_secs(5);
/// Waits between attempts to bring a dying server back.
const BACK_OFF_MIN: Duration = Duration::from_millis(100);
const BACK_OFF_MAX: Duration = Duration::from_secs(30);
/// The last lines of the log that an error shows.
const SHOWN_LINES: usize = 15;

/// The thread that runs the server.
#[derive(Debug)]
pub(super) struct Supervisor {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Starts the server and waits until it is ready.
    pub(super) fn start(
        layout: Layout,
        accounts: Accounts,
        binaries: Binaries,
    ) -> Result<Self, ClusterError> {
        let database = layout.database();
        let server = Server { layout, accounts, binaries };
        let (stop, stopped) = channel();
        let (started, start) = channel();
        let thread = thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || match server.start() {
                Ok(child) => {
                    if started.send(Ok(())).is_ok() {
                        server.keep(child, &stopped);
                    } else {
                        server.end(child);
                    }
                }
                Err(error) => {
                    if let Err(unread) = started.send(Err(error)) {
                        tracing::error!("{:?}", unread.0);
                    }
                }
            })
            .map_err(ClusterError::file("watch over", &database))?;
        match start.recv() {
            Ok(Ok(())) => Ok(Self { stop: Some(stop), thread: Some(thread) }),
            Ok(Err(error)) => Err(error),
            Err(gone) => {
                let output = format!("its thread ended ({gone})");
                Err(ClusterError::CannotStart { database, output })
            }
        }
    }

    /// Ends the server and waits for it.
    pub(super) fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the database's thread failed");
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop();
    }
}

/// All that a start needs.
struct Server {
    layout: Layout,
    accounts: Accounts,
    binaries: Binaries,
}

impl Server {
    /// Starts the server and waits until it is ready.
    fn start(&self) -> Result<Child, ClusterError> {
        // Whoever is left of an earlier server holds this lock; it ends before ours begins.
        let held = lock::database_lock(&self.layout)?;
        lock::remove_leftovers(&self.layout, &held)?;

        let start_log = self.layout.start_log();
        let log = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&start_log)
            .map_err(ClusterError::file("write", &start_log))?;
        let spawn = |log: File| -> io::Result<Child> {
            self.accounts
                .command(&self.binaries.postgres())
                .args(settings::arguments(&self.layout))
                .current_dir(self.layout.data())
                .stdin(held)
                .stdout(log.try_clone()?)
                .stderr(log)
                .spawn()
        };
        let mut child =
            spawn(log).map_err(ClusterError::file("start", self.binaries.postgres()))?;
        match self.wait_until_ready(&mut child) {
            Ok(()) => Ok(child),
            Err(status) => Err(self.layout.unreachable(&self.accounts).unwrap_or_else(|| {
                ClusterError::CannotStart {
                    database: self.layout.database(),
                    output: format!("{}\n({status})", self.last_words()),
                }
            })),
        }
    }

    /// Returns when the server takes connections; fails with how it ended instead.
    fn wait_until_ready(&self, child: &mut Child) -> Result<(), String> {
        let pid_file = self.layout.postmaster_pid();
        let pid = child.id().to_string();
        let mut tell = Instant::now() + READY_TELL;
        loop {
            if fs::read_to_string(&pid_file).is_ok_and(|text| is_ready(&text, &pid)) {
                return Ok(());
            }
            match child.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => return Err(status.to_string()),
                Err(error) => return Err(error.to_string()),
            }
            if Instant::now() > tell {
                tracing::info!("the database is still starting: recovering from a crash");
                tell = Instant::now() + READY_TELL;
            }
            sleep(READY_STEP);
        }
    }

    /// Watches over the server until we are told to stop, and brings it back when it dies: its
    /// own recovery makes that safe, and a diary should not need somebody at night.
    fn keep(&self, mut child: Child, stopped: &Receiver<()>) {
        let mut back_off = BACK_OFF_MIN;
        let mut since = Instant::now();
        loop {
            match stopped.recv_timeout(WATCH_STEP) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return self.end(child),
            }
            let status = match child.try_wait() {
                Ok(None) => continue,
                Ok(Some(status)) => status.to_string(),
                Err(error) => error.to_string(),
            };
            tracing::error!(%status, "the database ended by itself; starting it again");
            if since.elapsed() > BACK_OFF_MAX {
                back_off = BACK_OFF_MIN;
            }
            child = loop {
                match stopped.recv_timeout(back_off) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
                back_off = (back_off * 2).min(BACK_OFF_MAX);
                match self.start() {
                    Ok(child) => break child,
                    Err(error) => tracing::error!(%error, "the database does not start"),
                }
            };
            since = Instant::now();
            tracing::info!("the database is back");
        }
    }

    /// Ends the server: politely, then firmly. Commits are safe either way.
    fn end(&self, mut child: Child) {
        let steps = [
            (Signal::INT, FAST_STOP),
            (Signal::QUIT, IMMEDIATE_STOP),
            (Signal::KILL, IMMEDIATE_STOP),
        ];
        for (signal, limit) in steps {
            signal_child(&child, signal);
            match wait_for(&mut child, limit) {
                Ok(Some(_)) => return,
                Ok(None) => tracing::warn!(?signal, ?limit, "the database did not end in time"),
                Err(error) => {
                    tracing::error!(%error, "cannot wait for the database");
                    return;
                }
            }
        }
        tracing::error!(database = %self.layout.database().display(), "the database did not end");
    }

    /// What the server said last: before its log was open, and in it.
    fn last_words(&self) -> String {
        let newest = fs::read_dir(self.layout.log())
            .into_iter()
            .flatten()
            .flatten()
            .max_by_key(|entry| entry.metadata().and_then(|meta| meta.modified()).ok())
            .map(|entry| entry.path());
        [Some(self.layout.start_log()), newest]
            .into_iter()
            .flatten()
            .filter_map(|path| fs::read(path).ok())
            .flat_map(|bytes| last_lines(&String::from_utf8_lossy(&bytes)))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// The eighth line of `postmaster.pid` says how far the server is; the first, whose file it is.
fn is_ready(text: &str, pid: &str) -> bool {
    let mut lines = text.lines();
    lines.next() == Some(pid) && lines.nth(6).is_some_and(|status| status.trim() == "ready")
}

fn last_lines(text: &str) -> Vec<String> {
    let lines: Vec<_> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(SHOWN_LINES)).map(ToString::to_string).collect()
}

fn signal_child(child: &Child, signal: Signal) {
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    // Not collected yet, so the number is still its own.
    if let Err(error) = kill_process(pid, signal) {
        tracing::debug!(%error, ?signal, "cannot signal the database");
    }
}

fn wait_for(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let until = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > until {
            return Ok(None);
        }
        sleep(READY_STEP);
    }
}
