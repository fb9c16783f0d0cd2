//! What handlers are given: the door to the database, the operator's key, the clock, the limits.

use std::sync::Arc;

use keys::{PasswordCost, RootKey};

use crate::{Clock, Db, http::Guard, limits::Tries, mail::Outbox, stretching::Stretching};

/// The state of the running program. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The door to the database.
    pub db: Db,
    /// The operator's key.
    pub root: Arc<RootKey>,
    /// The time.
    pub clock: Clock,
    /// The limits and the origin.
    pub guard: Arc<Guard>,
    /// Where passwords are stretched.
    pub stretching: Stretching,
    /// How long sessions last.
    pub sessions: SessionLimits,
    /// Where mail is put.
    pub outbox: Outbox,
}

/// How long sessions last, and what a password costs to try.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// A session ends after this long without use.
    pub idle_minutes: u32,
    /// The longest that somebody may choose instead.
    pub idle_minutes_max: u32,
    /// Whether everybody needs a second step.
    pub second_step_required: bool,
    /// A session ends after this long whatever happens.
    pub absolute_hours: u32,
    /// What new passwords are stretched with.
    pub password_cost: PasswordCost,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The door to the database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The operator's key.
    pub fn root(&self) -> &RootKey {
        &self.0.root
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The limits and the origin.
    pub fn guard(&self) -> &Arc<Guard> {
        &self.0.guard
    }

    /// Admits what somebody might guess with.
    pub fn tries(&self) -> Tries<'_> {
        Tries::new(&self.0.db, &self.0.root, self.0.guard.limits.rates())
    }

    /// Where passwords are stretched.
    pub fn stretching(&self) -> &Stretching {
        &self.0.stretching
    }

    /// How long sessions last.
    pub fn sessions(&self) -> SessionLimits {
        self.0.sessions
    }
    /// Where mail is put.
    pub fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }
}
