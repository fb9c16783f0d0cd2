//! From a code to the organisation and its public key.

use keys::{OrganisationCode, PublicKey};
use platform::{App, Error, Result, Transaction};
use uuid::Uuid;

use super::{Kind, Profile, store};
use crate::sharing::give::checked_key;

/// An organisation that somebody has the code of. Its keys stay as they are until the end of the
/// transaction that it was found in.
pub(crate) struct Joined {
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
    pub(crate) public: PublicKey,
    pub(crate) profile: Profile,
}

/// The organisation of a code, if there is one. A public key that was exchanged in the database has
/// another code, and no tag.
pub(crate) async fn by_code(app: &App, tx: &Transaction, typed: &str) -> Result<Joined> {
    let code = OrganisationCode::parse(typed)
        .or(Err(Error::invalid("code", "type the code as it was given: five groups of five")))?;
    let rows = store::look_up(tx, &code.fingerprint()).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let (id, public) = checked_key(app.root(), row)?;
    let kind = Kind::read(row.try_get("kind")?)?;
    if OrganisationCode::of(kind.as_str(), id, &public) != code {
        return Err(Error::Altered);
    }
    let profile = Profile::open(app.root(), id, row.try_get("profile_sealed")?)?;
    Ok(Joined { id, kind, public, profile })
}
