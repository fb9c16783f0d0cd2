//! Runs a command beside a throw-away PostgreSQL: `with-database COMMAND [ARGUMENT ...]`.
//!
//! The command finds the server's socket in `KEEPWELL_TEST_SOCKET`. The server and everything in it
//! are gone when the command ends.

use std::{
    env,
    path::PathBuf,
    process::{Command, ExitCode},
};

use platform::cluster::{Cluster, ClusterConfig};
use testkit::SOCKET_VARIABLE;

#[expect(clippy::print_stderr, reason = "a command line tool speaks to whoever called it")]
fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("with-database COMMAND [ARGUMENT ...]");
        return ExitCode::from(2);
    };
    // Under /var/tmp: the path of a socket must be short, and an unprivileged user must get there.
    let data_dir = PathBuf::from(format!("/var/tmp/keepwell-test-{}", std::process::id()));
    let config =
        ClusterConfig { lose_data_on_power_failure: true, ..ClusterConfig::new(&data_dir) };
    let cluster = match Cluster::start(&config) {
        Ok(cluster) => cluster,
        Err(error) => {
            eprintln!("with-database: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome =
        Command::new(program).args(arguments).env(SOCKET_VARIABLE, cluster.socket_dir()).status();
    cluster.stop();
    if let Err(error) = std::fs::remove_dir_all(&data_dir) {
        eprintln!("with-database: {} stays behind: {error}", data_dir.display());
    }
    match outcome {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("with-database: the command did not start: {error}");
            ExitCode::FAILURE
        }
    }
}
