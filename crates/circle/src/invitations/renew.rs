//! New keys for what is offered, when its scope got new ones.

use keys::{Cover, RootKey, Scope};
use platform::{Error, Result, Transaction, days};
use uuid::Uuid;

use super::{offer, store};
use crate::sharing::give;

/// Seals what the owner of this transaction offers of a scope anew: `whole` is the scope's cover under
/// its new keys. Without it an offer under old keys is worth nothing.
pub(crate) async fn renew(
    tx: &Transaction,
    root: &RootKey,
    scope: Scope,
    epoch: u32,
    whole: &Cover,
) -> Result<()> {
    let session = tx.session();
    let (owner, pair) = (session.principal(), session.keyring().pair());
    let (mut invitations, mut keys) = (Vec::new(), Vec::new());
    for row in store::offered(tx, scope).await? {
        let invitation: Uuid = row.try_get("invitation")?;
        let secret = offer::open_secret(pair, owner, invitation, row.try_get("secret_sealed")?)?;
        let first = days::number(row.try_get("first_day")?)?;
        let last = days::number(row.try_get("last_day")?)?;
        // An offer that was widened in the database is not the one that was made: it stays as it is,
        // under keys that are worth nothing from here on.
        let sealed = row.try_get("key_sealed")?;
        let old = u32::try_from(row.try_get::<_, i32>("epoch")?).or(Err(Error::Altered))?;
        let as_made = secret.open_cover(root, invitation, owner, scope, old, first, last, sealed);
        if as_made.is_err() {
            tracing::error!("an offer was altered in the database and gets no new keys");
            continue;
        }
        let cover = give::window(whole, first, last)?;
        keys.push(secret.seal_cover(root, invitation, owner, scope, epoch, &cover));
        invitations.push(invitation);
    }
    store::renew(tx, scope, give::number(epoch)?, &invitations, &keys).await
}
