//! What a person is told about their account: a word and a time in the app, and a mail where mail is
//! sent. No content beyond that.
//!
//! A notice is left in the transaction of the act it is about: [`Told::of`] before, then
//! `(&notices::TELL, &told.params())` among the statements that the transaction finishes with.

use serde::{Deserialize, Serialize};
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::{
    App, Result, Sql,
    mail::{Language, Template, Waiting},
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

/// Leaves a notice to the asker, and queues its mail if there is one.
pub static TELL: Sql = Sql::new(
    "with told as (
        insert into accounts.notice (principal, notice, what)
        select m.principal, $1, $2 from auth.me m
    )
    insert into mail.queue (principal, mail, message_sealed, give_up_at)
    select m.principal, $3, $4, now() + make_interval(mins => $5) from auth.me m
    where $4 is not null",
    &[Type::UUID, Type::TEXT, Type::UUID, Type::BYTEA, Type::INT4],
);

/// The same from a session that still waits for its second step: only that it failed.
pub static TELL_SECOND_STEP_FAILED: Sql = Sql::new(
    "select accounts.tell_second_step_failed($1, $2, $3, $4)",
    &[Type::UUID, Type::UUID, Type::BYTEA, Type::INT4],
);

/// Every statement of this module.
pub static ALL: &[&Sql] = &[&TELL, &TELL_SECOND_STEP_FAILED];

/// A notice on its way.
#[derive(Debug)]
pub struct Told {
    notice: Uuid,
    what: &'static str,
    mail: Option<Uuid>,
    message_sealed: Option<Vec<u8>>,
    give_up_minutes: Option<i32>,
}

impl Told {
    /// Prepares a notice, with its mail to `email`.
    pub fn of(app: &App, what: What, email: &str, language: Language) -> Result<Self> {
        let mail =
            app.outbox().seal(app.root(), app.clock(), email, language, Template::Notice(what))?;
        let (mail, message_sealed, give_up_minutes) = match mail {
            Some(Waiting { mail, message_sealed, give_up_minutes }) => {
                (Some(mail), Some(message_sealed), Some(give_up_minutes))
            }
            None => (None, None, None),
        };
        let notice = Uuid::now_v7();
        Ok(Self { notice, what: what.as_str(), mail, message_sealed, give_up_minutes })
    }

    /// The parameters of [`TELL_SECOND_STEP_FAILED`].
    pub fn params_of_failure(&self) -> [&(dyn ToSql + Sync); 4] {
        [&self.notice, &self.mail, &self.message_sealed, &self.give_up_minutes]
    }

    /// The parameters of [`TELL`].
    pub fn params(&self) -> [&(dyn ToSql + Sync); 5] {
        [&self.notice, &self.what, &self.mail, &self.message_sealed, &self.give_up_minutes]
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
