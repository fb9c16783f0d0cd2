//! How often somebody may ask: the generic cell rate algorithm, per address and per account.
//!
//! Keys are addresses (an IPv6 address counts as its /64) and pseudonyms of accounts; nothing here
//! is written down, and a quiet key is forgotten.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

use super::{Network, Rates};
use crate::http::{Error, Result};

/// After this many asks the quiet keys are forgotten.
const ASKS_BETWEEN_CLEANING: u32 = 10_000;

/// Counts per key.
pub struct Limits {
    rates: Rates,
    address: Limit<Network>,
    sign_in_address: Limit<Network>,
    sign_in_account: Limit<[u8; 32]>,
    sign_up_address: Limit<Network>,
    recovery_address: Limit<Network>,
}

impl Limits {
    /// Starts counting.
    pub fn new(rates: Rates) -> Self {
        const HOUR: Duration = Duration::from_hours(1);
        const MINUTE: Duration = Duration::from_mins(1);
        Self {
            rates,
            address: Limit::new(rates.address_per_minute, MINUTE),
            sign_in_address: Limit::new(rates.sign_in_address_per_minute, MINUTE),
            sign_in_account: Limit::new(rates.sign_in_account_per_minute, MINUTE),
            sign_up_address: Limit::new(rates.sign_up_address_per_hour, HOUR),
            recovery_address: Limit::new(rates.recovery_address_per_hour, HOUR),
        }
    }

    /// The rates.
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// Counts any request.
    pub fn admit_address(&self, address: IpAddr) -> Result<()> {
        self.address.admit(&Network::of(address))
    }

    /// Counts a sign-in. `account` is a pseudonym of what was typed, known or not.
    pub fn admit_sign_in(&self, address: IpAddr, account: [u8; 32]) -> Result<()> {
        self.sign_in_address.admit(&Network::of(address))?;
        self.sign_in_account.admit(&account)
    }

    /// Counts a sign-up.
    pub fn admit_sign_up(&self, address: IpAddr) -> Result<()> {
        self.sign_up_address.admit(&Network::of(address))
    }

    /// Counts a try of a recovery code.
    pub fn admit_recovery(&self, address: IpAddr, account: [u8; 32]) -> Result<()> {
        self.recovery_address.admit(&Network::of(address))?;
        self.sign_in_account.admit(&account)
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

struct Limit<K: std::hash::Hash + Eq + Clone> {
    counts: DefaultKeyedRateLimiter<K>,
    asks: AtomicU32,
}

impl<K: std::hash::Hash + Eq + Clone> Limit<K> {
    fn new(burst: u32, within: Duration) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(within / burst.get())
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(burst);
        Self { counts: RateLimiter::keyed(quota), asks: AtomicU32::new(0) }
    }

    fn admit(&self, key: &K) -> Result<()> {
        if self.asks.fetch_add(1, Ordering::Relaxed) >= ASKS_BETWEEN_CLEANING {
            self.asks.store(0, Ordering::Relaxed);
            self.counts.retain_recent();
        }
        self.counts.check_key(key).map_err(|refused| {
            let wait = refused.wait_time_from(self.counts.clock().now());
            Error::TooMany { retry_after_seconds: wait.as_secs() + 1 }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_admitted_and_the_next_must_wait() {
        let limits = Limits::new(Rates { sign_up_address_per_hour: 3, ..Rates::default() });
        let here: IpAddr = "192.0.2.1".parse().unwrap();
        for _ in 0..3 {
            limits.admit_sign_up(here).unwrap();
        }
        let refused = limits.admit_sign_up(here).unwrap_err();
        assert!(
            matches!(refused, Error::TooMany { retry_after_seconds } if (1..=1201).contains(&retry_after_seconds))
        );
        limits.admit_sign_up("192.0.2.2".parse().unwrap()).unwrap();
    }

    #[test]
    fn an_account_is_guarded_from_many_addresses_at_once() {
        let limits = Limits::new(Rates { sign_in_account_per_minute: 2, ..Rates::default() });
        let admit = |last: u8| limits.admit_sign_in(IpAddr::from([192, 0, 2, last]), [7; 32]);
        admit(1).unwrap();
        admit(2).unwrap();
        assert!(admit(3).is_err());
    }
}
