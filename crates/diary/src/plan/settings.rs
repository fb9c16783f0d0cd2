//! How the diary is shown: units, meals, calm mode, the goal for water.
//!
//! Nothing here changes what is stored: amounts are kept in grams, kilocalories and kilograms.

use nutrition::{Millilitres, Nutrient};
use platform::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::days::document::Group;

const NAME_CHARACTERS_MAX: usize = 40;
const HIGHLIGHTED_MAX: usize = 24;

/// How the diary is shown to its owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    units: Units,
    energy: EnergyUnit,
    glucose: GlucoseUnit,
    /// The meals in the order of the day. One that is left out stands at the end, hidden.
    groups: Vec<GroupSetting>,
    /// Energy and weight are hidden everywhere in the app.
    calm: bool,
    /// Calm mode is for those who were let in as well.
    calm_for_visitors: bool,
    /// How much to drink a day.
    #[schema(example = 2000.0)]
    water_goal_ml: Option<f64>,
    /// The nutrients that stand out in the sums, in order.
    #[schema(value_type = Vec<String>, example = json!(["iron", "vitamin_d"]))]
    highlighted: Vec<Nutrient>,
    week_starts: WeekStart,
    /// Carbohydrates are shown without fiber.
    net_carbs: bool,
    /// The language of the app; the browser's until it is chosen.
    language: Option<Language>,
    appearance: Appearance,
}

/// The languages of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Language {
    /// English.
    En,
    /// German.
    De,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Appearance {
    /// As the device has it.
    #[default]
    System,
    Light,
    Dark,
}

/// The units of weights and lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Units {
    /// Kilograms, centimetres, millilitres.
    #[default]
    Metric,
    /// Pounds, inches, fluid ounces.
    Us,
}

/// The unit of energy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EnergyUnit {
    /// Kilocalories.
    #[default]
    Kcal,
    /// Kilojoules.
    Kj,
}

/// The unit of glucose in blood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum GlucoseUnit {
    /// mg/dl
    #[default]
    MgDl,
    /// mmol/l
    MmolL,
}

/// The first day of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WeekStart {
    #[default]
    Monday,
    Saturday,
    Sunday,
}

/// A meal as its person calls it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupSetting {
    group: Group,
    /// Its name, unless it is the usual one.
    #[serde(default)]
    name: Option<String>,
    /// Whether the day shows it only when something is in it.
    #[serde(default)]
    hidden: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let shown = [Group::Breakfast, Group::Lunch, Group::Dinner, Group::Snacks];
        let hidden = [Group::Own1, Group::Own2, Group::Own3, Group::Own4];
        let of = |hidden| move |group| GroupSetting { group, name: None, hidden };
        Self {
            units: Units::default(),
            energy: EnergyUnit::default(),
            glucose: GlucoseUnit::default(),
            groups: shown.map(of(false)).into_iter().chain(hidden.map(of(true))).collect(),
            calm: false,
            calm_for_visitors: false,
            water_goal_ml: None,
            highlighted: Vec::new(),
            week_starts: WeekStart::default(),
            net_carbs: false,
            language: None,
            appearance: Appearance::default(),
        }
    }
}

impl Settings {
    /// With calm mode as it is in others.
    pub(super) fn calm_like(self, others: &Self) -> Self {
        Self { calm: others.calm, calm_for_visitors: others.calm_for_visitors, ..self }
    }

    /// Checks settings from outside; every meal stands in them once afterwards.
    pub(super) fn parse(mut self) -> Result<Self> {
        for setting in &mut self.groups {
            setting.name = setting.name.take().map(|name| parse_name(&name)).transpose()?.flatten();
        }
        for (at, setting) in self.groups.iter().enumerate() {
            if self.groups.iter().take(at).any(|before| before.group == setting.group) {
                return Err(Error::invalid("groups", "name each meal once"));
            }
        }
        for mut setting in Self::default().groups {
            if self.groups.iter().all(|known| known.group != setting.group) {
                setting.hidden = true;
                self.groups.push(setting);
            }
        }
        if self.groups.iter().all(|setting| setting.hidden) {
            return Err(Error::invalid("groups", "leave at least one meal to be seen"));
        }
        if let Some(goal) = self.water_goal_ml {
            let checked = Millilitres::parse(goal);
            checked.map_err(|invalid| Error::invalid("water_goal_ml", invalid.problem))?;
        }
        if HIGHLIGHTED_MAX < self.highlighted.len() {
            let problem = format!("choose at most {HIGHLIGHTED_MAX}");
            return Err(Error::invalid("highlighted", problem));
        }
        let mut seen = Vec::new();
        self.highlighted.retain(|nutrient| {
            let new = !seen.contains(nutrient);
            seen.push(*nutrient);
            new
        });
        Ok(self)
    }

    /// How much to drink a day.
    pub(super) fn water_goal_ml(&self) -> Option<f64> {
        self.water_goal_ml
    }

    /// The nutrients that stand out, in order.
    pub(super) fn highlighted(&self) -> &[Nutrient] {
        &self.highlighted
    }

    /// Whether carbohydrates are shown without fiber.
    pub(super) fn net_carbs(&self) -> bool {
        self.net_carbs
    }
}

/// A name without blanks around it; an empty one is none.
fn parse_name(name: &str) -> Result<Option<String>> {
    let name = name.trim();
    if NAME_CHARACTERS_MAX < name.chars().count() || name.contains(char::is_control) {
        let problem = format!("write at most {NAME_CHARACTERS_MAX} characters on one line");
        return Err(Error::invalid("groups", problem));
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(group: Group, name: &str, hidden: bool) -> GroupSetting {
        GroupSetting { group, name: Some(name.to_owned()), hidden }
    }

    #[test]
    fn what_was_kept_before_there_was_more_to_set_is_read() {
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
        assert!(serde_json::from_str::<Settings>(r#"{"colour":"red"}"#).is_err());
    }

    #[test]
    fn every_meal_stands_in_the_settings_once() {
        let sent = Settings {
            groups: vec![
                setting(Group::Own1, "  Elevenses ", false),
                setting(Group::Lunch, "", false),
            ],
            ..Settings::default()
        };
        let parsed = sent.parse().unwrap();
        assert_eq!(parsed.groups.len(), 8);
        assert_eq!(parsed.groups[0].name.as_deref(), Some("Elevenses"));
        assert_eq!((parsed.groups[1].group, parsed.groups[1].name.as_ref()), (Group::Lunch, None));
        assert!(parsed.groups[2..].iter().all(|left_out| left_out.hidden));
        assert_eq!(parsed.clone().parse().unwrap(), parsed);
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let with = |groups| Settings { groups, ..Settings::default() };
        let twice = vec![setting(Group::Lunch, "a", false), setting(Group::Lunch, "b", false)];
        assert!(with(twice).parse().is_err());
        assert!(with(vec![setting(Group::Lunch, "a", true)]).parse().is_err());
        assert!(with(vec![setting(Group::Lunch, &"a".repeat(41), false)]).parse().is_err());
        assert!(with(vec![setting(Group::Lunch, "a\nb", false)]).parse().is_err());
        let dry = Settings { water_goal_ml: Some(0.0), ..Settings::default() };
        assert!(dry.parse().is_err());
        let twice =
            Settings { highlighted: vec![Nutrient::IRON, Nutrient::IRON], ..Settings::default() };
        assert_eq!(twice.parse().unwrap().highlighted, [Nutrient::IRON]);
    }
}
