//! Checkpoints of the audit in the background, as a role that sees no event.

use std::{sync::Arc, time::Duration};

use keys::RootKey;
use platform::audit::{Checkpoint, hex, seal};
use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

/// A last checkpoint must not hold up the end of the program.
const AT_THE_END: Duration = Duration::from_secs(5);

/// Seals what was done since the last time, again and again, for as long as the program runs.
pub(crate) fn keep_sealing(
    config: Config,
    tls: MakeRustlsConnect,
    root: Arc<RootKey>,
    every: Duration,
) {
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(every);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            tell(seal_audit(&config, tls.clone(), &root).await);
        }
    });
}

/// Seals what was done until now, before the program ends.
pub async fn seal_at_the_end(config: &Config, tls: MakeRustlsConnect, root: &RootKey) {
    match tokio::time::timeout(AT_THE_END, seal_audit(config, tls, root)).await {
        Ok(outcome) => tell(outcome),
        Err(_elapsed) => tracing::warn!("the audit was not sealed; the next start does it"),
    }
}

fn tell(outcome: Result<Vec<Checkpoint>, tokio_postgres::Error>) {
    match outcome {
        Ok(made) => {
            for checkpoint in made {
                let (number, chains) = (checkpoint.number, checkpoint.leaves);
                let hash = hex(&checkpoint.hash());
                tracing::info!(number, chains, hash, "the audit was sealed by a checkpoint");
            }
        }
        Err(cause) => tracing::warn!(
            code = cause.code().map_or("-", |code| code.code()),
            "the audit was not sealed; trying again later"
        ),
    }
}

/// Makes the checkpoints that are due; `config` leads to the database as `keepwell_worker`. None when
/// nothing was done, or while another server is at it.
pub async fn seal_audit(
    config: &Config,
    tls: MakeRustlsConnect,
    root: &RootKey,
) -> Result<Vec<Checkpoint>, tokio_postgres::Error> {
    let (mut client, connection) = config.connect(tls).await?;
    let connection = tokio::spawn(connection);
    let made = seal(&mut client, root).await;
    drop(client);
    // The connection ends with its client; how it ends no longer matters.
    drop(connection.await);
    made
}
