//! What can go wrong with the private cluster, in words for the person who runs it.
//!
//! Every message says what happened, where, and what to do about it.

use std::io;
use std::path::PathBuf;

/// The private cluster cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No usable PostgreSQL on this machine.
    #[error(
        "PostgreSQL is not installed (looked in {looked_in}).\n\
         Install version 15 or newer, on Debian and Ubuntu with:  apt install postgresql\n\
         If it is in an unusual place, name the folder of `initdb` and `postgres` with --pg-bin."
    )]
    NotInstalled {
        /// The places that were searched.
        looked_in: String,
    },

    /// Only releases that are too old.
    #[error(
        "PostgreSQL {found} in {bin} is too old: Keepwell needs version 15 or newer.\n\
         Install a newer one; https://www.postgresql.org/download/ has packages for every system."
    )]
    TooOld {
        /// The release that was found.
        found: u32,
        /// Its programs.
        bin: PathBuf,
    },

    /// The database was made by another major release than the one installed.
    #[error(
        "The database in {database} was made by PostgreSQL {made_by}, but {found}.\n\
         PostgreSQL cannot open another release's files. Install PostgreSQL {made_by} again \
         (apt install postgresql-{made_by}), or convert the database with pg_upgrade."
    )]
    OtherVersion {
        /// The database directory.
        database: PathBuf,
        /// The release that made it.
        made_by: u32,
        /// What there is instead.
        found: String,
    },

    /// `setpriv` is missing.
    #[error(
        "The program `setpriv` is missing, which ties the database to Keepwell's life.\n\
         It belongs to util-linux 2.33 or newer:  apt install util-linux"
    )]
    NoSetpriv,

    /// Started as root, and nobody to run the database as.
    #[error(
        "PostgreSQL refuses to run as root, and there is no user `postgres` or `keepwell` to run \
         it as.\nMake one:  useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin \
         keepwell"
    )]
    NoAccount,

    /// The current user has no name.
    #[error(
        "User number {uid} has no entry in /etc/passwd, and PostgreSQL refuses to run without.\n\
         In a container, add one to the image:  useradd --system --uid {uid} keepwell"
    )]
    NamelessUser {
        /// Who is running this.
        uid: u32,
    },

    /// The database belongs to somebody else.
    #[error(
        "The database in {database} belongs to {owner}, and Keepwell was started by {me}.\n\
         Start it as {owner} or as root."
    )]
    OtherOwner {
        /// The database directory.
        database: PathBuf,
        /// Whose it is.
        owner: String,
        /// Who tried.
        me: String,
    },

    /// Another Keepwell works here.
    #[error(
        "Another Keepwell{by} is running with the data directory {data_dir}.\n\
         Stop it first, or give this one its own directory with --data-dir."
    )]
    AlreadyRunning {
        /// The data directory.
        data_dir: PathBuf,
        /// " (process 123)", where it is known.
        by: String,
    },

    /// What is left of an earlier database server does not end.
    #[error(
        "An earlier database server of {data_dir} is still running and did not end within \
         {waited_s} seconds.\nFind it with:  fuser -v {data_dir}/database.lock"
    )]
    StillRunning {
        /// The data directory.
        data_dir: PathBuf,
        /// How long we waited.
        waited_s: u64,
    },

    /// The socket's path does not fit into the kernel's limit.
    #[error(
        "The path {socket} is {len} bytes long; a Unix socket's may have at most {max}.\n\
         Use a data directory with a shorter path (--data-dir)."
    )]
    PathTooLong {
        /// The socket's path.
        socket: PathBuf,
        /// Its length in bytes.
        len: usize,
        /// What the kernel allows.
        max: usize,
    },

    /// A folder on the way is closed to the database's user.
    #[error(
        "The database runs as user `{user}`, who may not enter {blocked}.\n\
         Choose a data directory that this user can reach, for example /var/lib/keepwell, or open \
         the way:  chmod o+x {blocked}"
    )]
    Unreachable {
        /// The database's user.
        user: String,
        /// The first folder that is closed.
        blocked: PathBuf,
    },

    /// Everybody may write into the data directory.
    #[error(
        "Everybody may write into the data directory {data_dir}.\n\
         Close it:  chmod o-w {data_dir}"
    )]
    OpenToAll {
        /// The data directory.
        data_dir: PathBuf,
    },

    /// The file system said no.
    #[error("Cannot {what} {path}: {source}.{advice}")]
    File {
        /// What was tried, as a verb.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What to do, where we know.
        advice: &'static str,
        /// What the system said.
        source: io::Error,
    },

    /// `initdb` failed.
    #[error("PostgreSQL could not make a new database in {database}:\n{output}")]
    CannotCreate {
        /// The database directory.
        database: PathBuf,
        /// What it said.
        output: String,
    },

    /// The server ended before it was ready.
    #[error("The database in {database} does not start:\n{output}")]
    CannotStart {
        /// The database directory.
        database: PathBuf,
        /// What it said.
        output: String,
    },
}

impl ClusterError {
    /// A failed file operation, with advice for the usual reasons.
    pub(super) fn file(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| {
            let kind = source.kind();
            let advice = if kind == io::ErrorKind::PermissionDenied {
                "\nStart Keepwell as a user who may, or choose another --data-dir."
            } else if kind == io::ErrorKind::StorageFull {
                "\nMake room on the disk first."
            } else if kind == io::ErrorKind::ReadOnlyFilesystem {
                "\nChoose a --data-dir that can be written."
            } else {
                ""
            };
            Self::File { what, path, advice, source }
        }
    }
}
