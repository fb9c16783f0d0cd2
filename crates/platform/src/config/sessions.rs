//! How long people stay signed in, and what guessing a password costs.

use std::num::NonZero;
use std::thread::available_parallelism;

use keys::PasswordCost;

/// Sessions and passwords.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "Signing in")]
pub struct SessionOptions {
    /// A session without a request ends after so many minutes
    #[arg(
        long,
        env = "KEEPWELL_IDLE_MINUTES",
        value_name = "MINUTES",
        default_value_t = 15,
        value_parser = clap::value_parser!(u32).range(1..=60)
    )]
    pub idle_minutes: u32,

    /// The longest time without a request that people may choose for themselves, in minutes
    #[arg(
        long,
        env = "KEEPWELL_IDLE_MINUTES_MAX",
        value_name = "MINUTES",
        default_value_t = 60,
        value_parser = clap::value_parser!(u32).range(1..=60)
    )]
    pub idle_minutes_max: u32,

    /// Everybody must set up a second step before they can use their diary
    #[arg(
        long,
        env = "KEEPWELL_SECOND_STEP_REQUIRED",
        default_value_t = false,
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true,
        action = clap::ArgAction::Set
    )]
    pub second_step_required: bool,

    /// Every session ends after so many hours
    #[arg(
        long,
        env = "KEEPWELL_ABSOLUTE_HOURS",
        value_name = "HOURS",
        default_value_t = 12,
        value_parser = clap::value_parser!(u32).range(1..=24)
    )]
    pub absolute_hours: u32,

    /// Memory that one try of a password takes (Argon2id), in MiB
    #[arg(
        long,
        env = "KEEPWELL_PASSWORD_MEMORY_MIB",
        value_name = "MIB",
        default_value_t = 64,
        value_parser = clap::value_parser!(u32).range(19..=1024)
    )]
    pub password_memory_mib: u32,

    /// How often one try of a password passes over that memory
    #[arg(
        long,
        env = "KEEPWELL_PASSWORD_PASSES",
        value_name = "NUMBER",
        default_value_t = 3,
        value_parser = clap::value_parser!(u32).range(2..=20)
    )]
    pub password_passes: u32,

    /// Passwords tried at a time [default: the number of cores]
    #[arg(
        long,
        env = "KEEPWELL_SIGN_IN_WORKERS",
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u16).range(1..=256)
    )]
    pub sign_in_workers: Option<u16>,
}

impl SessionOptions {
    /// What new passwords are stretched with.
    pub fn password_cost(&self) -> PasswordCost {
        PasswordCost {
            memory_kib: self.password_memory_mib * 1024,
            passes: self.password_passes,
            ..PasswordCost::default()
        }
    }

    /// Passwords tried at a time.
    pub fn sign_in_workers(&self) -> usize {
        self.sign_in_workers
            .map_or_else(|| available_parallelism().map_or(1, NonZero::get), usize::from)
    }
}
