//! The new keys, sealed to everybody who may still have them.

use std::collections::HashMap;

use jiff::civil::Date;
use keys::{PublicKey, seal_grant};
use platform::{App, Error, Result, Transaction};
use uuid::Uuid;

use super::{Change, seal_own, store};
use crate::sharing::{
    give::{self, checked_key, micros, number, scope_of},
    parts::{Access, NewPart},
    store::holders,
};

/// The columns of an update.
#[derive(Default)]
struct Sealed {
    holders: Vec<Uuid>,
    scopes: Vec<&'static str>,
    epochs: Vec<i32>,
    keys: Vec<Vec<u8>>,
    given: Vec<Option<Vec<u8>>>,
}

impl Sealed {
    fn add(
        &mut self,
        holder: Uuid,
        scope: &'static str,
        epoch: i32,
        key: Vec<u8>,
        given: Option<Vec<u8>>,
    ) {
        self.holders.push(holder);
        self.scopes.push(scope);
        self.epochs.push(epoch);
        self.keys.push(key);
        self.given.push(given);
    }
}

/// Seals the new keys of each change to its holders, the owner among them. Whose time is over gets none.
pub(super) async fn seal_anew(app: &App, tx: &Transaction, changes: &[Change]) -> Result<()> {
    let owner = tx.session().principal();
    let mut to: HashMap<Uuid, PublicKey> = HashMap::new();
    for row in holders(tx).await? {
        let (holder, key) = checked_key(app.root(), &row)?;
        to.insert(holder, key);
    }
    let scopes: Vec<&str> = changes.iter().map(|change| change.scope.as_str()).collect();
    tx.query(&store::END_LAPSED, &[&scopes]).await?;
    let mut sealed = Sealed::default();
    for row in tx.query(&store::HELD, &[&scopes]).await? {
        let (holder, scope) = (row.try_get("holder")?, scope_of(&row)?);
        let change = changes.iter().find(|change| change.scope == scope).ok_or(Error::Altered)?;
        if holder == owner {
            let (epoch, key) = seal_own(tx, change)?;
            sealed.add(owner, scope.as_str(), epoch, key, None);
            continue;
        }
        let (first, last): (Date, Date) = (row.try_get("first_day")?, row.try_get("last_day")?);
        let ends_at = micros(row.try_get("ends_at")?);
        // What may be done with it stands in the row and is no part of the seal.
        let part = NewPart { scope, access: Access::See, first, last, ends_at: None };
        let old = give::identity(owner, holder, &part, change.old_epoch)?;
        let tag: Option<&[u8]> = row.try_get("given_hash")?;
        let is_as_given = row.try_get::<_, i32>("epoch")? == number(change.old_epoch)?
            && tag.is_some_and(|tag| app.root().is_as_given(&old, ends_at, tag));
        if !is_as_given {
            tracing::error!("a grant was planted or altered in the database and gets no new keys");
            tx.query(&store::END_PLANTED, &[&holder, &scope.as_str()]).await?;
            continue;
        }
        let identity = give::identity(owner, holder, &part, change.new_epoch)?;
        let key = to.get(&holder).ok_or(Error::Altered)?;
        let cover = give::cover(&change.new, &part)?;
        let epoch = number(change.new_epoch)?;
        let given = app.root().grant_tag(&identity, ends_at).to_vec();
        sealed.add(holder, scope.as_str(), epoch, seal_grant(&identity, &cover, key), Some(given));
    }
    let Sealed { holders, scopes, epochs, keys, given } = sealed;
    tx.query(&store::KEEP_GRANTS, &[&holders, &scopes, &epochs, &keys, &given]).await?;
    Ok(())
}
