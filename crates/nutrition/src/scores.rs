//! Scores: how much of what is aimed at is reached, over a group of nutrients.
//!
//! A score is the mean share of the targets, each capped at the whole: twice the vitamin C makes up for no
//! iron. A nutrient whose amount nobody knows is not taken for zero; it takes away from the confidence,
//! which is the mean coverage of the nutrients that have a target.

use crate::nutrient::{Group, Nutrient};

/// What is known of the amount of a nutrient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// In the nutrient's unit.
    pub amount: f64,
    /// For which part of the foods it is known, 0 to 1.
    pub coverage: f64,
}

/// Nutrients that are scored together.
#[derive(Clone, Copy, Debug)]
pub struct ScoreGroup {
    /// Its key in the API.
    pub key: &'static str,
    /// Where the choice of nutrients comes from.
    pub source: &'static str,
    nutrients: Chosen,
}

#[derive(Clone, Copy, Debug)]
enum Chosen {
    All,
    Of(Group),
    These(&'static [Nutrient]),
}

/// The claims on foods that the European Union has found proved, by what a nutrient contributes to.
const CLAIMS: &str = "Commission Regulation (EU) No 432/2012";

/// Every group, in the order of display.
pub static SCORE_GROUPS: [ScoreGroup; 8] = [
    ScoreGroup { key: "all", source: "", nutrients: Chosen::All },
    ScoreGroup { key: "vitamins", source: "", nutrients: Chosen::Of(Group::Vitamins) },
    ScoreGroup { key: "minerals", source: "", nutrients: Chosen::Of(Group::Minerals) },
    ScoreGroup {
        key: "essentials",
        source: "",
        nutrients: Chosen::These(&[
            Nutrient::PROTEIN,
            Nutrient::FIBER,
            Nutrient::OMEGA3,
            Nutrient::ALA,
            Nutrient::OMEGA6,
            Nutrient::LA,
        ]),
    },
    ScoreGroup {
        key: "bones",
        source: CLAIMS,
        nutrients: Chosen::These(&[
            Nutrient::CALCIUM,
            Nutrient::MAGNESIUM,
            Nutrient::MANGANESE,
            Nutrient::PHOSPHORUS,
            Nutrient::PROTEIN,
            Nutrient::VITAMIN_C,
            Nutrient::VITAMIN_D,
            Nutrient::VITAMIN_K,
            Nutrient::ZINC,
        ]),
    },
    ScoreGroup {
        key: "immune",
        source: CLAIMS,
        nutrients: Chosen::These(&[
            Nutrient::COPPER,
            Nutrient::FOLATE,
            Nutrient::IRON,
            Nutrient::SELENIUM,
            Nutrient::VITAMIN_A,
            Nutrient::VITAMIN_B6,
            Nutrient::VITAMIN_B12,
            Nutrient::VITAMIN_C,
            Nutrient::VITAMIN_D,
            Nutrient::ZINC,
        ]),
    },
    ScoreGroup {
        key: "oxidative",
        source: CLAIMS,
        nutrients: Chosen::These(&[
            Nutrient::COPPER,
            Nutrient::MANGANESE,
            Nutrient::SELENIUM,
            Nutrient::VITAMIN_B2,
            Nutrient::VITAMIN_C,
            Nutrient::VITAMIN_E,
            Nutrient::ZINC,
        ]),
    },
    ScoreGroup {
        key: "metabolism",
        source: CLAIMS,
        nutrients: Chosen::These(&[
            Nutrient::BIOTIN,
            Nutrient::CALCIUM,
            Nutrient::COPPER,
            Nutrient::IODINE,
            Nutrient::IRON,
            Nutrient::MAGNESIUM,
            Nutrient::MANGANESE,
            Nutrient::PHOSPHORUS,
            Nutrient::VITAMIN_B1,
            Nutrient::VITAMIN_B2,
            Nutrient::VITAMIN_B3,
            Nutrient::VITAMIN_B5,
            Nutrient::VITAMIN_B6,
            Nutrient::VITAMIN_B12,
            Nutrient::VITAMIN_C,
        ]),
    },
];

impl ScoreGroup {
    /// Whether a nutrient is scored in it.
    pub fn has(&self, nutrient: Nutrient) -> bool {
        match self.nutrients {
            // How much energy one wants is no matter of reaching it.
            Chosen::All => nutrient != Nutrient::ENERGY,
            Chosen::Of(group) => nutrient.group() == group,
            Chosen::These(these) => these.contains(&nutrient),
        }
    }
}

/// How much of its targets a group reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Of the targets on average, 0 to 1; `None` where of no nutrient with a target an amount is known.
    pub share: Option<f64>,
    /// The mean coverage of the nutrients with a target, 0 to 1.
    pub confidence: f64,
    /// The nutrients with a target, each with its own share, the smallest first; unknown ones last.
    pub parts: Vec<ScorePart>,
}

/// What one nutrient adds to a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScorePart {
    /// Which.
    pub nutrient: Nutrient,
    /// Of its target, 0 to 1; `None` where the amount is unknown.
    pub share: Option<f64>,
    /// For which part of the foods it is known, 0 to 1.
    pub coverage: f64,
}

/// The score of a group; `None` where none of its nutrients has a target.
pub fn score(
    group: &ScoreGroup,
    least: impl Fn(Nutrient) -> Option<f64>,
    intake: impl Fn(Nutrient) -> Option<Taken>,
) -> Option<Score> {
    let aimed_at = Nutrient::ALL.into_iter().filter(|nutrient| group.has(*nutrient));
    let mut parts: Vec<ScorePart> = aimed_at
        .filter_map(|nutrient| {
            let least = least(nutrient).filter(|least| least.is_finite() && 0.0 < *least)?;
            let intake = intake(nutrient);
            Some(ScorePart {
                nutrient,
                share: intake.map(|intake| (intake.amount / least).clamp(0.0, 1.0)),
                coverage: intake.map_or(0.0, |intake| intake.coverage.clamp(0.0, 1.0)),
            })
        })
        .collect();
    if parts.is_empty() {
        return None;
    }
    let rank = |part: &ScorePart| part.share.unwrap_or(2.0);
    parts.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
    let known: Vec<f64> = parts.iter().filter_map(|part| part.share).collect();
    Some(Score {
        share: mean(&known),
        confidence: mean(&parts.iter().map(|part| part.coverage).collect::<Vec<_>>())?,
        parts,
    })
}

#[expect(clippy::cast_precision_loss, reason = "there are about a hundred nutrients")]
fn mean(numbers: &[f64]) -> Option<f64> {
    (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
}
