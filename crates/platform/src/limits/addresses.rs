//! Any request of an address, counted in memory with the generic cell rate algorithm: most are over
//! before a database could have been asked. Nothing here is written down, and a quiet address is
//! forgotten.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

use super::{Network, Rates};
use crate::http::{Error, Result};

/// After this many asks the quiet addresses are forgotten.
const ASKS_BETWEEN_CLEANING: u32 = 10_000;

/// The rates, and what each address has asked.
pub struct Limits {
    rates: Rates,
    asked: DefaultKeyedRateLimiter<Network>,
    asks: AtomicU32,
}

impl Limits {
    /// Starts counting.
    pub fn new(rates: Rates) -> Self {
        let burst = NonZeroU32::new(rates.address_per_minute).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(Duration::from_mins(1) / burst.get())
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(burst);
        Self { rates, asked: RateLimiter::keyed(quota), asks: AtomicU32::new(0) }
    }

    /// The rates.
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// Counts any request.
    pub fn admit_address(&self, address: IpAddr) -> Result<()> {
        if self.asks.fetch_add(1, Ordering::Relaxed) >= ASKS_BETWEEN_CLEANING {
            self.asks.store(0, Ordering::Relaxed);
            self.asked.retain_recent();
        }
        self.asked.check_key(&Network::of(address)).map_err(|refused| {
            let wait = refused.wait_time_from(self.asked.clock().now());
            Error::TooMany { retry_after_seconds: wait.as_secs() + 1 }
        })
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_admitted_and_the_next_must_wait() {
        let limits = Limits::new(Rates { address_per_minute: 3, ..Rates::default() });
        let here: IpAddr = "192.0.2.1".parse().unwrap();
        for _ in 0..3 {
            limits.admit_address(here).unwrap();
        }
        let refused = limits.admit_address(here).unwrap_err();
        assert!(
            matches!(refused, Error::TooMany { retry_after_seconds } if (1..=21).contains(&retry_after_seconds))
        );
        limits.admit_address("192.0.2.2".parse().unwrap()).unwrap();
    }
}
