//! Stretching passwords on a bounded pool, away from the threads that answer everybody else.
//!
//! One stretch takes tens of megabytes and a good part of a second of a core. So only a few run at
//! a time, a few more wait, and the rest are told to come back: a storm of sign-ins slows sign-ins.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use keys::{PasswordCost, Stretched, stretch};
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::{Error, Result};

/// More than this many waiting are sent away.
const WAITING_MAX: usize = 50;

/// The pool. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stretching {
    workers: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Stretching {
    /// A pool of `workers` stretches at a time.
    pub fn new(workers: usize) -> Self {
        Self {
            workers: Arc::new(Semaphore::new(workers.max(1))),
            waiting: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// Stretches a password, or says that there is no room.
    pub async fn stretch(
        &self,
        password: SecretString,
        salt: [u8; 32],
        cost: PasswordCost,
    ) -> Result<Stretched> {
        let place = Place::take(&self.waiting)?;
        let permit = Arc::clone(&self.workers)
            .acquire_owned()
            .await
            .map_err(|cause| Error::Internal(cause.into()))?;
        drop(place);
        tokio::task::spawn_blocking(move || {
            // Held by the work, not by the request: a client that goes away frees no worker early.
            let _permit = permit;
            stretch(&password, &salt, cost)
        })
        .await
        .map_err(|cause| Error::Internal(cause.into()))?
        .map_err(|cause| Error::Internal(cause.into()))
    }
}

/// A place in the queue, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Result<Self> {
        let place = Self(Arc::clone(waiting));
        if waiting.fetch_add(1, Ordering::SeqCst) >= WAITING_MAX {
            return Err(Error::Busy);
        }
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
