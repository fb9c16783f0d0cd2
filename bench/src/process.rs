//! Processes: what they use, and the server that is measured.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;

const LIMIT: Duration = Duration::from_mins(2);
/// What Linux counts in, on every machine it shows to programs.
const TICK_US: u64 = 10_000;

/// Processor time in microseconds, by the kernel's account (in steps of 10 ms).
pub(crate) fn cpu_us(pid: i32) -> Result<u64> {
    Ok(stat(pid)?.own_us)
}

/// The same of all children that have ended.
pub(crate) fn ended_children_cpu_us(pid: i32) -> Result<u64> {
    Ok(stat(pid)?.children_us)
}

/// The living children of a process.
pub(crate) fn children_of(parent: i32) -> Result<Vec<i32>> {
    let mut found = Vec::new();
    for process in fs::read_dir("/proc")?.flatten() {
        let pid = process.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
        // A process may end while we look.
        if let Some(pid) = pid
            && stat(pid).is_ok_and(|stat| stat.parent == parent)
        {
            found.push(pid);
        }
    }
    Ok(found)
}

struct Stat {
    parent: i32,
    own_us: u64,
    children_us: u64,
}

fn stat(pid: i32) -> Result<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields: Vec<&str> =
        text.rsplit_once(") ").context("no such form")?.1.split_whitespace().collect();
    // Counted from the third field on, as proc(5) numbers them.
    let field = |number: usize| -> Result<u64> {
        Ok(fields.get(number - 3).context("too few fields")?.parse()?)
    };
    Ok(Stat {
        parent: i32::try_from(field(4)?)?,
        own_us: (field(14)? + field(15)?) * TICK_US,
        children_us: (field(16)? + field(17)?) * TICK_US,
    })
}

/// A running `keepwell serve`.
pub(crate) struct Server {
    child: Child,
    pub(crate) home: PathBuf,
    pub(crate) port: u16,
    pub(crate) until_first_answer: Duration,
}

impl Server {
    /// Starts the program and waits for its first answer.
    pub(crate) fn start(program: &Path, home: &Path, log_level: &str) -> Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let data = home.join("data");
        let log = || File::options().create(true).append(true).open(home.join("log"));
        let began = Instant::now();
        let mut child = Command::new(program)
            .args(["serve", "--listen-http", "off", "--listen", &format!("127.0.0.1:{port}")])
            .arg("--data-dir")
            .arg(&data)
            // One address asks for everybody here.
            .args(["--requests-per-minute", "100000000", "--sign-ups-per-hour", "1000"])
            .args(["--sign-ins-per-minute", "100000"])
            .args(["--log-level", log_level])
            .stdout(log()?)
            .stderr(log()?)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let authority = data.join("tls/authority.pem");
        loop {
            let answered = authority.exists()
                && Client::connect(&authority, port).is_ok_and(|mut client| {
                    client.get("/healthz", None).is_ok_and(|answer| answer.status == 200)
                });
            if answered {
                let until_first_answer = began.elapsed();
                return Ok(Self { child, home: home.to_path_buf(), port, until_first_answer });
            }
            if let Some(status) = child.try_wait()? {
                let said = fs::read_to_string(home.join("log"))?;
                bail!("the server ended ({status}):\n{said}");
            }
            if began.elapsed() > LIMIT {
                bail!("the server does not answer");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.home.join("data/tls/authority.pem")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.home.join("data/run")
    }

    pub(crate) fn pid(&self) -> Result<i32> {
        Ok(i32::try_from(self.child.id())?)
    }

    /// The database's first process.
    pub(crate) fn postmaster(&self) -> Result<i32> {
        let text = fs::read_to_string(self.home.join("data/database/postmaster.pid"))?;
        Ok(text.lines().next().context("an empty file")?.trim().parse()?)
    }

    /// Processor time of everything that lives in the database now.
    pub(crate) fn database_cpu_us(&self) -> Result<u64> {
        children_of(self.postmaster()?)?
            .into_iter()
            .map(|pid| Ok(cpu_us(pid).unwrap_or_default()))
            .sum()
    }

    /// Memory of the server without its database, in kB.
    pub(crate) fn resident_kb(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        Ok(line.split_whitespace().nth(1).context("no number")?.parse()?)
    }

    /// Ends it as Ctrl-C does.
    pub(crate) fn stop(mut self) -> Result<()> {
        kill_process(Pid::from_raw(self.pid()?).context("no such number")?, Signal::INT)?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, unless something went wrong above.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
