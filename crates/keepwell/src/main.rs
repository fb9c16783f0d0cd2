//! The program: reads what it is asked, does it, and says in words what went wrong.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
