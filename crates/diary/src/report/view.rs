//! A report as people and programs see it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use nutrition::{Balance, Nutrient, Score, ScoreGroup, Side};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    figures::Figures,
    sources::{FromFood, Sources},
};
use crate::plan::Goal;

/// A day or a range on one sheet.
#[derive(Serialize, ToSchema)]
#[schema(as = Report)]
pub(super) struct ReportView {
    #[schema(value_type = String, example = "2026-11-01")]
    from: Date,
    #[schema(value_type = String, example = "2026-11-30")]
    to: Date,
    /// How many days that is.
    days: u32,
    /// On how many of them something was eaten or drunk.
    logged_days: u32,
    /// How many of them are complete.
    complete_days: u32,
    /// Over how many days the averages may run: the complete ones; of a single day, the day as it is.
    averaged_days: u32,
    energy: EnergySection,
    /// Carbohydrate, protein, fat and alcohol, as far as they are known.
    macronutrients: Vec<MacroView>,
    /// Every nutrient that is known for a food or has a target, in the order of the table.
    nutrients: Vec<LineView>,
    /// The nutrients that stand out, as their owner chose them. Absent where that may not be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    highlighted: Option<Vec<Nutrient>>,
    /// Absent where the targets may not be seen; empty where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    scores: Option<Vec<ScoreView>>,
    balances: Vec<BalanceView>,
    /// Drunk besides what is in foods, a day.
    water_ml: Option<f64>,
}

/// All in kcal a day.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportEnergy)]
#[expect(clippy::struct_field_names, reason = "the unit stands last in a name")]
pub(super) struct EnergySection {
    /// Eaten a day; absent where it is known for no food.
    eaten_kcal: Option<f64>,
    /// What activities took a day, above rest. Absent where activities may not be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    spent_kcal: Option<f64>,
    /// To aim for. Absent where there is no target, or it may not be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_kcal: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportMacronutrient)]
struct MacroView {
    #[schema(value_type = String)]
    nutrient: Nutrient,
    /// In g a day.
    amount: f64,
    /// Of the energy that these give together, by the general factors, 0 to 1.
    share: f64,
}

/// One nutrient of a report.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportLine)]
struct LineView {
    #[schema(value_type = String)]
    nutrient: Nutrient,
    /// A day, in its unit; absent where nobody knows.
    amount: Option<f64>,
    /// Over so many days.
    days: u32,
    /// For how many foods of all days it is known, …
    known: u32,
    /// … of how many.
    foods: u32,
    /// To aim for at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    /// To aim for at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    /// How much of `min` is reached, 1 for all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_min: Option<f64>,
    /// How much of `max` is used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_max: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportScore)]
struct ScoreView {
    #[schema(example = "minerals")]
    key: &'static str,
    /// Where the choice of nutrients comes from; empty where it is a group of the table.
    source: &'static str,
    /// Of the targets on average, each capped at the whole, 0 to 1; absent where nothing is known.
    share: Option<f64>,
    /// For which part of the foods the amounts are known, on average, 0 to 1.
    confidence: f64,
    /// The nutrients with a target, the least reached first.
    parts: Vec<PartView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportScorePart)]
struct PartView {
    #[schema(value_type = String)]
    nutrient: Nutrient,
    /// Absent where nobody knows.
    share: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportBalance)]
struct BalanceView {
    #[schema(example = "calcium_magnesium")]
    key: &'static str,
    #[schema(value_type = String)]
    of: Nutrient,
    #[schema(value_type = String)]
    to: Nutrient,
    /// How much there is of the first for each of the second, in their units; absent where one is unknown.
    ratio: Option<f64>,
    /// What the rule says.
    least: Option<f64>,
    most: Option<f64>,
    /// `below`, `within` or `above`.
    side: Option<&'static str>,
    /// Who says so.
    source: &'static str,
}

/// What the caller may see besides the sums.
pub(super) struct Besides {
    pub(super) spent_kcal: Option<f64>,
    pub(super) target_kcal: Option<f64>,
    /// Absent where targets may not be seen.
    pub(super) highlighted: Option<Vec<Nutrient>>,
}

impl ReportView {
    pub(super) fn of(
        from: Date,
        to: Date,
        days: u32,
        figures: &Figures,
        besides: &Besides,
    ) -> Self {
        let eaten = figures.averages.get(&Nutrient::ENERGY).map(|average| average.amount);
        let macronutrients =
            figures.shares_of_energy().into_iter().filter_map(|(nutrient, share)| {
                let amount = figures.averages.get(&nutrient)?.amount;
                Some(MacroView { nutrient, amount, share })
            });
        Self {
            from,
            to,
            days,
            logged_days: figures.logged_days,
            complete_days: figures.complete_days,
            averaged_days: figures.averaged_days,
            energy: EnergySection {
                eaten_kcal: eaten,
                spent_kcal: besides.spent_kcal,
                target_kcal: besides.target_kcal,
            },
            macronutrients: macronutrients.collect(),
            nutrients: Nutrient::ALL
                .into_iter()
                .filter_map(|nutrient| LineView::of(nutrient, figures))
                .collect(),
            scores: besides
                .highlighted
                .is_some()
                .then(|| figures.scores().into_iter().map(ScoreView::of).collect()),
            highlighted: besides.highlighted.clone(),
            balances: figures.balances().into_iter().map(BalanceView::of).collect(),
            water_ml: figures.water_ml,
        }
    }
}

impl LineView {
    /// Nothing where nothing is known and nothing is aimed at.
    fn of(nutrient: Nutrient, figures: &Figures) -> Option<Self> {
        let average = figures.averages.get(&nutrient);
        let goal = figures.goal(nutrient);
        if average.is_none() && goal.is_none() {
            return None;
        }
        let reached = figures.reached(nutrient);
        Some(Self {
            nutrient,
            amount: average.map(|average| average.amount),
            days: average.map_or(0, |average| average.days),
            known: average.map_or(0, |average| average.known),
            foods: average.map_or(0, |average| average.foods),
            min: goal.and_then(|goal: &Goal| goal.least),
            max: goal.and_then(|goal| goal.most),
            of_min: reached.and_then(|reached| reached.of_least),
            of_max: reached.and_then(|reached| reached.of_most),
        })
    }
}

impl ScoreView {
    fn of((group, score): (&'static ScoreGroup, Score)) -> Self {
        let part =
            |part: nutrition::ScorePart| PartView { nutrient: part.nutrient, share: part.share };
        Self {
            key: group.key,
            source: group.source,
            share: score.share,
            confidence: score.confidence,
            parts: score.parts.into_iter().map(part).collect(),
        }
    }
}

impl BalanceView {
    fn of((balance, found): (&'static Balance, Option<(f64, Side)>)) -> Self {
        let side = |side| match side {
            Side::Below => "below",
            Side::Within => "within",
            Side::Above => "above",
        };
        Self {
            key: balance.key,
            of: balance.of,
            to: balance.to,
            ratio: found.map(|(ratio, _)| ratio),
            least: balance.least,
            most: balance.most,
            side: found.map(|(_, lies)| side(lies)),
            source: balance.source,
        }
    }
}

/// Which foods and meals something comes from.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportSources)]
pub(super) struct SourcesView {
    #[schema(value_type = String)]
    nutrient: Nutrient,
    unit: &'static str,
    /// Days with a food.
    days: u32,
    complete_days: u32,
    /// Over all these days, in its unit.
    amount: f64,
    /// For how many of the foods eaten it is known, …
    known: u32,
    /// … of how many.
    foods: u32,
    /// The most first; those that nobody knows last.
    from: Vec<FromFoodView>,
    /// Over the complete days, by meal.
    #[schema(value_type = std::collections::HashMap<String, FromGroupView>)]
    groups: BTreeMap<&'static str, FromGroupView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportSource)]
struct FromFoodView {
    food: String,
    name: String,
    source: String,
    release: String,
    /// How often it was eaten.
    times: u32,
    grams: f64,
    /// Absent where nobody knows.
    amount: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportMeal)]
struct FromGroupView {
    amount: f64,
    known: u32,
    foods: u32,
}

impl SourcesView {
    /// At most so many foods.
    pub(super) fn of(nutrient: Nutrient, sources: Sources, foods_max: usize) -> Self {
        let total = sources.totals.get(nutrient);
        let food = |food: FromFood| {
            let FromFood { id, name, source, release, times, grams, amount } = food;
            FromFoodView { food: id, name, source, release, times, grams, amount }
        };
        let groups = sources.groups.into_iter().map(|(group, from)| {
            let view = FromGroupView { amount: from.amount, known: from.known, foods: from.foods };
            (group.as_str(), view)
        });
        Self {
            nutrient,
            unit: nutrient.unit().as_str(),
            days: sources.days,
            complete_days: sources.complete_days,
            amount: total.amount,
            known: total.known,
            foods: sources.totals.foods(),
            groups: groups.collect(),
            from: sources.foods.into_iter().take(foods_max).map(food).collect(),
        }
    }
}
