//! The configuration file: the same options under the same names.
//!
//! The file's values go through the same parser as the command line's, so they are checked the
//! same way and mean the same.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use toml::{Table, Value};

use super::ConfigError;

/// The file's options as arguments, leaving out what was set in a stronger place, and what another
/// command than the chosen one takes: one file serves them all.
pub(super) fn arguments(
    path: &Path,
    all: &Command,
    command: &Command,
    stronger: &ArgMatches,
) -> Result<Vec<OsString>, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_path_buf(), source })?;
    let table: Table = text.parse().map_err(|problem: toml::de::Error| ConfigError::NotToml {
        path: path.to_path_buf(),
        problem: problem.to_string(),
    })?;

    let mut arguments = Vec::new();
    for (key, value) in table {
        let unknown = || ConfigError::UnknownKey { path: path.to_path_buf(), key: key.clone() };
        let is_it = |option: &&Arg| option.get_id().as_str() == key && key != "config";
        let Some(option) = command.get_arguments().find(is_it) else {
            let mut others = all.get_subcommands().flat_map(Command::get_arguments);
            if others.any(|option| is_it(&option)) {
                continue;
            }
            return Err(unknown());
        };
        let name = option.get_long().ok_or_else(unknown)?;
        let source = stronger.value_source(&key);
        if matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable)) {
            continue;
        }
        let is_switch = matches!(option.get_action(), ArgAction::SetTrue);
        match text_of(value, path, &key)? {
            Plain::Switch(true) if is_switch => arguments.push(format!("--{name}").into()),
            Plain::Switch(false) if is_switch => {}
            Plain::Switch(on) => arguments.push(format!("--{name}={on}").into()),
            Plain::Text(text) => arguments.push(format!("--{name}={text}").into()),
        }
    }
    Ok(arguments)
}

enum Plain {
    Switch(bool),
    Text(String),
}

fn text_of(value: Value, path: &Path, key: &str) -> Result<Plain, ConfigError> {
    let wrong = || ConfigError::WrongKind { path: PathBuf::from(path), key: key.to_owned() };
    match value {
        Value::Boolean(on) => Ok(Plain::Switch(on)),
        Value::String(text) => Ok(Plain::Text(text)),
        Value::Integer(number) => Ok(Plain::Text(number.to_string())),
        Value::Float(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => Err(wrong()),
    }
}
