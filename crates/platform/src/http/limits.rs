//! How often somebody may ask: the generic cell rate algorithm, per address and per account.
//!
//! Keys are addresses (an IPv6 address counts as its /64) and pseudonyms of accounts; nothing here
//! is written down, and a quiet key is forgotten.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

use super::{Error, Result};

/// After this many asks the quiet keys are forgotten.
const ASKS_BETWEEN_CLEANING: u32 = 10_000;

/// The rates. Generous where a person types, tight where somebody might guess.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Requests of one address in a minute.
    pub address_per_minute: u32,
    /// Sign-ins of one address in a minute.
    pub sign_in_address_per_minute: u32,
    /// Sign-ins for one account in a minute, from anywhere.
    pub sign_in_account_per_minute: u32,
    /// New accounts of one address in an hour.
    pub sign_up_address_per_hour: u32,
    /// Tries of a recovery code from one address in an hour.
    pub recovery_address_per_hour: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            address_per_minute: 1_200,
            sign_in_address_per_minute: 20,
            sign_in_account_per_minute: 10,
            sign_up_address_per_hour: 5,
            recovery_address_per_hour: 10,
        }
    }
}

/// Counts per key.
pub struct Limits {
    address: Limit<IpAddr>,
    sign_in_address: Limit<IpAddr>,
    sign_in_account: Limit<[u8; 32]>,
    sign_up_address: Limit<IpAddr>,
    recovery_address: Limit<IpAddr>,
}

impl Limits {
    /// Starts counting.
    pub fn new(rates: Rates) -> Self {
        const HOUR: Duration = Duration::from_hours(1);
        const MINUTE: Duration = Duration::from_mins(1);
        Self {
            address: Limit::new(rates.address_per_minute, MINUTE),
            sign_in_address: Limit::new(rates.sign_in_address_per_minute, MINUTE),
            sign_in_account: Limit::new(rates.sign_in_account_per_minute, MINUTE),
            sign_up_address: Limit::new(rates.sign_up_address_per_hour, HOUR),
            recovery_address: Limit::new(rates.recovery_address_per_hour, HOUR),
        }
    }

    /// Counts any request.
    pub fn admit_address(&self, address: IpAddr) -> Result<()> {
        self.address.admit(&network(address))
    }

    /// Counts a sign-in. `account` is a pseudonym of what was typed, known or not.
    pub fn admit_sign_in(&self, address: IpAddr, account: [u8; 32]) -> Result<()> {
        self.sign_in_address.admit(&network(address))?;
        self.sign_in_account.admit(&account)
    }

    /// Counts a sign-up.
    pub fn admit_sign_up(&self, address: IpAddr) -> Result<()> {
        self.sign_up_address.admit(&network(address))
    }

    /// Counts a try of a recovery code.
    pub fn admit_recovery(&self, address: IpAddr, account: [u8; 32]) -> Result<()> {
        self.recovery_address.admit(&network(address))?;
        self.sign_in_account.admit(&account)
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

/// Somebody who has one IPv6 address has its whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(
            || IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
            IpAddr::V4,
        ),
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

    #[test]
    fn one_network_of_the_new_kind_counts_as_one() {
        let a = network("2001:db8::1".parse().unwrap());
        let b = network("2001:db8::ffff:1:2:3".parse().unwrap());
        assert_eq!(a, b);
        assert_ne!(a, network("2001:db8:0:1::1".parse().unwrap()));
    }
}
