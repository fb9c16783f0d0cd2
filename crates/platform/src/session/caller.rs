//! Who calls, where programs may call as well as people: a session, or an API token of its owner's.
//!
//! Or a visitor: a session that names somebody else's diary.
//!
//! A route takes a [`PresentedCaller`] when it declares `Access::SessionOrToken`; every other route
//! takes a `Presented`, which no token becomes. What a token may is for the database to say; here it
//! is said in words, before a statement would find no row. A token's keyring has the covers of its
//! scopes and no private key, so what it may not read it could not open either.

use std::{fmt, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use keys::{
    ApiKeyring, ApiToken, Cover, DataKey, DayNumber, ErasureKey, KeyPair, Keyring, PublicKey,
    RecordId, RootKey, Scope,
};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Entry, Presented, Presents, Visit, Visitor, bearer, hex, statements};
use crate::{Db, Error, Result, Sql};

/// What an API token may do with its scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenAccess {
    /// Read.
    Read,
    /// Read and change.
    Write,
    /// Leave something in the owner's inbox, and read nothing.
    WriteOnly,
}

impl TokenAccess {
    /// Its name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::WriteOnly => "write_only",
        }
    }

    /// The access of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Read, Self::Write, Self::WriteOnly].into_iter().find(|one| one.as_str() == name)
    }
}

/// A session's cookie or a token that somebody presents. Only the database can tell what it is.
#[derive(Clone)]
pub struct PresentedCaller(Credential);

#[derive(Clone)]
enum Credential {
    Session(Presented),
    Visit(Presented, Arc<Visit>),
    Token(Arc<PresentedToken>),
}

struct PresentedToken {
    token: ApiToken,
    /// What the database sees of it, in hex.
    database_token: Zeroizing<String>,
}

impl PresentedCaller {
    fn from_parts(parts: &Parts) -> Result<Self> {
        let visit = Visit::of(&parts.headers)?;
        match bearer::token(&parts.headers)? {
            Some(_) if visit.is_some() => Err(Error::TokenMayNot(NOT_FOR_TOKENS.into())),
            Some(token) => {
                let database_token = hex(token.database_token().expose());
                Ok(Self(Credential::Token(Arc::new(PresentedToken { token, database_token }))))
            }
            None => {
                let presented = Presented::from_cookie(parts)?;
                Ok(Self(match visit {
                    None => Credential::Session(presented),
                    Some(visit) => Credential::Visit(presented, Arc::new(visit)),
                }))
            }
        }
    }

    /// The session of somebody who visits in this capacity, for what the server does on the way.
    pub fn visiting(presented: &Presented, visit: Visit) -> Self {
        Self(Credential::Visit(presented.clone(), Arc::new(visit)))
    }

    /// Whether it is about somebody else's diary.
    pub fn is_visit(&self) -> bool {
        matches!(self.0, Credential::Visit(..))
    }
}

impl fmt::Debug for PresentedCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentedCaller(..)")
    }
}

impl<S: Sync> FromRequestParts<S> for PresentedCaller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Self::from_parts(parts)
    }
}

impl Presents for PresentedCaller {
    type Proved = Caller;

    fn enter(&self) -> &'static Sql {
        match &self.0 {
            Credential::Session(_) | Credential::Token(_) => &statements::ENTER_AS_CALLER,
            Credential::Visit(..) => &statements::ENTER_AS_VISITOR,
        }
    }

    fn visit(&self) -> Option<&Visit> {
        match &self.0 {
            Credential::Session(_) | Credential::Token(_) => None,
            Credential::Visit(_, visit) => Some(visit),
        }
    }

    fn database_token(&self) -> &str {
        match &self.0 {
            Credential::Session(presented) | Credential::Visit(presented, _) => {
                presented.database_token()
            }
            Credential::Token(presented) => &presented.database_token,
        }
    }

    fn proved(&self, caller: &mut Caller, db: &Db) {
        caller.take_later(db, self);
    }

    fn prove(&self, row: &Row, root: &RootKey) -> Result<(Caller, bool)> {
        let entry = Entry::from_row(row)?;
        let principal = entry.principal;
        if let Credential::Visit(presented, _) = &self.0 {
            presented.check(&entry)?;
            let visitor = Visitor::open(row, principal, &entry.open_keyring(presented, root)?)?;
            let owner = visitor.owner();
            let erasure_key = entry.open_erasure_key_of(owner, root)?;
            let keys = Keys::Visitor(visitor);
            return Ok((Caller { principal, owner, keys, erasure_key }, entry.wants_touch));
        }
        let access: Option<&str> = row.try_get("access")?;
        let keys = match (&self.0, access) {
            (Credential::Session(presented), None) => {
                presented.check(&entry)?;
                Keys::Person(entry.open_keyring(presented, root)?)
            }
            (Credential::Token(presented), Some(access)) => {
                let scopes: Vec<&str> = row.try_get("scopes")?;
                let scopes: Option<Vec<Scope>> = scopes.into_iter().map(Scope::parse).collect();
                let key = root.keyring_key(&presented.token.keyring_key());
                Keys::Program(Program {
                    keyring: ApiKeyring::open(&key, principal, &entry.keyring_sealed)
                        .or(Err(Error::Altered))?,
                    access: TokenAccess::parse(access).ok_or(Error::Altered)?,
                    scopes: scopes.ok_or(Error::Altered)?,
                })
            }
            // A token's row says that it is one, and a session's that it is none.
            (Credential::Session(_), Some(_))
            | (Credential::Token(_), None)
            | (Credential::Visit(..), _) => return Err(Error::Altered),
        };
        let erasure_key = entry.open_erasure_key_of(principal, root)?;
        Ok((Caller { principal, owner: principal, keys, erasure_key }, entry.wants_touch))
    }
}

/// Who calls, proved, with the keys that opens. Only the door to the database makes one.
pub struct Caller {
    principal: Uuid,
    owner: Uuid,
    keys: Keys,
    erasure_key: ErasureKey,
}

enum Keys {
    Person(Keyring),
    Program(Program),
    Visitor(Visitor),
}

struct Program {
    keyring: ApiKeyring,
    access: TokenAccess,
    scopes: Vec<Scope>,
}

impl Caller {
    /// Who calls, or whose program.
    pub fn principal(&self) -> Uuid {
        self.principal
    }

    /// Whose diary this is about: the caller's own, or the visited one.
    pub fn owner(&self) -> Uuid {
        self.owner
    }

    /// In which capacity somebody else's diary is visited; `None` in one's own.
    pub fn visits_as(&self) -> Option<Uuid> {
        match &self.keys {
            Keys::Visitor(visitor) => Some(visitor.holder()),
            Keys::Person(_) | Keys::Program(_) => None,
        }
    }

    /// Whether a scope may be read on this day.
    pub fn may_read_on(&self, scope: Scope, day: DayNumber) -> bool {
        match &self.keys {
            Keys::Visitor(visitor) => visitor.reaches(scope, day),
            Keys::Person(_) | Keys::Program(_) => self.may_read(scope),
        }
    }

    /// Whether a scope may be read.
    pub fn may_read(&self, scope: Scope) -> bool {
        match &self.keys {
            Keys::Person(_) => true,
            Keys::Visitor(visitor) => visitor.may_read(scope),
            Keys::Program(program) => {
                program.access != TokenAccess::WriteOnly && program.scopes.contains(&scope)
            }
        }
    }

    /// Whether a scope may be changed.
    pub fn may_write(&self, scope: Scope) -> bool {
        match &self.keys {
            Keys::Person(_) => true,
            Keys::Visitor(visitor) => visitor.may_write(scope),
            Keys::Program(program) => {
                program.access == TokenAccess::Write && program.scopes.contains(&scope)
            }
        }
    }

    /// Refuses, unless one of the scopes may be read.
    pub fn require_read(&self, scopes: &[Scope]) -> Result<()> {
        if scopes.iter().any(|scope| self.may_read(*scope)) {
            return Ok(());
        }
        Err(self.refusal("read", scopes))
    }

    /// Refuses, unless one of the scopes may be changed.
    pub fn require_write(&self, scopes: &[Scope]) -> Result<()> {
        if scopes.iter().any(|scope| self.may_write(*scope)) {
            return Ok(());
        }
        Err(self.refusal("change", scopes))
    }

    /// Refuses, unless the undated items of a scope may be read: for visitors, with the whole scope.
    pub fn require_read_items(&self, scope: Scope) -> Result<()> {
        self.require_read(&[scope])?;
        self.require_items(scope)
    }

    /// Refuses, unless the undated items of a scope may be changed: for visitors, with the whole scope.
    pub fn require_write_items(&self, scope: Scope) -> Result<()> {
        self.require_items(scope)?;
        self.require_write(&[scope])
    }

    /// Whoever was given some days was given no items: they are not there.
    fn require_items(&self, scope: Scope) -> Result<()> {
        match &self.keys {
            Keys::Visitor(visitor) if !visitor.has_items(scope) => Err(Error::NotFound),
            Keys::Visitor(_) | Keys::Person(_) | Keys::Program(_) => Ok(()),
        }
    }

    /// Refuses a visitor who may change none of the scopes on this day.
    pub fn require_write_on(&self, scopes: &[Scope], day: DayNumber) -> Result<()> {
        let Keys::Visitor(visitor) = &self.keys else { return Ok(()) };
        let reaches = |scope: &Scope| visitor.may_write(*scope) && visitor.reaches(*scope, day);
        if scopes.iter().any(reaches) {
            return Ok(());
        }
        if scopes.iter().any(|scope| visitor.reaches(*scope, day)) {
            return Err(self.refusal("change", scopes));
        }
        // Nothing of this day was granted: it is not there.
        Err(Error::NotFound)
    }

    fn refusal(&self, act: &str, scopes: &[Scope]) -> Error {
        let what = in_words(scopes);
        match &self.keys {
            // What was not granted is not there.
            Keys::Visitor(_) if act == "read" => Error::NotFound,
            Keys::Visitor(_) => {
                Error::MayNotChange(format!("you may not {act} {what} here").into())
            }
            Keys::Person(_) | Keys::Program(_) => {
                Error::TokenMayNot(format!("this token may not {act} {what}").into())
            }
        }
    }

    /// The owner's public key, for a write-only token that leaves something of this scope. It comes
    /// from the token's own keyring: one that was exchanged in the database gains nothing.
    pub fn require_inbox(&self, scope: Scope) -> Result<&PublicKey> {
        match &self.keys {
            Keys::Program(program)
                if program.access == TokenAccess::WriteOnly && program.scopes.contains(&scope) =>
            {
                Ok(program.keyring.public())
            }
            Keys::Program(program) if program.access == TokenAccess::WriteOnly => {
                Err(Error::TokenMayNot(
                    format!("this token may not leave anything of {}", in_words(&[scope])).into(),
                ))
            }
            Keys::Program(_) | Keys::Person(_) | Keys::Visitor(_) => Err(Error::TokenMayNot(
                "only a write-only token leaves things in the inbox: record the entry on its day"
                    .into(),
            )),
        }
    }

    /// Lets the database have what opens faster from here on.
    pub(crate) fn take_later(&mut self, db: &Db, presented: &impl Presents) {
        if let Keys::Visitor(visitor) = &mut self.keys {
            visitor.take_later(db, presented);
        }
    }

    /// The person's key pair. A token has none.
    pub fn pair(&self) -> Result<&KeyPair> {
        match &self.keys {
            Keys::Person(keyring) => Ok(keyring.pair()),
            Keys::Program(_) => Err(Error::TokenMayNot(NOT_FOR_TOKENS.into())),
            Keys::Visitor(_) => Err(Error::NotForVisitors),
        }
    }

    /// The erasure key of the person whose data this is.
    pub fn erasure_key(&self) -> &ErasureKey {
        &self.erasure_key
    }

    /// What opens this epoch of a scope.
    pub fn cover(&self, scope: Scope, epoch: u32) -> Option<&Cover> {
        match &self.keys {
            Keys::Visitor(visitor) => visitor.cover(scope, epoch),
            Keys::Person(keyring) => keyring.cover(self.principal, scope, epoch),
            Keys::Program(program) => program.keyring.cover(self.principal, scope, epoch),
        }
    }

    /// The epoch that new records of `scope` are sealed under.
    pub fn current_epoch(&self, scope: Scope) -> Result<u32> {
        let newest = |(epoch, _): (u32, &Cover)| epoch;
        match &self.keys {
            Keys::Person(keyring) => keyring.current(self.principal, scope).map(newest),
            Keys::Program(program) => program.keyring.current(self.principal, scope).map(newest),
            Keys::Visitor(visitor) => visitor.current_epoch(scope),
        }
        .ok_or(Error::NotFound)
    }

    /// Another number after some scope that the caller has got new keys.
    pub fn generation(&self) -> u64 {
        let epochs = Scope::ALL.into_iter().filter_map(|scope| self.current_epoch(scope).ok());
        epochs.map(u64::from).sum()
    }

    /// What opens a row of this epoch. A row that is newer than the caller's keys was sealed anew
    /// while the request was on its way.
    pub fn cover_of_row(&self, scope: Scope, epoch: u32) -> Result<&Cover> {
        match self.cover(scope, epoch) {
            Some(cover) => Ok(cover),
            None if self.current_epoch(scope).is_ok_and(|newest| newest < epoch) => {
                Err(Error::NewKeys)
            }
            None => Err(Error::Altered),
        }
    }

    /// The key to one day of a scope.
    pub fn day_key(&self, scope: Scope, epoch: u32, day: DayNumber) -> Result<DataKey> {
        let cover = self.cover_of_row(scope, epoch)?;
        let leaf = cover.leaf(day).ok_or(Error::NotFound)?;
        Ok(self.data_key(&leaf, scope, epoch, RecordId::Day(day)))
    }

    /// The key to an undated item of a scope.
    pub fn item_key(&self, scope: Scope, epoch: u32, item: Uuid) -> Result<DataKey> {
        let leaf = self.cover_of_row(scope, epoch)?.items().ok_or(Error::NotFound)?;
        Ok(self.data_key(&leaf, scope, epoch, RecordId::Item(item)))
    }

    /// The key to a record whose leaf is at hand.
    pub fn data_key(
        &self,
        leaf: &keys::Leaf,
        scope: Scope,
        epoch: u32,
        record: RecordId,
    ) -> DataKey {
        DataKey::derive(leaf, &self.erasure_key, self.owner, scope, epoch, record)
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("principal", &self.principal).finish_non_exhaustive()
    }
}

/// What a token is told wherever tokens may not come.
pub(crate) const NOT_FOR_TOKENS: &str = "a token may not do this: sign in";

fn in_words(scopes: &[Scope]) -> String {
    let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    names.join(" or ")
}
