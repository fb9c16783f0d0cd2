//! As whom the database runs, and how a process becomes that user.
//!
//! PostgreSQL refuses root. Started as root, Keepwell runs it as `postgres` (which Debian's
//! package makes) or `keepwell`; started by an ordinary user, as that user.
//!
//! The change of user and the tie to our life (`PR_SET_PDEATHSIG`) need code between fork and
//! exec, which safe Rust does not offer; util-linux's `setpriv` is that code. It asks for the
//! parent-death signal after the change of user, which would clear it, and then becomes the
//! program it was told to start: same process, same number.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{getegid, geteuid};

use super::error::ClusterError;
use super::layout::Layout;

/// Tried in this order when started as root.
const UNPRIVILEGED: [&str; 2] = ["postgres", "keepwell"];

/// An account of the operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// Who runs Keepwell, and who runs its database.
#[derive(Clone, Debug)]
pub(super) struct Accounts {
    pub(super) program: Account,
    pub(super) database: Account,
    setpriv: PathBuf,
}

impl Accounts {
    /// Decides for this process and this data directory.
    pub(super) fn choose(layout: &Layout) -> Result<Self, ClusterError> {
        let setpriv = ["/usr/bin/setpriv", "/bin/setpriv", "/usr/sbin/setpriv", "/sbin/setpriv"]
            .iter()
            .map(PathBuf::from)
            .find(|path| path.exists())
            .ok_or(ClusterError::NoSetpriv)?;

        let uid = geteuid().as_raw();
        let program = find(&uid.to_string())
            .map(|account| Account { gid: getegid().as_raw(), ..account })
            .ok_or(ClusterError::NamelessUser { uid })?;
        // A database once made keeps its owner, whoever came to this machine since.
        let owner = fs::metadata(layout.database()).ok().map(|meta| meta.uid());
        let database = match owner {
            Some(owner) if uid != 0 && owner != uid => {
                return Err(ClusterError::OtherOwner {
                    database: layout.database(),
                    owner: find(&owner.to_string())
                        .map_or_else(|| format!("user number {owner}"), |account| account.name),
                    me: program.name,
                });
            }
            Some(owner) if uid == 0 && owner != 0 => {
                find(&owner.to_string()).ok_or(ClusterError::NamelessUser { uid: owner })?
            }
            Some(_) | None if uid == 0 => UNPRIVILEGED
                .iter()
                .find_map(|name| find(name))
                .filter(|account| account.uid != 0)
                .ok_or(ClusterError::NoAccount)?,
            Some(_) | None => program.clone(),
        };
        Ok(Self { program, database, setpriv })
    }

    /// Whether the database runs as somebody less than us.
    pub(super) fn drops_privileges(&self) -> bool {
        self.program.uid != self.database.uid
    }

    /// A command that runs as the database's user, knows nothing of our environment, gains no
    /// privileges and is told to end when the thread that spawns it dies.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(&self.setpriv);
        command.args(["--pdeathsig", "INT", "--no-new-privs"]);
        if self.drops_privileges() {
            command
                .arg(format!("--reuid={}", self.database.uid))
                .arg(format!("--regid={}", self.database.gid))
                .arg("--clear-groups");
        }
        command
            .arg("--")
            .arg(program)
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("PATH", "/usr/bin:/bin")
            // Ctrl-C in a terminal reaches every process of its group; the database must end
            // after the requests that use it, not before.
            .process_group(0);
        command
    }
}

/// Looks up a user by name or number, in `/etc/passwd` first and then wherever the system looks.
fn find(name_or_uid: &str) -> Option<Account> {
    let local = fs::read_to_string("/etc/passwd").unwrap_or_default();
    find_in(&local, name_or_uid).or_else(|| {
        let output = Command::new("getent").args(["passwd", name_or_uid]).output().ok()?;
        find_in(&String::from_utf8_lossy(&output.stdout), name_or_uid)
    })
}

fn find_in(passwd: &str, name_or_uid: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password) = (fields.next()?, fields.next()?);
        let (uid, gid) = (fields.next()?, fields.next()?);
        if name != name_or_uid && uid != name_or_uid {
            return None;
        }
        Some(Account { name: name.to_owned(), uid: uid.parse().ok()?, gid: gid.parse().ok()? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_name_and_by_number() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104::/var/lib/postgresql:";
        let account = Account { name: "postgres".to_owned(), uid: 101, gid: 104 };
        assert_eq!(find_in(passwd, "postgres"), Some(account.clone()));
        assert_eq!(find_in(passwd, "101"), Some(account));
        assert_eq!(find_in(passwd, "10"), None);
    }
}
