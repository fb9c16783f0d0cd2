//! Mail to the people of this Keepwell: security notices, and codes that prove an address.
//!
//! A mail is put into the queue in the transaction of the act it is about ([`Outbox::seal`], then
//! [`QUEUE`] or [`crate::notices`]), sealed under the root key, so that the database alone shows no
//! address. The database counts the mails of each recipient and queues no more than its share, so
//! that nobody's mailbox is filled through us. [`Sender`] takes it out, hands it to the operator's mail server over verified TLS, and
//! deletes it. `texts` is what people read. Without a mail server nothing is queued.

mod address;
mod language;
mod sender;
mod smtp;
mod texts;

use std::sync::Arc;

use jiff::Timestamp;
use keys::RootKey;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;
use zeroize::Zeroizing;

pub use address::EmailAddress;
pub use language::Language;
pub use sender::{Round, Sender};
pub use smtp::{Smtp, SmtpConfig, SmtpError, SmtpTls};

use crate::{Clock, Error, Result, Sql, notices::What};

/// A mail that could not be handed over in this time is given up.
const DAYS_MAX: i32 = 3;
/// Whoever was sent a code waits for it at most so long.
pub const CODE_MINUTES: i32 = 10;

/// Puts a mail to the asker into the queue, if its recipient has room: see [`Waiting::queued`].
pub static QUEUE: Sql = Sql::new(
    "select mail.put($1, $2, $3, $4, $5, $6) as wait_seconds",
    &[Type::UUID, Type::BYTEA, Type::INT4, Type::BYTEA, Type::BOOL, Type::BOOL],
);

/// Every statement of this module that requests run.
pub static ALL: &[&Sql] = &[&QUEUE];

/// What a mail is about, with the few values it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Template {
    /// Something happened to the account.
    Notice(What),
    /// A code that proves that the account's own address is read by its person.
    VerifyAddress(Code),
    /// A code to the address that the account leaves.
    LeaveAddress(Code),
    /// A code to the address that the account moves to.
    EnterAddress(Code),
    /// A link to what somebody offers, to an address that they typed.
    Invitation(Link),
}

/// A link with a secret in it. Never shown in debug output.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link(pub String);

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(..)")
    }
}

/// A short code to type. Never shown in debug output.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code(pub String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(..)")
    }
}

impl Template {
    /// The name that a log may say.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Notice(what) => what.as_str(),
            Self::VerifyAddress(_) => "verify_address",
            Self::LeaveAddress(_) => "leave_address",
            Self::EnterAddress(_) => "enter_address",
            Self::Invitation(_) => "invitation",
        }
    }

    /// After this time the mail is worth nothing.
    fn minutes(&self) -> i32 {
        match self {
            Self::Notice(_) | Self::Invitation(_) => DAYS_MAX * 24 * 60,
            Self::VerifyAddress(_) | Self::LeaveAddress(_) | Self::EnterAddress(_) => CODE_MINUTES,
        }
    }

    fn is_code(&self) -> bool {
        !matches!(self, Self::Notice(_) | Self::Invitation(_))
    }

    /// Whether it goes to the account's own address.
    fn is_to_own_address(&self) -> bool {
        !matches!(self, Self::EnterAddress(_) | Self::Invitation(_))
    }
}

/// What is sealed while a mail waits. Another version of the program may open it: fields are only
/// added.
#[derive(Serialize, Deserialize)]
struct Letter {
    to: String,
    language: Language,
    at: Timestamp,
    template: Template,
}

/// Where handlers put mail.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// Whether there is a mail server.
    sends: bool,
    /// Tells the sender that something was, or soon will be, put into the queue.
    filled: Arc<Notify>,
}

impl Outbox {
    /// The way out through a sender.
    pub fn open() -> Self {
        Self { sends: true, filled: Arc::new(Notify::new()) }
    }

    /// No mail server: nothing is queued.
    pub fn closed() -> Self {
        Self { sends: false, filled: Arc::new(Notify::new()) }
    }

    /// Whether mail is sent at all.
    pub fn sends(&self) -> bool {
        self.sends
    }

    /// Seals a mail for the queue; `None` when no mail is sent.
    pub fn seal(
        &self,
        root: &RootKey,
        clock: &Clock,
        to: &str,
        language: Language,
        template: Template,
    ) -> Result<Option<Waiting>> {
        if !self.sends {
            tracing::info!(what = template.name(), "no mail was sent: there is no mail server");
            return Ok(None);
        }
        let give_up_minutes = template.minutes();
        let (what, is_code) = (template.name(), template.is_code());
        let is_to_own_address = template.is_to_own_address();
        let recipient = root.pseudonym("mail to", &mailbox(to)).to_vec();
        let letter = Letter { to: to.to_owned(), language, at: clock.now(), template };
        let plain = serde_json::to_vec(&letter).map(Zeroizing::new);
        let plain = plain.map_err(|cause| Error::Internal(cause.into()))?;
        let mail = Uuid::now_v7();
        self.filled.notify_one();
        let message_sealed = root.seal_mail(mail, &plain);
        Ok(Some(Waiting {
            what,
            mail,
            message_sealed,
            give_up_minutes,
            recipient,
            is_code,
            is_to_own_address,
        }))
    }

    /// Waits until something is put into the queue.
    async fn filled(&self) {
        self.filled.notified().await;
    }
}

/// Whose mailbox an address is, for counting: what follows a `+` leads to the same.
fn mailbox(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let local = local.split_once('+').map_or(local, |(mailbox, _)| mailbox);
    format!("{local}@{domain}")
}

/// A sealed mail on its way into the queue.
#[derive(Debug)]
pub struct Waiting {
    what: &'static str,
    pub(crate) mail: Uuid,
    pub(crate) message_sealed: Vec<u8>,
    pub(crate) give_up_minutes: i32,
    /// Stands for the mailbox, where mails to it are counted.
    pub(crate) recipient: Vec<u8>,
    is_code: bool,
    is_to_own_address: bool,
}

impl Waiting {
    /// The parameters of [`QUEUE`].
    pub fn params(&self) -> [&(dyn ToSql + Sync); 6] {
        let Self { mail, message_sealed, give_up_minutes, .. } = self;
        [
            mail,
            message_sealed,
            give_up_minutes,
            &self.recipient,
            &self.is_code,
            &self.is_to_own_address,
        ]
    }

    /// Whether it is in the queue, from the answer of [`QUEUE`]; [`Error::TooMany`] when its
    /// recipient gets enough mail.
    pub fn queued(&self, rows: &[Row]) -> Result<()> {
        match left_out_for(rows)? {
            Some(retry_after_seconds) => {
                say_left_out(self.what);
                Err(Error::TooMany { retry_after_seconds })
            }
            None => Ok(()),
        }
    }
}

/// For how many seconds there is no room for a mail; `None` when it is in the queue, or was none.
pub(crate) fn left_out_for(rows: &[Row]) -> Result<Option<u64>> {
    let wait: Option<i32> = rows.first().map_or(Ok(None), |row| row.try_get("wait_seconds"))?;
    Ok(wait.and_then(|seconds| u64::try_from(seconds).ok()).filter(|seconds| *seconds > 0))
}

pub(crate) fn say_left_out(what: &str) {
    tracing::warn!(what, "a mail was left out: its recipient gets enough");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_mailbox_count_as_one() {
        for address in ["ana@example.org", "ana+1@example.org", "ana+1+2@example.org"] {
            assert_eq!(mailbox(address), "ana@example.org");
        }
        assert_ne!(mailbox("ana@example.org"), mailbox("ana@new.example"));
        assert_ne!(mailbox("ana@example.org"), mailbox("ben@example.org"));
    }
}
