//! What time it is: asked of a value that is passed in, so that a test can set it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Clones of a set clock stay together.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// What was set, for tests; the machine's clock otherwise.
    set: Option<Arc<Mutex<Timestamp>>>,
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self { set: None }
    }

    /// A clock that stands at `at` until it is moved.
    pub fn standing_at(at: Timestamp) -> Self {
        Self { set: Some(Arc::new(Mutex::new(at))) }
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    pub fn now(&self) -> Timestamp {
        match &self.set {
            None => Timestamp::now(),
            Some(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a standing clock, and every clone of it. The machine's clock is not moved.
    pub fn advance(&self, by: SignedDuration) {
        if let Some(at) = &self.set {
            let mut at = at.lock().unwrap_or_else(PoisonError::into_inner);
            *at = at.saturating_add(by).unwrap_or(*at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_set_clock_move_together() {
        let clock = Clock::standing_at(Timestamp::UNIX_EPOCH);
        let other = clock.clone();
        clock.advance(SignedDuration::from_mins(15));
        assert_eq!(other.now().as_second(), 900);
    }

    #[test]
    fn the_real_clock_goes_forward() {
        let clock = Clock::real();
        let before = clock.now();
        assert!(before > Timestamp::UNIX_EPOCH);
        assert!(clock.now() >= before);
    }
}
