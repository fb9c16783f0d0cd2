//! Stretching passwords on a bounded pool, away from the threads that answer everybody else.
//!
//! One stretch takes tens of megabytes and a good part of a second of a core. So only a few run at
//! a time, a few more wait, and the rest are told to come back: a storm of sign-ins slows sign-ins.
//! One address gets a few of the places and no more, so a storm from there leaves room for others.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use keys::{PasswordCost, Stretched, stretch};
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::{Error, Peer, Result, limits::Network};

/// More than this many at a time, running or waiting, are sent away.
const PLACES: usize = 50;
/// And more than this many of one address.
const PLACES_OF_ONE_ADDRESS: usize = 5;

/// The pool. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stretching {
    workers: Arc<Semaphore>,
    room: Arc<Room>,
    begun: Arc<AtomicU64>,
}

impl Stretching {
    /// A pool of `workers` stretches at a time.
    pub fn new(workers: usize) -> Self {
        Self {
            workers: Arc::new(Semaphore::new(workers.max(1))),
            room: Arc::default(),
            begun: Arc::default(),
        }
    }

    /// Stretches a password, or says that there is no room.
    pub async fn stretch(
        &self,
        Peer(from): Peer,
        password: SecretString,
        salt: [u8; 32],
        cost: PasswordCost,
    ) -> Result<Stretched> {
        let place = self.room.enter(Network::of(from))?;
        let permit = Arc::clone(&self.workers)
            .acquire_owned()
            .await
            .map_err(|cause| Error::Internal(cause.into()))?;
        self.begun.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || {
            // Held by the work, not by the request: a client that goes away frees no worker early.
            let _held = (permit, place);
            stretch(&password, &salt, cost)
        })
        .await
        .map_err(|cause| Error::Internal(cause.into()))?
        .map_err(|cause| Error::Internal(cause.into()))
    }

    /// How many stretches have begun, ever: what the answers cost, for who compares them.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }
}

/// Who is running or waiting.
#[derive(Debug, Default)]
struct Room(Mutex<HashMap<Network, usize>>);

impl Room {
    fn enter(self: &Arc<Self>, network: Network) -> Result<Place> {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken: usize = inside.values().sum();
        let own = inside.get(&network).copied().unwrap_or_default();
        if taken >= PLACES || own >= PLACES_OF_ONE_ADDRESS {
            return Err(Error::Busy);
        }
        inside.insert(network, own + 1);
        Ok(Place { network, room: Arc::clone(self) })
    }
}

/// A place, given back when dropped.
struct Place {
    network: Network,
    room: Arc<Room>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.room.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = inside.get_mut(&self.network) {
            *own -= 1;
            if *own == 0 {
                inside.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn network(of: u8, last: u8) -> Network {
        Network::of(IpAddr::from([192, 0, of, last]))
    }

    #[test]
    fn one_address_leaves_room_for_others_and_all_together_are_bounded() {
        let room = Arc::new(Room::default());
        let mut places: Vec<Place> =
            (0..PLACES_OF_ONE_ADDRESS).map(|_| room.enter(network(2, 1)).unwrap()).collect();
        assert!(matches!(room.enter(network(2, 1)), Err(Error::Busy)));
        for last in 2.. {
            match room.enter(network(2, last)) {
                Ok(place) => places.push(place),
                Err(_) => break,
            }
        }
        assert_eq!(places.len(), PLACES);
        places.truncate(1);
        places.push(room.enter(network(2, 1)).unwrap());
        places.clear();
        assert!(room.0.lock().unwrap().is_empty(), "who is gone is forgotten");
    }

    #[tokio::test]
    async fn a_storm_from_one_address_does_not_send_others_away() {
        let pool = Stretching::new(1);
        let ask = |from: Network, address: IpAddr| {
            assert_eq!(from, Network::of(address));
            pool.stretch(
                Peer(address),
                SecretString::from("a password"),
                [7; 32],
                PasswordCost::WEAK_FOR_TESTS,
            )
        };
        let storm = (0..29).map(|_| ask(network(2, 1), IpAddr::from([192, 0, 2, 1])));
        let (storm, other) = tokio::join!(
            futures_util::future::join_all(storm),
            ask(network(2, 2), IpAddr::from([192, 0, 2, 2])),
        );
        let served = storm.iter().filter(|one| one.is_ok()).count();
        assert!((PLACES_OF_ONE_ADDRESS..29).contains(&served), "{served}");
        assert!(other.is_ok());
        assert_eq!(pool.begun(), u64::try_from(served).unwrap() + 1);
    }
}
