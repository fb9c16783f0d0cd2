//! How often the audit is sealed, and what is asked of its verification.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::{DataOptions, DatabaseOptions};
use crate::audit::Noted;

/// The audit of a running server.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "Audit")]
pub struct AuditOptions {
    /// Every so many seconds a signed checkpoint seals what was done, if anything was
    ///
    /// What is younger can still be taken out of the audit by whoever controls the database.
    #[arg(
        long,
        env = "KEEPWELL_CHECKPOINT_SECONDS",
        value_name = "SECONDS",
        default_value_t = 60,
        value_parser = clap::value_parser!(u32).range(1..=300)
    )]
    pub checkpoint_seconds: u32,
}

impl AuditOptions {
    /// The time between two checkpoints.
    pub fn checkpoint_every(&self) -> Duration {
        Duration::from_secs(self.checkpoint_seconds.into())
    }
}

/// The options of `keepwell audit verify`.
#[derive(Clone, Debug, clap::Args)]
pub struct VerifyOptions {
    /// The file with the options of `serve`; those that matter here are taken from it
    #[arg(long, env = "KEEPWELL_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the root key is.
    #[command(flatten)]
    pub data: DataOptions,
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseOptions,

    /// A checkpoint that was noted elsewhere, as `verify` printed it: it must be there unchanged
    #[arg(long, value_name = "NUMBER:HASH")]
    pub noted: Option<Noted>,
}

/// The options of `keepwell audit key`.
#[derive(Clone, Debug, clap::Args)]
pub struct KeyOptions {
    /// The file with the options of `serve`; those that matter here are taken from it
    #[arg(long, env = "KEEPWELL_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the root key is.
    #[command(flatten)]
    pub data: DataOptions,
}

/// Not what `keepwell audit verify` prints.
#[derive(Debug, thiserror::Error)]
#[error("write it as it was printed: the number, a colon and 64 hexadecimal digits")]
pub struct NotANote;

impl FromStr for Noted {
    type Err = NotANote;

    fn from_str(text: &str) -> Result<Self, NotANote> {
        let (number, digits) = text.trim().split_once(':').ok_or(NotANote)?;
        let number = number.parse().ok().filter(|number| *number > 0).ok_or(NotANote)?;
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(NotANote);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let pair = str::from_utf8(pair).ok().filter(|pair| !pair.contains('+'));
            *byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or(NotANote)?;
        }
        Ok(Self { number, hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_printed_or_refused() {
        let digits = "00ff".repeat(16);
        let noted: Noted = format!(" 318:{digits}\n").parse().unwrap();
        assert_eq!((noted.number, noted.hash[0], noted.hash[1]), (318, 0, 255));
        for bad in [
            "",
            "318",
            &digits,
            &format!("0:{digits}"),
            &format!("-1:{digits}"),
            &format!("318:{digits}0"),
            &format!("318:{}+f", &digits[2..]),
            &format!("318:{}", "ä".repeat(32)),
        ] {
            assert!(bad.parse::<Noted>().is_err(), "{bad}");
        }
    }
}
