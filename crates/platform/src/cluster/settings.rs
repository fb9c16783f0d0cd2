//! What the private server is told: its settings and who may connect as whom.
//!
//! The three files stand in a folder that the server's user may read and not write, and are
//! written anew at every start, so that neither a captured database nor a forgotten edit changes
//! who may come in.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::account::Accounts;
use super::error::ClusterError;
use super::layout::Layout;

/// The superuser role, for migrations.
pub const ADMIN_ROLE: &str = "postgres";
/// The roles that Keepwell's parts log in as. Migrations create them.
pub const ROLES: [&str; 3] = ["keepwell_app", "keepwell_worker", "keepwell_auditor"];
/// The database inside the cluster.
pub const DATABASE_NAME: &str = "keepwell";
/// Names the socket; nothing listens on a port.
pub(super) const PORT: u16 = 5432;

/// Whether commits survive a crash is decided apart, see [`NOT_DURABLE`].
const SETTINGS: &[(&str, &str)] = &[
    // Who can reach it: this machine's socket, in a folder of mode 0700.
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("password_encryption", "scram-sha-256"),
    ("ssl", "off"),
    ("max_connections", "80"),
    ("max_wal_senders", "0"),
    ("max_replication_slots", "0"),
    ("max_logical_replication_workers", "0"),
    // A small machine: what a few thousand people's diaries need, and no more.
    ("shared_buffers", "128MB"),
    ("effective_cache_size", "512MB"),
    ("work_mem", "4MB"),
    ("maintenance_work_mem", "64MB"),
    ("max_wal_size", "512MB"),
    ("huge_pages", "off"),
    ("random_page_cost", "1.1"),
    // Every query reads a few rows of one person: neither parallelism nor compilation pays.
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
    // A request that hangs inside a transaction must not hold its locks for ever.
    ("idle_in_transaction_session_timeout", "60s"),
    ("timezone", "UTC"),
    // The log. Statements, parameters and the details of errors can carry what a person wrote, so
    // none is ever logged; errors of statements are the program's to report.
    ("logging_collector", "on"),
    ("log_filename", "postgresql-%a.log"),
    ("log_file_mode", "0600"),
    ("log_rotation_age", "1d"),
    ("log_rotation_size", "0"),
    ("log_truncate_on_rotation", "on"),
    ("log_timezone", "UTC"),
    ("log_min_messages", "log"),
    ("log_error_verbosity", "terse"),
    ("log_min_error_statement", "panic"),
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
    ("log_checkpoints", "off"),
    ("log_connections", "off"),
    ("log_disconnections", "off"),
    ("log_autovacuum_min_duration", "-1"),
    ("cluster_name", "keepwell"),
];

const DURABLE: &[(&str, &str)] =
    &[("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")];

const NOT_DURABLE: &[(&str, &str)] =
    &[("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off")];

const HBA: &str = "\
# Written by Keepwell at every start.
# One way in: the socket, for whom the kernel says is at the other end.
local all all peer map=keepwell
";

/// Writes the files for the next start.
pub(super) fn write(
    layout: &Layout,
    accounts: &Accounts,
    durable: bool,
) -> Result<(), ClusterError> {
    replace(&main_file(layout), &main_text(layout, durable), accounts)?;
    replace(&hba_file(layout), HBA, accounts)?;
    replace(&ident_file(layout), &ident_text(&accounts.program.name), accounts)
}

/// What the server is started with.
pub(super) fn arguments(layout: &Layout) -> Vec<String> {
    let named = [
        ("config_file", main_file(layout)),
        ("hba_file", hba_file(layout)),
        ("ident_file", ident_file(layout)),
        ("unix_socket_directories", layout.run()),
        ("log_directory", layout.log()),
    ];
    let mut arguments = vec!["-D".to_owned(), layout.database().display().to_string()];
    for (name, path) in named {
        arguments.extend(["-c".to_owned(), format!("{name}={}", path.display())]);
    }
    // On the command line nothing in the database directory can override it.
    arguments.extend(["-c".to_owned(), "listen_addresses=".to_owned()]);
    arguments
}

fn main_file(layout: &Layout) -> PathBuf {
    layout.conf().join("postgresql.conf")
}

fn hba_file(layout: &Layout) -> PathBuf {
    layout.conf().join("pg_hba.conf")
}

fn ident_file(layout: &Layout) -> PathBuf {
    layout.conf().join("pg_ident.conf")
}

fn main_text(layout: &Layout, durable: bool) -> String {
    let durability = if durable { DURABLE } else { NOT_DURABLE };
    let socket = layout.run().display().to_string().replace('\'', "''");
    let place = [("unix_socket_directories", socket.as_str())];
    let settings = SETTINGS.iter().chain(durability).chain(&place);
    file_of(settings.map(|(name, value)| format!("{name} = '{value}'")))
}

/// Which operating-system user may be which role: ours, and nobody else.
fn ident_text(program: &str) -> String {
    let roles = [ADMIN_ROLE].into_iter().chain(ROLES);
    file_of(roles.map(|role| format!("keepwell \"{program}\" {role}")))
}

fn file_of(lines: impl Iterator<Item = String>) -> String {
    let head = "# Written by Keepwell at every start.".to_owned();
    let mut lines: Vec<_> = [head].into_iter().chain(lines).collect();
    lines.push(String::new());
    lines.join("\n")
}

/// Puts a new file in the place of the old one, in one step. Leaves an equal one alone.
fn replace(path: &Path, text: &str, accounts: &Accounts) -> Result<(), ClusterError> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let new = path.with_extension("new");
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            if accounts.drops_privileges() {
                chown(&new, None, Some(accounts.database.gid))?;
                fs::set_permissions(&new, Permissions::from_mode(0o640))?;
            }
            file.sync_all()
        })
        .and_then(|()| fs::rename(&new, path));
    written.map_err(ClusterError::file("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_program_may_take_the_roles() {
        let text = ident_text("ana");
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            lines,
            [
                "keepwell \"ana\" postgres",
                "keepwell \"ana\" keepwell_app",
                "keepwell \"ana\" keepwell_worker",
                "keepwell \"ana\" keepwell_auditor",
            ]
        );
    }
}
