//! What an organisation shows of itself to whoever has its code.

use keys::RootKey;
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

const NAME_CHARACTERS_MAX: usize = 120;
const ADDRESS_CHARACTERS_MAX: usize = 300;
const WHAT_CHARACTERS_MAX: usize = 1000;

/// A profile as it is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentProfile {
    /// What it is called.
    #[schema(example = "Practice by the lake")]
    name: String,
    /// Where it is; may be empty.
    #[serde(default)]
    address: String,
    /// What it is, in a few sentences; may be empty.
    #[serde(default)]
    what: String,
}

/// A profile that was checked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Profile {
    /// What it is called.
    pub(crate) name: String,
    /// Where it is; may be empty.
    pub(crate) address: String,
    /// What it is; may be empty.
    pub(crate) what: String,
}

impl SentProfile {
    pub(crate) fn parse(&self) -> Result<Profile> {
        let or_nothing = |field, written: &str, characters_max| match written.trim() {
            "" => Ok(String::new()),
            written => text::paragraphs(field, written, characters_max),
        };
        Ok(Profile {
            name: text::line("name", &self.name, NAME_CHARACTERS_MAX)?,
            address: or_nothing("address", &self.address, ADDRESS_CHARACTERS_MAX)?,
            what: or_nothing("what", &self.what, WHAT_CHARACTERS_MAX)?,
        })
    }
}

impl Profile {
    pub(super) fn seal(&self, root: &RootKey, organisation: Uuid) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(self).map_err(|cause| Error::Internal(cause.into()))?;
        Ok(root.seal_profile(organisation, &plain))
    }

    pub(super) fn open(root: &RootKey, organisation: Uuid, sealed: &[u8]) -> Result<Self> {
        let plain = root.open_profile(organisation, sealed).or(Err(Error::Altered))?;
        serde_json::from_slice(&plain).or(Err(Error::Altered))
    }
}
