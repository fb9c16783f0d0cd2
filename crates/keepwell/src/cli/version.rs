//! `keepwell version`: which release this is.

use std::io::{self, Write as _};

/// Prints the version.
pub(super) fn run() -> anyhow::Result<()> {
    writeln!(io::stdout(), "keepwell {}", env!("CARGO_PKG_VERSION"))?;
    Ok(())
}
