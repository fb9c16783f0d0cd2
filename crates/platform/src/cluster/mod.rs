//! The private PostgreSQL: made on first start, run as a child, stopped with the program.
//!
//! With nothing configured Keepwell needs no database administrator: it takes the PostgreSQL that
//! is installed, makes a cluster of its own inside the data directory and talks to it through a
//! Unix socket that only one operating-system account can reach. There is no TCP port and no
//! password: the kernel says who is at the other end (`peer`).
//!
//! `binaries` finds PostgreSQL, `account` the unprivileged user, `layout` knows the paths,
//! `lock` who may touch them, `settings` what the server is told, `create` makes a cluster,
//! `supervisor` runs it. This module does not know the schema: migrations are somebody else's.

mod account;
mod binaries;
mod create;
mod error;
mod layout;
mod lock;
mod settings;
mod supervisor;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

pub use self::error::ClusterError;
pub use self::settings::{ADMIN_ROLE, DATABASE_NAME, ROLES};

use self::account::Accounts;
use self::binaries::Binaries;
use self::layout::Layout;
use self::supervisor::Supervisor;

/// What a private cluster is started from.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// The folder that holds everything Keepwell keeps on this machine.
    pub data_dir: PathBuf,
    /// Where `initdb` and `postgres` are, when they are not in a usual place.
    pub pg_bin: Option<PathBuf>,
    /// Turns off everything that makes a commit survive a crash. Only for databases that a test
    /// throws away.
    pub lose_data_on_power_failure: bool,
}

impl ClusterConfig {
    /// A durable cluster in `data_dir`, from the PostgreSQL that is installed.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), pg_bin: None, lose_data_on_power_failure: false }
    }

    /// Whether a cluster was made here before. While it was, a lost root key is a disaster and
    /// not a first start.
    pub fn database_exists(&self) -> bool {
        Layout::database_exists_in(&self.data_dir)
    }

    /// The way in as one of [`ROLES`] to a cluster that another process of ours runs.
    pub fn running(&self, role: &str) -> Result<Config, ClusterError> {
        Ok(way_in(&Layout::prepare(&self.data_dir)?.run(), role))
    }
}

/// A running private PostgreSQL. Dropping it stops it.
#[derive(Debug)]
pub struct Cluster {
    // Fields drop in this order: the server ends before the directory is free for the next.
    supervisor: Supervisor,
    socket_dir: PathBuf,
    _program_lock: lock::ProgramLock,
}

impl Cluster {
    /// Starts the cluster in the data directory, making it first where there is none. Blocks
    /// until the server answers: a fraction of a second, some seconds on the first start.
    pub fn start(config: &ClusterConfig) -> Result<Self, ClusterError> {
        let layout = Layout::prepare(&config.data_dir)?;
        let program_lock = lock::ProgramLock::acquire(&layout)?;
        let accounts = Accounts::choose(&layout)?;
        layout.hand_over(&accounts)?;
        let binaries = Binaries::find(config.pg_bin.as_deref(), layout.database_major()?)?;

        settings::write(&layout, &accounts, !config.lose_data_on_power_failure)?;
        if !layout.database_exists() {
            create::cluster(&layout, &accounts, &binaries, !config.lose_data_on_power_failure)?;
        }

        let socket_dir = layout.run();
        let supervisor = Supervisor::start(layout, accounts, binaries)?;
        Ok(Self { supervisor, socket_dir, _program_lock: program_lock })
    }

    /// The folder of the server's socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The way in as the superuser: for migrations, never for requests.
    pub fn admin_config(&self) -> Config {
        self.config(ADMIN_ROLE)
    }

    /// The way in as one of [`ROLES`].
    pub fn config(&self, role: &str) -> Config {
        way_in(&self.socket_dir, role)
    }

    /// Ends all connections and the server, and waits for it. Blocks: from async code, call it
    /// where blocking is allowed.
    pub fn stop(mut self) {
        self.supervisor.stop();
    }
}

fn way_in(socket_dir: &Path, role: &str) -> Config {
    let mut config = Config::new();
    config
        .host_path(socket_dir)
        .port(settings::PORT)
        .dbname(DATABASE_NAME)
        .user(role)
        .ssl_mode(SslMode::Disable)
        .application_name("keepwell");
    config
}
