//! The HTTP of API tokens.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use platform::{
    Access, App, Error, Json, Presented, ProblemJson, Result, Routes, http::Path, notices::What,
};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    made::{self, Wish},
    store,
};
use crate::notices;

/// More than anybody looks through.
const TOKENS_MAX: i64 = 50;

/// Routes of API tokens.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::Session, routes!(list, make)).add(Access::Session, routes!(end))
}

/// What there is.
#[derive(Serialize, ToSchema)]
struct Tokens {
    /// Oldest first.
    tokens: Vec<TokenView>,
}

/// A token, without what it is presented by.
#[derive(Serialize, ToSchema)]
struct TokenView {
    /// Its number in the list.
    id: Uuid,
    name: String,
    /// What it may touch.
    scopes: Vec<String>,
    /// `read`, `write` or `write_only`.
    access: String,
    /// When it was made (RFC 3339).
    made_at: String,
    /// When it ends by itself (RFC 3339).
    expires_at: String,
}

/// The asker's tokens that have not ended.
#[utoipa::path(
    get, path = "/api/v1/account/tokens", tag = "account",
    responses((status = 200, body = Tokens), (status = 401, body = ProblemJson)),
)]
async fn list(State(app): State<App>, presented: Presented) -> Result<axum::Json<Tokens>> {
    let (session, rows) = store::list(app.db(), &presented).await?;
    let mut tokens = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(id) = row.try_get::<_, Option<Uuid>>("token")? else { continue };
        tokens.push(TokenView {
            id,
            name: made::open_name(&session, id, row.try_get("name_sealed")?)?,
            scopes: row.try_get("token_scopes")?,
            access: row.try_get("token_access")?,
            made_at: row.try_get::<_, jiff::Timestamp>("made_at")?.to_string(),
            expires_at: row.try_get::<_, jiff::Timestamp>("ends_at")?.to_string(),
        });
    }
    Ok(axum::Json(Tokens { tokens }))
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
struct MadeToken {
    /// Its number in the list.
    id: Uuid,
    /// Shown this once. A program sends it as `Authorization: Bearer …`.
    token: String,
    /// What it may touch, with what was added.
    scopes: Vec<&'static str>,
    access: &'static str,
}

/// Makes a token.
#[utoipa::path(
    post, path = "/api/v1/account/tokens", tag = "account",
    request_body = Wish,
    responses(
        (status = 201, body = MadeToken),
        (status = 401, body = ProblemJson),
        (status = 403, body = ProblemJson),
        (status = 409, body = ProblemJson, description = "there are as many as anybody looks through"),
        (status = 422, body = ProblemJson),
    ),
)]
async fn make(
    State(app): State<App>,
    presented: Presented,
    Json(wish): Json<Wish>,
) -> Result<impl IntoResponse> {
    let new = wish.parse()?;
    let (tx, count) = store::begin(app.db(), &presented).await?;
    let session = tx.session();
    session.require_fresh()?;
    if count >= TOKENS_MAX {
        return Err(Error::Conflict("you have fifty tokens: end one first"));
    }
    let (token, row) = made::make(app.root(), session, &new)?;
    let told = notices::prepare(&app, &presented, &tx, What::TokenMade).await?;
    store::keep(tx, &new, &row, &told).await?;
    let made = MadeToken {
        id: row.id,
        token: token.encode().expose_secret().to_owned(),
        scopes: new.scope_names(),
        access: new.access.as_str(),
    };
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// Ends a token: from this moment it is worth nothing.
#[utoipa::path(
    delete, path = "/api/v1/account/tokens/{token}", tag = "account",
    params(("token" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemJson),
        (status = 404, body = ProblemJson),
    ),
)]
async fn end(
    State(app): State<App>,
    presented: Presented,
    Path(token): Path<Uuid>,
) -> Result<StatusCode> {
    let (tx, _) = store::begin(app.db(), &presented).await?;
    let told = notices::prepare(&app, &presented, &tx, What::TokenEnded).await?;
    if store::end(tx, token, &told).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}
