//! Own foods: what a person types from a package, and what it comes to.

use nutrition::{Grams, LabelLine, LabelShape, Values, of_label};
use platform::{Error, Result, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::{Label, OwnFood, Per, Shape};
use crate::days::{document::Measure, own::NAME_CHARACTERS_MAX};

const NOTE_CHARACTERS_MAX: usize = 2_000;
const LINES_MAX: usize = 150;
const PORTIONS_MAX: usize = 30;

/// An own food as it is sent and shown.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnFoodForm {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) maker: String,
    /// It is a supplement.
    #[serde(default)]
    pub(crate) supplement: bool,
    pub(crate) label: Label,
    #[serde(default)]
    pub(crate) portions: Vec<PortionForm>,
    #[serde(default)]
    pub(crate) note: String,
    /// It is kept, and not offered.
    #[serde(default)]
    pub(crate) archived: bool,
}

/// A household measure of an own food.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortionForm {
    /// Its number within the food, which does not change.
    pub(crate) seq: u16,
    #[schema(example = "1 slice")]
    pub(crate) name: String,
    pub(crate) grams: f64,
}

impl OwnFoodForm {
    /// Checks a food from outside.
    pub(crate) fn parse(self) -> Result<OwnFood> {
        if PORTIONS_MAX < self.portions.len() {
            return Err(Error::invalid("portions", format!("at most {PORTIONS_MAX} can be kept")));
        }
        let mut portions: Vec<Measure> = Vec::with_capacity(self.portions.len());
        for portion in &self.portions {
            if portions.iter().any(|other| other.seq == portion.seq) {
                return Err(Error::invalid("portions", "give every portion a number of its own"));
            }
            portions.push(Measure {
                seq: portion.seq,
                name: text::line("portions", &portion.name, NAME_CHARACTERS_MAX)?,
                grams: grams("portions", portion.grams)?,
            });
        }
        let food = OwnFood {
            name: text::line("name", &self.name, NAME_CHARACTERS_MAX)?,
            maker: optional("maker", &self.maker)?,
            supplement: self.supplement,
            label: self.label,
            portions,
            note: paragraphs("note", &self.note, NOTE_CHARACTERS_MAX)?,
            archived: self.archived,
        };
        // What cannot be read now could not be read later.
        food.values()?;
        Ok(food)
    }

    /// The food as it was typed.
    pub(crate) fn of(food: &OwnFood) -> Self {
        let OwnFood { name, maker, supplement, label, portions, note, archived } = food.clone();
        let portions = portions
            .into_iter()
            .map(|Measure { seq, name, grams }| PortionForm { seq, name, grams: grams.get() })
            .collect();
        Self { name, maker, supplement, label, portions, note, archived }
    }
}

impl OwnFood {
    /// What 100 g of it hold.
    pub(crate) fn values(&self) -> Result<Values> {
        self.label.values()
    }
}

impl Label {
    /// What 100 g of the food hold.
    fn values(&self) -> Result<Values> {
        if LINES_MAX < self.lines.len() {
            return Err(Error::invalid("lines", format!("at most {LINES_MAX} can be kept")));
        }
        let shape = match self.shape {
            Shape::Us => LabelShape::UnitedStates,
            Shape::Eu => LabelShape::EuropeanUnion,
            Shape::Ca => LabelShape::Canada,
            Shape::Au => LabelShape::AustraliaNewZealand,
            Shape::Table => LabelShape::Table,
        };
        let weighs = match (self.unit, self.grams_per_ml) {
            (Per::G | Per::Ml, None) => 1.0,
            (Per::G, Some(_)) => {
                return Err(Error::invalid("grams_per_ml", "is for millilitres: leave it out"));
            }
            (Per::Ml, Some(weighs)) if (0.1..=25.0).contains(&weighs) => weighs,
            (Per::Ml, Some(_)) => {
                return Err(Error::invalid("grams_per_ml", "enter 0.1 to 25 g"));
            }
        };
        let stated_for = grams("amount", self.amount * weighs)?;
        // The field is named by what the line is about, so that it can be shown beside it.
        let mut lines = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let parsed = LabelLine::parse(&line.key, line.amount, &line.unit)
                .map_err(|cause| Error::invalid(line.field(), cause.problem))?;
            lines.push(parsed);
        }
        of_label(shape, stated_for, &lines).map_err(|bad| {
            let field = self.lines.get(bad.line).map_or_else(String::new, super::item::Line::field);
            Error::invalid(field, bad.problem.problem)
        })
    }
}

impl super::item::Line {
    /// What a problem with it is named by; a key that we do not know is not repeated.
    fn field(&self) -> String {
        let known = self.key == "salt" || nutrition::Nutrient::parse(&self.key).is_ok();
        if known { format!("lines.{}", self.key) } else { "lines".to_owned() }
    }
}

/// A mass from outside.
pub(crate) fn grams(field: &'static str, amount: f64) -> Result<Grams> {
    Grams::parse(amount).map_err(|cause| Error::invalid(field, cause.problem))
}

/// A line that may be empty.
pub(crate) fn optional(field: &'static str, line: &str) -> Result<String> {
    match line.trim() {
        "" => Ok(String::new()),
        line => text::line(field, line, NAME_CHARACTERS_MAX),
    }
}

/// Text of several lines that may be empty.
pub(crate) fn paragraphs(
    field: &'static str,
    words: &str,
    characters_max: usize,
) -> Result<String> {
    match words.trim() {
        "" => Ok(String::new()),
        words => text::paragraphs(field, words, characters_max),
    }
}
