//! The program as an operator runs it: a process of its own on a data directory of its own, with
//! its private, durable PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]

use std::{
    fs::{self, File, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use testkit::client_of;
use tokio_postgres::{Client, Config, NoTls};

/// Generous: the machine may be busy with everything else.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

/// A data directory and an address, which stay while processes come and go.
pub(crate) struct Home {
    folder: TempDir,
    port: u16,
}

/// A running `keepwell serve`. Dropping it kills it; its database then ends by itself.
pub(crate) struct Program(Child);

impl Home {
    /// A place where nothing is yet.
    pub(crate) fn new() -> Self {
        // The path of a socket must be short, and an unprivileged user must get there.
        let folder = tempfile::Builder::new().prefix("kw").tempdir_in("/var/tmp").unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o711)).unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        Self { folder, port }
    }

    /// Where people go.
    pub(crate) fn origin(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// The folder of everything.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("new/data")
    }

    /// Starts the program; does not wait for it.
    pub(crate) fn start(&self) -> Program {
        self.start_by(Command::new(env!("CARGO_BIN_EXE_keepwell")))
    }

    /// The same with more options.
    pub(crate) fn start_with(&self, options: &[&str]) -> Program {
        self.start_by_with(Command::new(env!("CARGO_BIN_EXE_keepwell")), options)
    }

    /// The same by another command, which ends in the program's name.
    pub(crate) fn start_by(&self, command: Command) -> Program {
        self.start_by_with(command, &[])
    }

    fn start_by_with(&self, mut command: Command, options: &[&str]) -> Program {
        let told = |name: &str| {
            let path = self.folder.path().join(name);
            File::options().create(true).append(true).open(path).unwrap()
        };
        command
            .arg("serve")
            .arg("--data-dir")
            .arg(self.data())
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--listen-http", "off"])
            .args(["--requests-per-minute", "1000000", "--password-memory-mib", "19"])
            .args(options)
            .stdout(told("out"))
            .stderr(told("err"));
        Program(command.spawn().unwrap())
    }

    /// What all starts so far printed for people.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("out")).unwrap_or_default()
    }

    /// What all starts so far logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("err")).unwrap_or_default()
    }

    /// A client that trusts this installation's authority.
    pub(crate) fn client(&self) -> reqwest::Client {
        client_of(&self.data().join("tls/authority.pem"))
    }

    /// Waits until the program and its database answer.
    pub(crate) async fn answers(&self) {
        let until = Instant::now() + LIMIT;
        let mut client = None;
        loop {
            if client.is_none() && self.data().join("tls/server.pem").exists() {
                client = Some(self.client());
            }
            if let Some(client) = &client {
                let asked = client.get(format!("{}/healthz", self.origin()));
                let answer = asked.timeout(Duration::from_secs(5)).send().await;
                if answer.is_ok_and(|answer| answer.status().is_success()) {
                    return;
                }
            }
            assert!(Instant::now() < until, "it does not answer:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The database's first process, if there is one now.
    pub(crate) fn postmaster(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.data().join("database/postmaster.pid")).ok()?;
        Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
    }

    /// A process of the database that works for requests, if there is one now.
    pub(crate) fn backend(&self) -> Option<Pid> {
        let parent = self.postmaster()?.as_raw_nonzero().to_string();
        fs::read_dir("/proc").unwrap().flatten().find_map(|process| {
            let stat = fs::read_to_string(process.path().join("stat")).ok()?;
            let (pid, rest) = stat.split_once(" (")?;
            let of = rest.rsplit_once(") ")?.1.split(' ').nth(1)?;
            let title = fs::read_to_string(process.path().join("cmdline")).ok()?;
            let found = of == parent && title.contains("keepwell_app");
            found.then(|| Pid::from_raw(pid.parse().ok()?))?
        })
    }

    /// The database as its superuser.
    pub(crate) async fn database(&self) -> Client {
        let mut config = Config::new();
        config.host_path(self.data().join("run")).port(5432).dbname("keepwell").user("postgres");
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// What the database wrote into its log.
    pub(crate) fn database_log(&self) -> String {
        fs::read_dir(self.data().join("log"))
            .unwrap()
            .flatten()
            .map(|file| fs::read_to_string(file.path()).unwrap_or_default())
            .collect()
    }
}

impl Program {
    /// Its number.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.0.id().try_into().unwrap()).unwrap()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Kills it as only the kernel can, and collects it.
    pub(crate) fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// How it ended.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, most of the time.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // The database of a killed program is told by the kernel; its folder goes after it.
        let until = Instant::now() + LIMIT;
        while self.postmaster().is_some_and(is_alive) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Whether a process runs. A dead one that nobody collected does not.
pub(crate) fn is_alive(pid: Pid) -> bool {
    fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()))
        .is_ok_and(|stat| !stat.contains(") Z "))
}

/// The program started by the ordinary user `postgres`, when we are root; by ourselves otherwise.
pub(crate) fn as_ordinary_user(program: &str) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"])
        // Through a descriptor, because the folders on the way to it may be closed to that user.
        .arg("/proc/self/fd/0")
        .stdin(Stdio::from(File::open(program).unwrap()));
    command
}
