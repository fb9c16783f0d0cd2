//! What comes of a credential: a proof that finds a slot, and a key that opens it; and the keyring
//! that an open slot leads to.

use keys::{
    CannotOpen, Cover, GrantIdentity, KeyPair, Keyring, PasskeySecret, Proof, RecoveryCode, Scope,
    SingleUseCode, SlotKey, SlotKind, open_own_grant,
};
use platform::{App, Error, Peer, Result, days, notices::ADDRESS_PURPOSE, session::hex};
use secrecy::SecretString;
use tokio_postgres::Row;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::EmailAddress;

/// The kind of principal that somebody with an account is.
pub(crate) const PERSON: &str = "person";

/// One way to an account, used or about to be made.
pub(crate) struct Credential {
    pub(crate) kind: SlotKind,
    pub(crate) proof: Proof,
    pub(crate) slot_key: SlotKey,
}

impl Credential {
    /// From an address and a password: takes the full price of stretching.
    pub(crate) async fn of_password(
        app: &App,
        from: Peer,
        email: &EmailAddress,
        password: SecretString,
        cost: keys::PasswordCost,
    ) -> Result<Self> {
        let salt = app.root().password_salt(email.as_str());
        let stretched = app.stretching().stretch(from, password, salt, cost).await?;
        Ok(Self {
            kind: SlotKind::Password,
            proof: stretched.proof(app.root()),
            slot_key: stretched.slot_key(),
        })
    }

    /// From a recovery code, which is long enough to need no stretching.
    pub(crate) fn of_recovery_code(app: &App, code: &RecoveryCode) -> Self {
        Self {
            kind: SlotKind::RecoveryCode,
            proof: code.proof(app.root()),
            slot_key: code.slot_key(),
        }
    }

    /// From one of the codes that are used once; as long as the recovery code, in its way.
    pub(crate) fn of_single_use_code(app: &App, code: &SingleUseCode) -> Self {
        Self {
            kind: SlotKind::SingleUseCode,
            proof: code.proof(app.root()),
            slot_key: code.slot_key(),
        }
    }

    /// From what a passkey's authenticator computes for us alone.
    pub(crate) fn of_passkey(app: &App, secret: &PasskeySecret) -> Self {
        Self {
            kind: SlotKind::Passkey,
            proof: secret.proof(app.root()),
            slot_key: secret.slot_key(),
        }
    }

    /// The proof as the database takes it.
    pub(crate) fn proof_text(&self) -> Zeroizing<String> {
        hex(self.proof.expose())
    }

    /// A principal's key pair, sealed for this credential.
    pub(crate) fn seal(&self, principal: Uuid, pair: &KeyPair) -> Vec<u8> {
        self.slot_key.seal(principal, self.kind, pair)
    }
}

/// Seals an address so that only its owner's sessions read it.
pub(crate) fn seal_email(pair: &KeyPair, principal: Uuid, email: &EmailAddress) -> Vec<u8> {
    keys::seal_to_self(pair, principal, ADDRESS_PURPOSE, email.as_str().as_bytes())
}

/// Opens what [`seal_email`] sealed.
pub(crate) fn open_email(pair: &KeyPair, principal: Uuid, sealed: &[u8]) -> Result<String> {
    let altered = |CannotOpen| Error::Altered;
    let plain = keys::open_own(pair, principal, ADDRESS_PURPOSE, sealed).map_err(altered)?;
    String::from_utf8(plain.to_vec()).or(Err(Error::Altered))
}

/// The grant of everything to the owner: a holder like any other.
pub(crate) fn own_grant(owner: Uuid, scope: Scope, epoch: u32) -> GrantIdentity {
    GrantIdentity {
        owner,
        holder: owner,
        scope,
        epoch,
        first: keys::DayNumber::FIRST,
        last: keys::DayNumber::LAST,
    }
}

/// Opens each of the owner's own grants, once, at sign-in. Only the owner can have sealed them: a
/// planted one is refused.
pub(crate) fn keyring(pair: KeyPair, owner: Uuid, grants: &[Row]) -> Result<Keyring> {
    let mut covers: Vec<(Scope, u32, Cover)> = Vec::with_capacity(grants.len());
    for row in grants {
        let scope = Scope::parse(row.try_get("scope")?).ok_or(Error::Altered)?;
        let epoch = u32::try_from(row.try_get::<_, i32>("epoch")?).or(Err(Error::Altered))?;
        let identity = GrantIdentity {
            owner: row.try_get("owner")?,
            holder: owner,
            scope,
            epoch,
            first: days::number(row.try_get("first_day")?).or(Err(Error::Altered))?,
            last: days::number(row.try_get("last_day")?).or(Err(Error::Altered))?,
        };
        let sealed: &[u8] = row.try_get("key_sealed")?;
        let cover = open_own_grant(&identity, sealed, &pair).or(Err(Error::Altered))?;
        covers.push((scope, epoch, cover));
    }
    let mut keyring = Keyring::new(pair);
    for (scope, epoch, cover) in covers {
        keyring.add(owner, scope, epoch, cover);
    }
    Ok(keyring)
}
