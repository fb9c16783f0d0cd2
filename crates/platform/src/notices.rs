//! What a person is told about their account: a word and a time in the app, and a mail where mail is
//! sent. No content beyond that.
//!
//! A notice is left in the transaction of the act it is about: [`Told::of`] before, then
//! `(&notices::TELL, &told.params())` among the statements that the transaction finishes with.

use serde::{Deserialize, Serialize};
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use crate::{
    App, Error, Presented, Result, Sql, Transaction,
    mail::{Language, Template, Waiting, left_out_for, say_left_out},
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A sign-in from a device that was not known before.
    SignedIn,
    /// The first step was right, and the second was not.
    SecondStepFailed,
    /// A new password.
    PasswordChanged,
    /// One more second step.
    SecondStepAdded,
    /// One second step less.
    SecondStepRemoved,
    /// A security key or passkey counted less than before: there may be two of it.
    KeyCopied,
    /// A new recovery code.
    RecoveryCodeMade,
    /// New single-use codes.
    SingleUseCodesMade,
    /// Somebody came back with the recovery code.
    Recovered,
    /// Another e-mail address.
    EmailChanged,
    /// A token for another program.
    TokenMade,
    /// A token was ended.
    TokenEnded,
    /// Somebody else was let in.
    AccessGiven,
    /// An export can be fetched.
    ExportReady,
    /// The account will be deleted.
    DeletionRequested,
}

impl What {
    /// Every word.
    pub const ALL: [Self; 15] = [
        Self::SignedIn,
        Self::SecondStepFailed,
        Self::PasswordChanged,
        Self::SecondStepAdded,
        Self::SecondStepRemoved,
        Self::KeyCopied,
        Self::RecoveryCodeMade,
        Self::SingleUseCodesMade,
        Self::Recovered,
        Self::EmailChanged,
        Self::TokenMade,
        Self::TokenEnded,
        Self::AccessGiven,
        Self::ExportReady,
        Self::DeletionRequested,
    ];

    /// As it stands in the database and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SecondStepFailed => "second_step_failed",
            Self::PasswordChanged => "password_changed",
            Self::SecondStepAdded => "second_step_added",
            Self::SecondStepRemoved => "second_step_removed",
            Self::KeyCopied => "key_copied",
            Self::RecoveryCodeMade => "recovery_code_made",
            Self::SingleUseCodesMade => "single_use_codes_made",
            Self::Recovered => "recovered",
            Self::EmailChanged => "email_changed",
            Self::TokenMade => "token_made",
            Self::TokenEnded => "token_ended",
            Self::AccessGiven => "access_given",
            Self::ExportReady => "export_ready",
            Self::DeletionRequested => "deletion_requested",
        }
    }
}

/// Leaves a notice to the asker, and queues its mail if there is one and the recipient has room.
pub static TELL: Sql = Sql::new(
    "select $2 as what, accounts.tell($1, $2, $3, $4, $5, $6) as wait_seconds",
    &[Type::UUID, Type::TEXT, Type::UUID, Type::BYTEA, Type::INT4, Type::BYTEA],
)
.heeding(heed);

/// The same from a session that still waits for its second step: only that it failed.
pub static TELL_SECOND_STEP_FAILED: Sql = Sql::new(
    "select 'second_step_failed' as what,
        accounts.tell_second_step_failed($1, $2, $3, $4, $5) as wait_seconds",
    &[Type::UUID, Type::UUID, Type::BYTEA, Type::INT4, Type::BYTEA],
)
.heeding(heed);

/// The notice stands in the app; that its mail was left out, in the log.
fn heed(rows: &[Row]) {
    if let (Ok(Some(_)), Some(row)) = (left_out_for(rows), rows.first()) {
        say_left_out(row.try_get("what").unwrap_or("-"));
    }
}

/// What a person's sealed e-mail address is sealed for.
pub const ADDRESS_PURPOSE: &str = "accounts.account.email_sealed";

static ADDRESS: Sql = Sql::new(
    "select email_sealed from accounts.account
    where principal = (select m.principal from auth.me m)",
    &[],
);

/// Every statement of this module.
pub static ALL: &[&Sql] = &[&TELL, &TELL_SECOND_STEP_FAILED, &ADDRESS];

/// Prepares a notice to the asker of a transaction, which then finishes with [`TELL`].
pub async fn to_asker(
    app: &App,
    presented: &Presented,
    tx: &Transaction,
    what: What,
) -> Result<Told> {
    let rows = tx.query(&ADDRESS, &[]).await?;
    let sealed: &[u8] = rows.first().ok_or(Error::Unauthenticated)?.try_get("email_sealed")?;
    let session = tx.session();
    let (pair, person) = (session.keyring().pair(), session.principal());
    let email = keys::open_own(pair, person, ADDRESS_PURPOSE, sealed).or(Err(Error::Altered))?;
    let email = std::str::from_utf8(&email).or(Err(Error::Altered))?;
    Told::of(app, what, email, presented.language())
}

/// A notice on its way.
#[derive(Debug)]
pub struct Told {
    notice: Uuid,
    what: &'static str,
    mail: Option<Uuid>,
    message_sealed: Option<Vec<u8>>,
    give_up_minutes: Option<i32>,
    recipient: Option<Vec<u8>>,
}

impl Told {
    /// Prepares a notice, with its mail to `email`.
    pub fn of(app: &App, what: What, email: &str, language: Language) -> Result<Self> {
        let mail =
            app.outbox().seal(app.root(), app.clock(), email, language, Template::Notice(what))?;
        let (notice, what) = (Uuid::now_v7(), what.as_str());
        Ok(match mail {
            Some(Waiting { mail, message_sealed, give_up_minutes, recipient, .. }) => Self {
                notice,
                what,
                mail: Some(mail),
                message_sealed: Some(message_sealed),
                give_up_minutes: Some(give_up_minutes),
                recipient: Some(recipient),
            },
            None => Self {
                notice,
                what,
                mail: None,
                message_sealed: None,
                give_up_minutes: None,
                recipient: None,
            },
        })
    }

    /// The parameters of [`TELL_SECOND_STEP_FAILED`].
    pub fn params_of_failure(&self) -> [&(dyn ToSql + Sync); 5] {
        let Self { notice, mail, message_sealed, give_up_minutes, recipient, .. } = self;
        [notice, mail, message_sealed, give_up_minutes, recipient]
    }

    /// The parameters of [`TELL`].
    pub fn params(&self) -> [&(dyn ToSql + Sync); 6] {
        let Self { notice, what, mail, message_sealed, give_up_minutes, recipient } = self;
        [notice, what, mail, message_sealed, give_up_minutes, recipient]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_written_as_it_is_sent() {
        for what in What::ALL {
            let sent = serde_json::to_value(what).unwrap();
            assert_eq!(sent, what.as_str());
        }
    }
}
