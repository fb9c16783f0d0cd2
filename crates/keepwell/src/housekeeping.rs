//! Clean-up in the background, as a role that sees when sessions end and nothing else.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

const EVERY: Duration = Duration::from_mins(10);

/// Removes ended sessions from time to time, for as long as the program runs.
pub(crate) fn keep_house(config: Config, tls: MakeRustlsConnect) {
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tick.tick().await;
            match remove_ended_sessions(&config, tls.clone()).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "ended sessions were removed"),
                Err(cause) => tracing::warn!(
                    code = cause.code().map_or("-", |code| code.code()),
                    "ended sessions were not removed; trying again later"
                ),
            }
        }
    });
}

#[expect(
    clippy::disallowed_methods,
    reason = "the worker asks for nobody: its policy says what it may"
)]
async fn remove_ended_sessions(
    config: &Config,
    tls: MakeRustlsConnect,
) -> Result<u64, tokio_postgres::Error> {
    let (client, connection) = config.connect(tls).await?;
    let connection = tokio::spawn(connection);
    let removed = client.execute("delete from auth.session", &[]).await;
    drop(client);
    // The connection ends with its client; how it ends no longer matters.
    drop(connection.await);
    removed
}
