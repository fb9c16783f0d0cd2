//! The commands, one file each.

mod audit;
mod demo;
mod serve;
mod stop;
mod version;

use std::env;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use platform::config::{self, ConfigError, KeyOptions, ServeOptions, VerifyOptions};

/// A private diary of food and health, on your own machine.
#[derive(Debug, Parser)]
#[command(name = "keepwell", version, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server, with a database of its own unless another is named
    Serve(Box<ServeOptions>),
    /// Run a throw-away diary with 90 days in it, to look around
    ///
    /// Takes the options of `serve`; its data lie in a folder of their own that goes with it.
    Demo(Box<ServeOptions>),
    /// Verify what the audit says was done, or show the key that seals it
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Say which version this is
    Version,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Go through every chain and every checkpoint, and say what is wrong and where
    ///
    /// Works while the server runs and while it is stopped. Ends with 0 when all is as it was
    /// written, and with 1 when anything is wrong.
    Verify(Box<VerifyOptions>),
    /// Show the public key that verifies the signatures of checkpoints
    Key(Box<KeyOptions>),
}

/// Runs the command that was asked for.
pub(crate) fn run() -> ExitCode {
    let command = Cli::command();
    let cli = config::read(&command, env::args_os())
        .and_then(|matches| Ok(Cli::from_arg_matches(&matches)?));
    let result = match cli {
        Ok(Cli { command: Command::Serve(options) }) => serve::run(&options),
        Ok(Cli { command: Command::Demo(options) }) => demo::run(&options),
        Ok(Cli { command: Command::Audit(AuditCommand::Verify(options)) }) => {
            audit::verify(&options)
        }
        Ok(Cli { command: Command::Audit(AuditCommand::Key(options)) }) => audit::key(&options),
        Ok(Cli { command: Command::Version }) => version::run(),
        Err(ConfigError::Arguments(told)) => told.exit(),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the last word to the person who started it")]
fn tell(error: &anyhow::Error) {
    eprintln!("keepwell: {error:#}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_has_a_variable_and_a_description() {
        let command = Cli::command();
        let serve = command.find_subcommand("serve").unwrap();
        for option in serve.get_arguments().filter(|option| option.get_long() != Some("help")) {
            let long = option.get_long().unwrap();
            let variable = format!("KEEPWELL_{}", long.to_uppercase().replace('-', "_"));
            assert_eq!(option.get_env().unwrap().to_str(), Some(variable.as_str()));
            assert!(option.get_help().is_some(), "{long}");
        }
    }
}
