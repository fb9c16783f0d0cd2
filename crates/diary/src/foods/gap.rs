//! Which food of the catalogue would fill a gap. It knows nothing of anybody's diary: what is missing is
//! in the question.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use axum::extract::{Query, State, rejection::QueryRejection};
use nutrition::{Filler, FoodId, Nutrient, Per, Want, catalog, fill};
use platform::{App, Error, PresentedCaller, ProblemJson, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::routes::PortionInfo;

/// More wants than these are no gap.
const WANTS_MAX: usize = 20;
const FOODS_DEFAULT: usize = 12;
const FOODS_MAX: usize = 50;
const AMOUNT_MAX: f64 = 1e9;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Gap {
    /// Keys and how much is missing, with commas between.
    #[param(example = "iron:4.2,calcium:300")]
    want: String,
    /// How much of each food is compared: `portion`, `100g` or `100kcal`.
    #[param(example = "portion")]
    per: Option<String>,
    /// How many whole foods at most, and how many others.
    limit: Option<usize>,
}

/// What would fill a gap, best first.
#[derive(Serialize, ToSchema)]
#[schema(as = GapFillers)]
pub(super) struct GapView {
    /// Plain foods as they grow, swim or graze.
    whole: Vec<FillerView>,
    /// All others.
    others: Vec<FillerView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = GapFiller)]
struct FillerView {
    #[schema(value_type = String, example = "usda-sr28:16070")]
    id: FoodId,
    name: &'static str,
    group: &'static str,
    source: &'static str,
    /// So much of it.
    grams: f64,
    /// The household measure that this is, where it is one.
    portion: Option<PortionInfo>,
    /// What it brings of each that is missing, in the order of the question; `null` where nobody knows.
    amounts: Vec<Option<f64>>,
    /// The mean share of what is missing that it brings, each capped at the whole, 0 to 1.
    share: f64,
    /// Energy of that much, in kcal.
    energy_kcal: Option<f64>,
}

/// Which foods would fill a gap: eaten as they are, whole ones apart, of each kind the best.
#[utoipa::path(
    get, path = "/api/v1/foods/gap", tag = "foods", params(Gap),
    responses(
        (status = 200, body = GapView),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
pub(super) async fn gap(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<Gap>, QueryRejection>,
) -> Result<axum::Json<GapView>> {
    app.db().prove(&presented).await?;
    let Query(gap) = query
        .map_err(|_cause| Error::invalid("want", "send want, and per or limit if you like"))?;
    let wants = wants(&gap.want)?;
    let per = match gap.per.as_deref() {
        None | Some("portion") => Per::Portion,
        Some("100g") => Per::HundredGrams,
        Some("100kcal") => Per::HundredKilocalories,
        Some(_) => return Err(Error::invalid("per", "choose portion, 100g or 100kcal")),
    };
    let limit = gap.limit.unwrap_or(FOODS_DEFAULT);
    if !(1..=FOODS_MAX).contains(&limit) {
        return Err(Error::invalid("limit", format!("choose 1 to {FOODS_MAX}")));
    }
    let found = fill(catalog(), &wants, per, limit);
    Ok(axum::Json(GapView {
        whole: found.whole.into_iter().map(FillerView::of).collect(),
        others: found.others.into_iter().map(FillerView::of).collect(),
    }))
}

fn wants(text: &str) -> Result<Vec<Want>> {
    let wrong = || Error::invalid("want", "write a nutrient and an amount, such as iron:4.2");
    let mut wants: Vec<Want> = Vec::new();
    for part in text.split(',') {
        let (key, amount) = part.split_once(':').ok_or_else(wrong)?;
        let nutrient =
            Nutrient::parse(key.trim()).map_err(|cause| Error::invalid("want", cause.problem))?;
        let amount: f64 = amount.trim().parse().map_err(|_cause| wrong())?;
        let sensible = 0.0 < amount && amount <= AMOUNT_MAX;
        if !sensible || wants.iter().any(|want| want.nutrient == nutrient) {
            return Err(wrong());
        }
        wants.push(Want { nutrient, amount });
    }
    if WANTS_MAX < wants.len() {
        return Err(Error::invalid("want", format!("ask for at most {WANTS_MAX} nutrients")));
    }
    Ok(wants)
}

impl FillerView {
    fn of(filler: Filler<'static>) -> Self {
        let Filler { food, grams, portion, amounts, share } = filler;
        Self {
            id: food.id(),
            name: food.name(),
            group: food.group(),
            source: food.source().name,
            grams,
            portion: portion.map(PortionInfo::of),
            amounts,
            share,
            energy_kcal: food.energy_kcal_per_100g().map(|kcal| kcal * grams / 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_read_and_what_is_no_gap_is_refused() {
        let read = wants("iron:4.2, calcium:300").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[1].nutrient, read[1].amount), (Nutrient::CALCIUM, 300.0));
        for wrong in [
            "",
            "iron",
            "iron:",
            "iron:x",
            "iron:0",
            "iron:-1",
            "iron:NaN",
            "iron:inf",
            "love:1",
            "iron:1,iron:2",
            "iron:1e10",
        ] {
            assert!(wants(wrong).is_err(), "{wrong}");
        }
        let many: Vec<String> =
            Nutrient::ALL.into_iter().map(|nutrient| format!("{}:1", nutrient.key())).collect();
        assert!(wants(&many.join(",")).is_err());
    }
}
