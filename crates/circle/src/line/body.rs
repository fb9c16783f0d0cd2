//! What is written on a line, as it is sealed and as it is sent.

use jiff::{civil::Date, tz::TimeZone};
use nutrition::Nutrient;
use platform::{App, Error, Result, days, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const TEXT_CHARACTERS_MAX: usize = 4000;
/// What fits into a letter, with the name of who wrote it.
const LETTER_BYTES_MAX: usize = 18_500;
/// More than any nutrient has in a day, in any of their units.
const AMOUNT_MAX: f64 = 1_000_000.0;

/// What is sealed. Another version of the program may open it: fields are only added.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Body {
    /// The name of the member who wrote it.
    #[serde(default)]
    pub(super) by: String,
    #[serde(default)]
    pub(super) text: String,
    #[serde(default)]
    pub(super) day: Option<Date>,
    #[serde(default)]
    pub(super) nutrient: Option<String>,
    #[serde(default)]
    pub(super) min: Option<f64>,
    #[serde(default)]
    pub(super) max: Option<f64>,
    /// A recipe to take over, as a file.
    #[serde(default)]
    pub(super) recipe: Option<String>,
}

/// A message as it is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SentMessage {
    /// May be empty beside a recipe.
    #[serde(default)]
    text: String,
    /// A recipe for the other side to take over: a recipe file, which is JSON.
    #[serde(default)]
    recipe: Option<String>,
}

impl SentMessage {
    pub(super) fn parse(&self) -> Result<Body> {
        let recipe = self.recipe.as_deref().map(recipe_file).transpose()?;
        let text = match self.text.trim() {
            "" if recipe.is_some() => String::new(),
            text => text::paragraphs("text", text, TEXT_CHARACTERS_MAX)?,
        };
        let body = Body { text, recipe, ..Body::default() };
        // Quotes are written twice, and a letter has an end.
        let written = serde_json::to_vec(&body).map_err(|cause| Error::Internal(cause.into()))?;
        if LETTER_BYTES_MAX < written.len() {
            return Err(Error::invalid("recipe", "is too long for a letter: send it as a file"));
        }
        Ok(body)
    }
}

/// A recipe file: JSON that is a recipe, and no longer than a letter. What it says is checked where
/// somebody takes it over.
fn recipe_file(file: &str) -> Result<String> {
    let is_recipe = serde_json::from_str::<serde_json::Value>(file)
        .is_ok_and(|json| json.get("@type").is_some_and(|kind| kind == "Recipe"));
    if is_recipe {
        Ok(file.to_owned())
    } else {
        Err(Error::invalid("recipe", "send a recipe file"))
    }
}

/// What is proposed.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Proposes {
    /// A target for a nutrient: so much a day, at least or at most.
    Target,
    /// A comment, on a day or in general.
    Comment,
}

impl Proposes {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Comment => "comment",
        }
    }
}

/// A proposal as it is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SentProposal {
    pub(super) kind: Proposes,
    /// Of a target: which nutrient, by its key.
    #[schema(example = "protein")]
    nutrient: Option<String>,
    /// Of a target: at least so much a day, in the nutrient's unit.
    min: Option<f64>,
    /// Of a target: at most so much a day.
    max: Option<f64>,
    /// Of a comment: on which day.
    #[schema(example = "2026-11-20")]
    day: Option<String>,
    /// The comment, or a word about the target.
    #[serde(default)]
    text: String,
}

impl SentProposal {
    pub(super) fn parse(&self, app: &App) -> Result<Body> {
        match self.kind {
            Proposes::Target => self.target(),
            Proposes::Comment => self.comment(app),
        }
    }

    fn target(&self) -> Result<Body> {
        if self.day.is_some() {
            return Err(Error::invalid("day", "leave it out: a target is for every day"));
        }
        let key = self.nutrient.as_deref().unwrap_or_default();
        let nutrient = Nutrient::parse(key)
            .map_err(|cause| Error::invalid("nutrient", cause.problem))?
            .key()
            .to_owned();
        let amount = |field, amount: Option<f64>| match amount {
            Some(amount) if !(0.0..=AMOUNT_MAX).contains(&amount) => {
                Err(Error::invalid(field, "choose an amount that is not below nothing"))
            }
            amount => Ok(amount),
        };
        let (min, max) = (amount("min", self.min)?, amount("max", self.max)?);
        match (min, max) {
            (None, None) => return Err(Error::invalid("min", "say how much at least or at most")),
            (Some(min), Some(max)) if max < min => {
                return Err(Error::invalid("max", "choose no less than the least"));
            }
            _ => {}
        }
        let text = match self.text.trim() {
            "" => String::new(),
            text => text::paragraphs("text", text, TEXT_CHARACTERS_MAX)?,
        };
        Ok(Body { text, nutrient: Some(nutrient), min, max, ..Body::default() })
    }

    fn comment(&self, app: &App) -> Result<Body> {
        if self.nutrient.is_some() || self.min.is_some() || self.max.is_some() {
            return Err(Error::invalid("nutrient", "leave it out: this is a comment"));
        }
        // The day that it is already somewhere.
        let today = app.clock().now().to_zoned(TimeZone::fixed(jiff::tz::offset(14))).date();
        let day = self.day.as_deref().map(|day| days::parse("day", day, today)).transpose()?;
        let text = text::paragraphs("text", &self.text, TEXT_CHARACTERS_MAX)?;
        Ok(Body { text, day, ..Body::default() })
    }
}
