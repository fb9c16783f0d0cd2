//! How much of the server strangers may use up, and who is inside.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::Network;

/// The limits of a listener. The default is what serves; tests use smaller ones.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Connections at a time from one address (of IPv6: one network of 64 bits).
    pub connections_per_address: usize,
    /// Time for the TLS handshake.
    pub handshake: Duration,
    /// Time for a request's headers, and how long an HTTP/1.1 connection may rest between two.
    pub headers: Duration,
    /// A connection on which no byte moves for this long is closed.
    pub idle: Duration,
    /// Time to fetch an answer, from when it is ready until it is wholly sent.
    pub delivery: Duration,
    /// How long requests under way may take to finish when the server stops.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            connections_per_address: 256,
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(10),
            idle: Duration::from_mins(2),
            delivery: Duration::from_mins(1),
            drain: Duration::from_secs(10),
        }
    }
}

/// Who is inside.
#[derive(Debug)]
pub(super) struct Admission {
    places: Arc<Semaphore>,
    per_address: usize,
    inside: Mutex<HashMap<Network, usize>>,
}

impl Admission {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.connections)),
            per_address: limits.connections_per_address,
            inside: Mutex::default(),
        }
    }

    /// Waits for a free place.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        // Never closed, so there is always one in the end.
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Lets an address in, unless it has taken its share.
    pub(super) fn admit(
        self: &Arc<Self>,
        place: Option<OwnedSemaphorePermit>,
        address: IpAddr,
    ) -> Option<Guest> {
        let network = Network::of(address);
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inside.entry(network).or_default();
        if *count >= self.per_address {
            return None;
        }
        *count += 1;
        Some(Guest { _place: place?, network, admission: Arc::clone(self) })
    }
}

/// A connection that was let in. Dropping it frees the place.
#[derive(Debug)]
pub(super) struct Guest {
    _place: OwnedSemaphorePermit,
    network: Network,
    admission: Arc<Admission>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut inside = self.admission.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_gets_its_share_and_leaving_frees_it() {
        let limits = Limits { connections_per_address: 1, ..Limits::default() };
        let admission = Arc::new(Admission::new(&limits));
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let first = admission.admit(admission.place().await, address);
        assert!(first.is_some());
        assert!(admission.admit(admission.place().await, address).is_none());
        drop(first);
        assert!(admission.admit(admission.place().await, address).is_some());
        assert!(admission.inside.lock().unwrap().is_empty());
    }
}
