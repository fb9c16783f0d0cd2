//! Measures of a person's own: a name and a unit. A measurement carries both, so that it says the same when
//! its measure is renamed or gone.

use keys::Scope;
use platform::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    days::body::{own_name, own_unit},
    items::{Item, Items},
};

/// More own measures than this are no list that anybody looks through.
const OWN_MAX: usize = 100;

/// What stands in the scope `body` beside the days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BodyItem {
    /// A measure of the person's own.
    Measure(OwnMeasure),
}

impl Item for BodyItem {
    const SCOPE: Scope = Scope::Body;
}

/// A measure of a person's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnMeasure {
    #[schema(example = "Grip strength")]
    pub(super) name: String,
    /// May be empty.
    #[serde(default)]
    #[schema(example = "kg")]
    pub(super) unit: String,
}

impl OwnMeasure {
    /// Checks one from outside.
    pub(super) fn parse(self) -> Result<Self> {
        Ok(Self { name: own_name(&self.name)?, unit: own_unit(&self.unit)? })
    }

    /// Puts it among the others; `true` when it is new. No two have one name.
    pub(super) fn put(self, id: Uuid, items: &mut Items<BodyItem>) -> Result<bool> {
        let is_new = items.get(id).is_none();
        if is_new && OWN_MAX <= items.iter().count() {
            return Err(Error::invalid(
                "id",
                format!("at most {OWN_MAX} own measures can be kept"),
            ));
        }
        let taken = items.iter().any(|(other, item)| {
            let BodyItem::Measure(measure) = item;
            other != id && measure.name.to_lowercase() == self.name.to_lowercase()
        });
        if taken {
            return Err(Error::invalid("name", "another measure has this name: choose another"));
        }
        items.put(id, BodyItem::Measure(self))?;
        Ok(is_new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_measure_has_a_name_of_its_own() {
        let mut items = Items::default();
        let grip =
            |name: &str| OwnMeasure { name: name.to_owned(), unit: " kg ".to_owned() }.parse();
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(grip("Grip").unwrap().put(one, &mut items).unwrap());
        assert!(grip("grip").unwrap().put(two, &mut items).is_err());
        assert!(!grip("Grip, left").unwrap().put(one, &mut items).unwrap());
        assert!(grip("grip").unwrap().put(two, &mut items).unwrap());
        assert!(grip(" ").is_err() && grip("a\nb").is_err());
        assert_eq!(grip("Grip").unwrap().unit, "kg");
    }
}
