//! Makes a new cluster: `initdb` beside its place, then one rename, so that a kill at any moment
//! leaves either no database or a whole one.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::process::{Command, Output, Stdio};

use super::account::Accounts;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::layout::Layout;
use super::lock;
use super::settings::{ADMIN_ROLE, DATABASE_NAME};

/// Makes the cluster and the (empty) database inside it.
pub(super) fn cluster(
    layout: &Layout,
    accounts: &Accounts,
    binaries: &Binaries,
    durable: bool,
) -> Result<(), ClusterError> {
    let held = lock::database_lock(layout)?;
    let new = layout.database_new();
    match fs::remove_dir_all(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(ClusterError::file("remove the half-made database", new)(error));
        }
        Ok(()) | Err(_) => {}
    }
    DirBuilder::new()
        .mode(0o700)
        .create(&new)
        .map_err(ClusterError::file("make the folder", &new))?;
    if accounts.drops_privileges() {
        let (uid, gid) = (accounts.database.uid, accounts.database.gid);
        chown(&new, Some(uid), Some(gid)).map_err(ClusterError::file("give away", &new))?;
    }

    let failed = |output: String| {
        layout
            .unreachable(accounts)
            .unwrap_or(ClusterError::CannotCreate { database: layout.database(), output })
    };

    let mut initdb = accounts.command(&binaries.initdb());
    initdb
        .current_dir(layout.data())
        .arg("--pgdata")
        .arg(&new)
        .args(["--username", ADMIN_ROLE, "--auth=peer", "--encoding=UTF8", "--data-checksums"])
        // Sorting by the Unicode rules of ICU, the same on every machine and C library.
        .args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=und"]);
    if !durable {
        initdb.arg("--no-sync");
    }
    run(&mut initdb, &held, "").map_err(failed)?;

    let mut single = accounts.command(&binaries.postgres());
    single.current_dir(layout.data()).args(["--single", "-D"]).arg(&new).args([
        "-c",
        "log_min_messages=error",
        "postgres",
    ]);
    if !durable {
        single.args(["-c", "fsync=off"]);
    }
    run(&mut single, &held, &format!("create database {DATABASE_NAME};\n")).map_err(failed)?;

    fs::rename(&new, layout.database())
        .and_then(|()| File::open(layout.data())?.sync_all())
        .map_err(ClusterError::file("name the database", layout.database()))?;
    Ok(())
}

/// Runs to the end. The error is what the program said.
fn run(command: &mut Command, held: &File, input: &str) -> Result<(), String> {
    let output = output_of(command, held, input).map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{}\n({})", String::from_utf8_lossy(&said).trim(), output.status))
}

/// With nothing to read, the program gets the database lock in place of its standard input.
fn output_of(command: &mut Command, held: &File, input: &str) -> io::Result<Output> {
    if input.is_empty() {
        return command.stdin(held.try_clone()?).output();
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    child.wait_with_output()
}
