//! Takes mails out of the queue and hands them over.
//!
//! A mail's row stays locked while it is handed over and goes when the server has it. So several
//! programs share one queue, and when one of them dies at any moment the row is free again and the
//! mail is sent by another, with the same Message-ID: at least once, never lost.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use keys::RootKey;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use super::smtp::{NotSent, Outgoing};
use super::{Letter, Outbox, Smtp, texts};

/// How often to look, also when nobody said that there is something: for what another program, or
/// this one before it was killed, left behind, and for what is due again.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Whoever says that the queue fills says so shortly before it commits.
const COMMITTED_WITHIN: Duration = Duration::from_millis(300);
/// The longest wait between two tries.
const WAIT_MINUTES_MAX: i32 = 6 * 60;

/// Hands queued mails to the mail server.
#[derive(Clone)]
pub struct Sender {
    config: Config,
    tls: MakeRustlsConnect,
    root: Arc<RootKey>,
    smtp: Smtp,
    origin: String,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// What came of looking once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Handed over.
    pub sent: usize,
    /// Tried, and to be tried again.
    pub put_off: usize,
    /// Given up.
    pub given_up: usize,
}

impl Sender {
    /// A sender that works as `keepwell_worker`; `config` and `tls` lead to the database.
    pub fn new(
        config: Config,
        tls: MakeRustlsConnect,
        root: Arc<RootKey>,
        smtp: Smtp,
        origin: &str,
    ) -> Self {
        Self { config, tls, root, smtp, origin: origin.to_owned() }
    }

    /// Sends what is due, for as long as the program runs.
    pub fn keep_sending(self, outbox: Outbox) {
        tokio::spawn(async move {
            loop {
                if let Err(cause) = self.send_due().await {
                    tracing::warn!(
                        code = cause.code().map_or("-", |code| code.code()),
                        "the mail queue could not be read; trying again later"
                    );
                }
                tokio::select! {
                    () = outbox.filled() => tokio::time::sleep(COMMITTED_WITHIN).await,
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        });
    }

    /// Sends what is due now. Ends early when the mail server cannot be reached: the others wait
    /// for the next look.
    pub async fn send_due(&self) -> Result<Round, tokio_postgres::Error> {
        let (mut client, connection) = self.config.connect(self.tls.clone()).await?;
        let connection = tokio::spawn(connection);
        let mut round = Round::default();
        let outcome = loop {
            match self.send_next(&mut client, &mut round).await {
                Ok(true) => {}
                Ok(false) => break Ok(round),
                Err(cause) => break Err(cause),
            }
        };
        drop(client);
        // The connection ends with its client; how it ends no longer matters.
        drop(connection.await);
        outcome
    }

    /// Sends the mail that waits longest; `false` when it makes no sense to go on.
    async fn send_next(
        &self,
        client: &mut Client,
        round: &mut Round,
    ) -> Result<bool, tokio_postgres::Error> {
        let tx = client.transaction().await?;
        let Some(row) = tx.query_opt(TAKE, &[]).await? else { return Ok(false) };
        let mail: Uuid = row.try_get("mail")?;
        let is_over: bool = row.try_get("is_over")?;
        let tries: i16 = row.try_get("tries")?;
        let letter = self.open(mail, row.try_get("message_sealed")?);
        let what = letter.as_ref().map_or("-", |letter| letter.template.name());

        let outcome = match &letter {
            _ if is_over => Err(None),
            // Sealed under another root key, or altered: nobody will ever read it.
            None => Err(None),
            Some(letter) => match self.hand_over(mail, letter).await {
                Ok(()) => Ok(()),
                Err(NotSent::Unaddressed) => Err(None),
                Err(cause) => Err(Some(cause)),
            },
        };
        let goes_on = match outcome {
            Ok(()) => {
                tx.execute(REMOVE, &[&mail]).await?;
                tracing::info!(%mail, what, "a mail was sent");
                round.sent += 1;
                true
            }
            Err(None) => {
                tx.execute(REMOVE, &[&mail]).await?;
                tracing::warn!(%mail, what, tries, "a mail was given up");
                round.given_up += 1;
                true
            }
            Err(Some(cause)) => {
                tx.execute(PUT_OFF, &[&mail, &wait_minutes(tries)]).await?;
                let (reason, status) = match cause {
                    NotSent::Unreachable(reason) => (reason, 0),
                    NotSent::Refused(status) => ("refused", status),
                    NotSent::Unaddressed => ("-", 0),
                };
                tracing::warn!(%mail, what, tries, reason, status, "a mail was not sent; trying again later");
                round.put_off += 1;
                matches!(cause, NotSent::Refused(_))
            }
        };
        tx.commit().await?;
        Ok(goes_on)
    }

    fn open(&self, mail: Uuid, sealed: &[u8]) -> Option<Letter> {
        let plain = self.root.open_mail(mail, sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    async fn hand_over(&self, mail: Uuid, letter: &Letter) -> Result<(), NotSent> {
        let at = letter.at.to_zoned(TimeZone::UTC);
        let text = texts::write(&letter.template, letter.language, &at, &self.origin);
        let (subject, body) = (text.subject, text.body);
        self.smtp.send(Outgoing { mail, to: &letter.to, at: letter.at, subject, body }).await
    }
}

const TAKE: &str = "
    select mail, message_sealed, tries, give_up_at <= now() as is_over
    from mail.queue
    where next_try_at <= now()
    order by next_try_at
    limit 1
    for update skip locked";

const REMOVE: &str = "delete from mail.queue where mail = $1 and next_try_at <= now()";

/// Given up on time, and not a wait later.
const PUT_OFF: &str = "
    update mail.queue
    set tries = tries + 1,
        next_try_at = least(now() + make_interval(mins => $2), give_up_at)
    where mail = $1 and next_try_at <= now()";

/// A minute, then twice as long each time.
fn wait_minutes(tries: i16) -> i32 {
    u32::try_from(tries)
        .ok()
        .and_then(|tries| 1_i32.checked_shl(tries.min(20)))
        .map_or(WAIT_MINUTES_MAX, |minutes| minutes.clamp(1, WAIT_MINUTES_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_from_a_minute_to_six_hours() {
        let waits: Vec<_> = (0..11).map(wait_minutes).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
        assert_eq!(wait_minutes(i16::MAX), 360);
        assert_eq!(wait_minutes(-1), 360);
    }
}
