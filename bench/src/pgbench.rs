//! PostgreSQL's own load tool on the same cluster: the anchor of the ratios.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{Server, ended_children_cpu_us};

/// The tool and where it connects.
pub(crate) struct Pgbench {
    program: PathBuf,
    socket: PathBuf,
}

/// What one run showed.
pub(crate) struct Outcome {
    pub(crate) per_second: f64,
    pub(crate) database_cpu_us: f64,
}

impl Pgbench {
    /// Beside the server's own programs, where Debian has it.
    pub(crate) fn find(socket: PathBuf) -> Result<Self> {
        let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .map(|release| release.path().join("bin/pgbench"))
            .filter(|program| program.exists())
            .collect();
        found.sort();
        let program = found.pop().context(
            "pgbench is missing: it is the anchor of these measurements. On Debian and Ubuntu it \
             comes with postgresql-contrib or postgresql-15",
        )?;
        Ok(Self { program, socket })
    }

    fn command(&self, role: &str, database: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-h").arg(&self.socket).args(["-U", role, "-d", database]);
        command
    }

    /// Makes the tables of its own transactions.
    pub(crate) fn make_tables(&self, database: &str) -> Result<()> {
        let output = self.command("postgres", database).args(["-i", "-q", "-s", "10"]).output()?;
        if !output.status.success() {
            bail!("pgbench -i: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    /// Runs a script, or its own transaction (like TPC-B), with eight prepared clients.
    pub(crate) fn run(
        &self,
        server: &Server,
        (role, database): (&str, &str),
        seconds: u64,
        script: Option<&Path>,
        variables: &[(&str, &str)],
    ) -> Result<Outcome> {
        let mut command = self.command(role, database);
        command.args(["-n", "-M", "prepared", "-c", "8", "-j", "2"]);
        command.args(["-T", &seconds.to_string()]);
        if let Some(script) = script {
            command.arg("-f").arg(script);
        }
        for (name, value) in variables {
            command.arg("-D").arg(format!("{name}={value}"));
        }
        let postmaster = server.postmaster()?;
        let before = ended_children_cpu_us(postmaster)?;
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("pgbench: {}", String::from_utf8_lossy(&output.stderr));
        }
        // Its connections end with it; the kernel then counts their time to their parent.
        std::thread::sleep(std::time::Duration::from_millis(100));
        let used = ended_children_cpu_us(postmaster)?.saturating_sub(before);
        let number = |begin: &str| -> Result<f64> {
            let line = said.lines().find(|line| line.starts_with(begin));
            let number = line
                .and_then(|line| line.strip_prefix(begin))
                .with_context(|| format!("pgbench does not say `{begin}`:\n{said}"))?;
            Ok(number.split_whitespace().next().context("a number")?.parse()?)
        };
        let count = number("number of transactions actually processed: ")?;
        #[expect(clippy::cast_precision_loss, reason = "microseconds of minutes")]
        let used = used as f64;
        Ok(Outcome { per_second: number("tps = ")?, database_cpu_us: used / count })
    }
}
