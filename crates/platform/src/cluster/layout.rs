//! Where things are in the data directory, and whose they are.
//!
//! Started as root, the directory belongs to root and the database's user may only pass through:
//! `database`, `run` and `log` are its own, everything else (the root key, the TLS keys, the
//! server's settings and access rules) it cannot write. Root never writes *inside* the folders of
//! that user, so a captured database cannot lead root astray with a symbolic link.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::account::Accounts;
use super::error::ClusterError;
use super::settings;

/// The kernel's limit for a socket's path, without the closing zero byte.
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// The paths of one data directory.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    data: PathBuf,
}

impl Layout {
    /// Makes the data directory where it is missing and checks that it will do.
    pub(super) fn prepare(data_dir: &Path) -> Result<Self, ClusterError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data_dir)
            .map_err(ClusterError::file("make the data directory", data_dir))?;
        let data = fs::canonicalize(data_dir)
            .map_err(ClusterError::file("find the data directory", data_dir))?;
        let mode = mode_of(&data)?;
        if mode & 0o002 != 0 {
            return Err(ClusterError::OpenToAll { data_dir: data });
        }

        let layout = Self { data };
        let socket = layout.socket();
        let len = socket.as_os_str().as_bytes().len();
        if len > SOCKET_PATH_BYTES_MAX {
            return Err(ClusterError::PathTooLong { socket, len, max: SOCKET_PATH_BYTES_MAX });
        }
        Ok(layout)
    }

    /// Whether there is a finished cluster in this data directory.
    pub(super) fn database_exists_in(data_dir: &Path) -> bool {
        data_dir.join("database").join("PG_VERSION").exists()
    }

    pub(super) fn database_exists(&self) -> bool {
        Self::database_exists_in(&self.data)
    }

    /// The major release that made the database; `None` where there is no database yet.
    pub(super) fn database_major(&self) -> Result<Option<(PathBuf, u32)>, ClusterError> {
        let path = self.database().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => {
                let major = text.trim().split('.').next().and_then(|major| major.parse().ok());
                Ok(Some((self.database(), major.unwrap_or(0))))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ClusterError::file("read", path)(error)),
        }
    }

    /// Makes the folders of the server and gives each to whom it belongs.
    pub(super) fn hand_over(&self, accounts: &Accounts) -> Result<(), ClusterError> {
        for own in [self.run(), self.log()] {
            make_folder(&own)?;
            if accounts.drops_privileges() {
                let (uid, gid) = (accounts.database.uid, accounts.database.gid);
                chown(&own, Some(uid), Some(gid)).map_err(ClusterError::file("give away", &own))?;
            }
        }

        make_folder(&self.conf())?;
        if accounts.drops_privileges() {
            let gid = accounts.database.gid;
            for (shared, access) in [(self.conf(), 0o050), (self.data.clone(), 0o010)] {
                let mode = mode_of(&shared)?;
                chown(&shared, None, Some(gid))
                    .and_then(|()| {
                        fs::set_permissions(&shared, Permissions::from_mode(mode | access))
                    })
                    .map_err(ClusterError::file("open the way through", &shared))?;
            }
        }
        Ok(())
    }

    /// The data directory itself.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// PostgreSQL's own files.
    pub(super) fn database(&self) -> PathBuf {
        self.data.join("database")
    }

    /// Where a cluster is made before it gets its name, so that a half-made one is never taken
    /// for a whole.
    pub(super) fn database_new(&self) -> PathBuf {
        self.data.join("database.new")
    }

    /// The folder of the socket.
    pub(super) fn run(&self) -> PathBuf {
        self.data.join("run")
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.run().join(format!(".s.PGSQL.{}", settings::PORT))
    }

    pub(super) fn socket_lock(&self) -> PathBuf {
        self.run().join(format!(".s.PGSQL.{}.lock", settings::PORT))
    }

    /// The server's settings and access rules: it may read them, not write.
    pub(super) fn conf(&self) -> PathBuf {
        self.data.join("conf")
    }

    /// The server's log of the last seven days.
    pub(super) fn log(&self) -> PathBuf {
        self.data.join("log")
    }

    /// What the server says before its log is open.
    pub(super) fn start_log(&self) -> PathBuf {
        self.data.join("database-start.log")
    }

    pub(super) fn postmaster_pid(&self) -> PathBuf {
        self.database().join("postmaster.pid")
    }

    pub(super) fn program_lock(&self) -> PathBuf {
        self.data.join("keepwell.lock")
    }

    pub(super) fn database_lock(&self) -> PathBuf {
        self.data.join("database.lock")
    }

    /// Why the database's user cannot reach its files, when a folder on the way is closed to it.
    pub(super) fn unreachable(&self, accounts: &Accounts) -> Option<ClusterError> {
        let account = &accounts.database;
        let mut way: Vec<&Path> = self.data.ancestors().collect();
        way.reverse();
        let blocked = way.into_iter().find(|folder| {
            fs::metadata(folder).is_ok_and(|meta| {
                let shift = if meta.uid() == account.uid {
                    6
                } else if meta.gid() == account.gid {
                    3
                } else {
                    0
                };
                (meta.mode() >> shift) & 0o1 == 0
            })
        })?;
        Some(ClusterError::Unreachable {
            user: account.name.clone(),
            blocked: blocked.to_path_buf(),
        })
    }
}

fn make_folder(path: &Path) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(ClusterError::file("make the folder", path)(error)),
    }
}

fn mode_of(path: &Path) -> Result<u32, ClusterError> {
    let meta = fs::metadata(path).map_err(ClusterError::file("look at", path))?;
    Ok(meta.mode() & 0o7777)
}
