//! A visit: a request about somebody else's diary.
//!
//! The request names whose diary it means and, for a member of a practice or study, in which capacity.
//! Naming gives no right: the database proves session, membership and grants (`auth.visit`), and hands
//! out the sealed keys of what they reach. A visitor holds those and nothing else of the owner's.

use axum::http::{HeaderMap, HeaderName};
use jiff::civil::Date;
use keys::{
    Cover, DayNumber, GrantIdentity, KeyPair, Keyring, Scope, is_sealed_to_public_key,
    open_held_grant, open_membership, seal_held_grant, take_membership,
};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use crate::{Db, Error, Result, Sql, days};

use super::Presents;

/// Whose diary is meant.
const DIARY: HeaderName = HeaderName::from_static("keepwell-diary");
/// In which capacity: the number of a practice or a study. Absent for oneself.
const AS: HeaderName = HeaderName::from_static("keepwell-as");

/// Whose diary a request is about and in which capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    owner: String,
    holder: String,
}

impl Visit {
    /// A visit in one's own capacity, or as a member of an organisation.
    pub fn new(owner: Uuid, organisation: Option<Uuid>) -> Self {
        let holder = organisation.map(|id| id.to_string()).unwrap_or_default();
        Self { owner: owner.to_string(), holder }
    }

    /// What a request's headers name.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>> {
        let number = |name: &HeaderName| match headers.get(name) {
            None => Ok(None),
            Some(value) => match value.to_str().ok().and_then(|text| text.parse::<Uuid>().ok()) {
                Some(id) => Ok(Some(id)),
                None => Err(Error::Malformed(format!("{name} takes a number").into())),
            },
        };
        match (number(&DIARY)?, number(&AS)?) {
            (Some(owner), organisation) => Ok(Some(Self::new(owner, organisation))),
            (None, None) => Ok(None),
            (None, Some(_)) => {
                Err(Error::Malformed("say with keepwell-diary whose diary is meant".into()))
            }
        }
    }

    /// As the database takes them: the owner, and the organisation or nothing.
    pub(crate) fn texts(&self) -> (&str, &str) {
        (&self.owner, &self.holder)
    }
}

/// What a visitor was let into, with the keys open.
pub struct Visitor {
    owner: Uuid,
    holder: Uuid,
    parts: Vec<Part>,
    /// Sealed to the holder's public key, and now under the holder's own secret.
    taken: Option<Taken>,
}

struct Part {
    scope: Scope,
    epoch: u32,
    first: DayNumber,
    last: DayNumber,
    writes: bool,
    cover: Cover,
}

/// What opens faster from here on, once the database has it.
#[derive(Default)]
struct Taken {
    scopes: Vec<&'static str>,
    were: Vec<Vec<u8>>,
    keys: Vec<Vec<u8>>,
    /// What it was and what it becomes.
    slot: Option<(Vec<u8>, Vec<u8>)>,
}

impl Visitor {
    /// Opens what the entry of a visit hands out.
    pub(super) fn open(row: &Row, principal: Uuid, keyring: &Keyring) -> Result<Self> {
        let (owner, holder) = (row.try_get("owner")?, row.try_get("holder")?);
        let slot: Option<&[u8]> = row.try_get("slot_sealed")?;
        let mut taken = Taken::default();
        let organisation = match slot {
            Some(slot) if holder != principal => {
                let pair = open_membership(holder, principal, slot, keyring.pair())
                    .or(Err(Error::Altered))?;
                if is_sealed_to_public_key(slot) {
                    let own = take_membership(holder, principal, &pair, keyring.pair());
                    taken.slot = Some((slot.to_vec(), own));
                }
                Some(pair)
            }
            _ if holder == principal => None,
            _ => return Err(Error::Altered),
        };
        let pair = organisation.as_ref().unwrap_or_else(|| keyring.pair());
        let parts = parts(row, owner, holder, pair, &mut taken)?;
        let taken = (taken.slot.is_some() || !taken.scopes.is_empty()).then_some(taken);
        Ok(Self { owner, holder, parts, taken })
    }

    /// Whose diary it is.
    pub fn owner(&self) -> Uuid {
        self.owner
    }

    /// In which capacity: the visitor's own number, or the organisation's.
    pub fn holder(&self) -> Uuid {
        self.holder
    }

    /// Whether a scope may be read on at least one day.
    pub(super) fn may_read(&self, scope: Scope) -> bool {
        self.part(scope).is_some()
    }

    /// Whether a scope may be changed on at least one day.
    pub(super) fn may_write(&self, scope: Scope) -> bool {
        self.part(scope).is_some_and(|part| part.writes)
    }

    /// Whether a scope may be read on this day.
    pub(super) fn reaches(&self, scope: Scope, day: DayNumber) -> bool {
        self.part(scope).is_some_and(|part| part.first <= day && day <= part.last)
    }

    /// Whether the undated items of a scope were given, too.
    pub(super) fn has_items(&self, scope: Scope) -> bool {
        self.part(scope).is_some_and(|part| part.cover.has_items())
    }

    pub(super) fn cover(&self, scope: Scope, epoch: u32) -> Option<&Cover> {
        self.part(scope).filter(|part| part.epoch == epoch).map(|part| &part.cover)
    }

    pub(super) fn current_epoch(&self, scope: Scope) -> Option<u32> {
        self.part(scope).map(|part| part.epoch)
    }

    fn part(&self, scope: Scope) -> Option<&Part> {
        self.parts.iter().find(|part| part.scope == scope)
    }

    /// Lets the database have what opens faster, after the answer. That it could not is no harm.
    pub(crate) fn take_later(&mut self, db: &Db, presented: &impl Presents) {
        let Some(taken) = self.taken.take() else { return };
        let (db, presented, organisation) = (db.clone(), presented.clone(), self.holder);
        tokio::spawn(async move {
            let kept = async {
                let tx = db.begin_without_session(&presented).await?;
                if let Some((was, slot)) = &taken.slot {
                    tx.query(&TAKE_SLOT, &[&organisation, was, slot]).await?;
                }
                tx.finish(&[(&TAKE_GRANTS, &[&taken.scopes, &taken.were, &taken.keys])]).await
            };
            if let Err(cause) = kept.await {
                tracing::warn!(%cause, "what somebody was let into was not sealed anew");
            }
        });
    }
}

fn parts(
    row: &Row,
    owner: Uuid,
    holder: Uuid,
    pair: &KeyPair,
    taken: &mut Taken,
) -> Result<Vec<Part>> {
    let scopes: Vec<&str> = row.try_get("scopes")?;
    let epochs: Vec<i32> = row.try_get("epochs")?;
    let first_days: Vec<Date> = row.try_get("first_days")?;
    let last_days: Vec<Date> = row.try_get("last_days")?;
    let accesses: Vec<&str> = row.try_get("accesses")?;
    let sealed: Vec<&[u8]> = row.try_get("sealed_keys")?;
    let windows = first_days.into_iter().zip(last_days);
    let what = scopes.into_iter().zip(epochs).zip(windows);
    let mut parts = Vec::with_capacity(sealed.len());
    for (((scope, epoch), (first, last)), (access, sealed)) in
        what.zip(accesses.into_iter().zip(sealed))
    {
        let identity = GrantIdentity {
            owner,
            holder,
            scope: Scope::parse(scope).ok_or(Error::Altered)?,
            epoch: u32::try_from(epoch).or(Err(Error::Altered))?,
            first: days::number(first).or(Err(Error::Altered))?,
            last: days::number(last).or(Err(Error::Altered))?,
        };
        let cover = open_held_grant(&identity, sealed, pair).or(Err(Error::Altered))?;
        if is_sealed_to_public_key(sealed) {
            taken.scopes.push(identity.scope.as_str());
            taken.were.push(sealed.to_vec());
            taken.keys.push(seal_held_grant(&identity, &cover, pair));
        }
        let GrantIdentity { scope, epoch, first, last, .. } = identity;
        parts.push(Part { scope, epoch, first, last, writes: access == "write", cover });
    }
    Ok(parts)
}

/// Keeps grants sealed under the holder's own secret.
pub(super) static TAKE_GRANTS: Sql = Sql::new(
    "select auth.take_grants($1, $2, $3)",
    &[Type::TEXT_ARRAY, Type::BYTEA_ARRAY, Type::BYTEA_ARRAY],
);

/// Keeps a membership's slot sealed under the member's own secret.
pub(super) static TAKE_SLOT: Sql =
    Sql::new("select auth.take_slot($1, $2, $3)", &[Type::UUID, Type::BYTEA, Type::BYTEA]);
