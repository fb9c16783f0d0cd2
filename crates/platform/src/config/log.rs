//! What the program tells, and in which form. Never what people wrote.

use tracing::Level;

/// Form and detail of the log, which goes to standard error.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "Log")]
pub struct LogOptions {
    /// The form of a line
    #[arg(long, env = "KEEPWELL_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// The least important that is told: error, warn, info or debug
    #[arg(long, env = "KEEPWELL_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    pub log_level: Level,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}
