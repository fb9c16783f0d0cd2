//! Published reference intakes: how much of each nutrient people of an age, sex and stage of life
//! should get, and from where on it may harm.
//!
//! The numbers stand in `catalog/intakes/`, one line a nutrient and kind of value; `table` reads
//! them. What becomes of them for one person is not decided here.

mod table;

use serde::{Deserialize, Serialize};

use crate::nutrient::Nutrient;
use crate::profile::LifeStage;

/// Who published the values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// Dietary Reference Intakes of the US National Academies.
    #[default]
    Nasem,
    /// Dietary Reference Values of the European Food Safety Authority.
    Efsa,
}

/// What a published value says. The letters are those of its publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Enough for nearly everybody: RDA, PRI; or AI where evidence does not suffice for that.
    Enough,
    /// Enough for half of the people: EAR, AR. Not what one person should aim for.
    Average,
    /// More may harm: UL.
    Upper,
    /// Less lowers the risk of chronic disease: CDRR.
    Reduce,
    /// A range to be within: AMDR, RI.
    Range,
}

/// How much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// So much.
    Amount(f64),
    /// From, to.
    Between(f64, f64),
    /// As little as a nutritionally adequate diet allows.
    AsLowAsPossible,
}

/// What the amount is multiplied with to have a day's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Nothing: it is a day's, in the unit of the nutrient.
    Day,
    /// The weight of the body.
    Kilogram,
    /// The energy of the day in megajoules.
    Megajoule,
    /// The energy of the day in percent.
    EnergyPercent,
}

/// What is compared with the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// The nutrient itself, from everything.
    Itself,
    /// Only what was added: supplements and fortified foods. Foods do not say how much that is.
    Added,
    /// Another nutrient, which is the part of it that the value is about.
    Only(Nutrient),
    /// The nutrient together with another one.
    With(Nutrient),
    /// Niacin and a sixtieth of the tryptophan, from which the body makes niacin.
    WithTryptophan,
}

/// One published value for one stage of life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intake {
    /// Of what.
    pub nutrient: Nutrient,
    /// What it says.
    pub kind: Kind,
    /// The letters its publisher gives it, such as RDA or AI.
    pub letters: &'static str,
    /// How much, in the nutrient's unit.
    pub level: Level,
    /// What of it comes on top for a mother, per day.
    pub on_top: Option<Level>,
    /// What to multiply it with.
    pub per: Per,
    /// What to compare with it.
    pub counts: Counts,
    /// Milligrams of phytate a day that it is for: zinc is taken up worse with more.
    pub phytate_mg: Option<u16>,
}

impl Reference {
    /// Every value for somebody of this stage of life.
    pub fn intakes(self, stage: LifeStage) -> impl Iterator<Item = Intake> {
        let table = match self {
            Self::Nasem => table::nasem(),
            Self::Efsa => table::efsa(),
        };
        table.lines.iter().filter_map(move |line| line.at(stage))
    }
}
