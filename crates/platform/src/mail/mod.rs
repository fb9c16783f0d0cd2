//! Mail to the people of this Keepwell: security notices, and codes that prove an address.
//!
//! A mail is put into the queue in the transaction of the act it is about ([`Outbox::seal`], then
//! [`QUEUE`] or [`crate::notices`]), sealed under the root key, so that the database alone shows no
//! address. [`Sender`] takes it out, hands it to the operator's mail server over verified TLS, and
//! deletes it. `texts` is what people read. Without a mail server nothing is queued.

mod language;
mod sender;
mod smtp;
mod texts;

use std::sync::Arc;

use jiff::Timestamp;
use keys::RootKey;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;
use zeroize::Zeroizing;

pub use language::Language;
pub use sender::{Round, Sender};
pub use smtp::{Smtp, SmtpConfig, SmtpError, SmtpTls};

use crate::{Clock, Error, Result, Sql, notices::What};

/// A mail that could not be handed over in this time is given up.
const DAYS_MAX: i32 = 3;
/// Whoever was sent a code waits for it at most so long.
pub const CODE_MINUTES: i32 = 10;

/// Puts a mail to the asker into the queue.
pub static QUEUE: Sql = Sql::new(
    "insert into mail.queue (principal, mail, message_sealed, give_up_at)
    select m.principal, $1, $2, now() + make_interval(mins => $3) from auth.me m",
    &[Type::UUID, Type::BYTEA, Type::INT4],
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
        }
    }

    /// After this time the mail is worth nothing.
    fn minutes(&self) -> i32 {
        match self {
            Self::Notice(_) => DAYS_MAX * 24 * 60,
            Self::VerifyAddress(_) | Self::LeaveAddress(_) | Self::EnterAddress(_) => CODE_MINUTES,
        }
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
        let letter = Letter { to: to.to_owned(), language, at: clock.now(), template };
        let plain = serde_json::to_vec(&letter).map(Zeroizing::new);
        let plain = plain.map_err(|cause| Error::Internal(cause.into()))?;
        let mail = Uuid::now_v7();
        self.filled.notify_one();
        Ok(Some(Waiting { mail, message_sealed: root.seal_mail(mail, &plain), give_up_minutes }))
    }

    /// Waits until something is put into the queue.
    async fn filled(&self) {
        self.filled.notified().await;
    }
}

/// A sealed mail on its way into the queue.
#[derive(Debug)]
pub struct Waiting {
    pub(crate) mail: Uuid,
    pub(crate) message_sealed: Vec<u8>,
    pub(crate) give_up_minutes: i32,
}

impl Waiting {
    /// The parameters of [`QUEUE`].
    pub fn params(&self) -> [&(dyn ToSql + Sync); 3] {
        [&self.mail, &self.message_sealed, &self.give_up_minutes]
    }
}
