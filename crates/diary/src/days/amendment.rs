//! What is to be changed of an entry, as it is sent.

use platform::Result;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::{
    document::{Group, Moment},
    entry::{leave_out, minutes, zone},
    own::SentQuick,
};

/// What is to be changed of an entry; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SentChange {
    pub(super) group: Option<Group>,
    #[schema(example = "08:15")]
    time: Option<String>,
    #[schema(example = "Europe/Berlin")]
    zone: Option<String>,
    pub(super) amount: Option<f64>,
    /// Other numbers, of an entry that is numbers alone.
    pub(super) quick: Option<SentQuick>,
    /// `seq` of one of the food's portions; `null` means grams.
    #[serde(default)]
    #[schema(value_type = Option<u16>)]
    pub(super) portion: SentPortion,
    pub(super) ml: Option<f64>,
    pub(super) text: Option<String>,
    pub(super) value: Option<f64>,
    pub(super) second: Option<f64>,
    #[schema(example = "kg")]
    pub(super) unit: Option<String>,
    /// Of an own measure or activity.
    pub(super) name: Option<String>,
    pub(super) minutes: Option<f64>,
    pub(super) met: Option<f64>,
    pub(super) weight_kg: Option<f64>,
    /// In place of `met` and `weight_kg`.
    pub(super) kcal: Option<f64>,
    /// Beside a measurement or an activity; empty takes it away.
    pub(super) note: Option<String>,
    /// Moves the entry to another day.
    #[schema(example = "2026-11-21")]
    pub(super) day: Option<String>,
}

/// A portion in a change: `null` is not the same as absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SentPortion {
    /// Absent: as it was.
    #[default]
    Unchanged,
    /// `null`: the amount is grams.
    Grams,
    /// One of the food's portions.
    Seq(u16),
}

impl<'de> Deserialize<'de> for SentPortion {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(from)?.map_or(Self::Grams, Self::Seq))
    }
}

impl SentChange {
    /// Refuses the fields that do not belong to the kind of entry that is changed.
    pub(super) fn only(&self, belonging: &[&str]) -> Result<()> {
        leave_out(
            belonging,
            &[
                ("group", self.group.is_some()),
                ("amount", self.amount.is_some()),
                ("quick", self.quick.is_some()),
                ("portion", self.portion != SentPortion::Unchanged),
                ("ml", self.ml.is_some()),
                ("text", self.text.is_some()),
                ("value", self.value.is_some()),
                ("second", self.second.is_some()),
                ("unit", self.unit.is_some()),
                ("name", self.name.is_some()),
                ("minutes", self.minutes.is_some()),
                ("met", self.met.is_some()),
                ("weight_kg", self.weight_kg.is_some()),
                ("kcal", self.kcal.is_some()),
                ("note", self.note.is_some()),
            ],
        )
    }

    /// The moment after the change.
    pub(super) fn moment(&self, before: &Moment) -> Result<Moment> {
        let time = self.time.as_deref().map_or(Ok(before.minutes), minutes)?;
        let zone = self.zone.as_deref().map_or_else(|| Ok(before.zone.clone()), zone)?;
        Ok(Moment { minutes: time, zone })
    }
}
