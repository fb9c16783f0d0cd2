//! What an organisation is, and what its members may be in it.

use platform::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A practice or a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OrganisationKind)]
pub(crate) enum Kind {
    /// Professionals with clients.
    Practice,
    /// Researchers with participants.
    Study,
}

/// What a member may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Everything, and says who is a member.
    Owner,
    /// Opens what clients granted.
    Professional,
    /// Knows who the clients are, and opens nothing.
    Assistant,
    /// Opens what participants granted.
    Researcher,
}

impl Kind {
    /// Its name in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Study => "study",
        }
    }

    /// Reads what the database says.
    pub(crate) fn read(name: &str) -> Result<Self> {
        match name {
            "practice" => Ok(Self::Practice),
            "study" => Ok(Self::Study),
            _ => Err(Error::Altered),
        }
    }

    /// Refuses a role that this kind does not know.
    pub(crate) fn require(self, role: Role) -> Result<()> {
        let known = match role {
            Role::Owner | Role::Assistant => true,
            Role::Professional => self == Self::Practice,
            Role::Researcher => self == Self::Study,
        };
        if known { Ok(()) } else { Err(Error::invalid("role", "choose a role that there is here")) }
    }
}

impl Role {
    /// Its name in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Professional => "professional",
            Self::Assistant => "assistant",
            Self::Researcher => "researcher",
        }
    }

    /// Reads what the database says.
    pub(crate) fn read(name: &str) -> Result<Self> {
        [Self::Owner, Self::Professional, Self::Assistant, Self::Researcher]
            .into_iter()
            .find(|role| role.as_str() == name)
            .ok_or(Error::Altered)
    }

    /// Whether a member of this role opens what was granted.
    pub(crate) fn opens(self) -> bool {
        self != Self::Assistant
    }
}
