//! The items of the scope `plan`: one plan, one set of settings.

use keys::Scope;
use platform::Result;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{document::Plan, settings::Settings};
use crate::items::{Item, Items, Kept};

/// What stands in the scope `plan`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanItem {
    /// What the person aims for.
    Plan(Box<Plan>),
    /// How the diary is shown.
    Settings(Settings),
}

impl Item for PlanItem {
    const SCOPE: Scope = Scope::Plan;
}

/// Where the plan is kept: it exists once.
const PLAN: Uuid = Uuid::from_u128(1);
/// Where the settings are kept.
const SETTINGS: Uuid = Uuid::from_u128(2);

impl PlanItem {
    /// What was kept of both, or what everybody begins with.
    pub(super) fn both(kept: Vec<Kept<Self>>) -> (Plan, Settings) {
        let mut both = (Plan::default(), Settings::default());
        for Kept { id, item, .. } in kept {
            match item {
                Self::Plan(plan) if id == PLAN => both.0 = *plan,
                Self::Settings(settings) if id == SETTINGS => both.1 = settings,
                Self::Plan(_) | Self::Settings(_) => {}
            }
        }
        both
    }
}

impl Plan {
    /// Takes the place of the one before.
    pub(super) fn put(self, items: &mut Items<PlanItem>) -> Result<()> {
        items.put(PLAN, PlanItem::Plan(Box::new(self)))
    }
}

impl Settings {
    /// Takes the place of those before.
    pub(super) fn put(self, items: &mut Items<PlanItem>) -> Result<Self> {
        items.put(SETTINGS, PlanItem::Settings(self.clone()))?;
        Ok(self)
    }

    /// The same by somebody who was let in: calm mode stays as it is, only its owner switches it.
    pub(super) fn put_on_a_visit(self, items: &mut Items<PlanItem>) -> Result<Self> {
        let before = match items.get(SETTINGS) {
            Some(PlanItem::Settings(settings)) => settings.clone(),
            _ => Self::default(),
        };
        self.calm_like(&before).put(items)
    }
}
