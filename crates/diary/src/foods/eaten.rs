//! What somebody eats lately and often, so that it is at hand.
//!
//! Nothing of it is kept: it is counted from the days themselves, so it is always what the diary says, and
//! goes when an entry goes. The client ranks with it, so what is typed to find one of these foods leaves
//! the device only for the search in the catalogue.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use std::collections::HashMap;

use axum::extract::{Query, State, rejection::QueryRejection};
use jiff::{ToSpan, civil::Date};
use keys::Scope;
use nutrition::Nutrient;
use platform::{App, Error, PresentedCaller, ProblemJson, Result, days};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    days::{
        document::{Eaten, FoodDay, Group, Snapshot},
        own::QUICK_ADD,
        today,
    },
    ranges::store,
};

/// How far back is counted.
const DAYS_BACK: i64 = 60;
/// More foods than this are not at hand.
const FOODS_MAX: usize = 300;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Until {
    /// The last day that is counted; today unless said.
    #[param(example = "2026-11-30")]
    to: Option<String>,
}

/// Foods of the last 60 days.
#[derive(Serialize, ToSchema)]
pub(super) struct EatenView {
    /// The one eaten last comes first.
    foods: Vec<EatenFood>,
}

/// A food, how often it was eaten, and how much of it the last time.
#[derive(Serialize, ToSchema)]
struct EatenFood {
    #[schema(example = "usda-sr28:01009")]
    id: String,
    name: String,
    source: String,
    /// In 100 g; absent when unknown.
    energy_kcal: Option<f64>,
    /// In how many entries.
    times: u32,
    /// The last day.
    #[schema(value_type = String, example = "2026-11-22")]
    last: Date,
    /// As what it was eaten then.
    group: Group,
    /// So many portions, or grams.
    amount: f64,
    /// `seq` of the portion; absent for grams.
    portion: Option<u16>,
}

/// What was eaten in the last 60 days, each food once.
#[utoipa::path(
    get, path = "/api/v1/eaten", tag = "foods", params(Until),
    responses(
        (status = 200, body = EatenView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without `food`"),
        (status = 422, body = ProblemJson),
    ),
)]
pub(super) async fn eaten(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<Until>, QueryRejection>,
) -> Result<axum::Json<EatenView>> {
    let Query(Until { to }) = query.map_err(|_cause| Error::invalid("to", "send a day"))?;
    let latest = today(&app);
    let to = to.map_or(Ok(latest), |to| days::parse("to", &to, latest))?;
    let from = to.checked_sub(DAYS_BACK.days()).unwrap_or(to);
    let days = store::read::<FoodDay>(&app, &presented, Scope::Food, from, to).await?;
    Ok(axum::Json(EatenView { foods: count(&days)? }))
}

/// Each food once, as it was eaten last.
fn count(days: &[(Date, FoodDay)]) -> Result<Vec<EatenFood>> {
    let mut foods: Vec<EatenFood> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (date, day) in days.iter().rev() {
        for eaten in day.eaten.iter().rev() {
            let food = day.food_of(eaten)?;
            // Numbers alone are of one meal, and no food to eat again.
            if food.source == QUICK_ADD {
                continue;
            }
            if let Some(known) = places.get(&food.id).and_then(|at| foods.get_mut(*at)) {
                known.times += 1;
            } else {
                places.insert(food.id.clone(), foods.len());
                foods.push(EatenFood::of(*date, eaten, food));
            }
        }
    }
    foods.truncate(FOODS_MAX);
    Ok(foods)
}

impl EatenFood {
    fn of(last: Date, eaten: &Eaten, food: &Snapshot) -> Self {
        Self {
            id: food.id.clone(),
            name: food.name.clone(),
            source: food.source.clone(),
            energy_kcal: food.values.get(Nutrient::ENERGY).map(|value| value.amount),
            times: 1,
            last,
            group: eaten.group,
            amount: eaten.amount,
            portion: eaten.portion.as_ref().map(|portion| portion.seq),
        }
    }
}
