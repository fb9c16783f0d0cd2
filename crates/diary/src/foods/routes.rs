//! The HTTP of the catalogue.
#![expect(unused_qualifications, reason = "the description's macro qualifies what it names")]

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    body::Bytes,
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{AppendHeaders, IntoResponse},
};
use nutrition::{FoodId, FoodRef, Group, Nutrient, Portion, Value, Values, catalog};
use platform::{Access, App, Error, PresentedCaller, ProblemJson, Result, Routes, http::Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::eaten;
use crate::{
    days::{document::Measure, own::own_id},
    items,
    library::item::LibraryItem,
};

/// More characters than this are no search.
const QUERY_CHARACTERS_MAX: usize = 200;
const HITS_DEFAULT: usize = 20;
const HITS_MAX: usize = 100;

/// Routes of the catalogue. Signed-in people and their programs only: the catalogue is public, our machine is not.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::Public, routes!(nutrients))
        .add(Access::SessionOrToken, routes!(search))
        .add(Access::SessionOrToken, routes!(super::gap::gap))
        .add(Access::SessionOrToken, routes!(food))
        .add(Access::SessionOrToken, routes!(eaten::eaten))
}

/// Every nutrient that is summed, in groups.
#[derive(Serialize, ToSchema)]
struct NutrientTable {
    groups: Vec<GroupInfo>,
    nutrients: Vec<NutrientInfo>,
}

#[derive(Serialize, ToSchema)]
struct GroupInfo {
    #[schema(example = "vitamins")]
    key: &'static str,
    name: &'static str,
}

#[derive(Serialize, ToSchema)]
struct NutrientInfo {
    #[schema(example = "vitamin_c")]
    key: &'static str,
    name: &'static str,
    #[schema(example = "mg")]
    unit: &'static str,
    group: &'static str,
    /// How many decimals are shown; sums are kept unrounded.
    decimals: u8,
    /// The nutrient that this one is a part of.
    parent: Option<&'static str>,
}

/// The nutrients: keys, names, units, groups.
#[utoipa::path(
    get, path = "/api/v1/nutrients", tag = "foods",
    responses((status = 200, body = NutrientTable)),
)]
async fn nutrients() -> Result<impl IntoResponse> {
    let table = TABLE.as_ref().ok_or_else(|| Error::Internal(anyhow::anyhow!("no nutrients")))?;
    let headers = AppendHeaders([
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::CONTENT_TYPE, "application/json"),
    ]);
    Ok((headers, table.clone()))
}

/// The same for everybody and for ever, so it is written once.
static TABLE: LazyLock<Option<Bytes>> = LazyLock::new(|| {
    let table = NutrientTable {
        groups: Group::ALL
            .iter()
            .map(|group| GroupInfo { key: group.key(), name: group.name() })
            .collect(),
        nutrients: Nutrient::ALL
            .into_iter()
            .map(|nutrient| NutrientInfo {
                key: nutrient.key(),
                name: nutrient.name(),
                unit: nutrient.unit().as_str(),
                group: nutrient.group().key(),
                decimals: nutrient.decimals(),
                parent: nutrient.parent().map(Nutrient::key),
            })
            .collect(),
    };
    serde_json::to_vec(&table).ok().map(Bytes::from)
});

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Search {
    /// Beginnings of words in any order: `chees ched`.
    q: String,
    /// How many foods at most.
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
struct Hits {
    foods: Vec<Hit>,
}

#[derive(Serialize, ToSchema)]
struct Hit {
    #[schema(value_type = String, example = "usda-sr28:01009")]
    id: FoodId,
    name: &'static str,
    group: &'static str,
    source: &'static str,
    /// Per 100 g; absent when unknown.
    energy_kcal: Option<f64>,
}

/// Finds foods by the beginnings of words in any order; small typing errors are forgiven.
#[utoipa::path(
    get, path = "/api/v1/foods", tag = "foods", params(Search),
    responses(
        (status = 200, body = Hits),
        (status = 401, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn search(
    State(app): State<App>,
    presented: PresentedCaller,
    query: Result<Query<Search>, QueryRejection>,
) -> Result<axum::Json<Hits>> {
    app.db().prove(&presented).await?;
    let Query(search) =
        query.map_err(|_cause| Error::invalid("q", "send q, and limit as a number if you like"))?;
    if search.q.chars().count() > QUERY_CHARACTERS_MAX {
        return Err(Error::invalid("q", format!("use at most {QUERY_CHARACTERS_MAX} characters")));
    }
    let limit = search.limit.unwrap_or(HITS_DEFAULT);
    if !(1..=HITS_MAX).contains(&limit) {
        return Err(Error::invalid("limit", format!("choose 1 to {HITS_MAX}")));
    }
    let foods = catalog()
        .search(&search.q, limit)
        .into_iter()
        .map(|food| Hit {
            id: food.id(),
            name: food.name(),
            group: food.group(),
            source: food.source().name,
            energy_kcal: food.energy_kcal_per_100g(),
        })
        .collect();
    Ok(axum::Json(Hits { foods }))
}

#[derive(Serialize, ToSchema)]
struct FoodDetail {
    #[schema(example = "usda-sr28:01009")]
    id: String,
    name: String,
    /// Empty for what is in no catalogue.
    group: &'static str,
    source: SourceInfo,
    portions: Vec<PortionInfo>,
    /// Per 100 g, by key. A nutrient that is not here is unknown, which is not zero.
    #[schema(value_type = std::collections::HashMap<String, ValueInfo>)]
    nutrients: BTreeMap<&'static str, ValueInfo>,
}

#[derive(Serialize, ToSchema)]
struct SourceInfo {
    name: String,
    release: String,
}

/// A household measure.
#[derive(Serialize, ToSchema)]
pub(super) struct PortionInfo {
    seq: u16,
    #[schema(example = "1 slice (1 oz)")]
    name: String,
    grams: f64,
}

impl PortionInfo {
    pub(super) fn of(portion: Portion) -> Self {
        Self { seq: portion.seq, name: portion.name, grams: portion.grams }
    }
}

#[derive(Serialize, ToSchema)]
struct ValueInfo {
    amount: f64,
    /// How the value was come by.
    method: &'static str,
}

/// One food: household measures, and what 100 g of it hold. Of the catalogue, or of the library for who
/// may see that.
#[utoipa::path(
    get, path = "/api/v1/foods/{id}", tag = "foods",
    params(("id" = String, Path, example = "usda-sr28:01009")),
    responses(
        (status = 200, body = FoodDetail),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn food(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<String>,
) -> Result<axum::Json<FoodDetail>> {
    if let Some(own) = own_id(&id) {
        return Ok(axum::Json(own_food(&app, &presented, own).await?));
    }
    app.db().prove(&presented).await?;
    let food = find(&id).ok_or(Error::NotFound)?;
    let source = food.source();
    Ok(axum::Json(FoodDetail {
        id: food.id().to_string(),
        name: food.name().to_owned(),
        group: food.group(),
        source: SourceInfo { name: source.name.to_owned(), release: source.release.to_owned() },
        portions: food.portions().into_iter().map(PortionInfo::of).collect(),
        nutrients: value_infos(&food.values()),
    }))
}

/// A food or recipe of the library.
async fn own_food(app: &App, presented: &PresentedCaller, id: Uuid) -> Result<FoodDetail> {
    let kept = items::one::<LibraryItem>(app, presented, id).await?.ok_or(Error::NotFound)?;
    let ware = kept.item.ware(kept.id, kept.version)?.ok_or(Error::NotFound)?;
    let portion = |portion: &Measure| PortionInfo {
        seq: portion.seq,
        name: portion.name.clone(),
        grams: portion.grams.get(),
    };
    Ok(FoodDetail {
        id: ware.food.id,
        name: ware.food.name,
        group: "",
        source: SourceInfo { name: ware.food.source, release: ware.food.release },
        portions: ware.portions.iter().map(portion).collect(),
        nutrients: value_infos(&ware.food.values),
    })
}

fn value_infos(values: &Values) -> BTreeMap<&'static str, ValueInfo> {
    let info = |value: Value| ValueInfo { amount: value.amount, method: value.method.as_str() };
    values.iter().map(|(nutrient, value)| (nutrient.key(), info(value))).collect()
}

fn find(id: &str) -> Option<FoodRef<'static>> {
    catalog().food(&FoodId::parse(id).ok()?)
}
