//! Everything that an operator may set, one struct a concern, and where it may be set.
//!
//! An option has one name in three spellings: `--data-dir` on the command line,
//! `KEEPWELL_DATA_DIR` in the environment, `data_dir` in the file that `--config` names. The
//! command line wins over the environment, the environment over the file. What nobody knows is
//! refused: a misspelt limit must not pass for a limit.

mod audit;
mod data;
mod database;
mod file;
mod listen;
mod log;
mod mail;
mod origin;
mod rates;
mod sessions;
#[cfg(test)]
mod tests;
mod tls;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::{ArgMatches, Command};

pub use self::audit::{AuditOptions, KeyOptions, NotANote, VerifyOptions};
pub use self::data::DataOptions;
pub use self::database::{DatabaseOptions, DatabasePlace};
pub use self::listen::{ListenOptions, PlainPort};
pub use self::log::{LogFormat, LogOptions};
pub use self::mail::{MailOptions, NotAnSmtpUrl, SmtpUrl};
pub use self::origin::{NotAnOrigin, PublicOrigin};
pub use self::rates::RateOptions;
pub use self::sessions::SessionOptions;
pub use self::tls::TlsOptions;

/// What every variable of ours begins with.
const PREFIX: &str = "KEEPWELL_";
/// Ours, and not for this program: the scripts and tests read them.
const NOT_OPTIONS: [&str; 2] = ["KEEPWELL_ADVISORY_DB", "KEEPWELL_REFERENCE_DATA"];
/// Whatever a test tells its own processes.
const TEST_PREFIX: &str = "KEEPWELL_TEST_";

/// The options of `keepwell serve`.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeOptions {
    /// A file with options, in TOML: one `name = value` a line, named as here with `_` for `-`
    #[arg(long, env = "KEEPWELL_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where things are kept.
    #[command(flatten)]
    pub data: DataOptions,
    /// Where people come in.
    #[command(flatten)]
    pub listen: ListenOptions,
    /// How connections are protected.
    #[command(flatten)]
    pub tls: TlsOptions,
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseOptions,
    /// Signing in.
    #[command(flatten)]
    pub sessions: SessionOptions,
    /// How often.
    #[command(flatten)]
    pub rates: RateOptions,
    /// How mail leaves.
    #[command(flatten)]
    pub mail: MailOptions,
    /// What is sealed.
    #[command(flatten)]
    pub audit: AuditOptions,
    /// What is told.
    #[command(flatten)]
    pub log: LogOptions,
}

/// The options cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The command line or the environment; clap words it. Also `--help`.
    #[error(transparent)]
    Arguments(#[from] clap::Error),
    /// A variable that means nothing.
    #[error(
        "Unknown environment variable {name}: Keepwell has no such option.\n\
         `keepwell serve --help` lists them all. Remove it or correct its name."
    )]
    UnknownVariable {
        /// The variable.
        name: String,
    },
    /// A file that was named cannot be read.
    #[error("Cannot read {path}: {source}.")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file with a secret lies open.
    #[error("The file {path} can be read by everybody.\nClose it:  chmod 600 {path}")]
    OpenToOthers {
        /// The file.
        path: PathBuf,
    },
    /// The file is not TOML.
    #[error("The file {path} is not valid TOML: {problem}")]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        problem: String,
    },
    /// The file has a key that means nothing.
    #[error(
        "Unknown option `{key}` in {path}.\n`keepwell serve --help` lists them all; write them \
         with `_` for `-`, such as data_dir."
    )]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// The file gives an option something that no option takes.
    #[error("The option `{key}` in {path} must be a string, a number, true or false.")]
    WrongKind {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// The file gives an option a value it does not take.
    #[error("In the file {path}: {source}")]
    InFile {
        /// The file.
        path: PathBuf,
        /// What clap says of the value.
        source: clap::Error,
    },
}

/// Reads the command line, the environment and the file into one set of matches.
pub fn read(
    command: &Command,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<ArgMatches, ConfigError> {
    let arguments: Vec<_> = arguments.into_iter().collect();
    let matches = command.clone().try_get_matches_from(&arguments)?;
    refuse_unknown_variables(command, env::vars_os().map(|(name, _)| name))?;
    let (mut chosen, mut options) = (command, &matches);
    while let Some((name, inner)) = options.subcommand() {
        let Some(subcommand) = chosen.find_subcommand(name) else { return Ok(matches) };
        (chosen, options) = (subcommand, inner);
    }
    let Ok(Some(path)) = options.try_get_one::<PathBuf>("config") else { return Ok(matches) };

    let from_file = file::arguments(path, command, chosen, options)?;
    let all = arguments.into_iter().chain(from_file);
    command
        .clone()
        .try_get_matches_from(all)
        .map_err(|source| ConfigError::InFile { path: path.clone(), source })
}

fn refuse_unknown_variables(
    command: &Command,
    variables: impl Iterator<Item = OsString>,
) -> Result<(), ConfigError> {
    let mut known = BTreeSet::from(NOT_OPTIONS.map(OsString::from));
    let mut commands = vec![command];
    while let Some(command) = commands.pop() {
        known.extend(command.get_arguments().filter_map(|arg| Some(arg.get_env()?.to_owned())));
        commands.extend(command.get_subcommands());
    }
    let mut unknown: Vec<_> = variables
        .filter(|name| {
            let text = name.to_string_lossy();
            text.starts_with(PREFIX) && !text.starts_with(TEST_PREFIX) && !known.contains(name)
        })
        .collect();
    unknown.sort();
    match unknown.first() {
        None => Ok(()),
        Some(name) => {
            Err(ConfigError::UnknownVariable { name: name.to_string_lossy().into_owned() })
        }
    }
}
