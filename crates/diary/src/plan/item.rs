//! The items of the scope `plan`.

use keys::Scope;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::settings::Settings;
use crate::items::{Item, Items, Kept};

/// What stands in the scope `plan`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanItem {
    /// How the diary is shown.
    Settings(Settings),
}

impl Item for PlanItem {
    const SCOPE: Scope = Scope::Plan;
}

/// Where the settings are kept: they exist once.
const SETTINGS: Uuid = Uuid::from_u128(2);

impl Settings {
    /// Those that were kept, or those that everybody begins with.
    pub(super) fn among(kept: Vec<Kept<PlanItem>>) -> Self {
        let mut settings =
            kept.into_iter().filter(|kept| kept.id == SETTINGS).map(|kept| kept.item);
        match settings.next() {
            Some(PlanItem::Settings(settings)) => settings,
            None => Self::default(),
        }
    }

    /// Takes the place of those before.
    pub(super) fn put(self, items: &mut Items<PlanItem>) -> platform::Result<()> {
        items.put(SETTINGS, PlanItem::Settings(self))
    }
}
