//! What a request can fail with, named for what the person asking should learn.
//!
//! Outside it is problem+json (RFC 9457). "Not yours" and "not there" are one answer. What went
//! wrong inside is logged once, with the request's number, and shown to nobody.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio_postgres::error::SqlState;
use utoipa::ToSchema;

/// The result of handling a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("sign in first")]
    Unauthenticated,

    /// The first step is done, and the second is awaited.
    #[error("one more step: show your second step")]
    AwaitsSecondStep,

    /// The session is locked: its PIN or passkey opens it again.
    #[error("this session is locked: unlock it")]
    Locked,

    /// What is wanted asks for a proof that is no older than five minutes.
    #[error("show once more that it is you: this needs a proof of the last five minutes")]
    ProveFirst,

    /// The operator wants a second step, and this person has none yet.
    #[error("this Keepwell asks everybody for a second step: set one up first")]
    OwesSecondStep,

    /// An API token reaches for more than it may: in words, with the scope where one is meant.
    #[error("{0}")]
    TokenMayNot(Cow<'static, str>),

    /// Something that is done in one's own diary only.
    #[error("this is for the owner of a diary: close the diary that you are visiting")]
    NotForVisitors,

    /// A visitor reaches for more than was granted: in words.
    #[error("{0}")]
    MayNotChange(Cow<'static, str>),

    /// What is stored got new keys while the request was on its way.
    #[error("access to this diary was changed at this moment: try again")]
    NewKeys,

    /// The credentials do not open anything. Never says which of them was wrong.
    #[error("{0}")]
    NotOpened(&'static str),

    /// The browser's session is somebody else's by now.
    #[error("somebody else is signed in with this browser now: sign in again")]
    OtherPerson,

    /// It does not exist, or it is not yours; we never say which.
    #[error("not found")]
    NotFound,

    /// It exists, and does not do that.
    #[error("this path does not answer to that method")]
    WrongMethod,

    /// The input broke rules the person can mend, field by field.
    #[error("some of what was sent cannot be used")]
    Invalid(Vec<Problem>),

    /// The body is not what it says it is.
    #[error("{0}")]
    Malformed(Cow<'static, str>),

    /// The body is not JSON by its own account.
    #[error("send the body as application/json")]
    NotJson,

    /// The body is larger than this route takes.
    #[error("the body is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The most it may have.
        limit_bytes: usize,
    },

    /// The request came from another site.
    #[error("requests from other sites are refused")]
    OtherSite,

    /// Another device changed the same thing at the same moment.
    #[error("{0}")]
    Conflict(&'static str),

    /// Too many tries.
    #[error("too many requests: wait {retry_after_seconds} s and try again")]
    TooMany {
        /// How long to wait.
        retry_after_seconds: u64,
    },

    /// So many wrong tries, one after the other, that unknown devices are refused for a day.
    #[error(
        "too many wrong tries: from here wait {retry_after_seconds} s. A device that signed in \
         before, a passkey or the recovery code still opens the diary"
    )]
    TooManyWrong {
        /// How long to wait.
        retry_after_seconds: u64,
    },

    /// No room at the moment.
    #[error("many people are signing in: wait a moment and try again")]
    Busy,

    /// The database does not answer. Nothing was acknowledged that is lost.
    #[error("the diary cannot be reached at this moment: nothing was lost; try again shortly")]
    Unavailable,

    /// The answer took longer than anybody waits.
    #[error("this took too long and was given up: look whether it is there, and try again")]
    TimedOut,

    /// What the database holds is not what was sealed there.
    #[error(
        "this record was altered in the database and is refused. Nothing of it is shown; tell \
         whoever runs this Keepwell"
    )]
    Altered,

    /// Our fault. Logged in full, shown to nobody.
    #[error("something went wrong on our side; nothing was changed")]
    Internal(#[source] anyhow::Error),
}

/// What is wrong with one field, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The field, as it was sent.
    pub field: Cow<'static, str>,
    /// What to do about it, in words for the person.
    pub problem: Cow<'static, str>,
}

impl Error {
    /// One field broke a rule.
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        problem: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Invalid(vec![Problem { field: field.into(), problem: problem.into() }])
    }

    /// Whether trying again from the beginning may succeed: another transaction was faster.
    pub fn is_race(&self) -> bool {
        matches!(self, Self::NewKeys)
            || self.is_deadlock()
            || self.code() == Some(&SqlState::T_R_SERIALIZATION_FAILURE)
    }

    /// Whether two transactions waited for each other and this one was ended. It says nothing about
    /// what is stored.
    pub fn is_deadlock(&self) -> bool {
        self.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED)
    }

    fn code(&self) -> Option<&SqlState> {
        let Self::Internal(cause) = self else { return None };
        cause.downcast_ref::<tokio_postgres::Error>()?.code()
    }

    /// The name of the database's constraint that was broken, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        let Self::Internal(cause) = self else { return None };
        cause.downcast_ref::<tokio_postgres::Error>()?.as_db_error()?.constraint()
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated | Self::AwaitsSecondStep | Self::NotOpened(_) => {
                StatusCode::UNAUTHORIZED
            }
            Self::Locked => StatusCode::LOCKED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::OtherSite
            | Self::ProveFirst
            | Self::OwesSecondStep
            | Self::TokenMayNot(_)
            | Self::NotForVisitors
            | Self::MayNotChange(_) => StatusCode::FORBIDDEN,
            Self::Conflict(_) | Self::OtherPerson | Self::NewKeys => StatusCode::CONFLICT,
            Self::TooMany { .. } | Self::TooManyWrong { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::Unavailable | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::Altered | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "sign-in-first",
            Self::AwaitsSecondStep => "second-step-first",
            Self::Locked => "locked",
            Self::ProveFirst => "prove-first",
            Self::OwesSecondStep => "second-step-owed",
            Self::TokenMayNot(_) => "token-may-not",
            Self::NotForVisitors => "not-for-visitors",
            Self::MayNotChange(_) => "may-not-change",
            Self::NewKeys => "new-keys",
            Self::NotOpened(_) => "not-opened",
            Self::NotFound => "not-found",
            Self::WrongMethod => "wrong-method",
            Self::Invalid(_) => "invalid",
            Self::Malformed(_) => "malformed",
            Self::NotJson => "not-json",
            Self::TooLarge { .. } => "too-large",
            Self::OtherSite => "other-site",
            Self::Conflict(_) => "conflict",
            Self::OtherPerson => "other-person",
            Self::TooMany { .. } => "too-many",
            Self::TooManyWrong { .. } => "too-many-wrong",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed-out",
            Self::Altered => "altered-record",
            Self::Internal(_) => "internal",
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(cause: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;

        match cause.code() {
            // The database's own word for "no session was presented".
            Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => Self::Unauthenticated,
            // It is stopping, starting, or recovering from a crash.
            Some(
                &SqlState::ADMIN_SHUTDOWN
                | &SqlState::CRASH_SHUTDOWN
                | &SqlState::CANNOT_CONNECT_NOW,
            ) => Self::Unavailable,
            // No word from the database at all: the connection is gone, or never came to be.
            None if cause.is_closed() || is_of_the_network(&cause) => Self::Unavailable,
            Some(_) | None => Self::Internal(cause.into()),
        }
    }
}

fn is_of_the_network(cause: &tokio_postgres::Error) -> bool {
    std::error::Error::source(cause).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// The body of every error answer (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemJson {
    /// A stable name for the kind of problem.
    pub r#type: String,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong and what to do, in words for the person.
    pub detail: String,
    /// Field by field, where fields are the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Problem>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if matches!(self, Self::Internal(_)) && self.is_race() {
            let moment =
                "something else was changed at the same moment: nothing was lost; try again";
            return Self::Conflict(moment).into_response();
        }
        if let Self::Internal(cause) = &self {
            tracing::error!(cause = describe(cause), "request failed");
        }
        let status = self.status();
        let body = ProblemJson {
            r#type: format!("urn:keepwell:problem:{}", self.kind()),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: self.to_string(),
            errors: if let Self::Invalid(problems) = &self { problems.clone() } else { Vec::new() },
        };
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Self::TooMany { retry_after_seconds } | Self::TooManyWrong { retry_after_seconds } =
            self
        {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds));
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(2));
        }
        response
    }
}

/// A database error's message can repeat the values of the failed statement; its code and
/// constraint cannot.
fn describe(cause: &anyhow::Error) -> String {
    if let Some(database) = cause.downcast_ref::<tokio_postgres::Error>()
        && let Some(error) = database.as_db_error()
    {
        let constraint = error.constraint().unwrap_or("-");
        return format!("database error {} (constraint {constraint})", error.code().code());
    }
    format!("{cause:#}")
}
