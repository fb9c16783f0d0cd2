//! What the two sides of a share call each other, and what it is for. Nobody has a name in their
//! account; these are sealed to whoever reads them.

use keys::{
    KeyPair, PublicKey, is_sealed_to_public_key, open_letter, open_own, seal_letter, seal_to_self,
};
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most characters of a name.
pub(crate) const NAME_CHARACTERS_MAX: usize = 80;
/// The most characters of a purpose.
pub(crate) const PURPOSE_CHARACTERS_MAX: usize = 200;

const SHARE: &str = "circle.share";

/// A name of the other side, and what the share is for.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Words {
    pub(crate) name: String,
    pub(crate) purpose: String,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words(..)")
    }
}

impl Words {
    /// Checks a name, in the field it was sent in, and a purpose, which may be empty.
    pub(crate) fn parse(field: &'static str, name: &str, purpose: &str) -> Result<Self> {
        let name = text::line(field, name, NAME_CHARACTERS_MAX)?;
        let purpose = match purpose.trim() {
            "" => String::new(),
            purpose => text::line("purpose", purpose, PURPOSE_CHARACTERS_MAX)?,
        };
        Ok(Self { name, purpose })
    }

    /// For the owner, about a holder.
    pub(crate) fn seal_for_owner(
        &self,
        pair: &KeyPair,
        owner: Uuid,
        holder: Uuid,
    ) -> Result<Vec<u8>> {
        Ok(seal_to_self(pair, owner, &about(holder), &self.to_bytes()?))
    }

    /// For an owner, by a holder who accepts. The public key was checked.
    pub(crate) fn write_to_owner(
        &self,
        to: &PublicKey,
        owner: Uuid,
        holder: Uuid,
    ) -> Result<Vec<u8>> {
        Ok(seal_letter(to, holder, owner, SHARE, &self.to_bytes()?))
    }

    /// Reads what either of the two sealed for the owner.
    pub(crate) fn open_for_owner(
        pair: &KeyPair,
        owner: Uuid,
        holder: Uuid,
        sealed: &[u8],
    ) -> Result<Self> {
        let opened = if is_sealed_to_public_key(sealed) {
            open_letter(pair, holder, owner, SHARE, sealed)
        } else {
            open_own(pair, owner, &about(holder), sealed)
        };
        Self::read(&opened.or(Err(Error::Altered))?)
    }

    /// For a holder, about the owner, by the holder itself.
    pub(crate) fn seal_for_holder(
        &self,
        pair: &KeyPair,
        owner: Uuid,
        holder: Uuid,
    ) -> Result<Vec<u8>> {
        Ok(seal_to_self(pair, holder, &about(owner), &self.to_bytes()?))
    }

    /// For a holder, by the owner. The public key was checked.
    pub(crate) fn write_to_holder(
        &self,
        to: &PublicKey,
        owner: Uuid,
        holder: Uuid,
    ) -> Result<Vec<u8>> {
        Ok(seal_letter(to, owner, holder, SHARE, &self.to_bytes()?))
    }

    /// Reads what either of the two sealed for the holder.
    pub(crate) fn open_for_holder(
        pair: &KeyPair,
        owner: Uuid,
        holder: Uuid,
        sealed: &[u8],
    ) -> Result<Self> {
        let opened = if is_sealed_to_public_key(sealed) {
            open_letter(pair, owner, holder, SHARE, sealed)
        } else {
            open_own(pair, holder, &about(owner), sealed)
        };
        Self::read(&opened.or(Err(Error::Altered))?)
    }

    /// As it is sealed.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|cause| Error::Internal(cause.into()))
    }

    /// Reads what [`Words::to_bytes`] wrote.
    pub(crate) fn read(plain: &[u8]) -> Result<Self> {
        serde_json::from_slice(plain).or(Err(Error::Altered))
    }
}

fn about(other: Uuid) -> String {
    format!("{SHARE} {other}")
}
