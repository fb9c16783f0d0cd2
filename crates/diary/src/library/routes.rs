//! The HTTP of the library.

use axum::{extract::State, http::StatusCode};
use platform::{
    Access, App, Error, Json, PresentedCaller, ProblemJson, Result, Routes, http::Path,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    item::{FAVOURITES, Favourites, LibraryItem},
    recipe::{bring_up_to_date, require_unused},
    repeats,
    view::{Holds, ItemView, LibraryView, SentItem},
};
use crate::items::{self, Items};

/// The most things that are put at once.
const PUT_MAX: usize = 100;
/// What people read in "who looked".
const CHANGED: &str = "library_changed";

/// Routes of the library.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionOrToken, routes!(library, put_several))
        .add(Access::SessionOrToken, routes!(preview))
        .add(Access::SessionOrToken, routes!(item, put, archive, remove))
        .add(Access::SessionOrToken, routes!(favour, unfavour))
        .merge(repeats::routes())
}

/// Own foods, recipes, meals, what repeats, and favourites.
#[utoipa::path(
    get, path = "/api/v1/library", tag = "library",
    responses(
        (status = 200, body = LibraryView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson, description = "a visitor to whom it was not given"),
    ),
)]
async fn library(
    State(app): State<App>,
    presented: PresentedCaller,
) -> Result<axum::Json<LibraryView>> {
    let (_, kept) = items::list::<LibraryItem>(&app, &presented).await?;
    Ok(axum::Json(LibraryView::of(&Items::new(kept))?))
}

/// One thing of the library.
#[utoipa::path(
    get, path = "/api/v1/library/{id}", tag = "library",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = ItemView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson),
    ),
)]
async fn item(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<ItemView>> {
    let (_, kept) = items::list::<LibraryItem>(&app, &presented).await?;
    ItemView::of(id, &Items::new(kept))?.map(axum::Json).ok_or(Error::NotFound)
}

/// Puts a food, recipe, meal or repeated item in its place. Recipes that are made of it are brought up to
/// date with it. Sending it again changes nothing.
#[utoipa::path(
    put, path = "/api/v1/library/{id}", tag = "library",
    params(("id" = Uuid, Path, description = "made by the client (UUIDv7)")),
    request_body = SentItem,
    responses(
        (status = 200, body = ItemView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or visitor that may not"),
        (status = 404, body = ProblemJson, description = "a visitor to whom it was not given"),
        (status = 409, body = ProblemJson, description = "a recipe made of it would not add up"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn put(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
    Json(sent): Json<SentItem>,
) -> Result<axum::Json<ItemView>> {
    let shown = items::change::<LibraryItem, _>(&app, &presented, CHANGED, |library| {
        place(library, id, &sent)?;
        bring_up_to_date(library, &[id])?;
        ItemView::of(id, library)?.ok_or(Error::NotFound)
    })
    .await?;
    Ok(axum::Json(shown))
}

/// Several things at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Several {
    /// What something is made of comes before it.
    items: Vec<Placed>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Placed {
    id: Uuid,
    item: SentItem,
}

/// Puts several things in their places, all or none: a recipe with the foods that it is made of.
#[utoipa::path(
    post, path = "/api/v1/library", tag = "library",
    request_body = Several,
    responses(
        (status = 200, body = LibraryView),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or visitor that may not"),
        (status = 404, body = ProblemJson, description = "a visitor to whom it was not given"),
        (status = 409, body = ProblemJson, description = "a recipe made of it would not add up"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn put_several(
    State(app): State<App>,
    presented: PresentedCaller,
    Json(several): Json<Several>,
) -> Result<axum::Json<LibraryView>> {
    if PUT_MAX < several.items.len() {
        return Err(Error::invalid("items", format!("send at most {PUT_MAX} at once")));
    }
    let shown = items::change::<LibraryItem, _>(&app, &presented, CHANGED, |library| {
        for placed in &several.items {
            place(library, placed.id, &placed.item)?;
        }
        let ids: Vec<Uuid> = several.items.iter().map(|placed| placed.id).collect();
        bring_up_to_date(library, &ids)?;
        LibraryView::of(library)
    })
    .await?;
    Ok(axum::Json(shown))
}

/// Checks what was sent and puts it in its place. A place keeps its kind.
fn place(library: &mut Items<LibraryItem>, id: Uuid, sent: &SentItem) -> Result<()> {
    let before = library.get(id);
    let item = sent.parse(library, before)?;
    let same_kind = |before| std::mem::discriminant(before) == std::mem::discriminant(&item);
    if !before.is_none_or(same_kind) {
        return Err(Error::Conflict("something else has this number: choose another one"));
    }
    library.put(id, item)
}

/// What a thing would come to, and where it is wrong. Nothing is kept.
#[utoipa::path(
    post, path = "/api/v1/library/preview", tag = "library",
    request_body = SentItem,
    responses(
        (status = 200, body = Preview),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token without the scope"),
        (status = 404, body = ProblemJson, description = "a visitor to whom it was not given"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn preview(
    State(app): State<App>,
    presented: PresentedCaller,
    Json(sent): Json<SentItem>,
) -> Result<axum::Json<Preview>> {
    // A label needs nothing of what is kept.
    let library = if matches!(sent, SentItem::Food(_)) {
        app.db().prove(&presented).await?;
        Items::new(Vec::new())
    } else {
        Items::new(items::list::<LibraryItem>(&app, &presented).await?.1)
    };
    let item = sent.parse(&library, None)?;
    Ok(axum::Json(Preview { holds: Holds::of(&item, &library)? }))
}

#[derive(Serialize, ToSchema)]
struct Preview {
    /// Of a food or recipe.
    holds: Option<Holds>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Archive {
    archived: bool,
}

/// Keeps a food, recipe or meal and offers it no more, or offers it again.
#[utoipa::path(
    patch, path = "/api/v1/library/{id}", tag = "library",
    params(("id" = Uuid, Path)), request_body = Archive,
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or visitor that may not"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn archive(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
    Json(Archive { archived }): Json<Archive>,
) -> Result<StatusCode> {
    items::change::<LibraryItem, _>(&app, &presented, CHANGED, |library| {
        let mut item = library.get(id).cloned().ok_or(Error::NotFound)?;
        match &mut item {
            LibraryItem::Food(food) => food.archived = archived,
            LibraryItem::Recipe(recipe) => recipe.archived = archived,
            LibraryItem::Meal(meal) => meal.archived = archived,
            LibraryItem::Repeat(_) | LibraryItem::Favourites(_) => return Err(Error::NotFound),
        }
        library.put(id, item)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a thing out of the library. What was recorded of it stays as it was recorded. Removing what is
/// not there changes nothing.
#[utoipa::path(
    delete, path = "/api/v1/library/{id}", tag = "library",
    params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or visitor that may not"),
        (status = 404, body = ProblemJson, description = "a visitor to whom it was not given"),
        (status = 409, body = ProblemJson, description = "something else is made of it"),
    ),
)]
async fn remove(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    items::change::<LibraryItem, _>(&app, &presented, CHANGED, |library| {
        require_unused(library, id)?;
        library.remove(id);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a food among the favourites.
#[utoipa::path(
    put, path = "/api/v1/library/favourites/{food}", tag = "library",
    params(("food" = String, Path, example = "usda-sr28:01009")),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or visitor that may not"),
        (status = 404, body = ProblemJson),
        (status = 422, body = ProblemJson),
    ),
)]
async fn favour(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(food): Path<String>,
) -> Result<StatusCode> {
    change_favourites(&app, &presented, |favourites, library| favourites.add(&food, library)).await
}

/// Takes a food out of the favourites.
#[utoipa::path(
    delete, path = "/api/v1/library/favourites/{food}", tag = "library",
    params(("food" = String, Path, example = "usda-sr28:01009")),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson, description = "a token or visitor that may not"),
        (status = 404, body = ProblemJson, description = "a visitor to whom it was not given"),
    ),
)]
async fn unfavour(
    State(app): State<App>,
    presented: PresentedCaller,
    Path(food): Path<String>,
) -> Result<StatusCode> {
    change_favourites(&app, &presented, |favourites, _| {
        favourites.remove(&food);
        Ok(())
    })
    .await
}

async fn change_favourites(
    app: &App,
    presented: &PresentedCaller,
    change: impl Fn(&mut Favourites, &Items<LibraryItem>) -> Result<()>,
) -> Result<StatusCode> {
    items::change::<LibraryItem, _>(app, presented, CHANGED, |library| {
        let mut favourites = match library.get(FAVOURITES) {
            Some(LibraryItem::Favourites(favourites)) => favourites.clone(),
            _ => Favourites::default(),
        };
        change(&mut favourites, library)?;
        library.put(FAVOURITES, LibraryItem::Favourites(favourites))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
