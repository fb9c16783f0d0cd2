//! Clean-up in the background, as a role that sees when things end and nothing else of them.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

const EVERY: Duration = Duration::from_mins(10);

/// What has ended. The policies of the role say which rows these are.
const ENDED: [&str; 11] = [
    "delete from auth.session",
    "delete from auth.ceremony",
    "delete from circle.invitation",
    "delete from diary.inbox",
    "delete from platform.rate_count",
    "delete from platform.failure_count",
    "delete from accounts.notice",
    "delete from accounts.email_change",
    "delete from circle.member_invitation",
    "delete from circle.card",
    // Also where mail is no longer sent. What a sender holds at this moment, it gives up itself.
    "delete from mail.queue where mail in (
        select mail from mail.queue where give_up_at <= now() for update skip locked)",
];

/// Removes what has ended from time to time, for as long as the program runs.
pub(crate) fn keep_house(config: Config, tls: MakeRustlsConnect) {
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tick.tick().await;
            match remove_what_ended(&config, tls.clone()).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "what ended was removed"),
                Err(cause) => tracing::warn!(
                    code = cause.code().map_or("-", |code| code.code()),
                    "what ended was not removed; trying again later"
                ),
            }
        }
    });
}

/// Removes what has ended by now; `config` leads to the database as `keepwell_worker`.
#[expect(
    clippy::disallowed_methods,
    reason = "the worker asks for nobody: its policy says what it may"
)]
pub async fn remove_what_ended(
    config: &Config,
    tls: MakeRustlsConnect,
) -> Result<u64, tokio_postgres::Error> {
    let (client, connection) = config.connect(tls).await?;
    let connection = tokio::spawn(connection);
    let mut removed = Ok(0);
    for statement in ENDED {
        match client.execute(statement, &[]).await {
            Ok(count) => removed = removed.map(|sum| sum + count),
            Err(cause) => removed = Err(cause),
        }
    }
    drop(client);
    // The connection ends with its client; how it ends no longer matters.
    drop(connection.await);
    removed
}
