//! Who may touch a data directory: two locks, both released by the kernel with the last process
//! that holds them, so that no kill leaves one behind.
//!
//! The *program lock* is Keepwell's: it is held as long as the process lives, and says that one
//! instance owns the directory. The *database lock* is handed to the server as its standard
//! input, so that the postmaster and each of its children hold it: whoever gets it knows that no
//! process of an earlier server is left, whatever `postmaster.pid` claims. That file lies after a
//! kill when its number has been given to another process, or when nobody has collected the dead
//! one, and PostgreSQL would refuse to start on its word.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};

use super::error::ClusterError;
use super::layout::Layout;

/// How long the children of a killed server may take to notice and end.
const WAIT: Duration = Duration::from_mins(1);
/// After this long, a server without a parent is told to end.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(10);

/// Says that this process owns the data directory.
#[derive(Debug)]
pub(super) struct ProgramLock {
    _file: File,
}

impl ProgramLock {
    /// Takes the directory, or says who has it.
    pub(super) fn acquire(layout: &Layout) -> Result<Self, ClusterError> {
        let path = layout.program_lock();
        let mut file = open(&path)?;
        if try_lock(&file, &path)? {
            // Only for the message below; the lock itself is the kernel's.
            file.set_len(0)
                .and_then(|()| writeln!(file, "{}", std::process::id()))
                .map_err(ClusterError::file("write", &path))?;
            return Ok(Self { _file: file });
        }
        let by = match fs::read_to_string(&path) {
            Ok(pid) if !pid.trim().is_empty() => format!(" (process {})", pid.trim()),
            Ok(_) | Err(_) => String::new(),
        };
        Err(ClusterError::AlreadyRunning { data_dir: layout.data().to_path_buf(), by })
    }
}

/// Waits until no process of an earlier server is left, and returns the lock for the next.
pub(super) fn database_lock(layout: &Layout) -> Result<File, ClusterError> {
    let path = layout.database_lock();
    let file = open(&path)?;
    let since = Instant::now();
    let mut told = false;
    while !try_lock(&file, &path)? {
        if since.elapsed() > WAIT {
            let data_dir = layout.data().to_path_buf();
            return Err(ClusterError::StillRunning { data_dir, waited_s: WAIT.as_secs() });
        }
        if !told && since.elapsed() > PATIENCE {
            told = true;
            end_orphan(layout);
        }
        sleep(STEP);
    }
    Ok(file)
}

/// Tells a server whose Keepwell is gone to end. A server is told by its parent's death already;
/// this covers the moment between its start and that arrangement.
fn end_orphan(layout: &Layout) {
    let Some(pid) = recorded_pid(layout) else { return };
    let cwd = fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero()));
    if cwd.is_ok_and(|cwd| cwd == layout.database()) {
        tracing::warn!(pid = pid.as_raw_nonzero(), "ending a database server left by a kill");
        if let Err(error) = kill_process(pid, Signal::INT) {
            tracing::warn!(%error, "cannot signal it");
        }
    }
}

/// The process that `postmaster.pid` names, alive or not.
fn recorded_pid(layout: &Layout) -> Option<Pid> {
    let text = fs::read_to_string(layout.postmaster_pid()).ok()?;
    Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
}

/// Removes what a killed server leaves and the next would stumble over. Only with the database
/// lock in hand, which proves that nobody is behind these files.
pub(super) fn remove_leftovers(layout: &Layout, _held: &File) -> Result<(), ClusterError> {
    for path in [layout.postmaster_pid(), layout.socket_lock(), layout.socket()] {
        match fs::remove_file(&path) {
            Ok(()) => tracing::info!(path = %path.display(), "removed a killed server's file"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(ClusterError::file("remove", path)(error)),
        }
    }
    Ok(())
}

fn open(path: &Path) -> Result<File, ClusterError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(ClusterError::file("open", path))
}

fn try_lock(file: &File, path: &Path) -> Result<bool, ClusterError> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(ClusterError::file("lock", path)(error.into())),
    }
}
