//! Measures the speed and size of the whole against anchors on the same machine, in the same run.
//!
//! A shared machine is never quiet, so nothing here is an absolute number: each round runs both
//! parts of a ratio right after one another, and the median of the rounds counts. Processor time a
//! request stands beside requests a second.

mod circle;
mod client;
mod fill;
mod load;
mod measure;
mod pgbench;
mod process;
mod report;
mod sealing;
mod sign_ins;
mod sizes_and_starts;

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Parser;

/// Measures `keepwell serve` and prints ratios.
#[derive(Debug, Parser)]
#[command(name = "bench", max_term_width = 100)]
pub(crate) struct Options {
    /// The program that is measured
    #[arg(long)]
    program: PathBuf,
    /// Where the figures are written as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// How often each part runs
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// How long each part runs, in seconds
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// Only the measures of this name: read, price, add, year, search, circle, storm, size, start
    #[arg(long)]
    only: Option<String>,
    /// A file of SQL that the superuser runs before anything is measured, to try a change out
    #[arg(long)]
    sql: Option<PathBuf>,
    /// Waits for Enter before measuring, so that other tools can look at the server
    #[arg(long)]
    wait: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    // The path of a socket must be short, and PostgreSQL's user must get there.
    let home = tempfile::Builder::new().prefix("kwb").tempdir_in("/var/tmp")?;
    fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711))?;
    let ratios = measure::all(&options, home.path())?;
    report::print(&ratios)?;
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&report::json(&ratios))?;
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Says what goes on, beside the results.
pub(crate) fn say(what: &str) -> Result<()> {
    writeln!(io::stderr(), "==> {what}")?;
    Ok(())
}
