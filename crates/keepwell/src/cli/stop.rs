//! When to stop: Ctrl-C, SIGTERM, or the terminal going away.

use std::fs;
use std::future::pending;
use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Ends with the first of them. From here on none of them ends the program by itself.
pub(super) fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // Whoever started it with `nohup` wants it to outlive the terminal.
    let mut hangup = if hangups_are_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
    Ok(async move {
        let hung_up = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hung_up => {}
        }
    })
}

/// Whether this process was started with SIGHUP ignored, as the kernel tells it.
fn hangups_are_ignored() -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores_the_first_signal(&status))
}

/// SIGHUP is signal 1: the last bit of the mask.
fn ignores_the_first_signal(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask % 2 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hangup_is_ignored_when_the_kernel_says_so() {
        assert!(ignores_the_first_signal("Name:\tkeepwell\nSigIgn:\t0000000000001001\n"));
        assert!(!ignores_the_first_signal("Name:\tkeepwell\nSigIgn:\t0000000000001000\n"));
        assert!(!ignores_the_first_signal("Name:\tkeepwell\n"));
    }
}
