//! Activities of a person's own: a name, and how hard it is where they know it.

use keys::Scope;
use nutrition::activity::Met;
use platform::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    days::body::own_name,
    items::{Item, Items},
};

/// More own activities than this are no list that anybody looks through.
const OWN_MAX: usize = 100;

/// What stands in the scope `activity` beside the days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActivityItem {
    /// An activity of the person's own.
    Activity(OwnActivity),
}

impl Item for ActivityItem {
    const SCOPE: Scope = Scope::Activity;
}

/// An activity of a person's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnActivity {
    #[schema(example = "Rowing with Eva")]
    pub(super) name: String,
    /// How hard, as so many times what rest takes, where that is known.
    #[serde(default)]
    #[schema(example = 5.0)]
    pub(super) met: Option<f64>,
}

impl OwnActivity {
    /// Checks one from outside.
    pub(super) fn parse(self) -> Result<Self> {
        let met = self.met.map(Met::parse).transpose();
        let met = met.map_err(|cause| Error::invalid("met", cause.problem))?;
        Ok(Self { name: own_name(&self.name)?, met: met.map(Met::get) })
    }

    /// Puts it among the others; `true` when it is new. No two have one name.
    pub(super) fn put(self, id: Uuid, items: &mut Items<ActivityItem>) -> Result<bool> {
        let is_new = items.get(id).is_none();
        if is_new && OWN_MAX <= items.iter().count() {
            return Err(Error::invalid(
                "id",
                format!("at most {OWN_MAX} own activities can be kept"),
            ));
        }
        let taken = items.iter().any(|(other, item)| {
            let ActivityItem::Activity(activity) = item;
            other != id && activity.name.to_lowercase() == self.name.to_lowercase()
        });
        if taken {
            return Err(Error::invalid("name", "another activity has this name: choose another"));
        }
        items.put(id, ActivityItem::Activity(self))?;
        Ok(is_new)
    }
}
