//! Who calls, where programs may call as well as people: a session, or an API token of its owner's.
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

use super::{Entry, Presented, Presents, bearer, hex, statements};
use crate::{Error, Result, Sql};

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
    Token(Arc<PresentedToken>),
}

struct PresentedToken {
    token: ApiToken,
    /// What the database sees of it, in hex.
    database_token: Zeroizing<String>,
}

impl PresentedCaller {
    fn from_parts(parts: &Parts) -> Result<Self> {
        match bearer::token(&parts.headers)? {
            Some(token) => {
                let database_token = hex(token.database_token().expose());
                Ok(Self(Credential::Token(Arc::new(PresentedToken { token, database_token }))))
            }
            None => Ok(Self(Credential::Session(Presented::from_parts(parts)?))),
        }
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

    fn enter() -> &'static Sql {
        &statements::ENTER_AS_CALLER
    }

    fn database_token(&self) -> &str {
        match &self.0 {
            Credential::Session(presented) => presented.database_token(),
            Credential::Token(presented) => &presented.database_token,
        }
    }

    fn prove(&self, row: &Row, root: &RootKey) -> Result<(Caller, bool)> {
        let entry = Entry::from_row(row)?;
        let principal = entry.principal;
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
            (Credential::Session(_), Some(_)) | (Credential::Token(_), None) => {
                return Err(Error::Altered);
            }
        };
        let erasure_key = entry.open_erasure_key(root)?;
        Ok((Caller { principal, keys, erasure_key }, entry.wants_touch))
    }
}

/// Who calls, proved, with the keys that opens. Only the door to the database makes one.
pub struct Caller {
    principal: Uuid,
    keys: Keys,
    erasure_key: ErasureKey,
}

enum Keys {
    Person(Keyring),
    Program(Program),
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

    /// Whether a scope may be read.
    pub fn may_read(&self, scope: Scope) -> bool {
        match &self.keys {
            Keys::Person(_) => true,
            Keys::Program(program) => {
                program.access != TokenAccess::WriteOnly && program.scopes.contains(&scope)
            }
        }
    }

    /// Whether a scope may be changed.
    pub fn may_write(&self, scope: Scope) -> bool {
        match &self.keys {
            Keys::Person(_) => true,
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
        Err(Error::TokenMayNot(format!("this token may not read {}", in_words(scopes)).into()))
    }

    /// Refuses, unless one of the scopes may be changed.
    pub fn require_write(&self, scopes: &[Scope]) -> Result<()> {
        if scopes.iter().any(|scope| self.may_write(*scope)) {
            return Ok(());
        }
        Err(Error::TokenMayNot(format!("this token may not change {}", in_words(scopes)).into()))
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
            Keys::Program(_) | Keys::Person(_) => Err(Error::TokenMayNot(
                "only a write-only token leaves things in the inbox: record the entry on its day"
                    .into(),
            )),
        }
    }

    /// The person's key pair. A token has none.
    pub fn pair(&self) -> Result<&KeyPair> {
        match &self.keys {
            Keys::Person(keyring) => Ok(keyring.pair()),
            Keys::Program(_) => Err(Error::TokenMayNot(NOT_FOR_TOKENS.into())),
        }
    }

    /// The erasure key of the person whose data this is.
    pub fn erasure_key(&self) -> &ErasureKey {
        &self.erasure_key
    }

    /// What opens this epoch of a scope.
    pub fn cover(&self, scope: Scope, epoch: u32) -> Option<&Cover> {
        match &self.keys {
            Keys::Person(keyring) => keyring.cover(self.principal, scope, epoch),
            Keys::Program(program) => program.keyring.cover(self.principal, scope, epoch),
        }
    }

    /// The epoch that new records of `scope` are sealed under.
    pub fn current_epoch(&self, scope: Scope) -> Result<u32> {
        let current = match &self.keys {
            Keys::Person(keyring) => keyring.current(self.principal, scope),
            Keys::Program(program) => program.keyring.current(self.principal, scope),
        };
        current.map(|(epoch, _)| epoch).ok_or(Error::NotFound)
    }

    /// The key to one day of a scope.
    pub fn day_key(&self, scope: Scope, epoch: u32, day: DayNumber) -> Result<DataKey> {
        let cover = self.cover(scope, epoch).ok_or(Error::Altered)?;
        let leaf = cover.leaf(day).ok_or(Error::NotFound)?;
        Ok(self.data_key(&leaf, scope, epoch, RecordId::Day(day)))
    }

    /// The key to a record whose leaf is at hand.
    pub fn data_key(
        &self,
        leaf: &keys::Leaf,
        scope: Scope,
        epoch: u32,
        record: RecordId,
    ) -> DataKey {
        DataKey::derive(leaf, &self.erasure_key, self.principal, scope, epoch, record)
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
