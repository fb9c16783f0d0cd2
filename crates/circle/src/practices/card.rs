//! What a practice keeps of its own about a client, sealed to itself: how it calls them, its groups
//! and its note. Every member reads and writes it, and the client's grants play no part in it.

use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    organisations::{Capacity, card_purpose},
    sharing::words::NAME_CHARACTERS_MAX,
};

const GROUPS_MAX: usize = 10;
const GROUP_CHARACTERS_MAX: usize = 40;
const NOTE_CHARACTERS_MAX: usize = 2000;

/// What is sealed. Another version of the program may open it: fields are only added.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Card {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) groups: Vec<String>,
    #[serde(default)]
    pub(super) note: String,
}

/// A card as it is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SentCard {
    /// How the practice calls the client; what they call themselves when empty.
    #[serde(default)]
    name: String,
    /// Which groups they are in.
    #[serde(default)]
    groups: Vec<String>,
    /// The practice's own note.
    #[serde(default)]
    note: String,
}

impl SentCard {
    pub(super) fn parse(&self) -> Result<Card> {
        let name = match self.name.trim() {
            "" => String::new(),
            name => text::line("name", name, NAME_CHARACTERS_MAX)?,
        };
        let note = match self.note.trim() {
            "" => String::new(),
            note => text::paragraphs("note", note, NOTE_CHARACTERS_MAX)?,
        };
        Ok(Card { name, email: String::new(), groups: groups(&self.groups)?, note })
    }
}

/// Checks the names of groups: each once, in order.
pub(super) fn groups(sent: &[String]) -> Result<Vec<String>> {
    let mut groups = Vec::with_capacity(sent.len());
    for group in sent {
        let group = text::line("groups", group, GROUP_CHARACTERS_MAX)?;
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    if groups.len() > GROUPS_MAX {
        return Err(Error::invalid("groups", format!("choose at most {GROUPS_MAX}")));
    }
    groups.sort();
    Ok(groups)
}

impl Card {
    pub(super) fn seal(&self, capacity: &Capacity, id: Uuid) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(self).map_err(|cause| Error::Internal(cause.into()))?;
        Ok(capacity.seal(&card_purpose(id), &plain))
    }

    pub(super) fn open(capacity: &Capacity, id: Uuid, sealed: &[u8]) -> Result<Self> {
        let plain = capacity.open_own(&card_purpose(id), sealed)?;
        serde_json::from_slice(&plain).or(Err(Error::Altered))
    }
}
