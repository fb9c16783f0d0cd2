//! Seals the keys of what an owner gives.

use jiff::Timestamp;
use keys::{Cover, DayNumber, GrantIdentity, PublicKey, RootKey, Scope, seal_grant};
use platform::{Error, Result, days};
use tokio_postgres::Row;
use uuid::Uuid;

use super::parts::NewPart;
use crate::rekey::OwnKeys;

/// A grant on its way into the table: a part with its sealed key.
pub(crate) struct NewGrant {
    pub(crate) part: NewPart,
    pub(crate) epoch: i32,
    pub(crate) key_sealed: Vec<u8>,
    /// That exactly this was given.
    pub(crate) given_hash: Vec<u8>,
}

/// The keys to a part of an owner's scope.
pub(crate) fn cover(whole: &Cover, part: &NewPart) -> Result<Cover> {
    window(whole, days::number(part.first)?, days::number(part.last)?)
}

/// The keys to a window of an owner's scope; with its undated items if it is the whole.
pub(crate) fn window(whole: &Cover, first: DayNumber, last: DayNumber) -> Result<Cover> {
    if (first, last) == whole.window() {
        return Ok(whole.clone());
    }
    whole.narrow(first, last).ok_or(Error::Altered)
}

/// Seals parts of the owner's diary to a holder, whose public key was checked.
pub(crate) fn seal(
    root: &RootKey,
    own: &OwnKeys,
    owner: Uuid,
    holder: Uuid,
    to: &PublicKey,
    parts: &[NewPart],
) -> Result<Vec<NewGrant>> {
    parts
        .iter()
        .map(|part| {
            let (epoch, whole) = own.current(part.scope)?;
            let identity = identity(owner, holder, part, epoch)?;
            Ok(NewGrant {
                part: *part,
                epoch: number(epoch)?,
                key_sealed: seal_grant(&identity, &cover(whole, part)?, to),
                given_hash: root.grant_tag(&identity, micros(part.ends_at)).to_vec(),
            })
        })
        .collect()
}

/// A time as the tag of a grant takes it.
pub(crate) fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_microsecond)
}

/// What a part's grant is.
pub(crate) fn identity(
    owner: Uuid,
    holder: Uuid,
    part: &NewPart,
    epoch: u32,
) -> Result<GrantIdentity> {
    let NewPart { scope, first, last, .. } = *part;
    let (first, last) = (days::number(first)?, days::number(last)?);
    Ok(GrantIdentity { owner, holder, scope, epoch, first, last })
}

/// A holder's public key from a row with `holder`, `kind`, `public_key` and `key_tag_hash`: one that
/// was exchanged in the database is refused.
pub(crate) fn checked_key(root: &RootKey, row: &Row) -> Result<(Uuid, PublicKey)> {
    let holder = row.try_get("holder")?;
    let tag: Option<&[u8]> = row.try_get("key_tag_hash")?;
    let key = root
        .check_public_key(
            holder,
            row.try_get("kind")?,
            row.try_get("public_key")?,
            tag.ok_or(Error::Altered)?,
        )
        .or(Err(Error::Altered))?;
    Ok((holder, key))
}

/// An epoch as the database counts.
pub(crate) fn number(epoch: u32) -> Result<i32> {
    i32::try_from(epoch).map_err(|cause| Error::Internal(cause.into()))
}

/// A scope as the database names it.
pub(crate) fn scope_of(row: &Row) -> Result<Scope> {
    Scope::parse(row.try_get("scope")?).ok_or(Error::Altered)
}
