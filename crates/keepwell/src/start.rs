//! From a running database to a router: migrate, open the pool, put the parts together.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use keys::RootKey;
use platform::{
    App, Clock, Db, Parts, SessionLimits,
    config::{AuditOptions, RateOptions, SessionOptions},
    database::{migrate, settle},
    external::Server,
    http::Guard,
    limits::{Limits, Rates},
    mail::{Outbox, Sender, Smtp, SmtpConfig},
    stretching::Stretching,
};

use crate::{checkpoints, housekeeping};

/// Requests that can be in the database at the same time. More than the cores can work on only wait
/// there instead of here.
const CONNECTIONS_MAX: usize = 16;

/// What is chosen by whoever starts the server.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// How long sessions last and what a password costs to try.
    pub sessions: SessionLimits,
    /// Passwords stretched at a time.
    pub sign_in_workers: usize,
    /// How often somebody may ask.
    pub rates: Rates,
    /// The time between two checkpoints of the audit.
    pub checkpoint_every: Duration,
}

impl Choices {
    /// What the options say.
    pub fn of(options: &SessionOptions, rates: &RateOptions, audit: &AuditOptions) -> Self {
        Self {
            sessions: SessionLimits {
                idle_minutes: options.idle_minutes,
                idle_minutes_max: options.idle_minutes_max,
                second_step_required: options.second_step_required,
                absolute_hours: options.absolute_hours,
                password_cost: options.password_cost(),
            },
            sign_in_workers: options.sign_in_workers(),
            rates: rates.rates(),
            checkpoint_every: audit.checkpoint_every(),
        }
    }
}

/// Brings the schema up to date and answers with everything the server serves.
pub async fn start(
    server: &Server,
    root: Arc<RootKey>,
    public_origin: &str,
    choices: Choices,
    smtp: Option<&SmtpConfig>,
    clock: Clock,
) -> anyhow::Result<Router> {
    let smtp = smtp.map(Smtp::open).transpose()?;
    let tls = server.tls()?;
    let (mut admin, connection) = server
        .admin_config()
        .connect(tls.clone())
        .await
        .context("cannot connect to the database to bring its schema up to date")?;
    let connection = tokio::spawn(connection);
    migrate(&mut admin).await?;
    settle(&admin, &root, choices.sessions.password_cost).await?;
    drop(admin);
    connection.await??;

    let app_config = server.config("keepwell_app");
    let db = Db::over(app_config, tls.clone(), CONNECTIONS_MAX, Arc::clone(&root))?;
    let worker = server.config("keepwell_worker");
    housekeeping::keep_house(worker.clone(), tls.clone());
    checkpoints::keep_sealing(worker, tls.clone(), Arc::clone(&root), choices.checkpoint_every);
    let outbox = if let Some(smtp) = smtp {
        let outbox = Outbox::open();
        let config = server.config("keepwell_worker");
        Sender::new(config, tls, Arc::clone(&root), smtp, public_origin)
            .keep_sending(outbox.clone());
        outbox
    } else {
        tracing::info!("no --smtp-url: no mail is sent, and notices show in the app only");
        Outbox::closed()
    };
    let app = App::new(Parts {
        db,
        root,
        clock,
        guard: Arc::new(Guard {
            public_origin: public_origin.to_owned(),
            limits: Limits::new(choices.rates),
        }),
        stretching: Stretching::new(choices.sign_in_workers),
        sessions: choices.sessions,
        outbox,
    });
    crate::router(app)
}
