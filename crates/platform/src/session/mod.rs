//! Who is asking, and the keys that their session opens.
//!
//! A browser presents a token ([`Presented`]); that proves nothing yet. The database proves it when
//! a transaction begins, and hands out the sealed keyring; only then is there a [`Session`]. A
//! session lives as long as one request. Programs present an API token instead, where a route takes
//! a [`PresentedCaller`].

mod bearer;
mod caller;
pub mod cookie;
mod spare;
pub mod statements;
mod visit;

use std::{fmt, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};
use jiff::{Span, Timestamp};
use keys::{ErasureKey, Keyring, KeyringKey, RootKey, SessionToken};
use tokio_postgres::Row;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{Db, Error, Result, Sql, mail::Language};

pub use caller::{Caller, PresentedCaller, TokenAccess};
pub use spare::{SealedKeyring, epochs_on};
pub use visit::{Visit, Visitor};
pub(crate) use {bearer::token as bearer_token, caller::NOT_FOR_TOKENS};

/// What somebody presents, and what it is once the database has proved it.
pub trait Presents: Clone + Send + Sync + 'static {
    /// What it is then.
    type Proved: Send;

    /// The statement that proves it.
    fn enter(&self) -> &'static Sql;

    /// Whose diary is meant and in which capacity, where that is not the asker's own. Naming gives no
    /// right.
    fn visit(&self) -> Option<&Visit> {
        None
    }

    /// What the database sees of it, in hex.
    fn database_token(&self) -> &str;

    /// Opens the keys of what was proved; and whether the time of last use is to be noted.
    fn prove(&self, row: &Row, root: &RootKey) -> Result<(Self::Proved, bool)>;

    /// What is done once it was proved, after the answer.
    fn proved(&self, _proved: &mut Self::Proved, _db: &Db) {}
}

/// A token that somebody presents. Only the database can tell whether it is a session.
#[derive(Clone)]
pub struct Presented(Arc<Inner>);

struct Inner {
    token: SessionToken,
    /// What the database sees of it, in hex.
    database_token: Zeroizing<String>,
    /// Whom the page believes it is working for.
    expected: Option<Uuid>,
    /// Whether the route serves also those who owe the operator a second step.
    may_owe: bool,
    /// What the person reads, for mail about what this request does.
    language: Language,
}

/// Put on a request by routes that serve also those who owe a second step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MayOwe;

/// Says whose page sent a request. A browser has one cookie for all its windows: when somebody else
/// signs in in another one, a page that is still open must not write into their diary.
const EXPECTED_PERSON: &str = "keepwell-person";

impl Presented {
    /// Wraps a token.
    pub fn new(token: SessionToken) -> Self {
        Self::of(token, None, false, Language::default())
    }

    fn of(token: SessionToken, expected: Option<Uuid>, may_owe: bool, language: Language) -> Self {
        let database_token = hex(token.database_token().expose());
        Self(Arc::new(Inner { token, database_token, expected, may_owe, language }))
    }

    /// The token of a request's cookie, and whom the page that sent it works for.
    fn from_parts(parts: &Parts) -> Result<Self> {
        let headers = &parts.headers;
        if bearer::token(headers)?.is_some() {
            return Err(Error::TokenMayNot(NOT_FOR_TOKENS.into()));
        }
        if Visit::of(headers)?.is_some() {
            return Err(Error::NotForVisitors);
        }
        Self::from_cookie(parts)
    }

    fn from_cookie(Parts { headers, extensions, .. }: &Parts) -> Result<Self> {
        let token = cookie::token(headers).ok_or(Error::Unauthenticated)?;
        let expected = headers.get(EXPECTED_PERSON).map(|person| {
            let person = person.to_str().ok().and_then(|person| person.parse().ok());
            person.ok_or_else(|| Error::invalid(EXPECTED_PERSON, "name a person by their number"))
        });
        let may_owe = extensions.get::<MayOwe>().is_some();
        Ok(Self::of(token, expected.transpose()?, may_owe, Language::of(headers)))
    }

    /// A token that nobody has seen yet, for a new session.
    pub fn generate() -> Self {
        Self::of(SessionToken::generate(), None, true, Language::default())
    }

    /// The token itself.
    pub fn token(&self) -> &SessionToken {
        &self.0.token
    }

    /// The language that the request asks for.
    pub fn language(&self) -> Language {
        self.0.language
    }

    /// What the session's keyring is sealed under.
    pub fn keyring_key(&self, root: &RootKey) -> KeyringKey {
        root.keyring_key(&self.token().keyring_key())
    }

    /// What the database sees of it, in hex.
    pub fn database_token(&self) -> &str {
        &self.0.database_token
    }

    /// Refuses a session of somebody else than the page believes, and one that owes a second step
    /// where that matters.
    fn check(&self, entry: &Entry) -> Result<()> {
        if self.0.expected.is_some_and(|expected| expected != entry.principal) {
            return Err(Error::OtherPerson);
        }
        if entry.owes_second_step && !self.0.may_owe {
            return Err(Error::OwesSecondStep);
        }
        Ok(())
    }
}

impl Presents for Presented {
    type Proved = Session;

    fn enter(&self) -> &'static Sql {
        &statements::ENTER
    }

    fn database_token(&self) -> &str {
        &self.0.database_token
    }

    fn prove(&self, row: &Row, root: &RootKey) -> Result<(Session, bool)> {
        let entry = Entry::from_row(row)?;
        Ok((Session::open(self, &entry, root)?, entry.wants_touch))
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presented(..)")
    }
}

impl<S: Sync> FromRequestParts<S> for Presented {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Self::from_parts(parts)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Presented {
    type Rejection = Error;

    /// A session that may be there, for what is done without one.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>> {
        Ok(cookie::token(&parts.headers).map(Self::new))
    }
}

/// What the database says of the presented token.
struct Entry {
    principal: Uuid,
    expires_at: Timestamp,
    idle_minutes: i32,
    keyring_sealed: Vec<u8>,
    erasure_key_sealed: Vec<u8>,
    session: Uuid,
    is_fresh: bool,
    owes_second_step: bool,
    wants_touch: bool,
}

impl Entry {
    /// Where there is a row, its session is alive. One without a keyring has not finished signing in.
    fn from_row(row: &Row) -> Result<Self> {
        let keyring_sealed: Option<Vec<u8>> = row.try_get("keyring_sealed")?;
        Ok(Self {
            principal: row.try_get("principal")?,
            expires_at: row.try_get("expires_at")?,
            idle_minutes: row.try_get("idle_minutes")?,
            keyring_sealed: keyring_sealed.ok_or(Error::Unauthenticated)?,
            erasure_key_sealed: row.try_get("erasure_key_sealed")?,
            session: row.try_get("session")?,
            is_fresh: row.try_get("fresh")?,
            owes_second_step: row.try_get("owes_second_step")?,
            wants_touch: row.try_get("wants_touch")?,
        })
    }

    fn open_keyring(&self, presented: &Presented, root: &RootKey) -> Result<Keyring> {
        let key = presented.keyring_key(root);
        Keyring::open(&key, self.principal, &self.keyring_sealed).or(Err(Error::Altered))
    }

    fn open_erasure_key_of(&self, owner: Uuid, root: &RootKey) -> Result<ErasureKey> {
        root.open_erasure_key(owner, &self.erasure_key_sealed).or(Err(Error::Altered))
    }
}

/// A proved session with its keys open. Only the door to the database makes one.
pub struct Session {
    principal: Uuid,
    id: Uuid,
    expires_at: Timestamp,
    idle_minutes: i32,
    is_fresh: bool,
    owes_second_step: bool,
    keyring: Keyring,
    erasure_key: ErasureKey,
}

impl Session {
    fn open(presented: &Presented, entry: &Entry, root: &RootKey) -> Result<Self> {
        presented.check(entry)?;
        let keyring = entry.open_keyring(presented, root)?;
        Ok(Self {
            principal: entry.principal,
            id: entry.session,
            expires_at: entry.expires_at,
            idle_minutes: entry.idle_minutes,
            is_fresh: entry.is_fresh,
            owes_second_step: entry.owes_second_step,
            keyring,
            erasure_key: entry.open_erasure_key_of(entry.principal, root)?,
        })
    }

    /// Who asks.
    pub fn principal(&self) -> Uuid {
        self.principal
    }

    /// What the session is called in its person's list.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Whether the operator wants a second step that this person does not have.
    pub fn owes_second_step(&self) -> bool {
        self.owes_second_step
    }

    /// Refuses, unless the credentials were shown within the last five minutes. The policies of what
    /// needs it say the same; this says it in words.
    pub fn require_fresh(&self) -> Result<()> {
        if self.is_fresh { Ok(()) } else { Err(Error::ProveFirst) }
    }

    /// When the session ends whatever happens.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// After how long without use it ends.
    pub fn idle(&self) -> Span {
        Span::new().minutes(self.idle_minutes)
    }

    /// The same in whole minutes.
    pub fn idle_minutes(&self) -> i32 {
        self.idle_minutes
    }

    /// The erasure key of the session's person.
    pub fn erasure_key(&self) -> &ErasureKey {
        &self.erasure_key
    }

    /// Whether the credentials were shown within the last five minutes.
    pub fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    /// The keys this session holds.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("principal", &self.principal).finish_non_exhaustive()
    }
}

/// The refusal that says what a presented session waits for.
pub(crate) async fn standing(db: &Db, presented: &impl Presents) -> Result<Error> {
    let tx = db.begin_without_session(presented).await?;
    let rows = tx.finish(&[(&statements::STANDING, &[])]).await?;
    let state = rows.iter().flatten().next().map(|row| row.try_get::<_, &str>("state"));
    Ok(match state.transpose()? {
        Some("awaits_second_step") => Error::AwaitsSecondStep,
        Some(_) => Error::Locked,
        None if presented.visit().is_some() && is_open(db, presented).await? => Error::NotFound,
        None => Error::Unauthenticated,
    })
}

/// Whether it is a visit that gave no row, and not a session that is none.
async fn is_open(db: &Db, presented: &impl Presents) -> Result<bool> {
    let tx = db.begin_without_session(presented).await?;
    let rows = tx.finish(&[(&statements::IS_OPEN, &[])]).await?;
    Ok(!rows.iter().flatten().collect::<Vec<_>>().is_empty())
}

/// Notes that a session is in use.
pub(crate) async fn touch(db: &Db, presented: &impl Presents) -> Result<()> {
    let tx = db.begin_without_session(presented).await?;
    tx.finish(&[(&statements::TOUCH, &[])]).await?;
    Ok(())
}

/// Records that a session's keys were refused. The refusal stands even when it cannot be recorded.
pub(crate) async fn refused(db: &Db, presented: &impl Presents, error: Error) -> Error {
    // That somebody else is signed in says nothing about the keys.
    if !matches!(error, Error::Altered) {
        return error;
    }
    let noted = async {
        let tx = db.begin_without_session(presented).await?;
        let noted = match presented.visit() {
            None => &statements::AUDIT_REFUSED,
            Some(_) => &statements::AUDIT_REFUSED_OF_VISIT,
        };
        tx.finish(&[(noted, &[])]).await
    };
    if let Err(cause) = noted.await {
        tracing::error!(%cause, "refused keys could not be put into the audit");
    }
    tracing::error!("a session's keys do not match their seal and were refused");
    error
}

/// Lower-case hex, for what travels to the database as text.
pub fn hex(bytes: &[u8]) -> Zeroizing<String> {
    use std::fmt::Write;

    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
    }
    text
}
