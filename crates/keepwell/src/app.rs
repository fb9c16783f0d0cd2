//! The whole of what the server answers: the API, its description, the web app, and the guard in
//! front of all of it.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use platform::{Access, App, Error, Routes, http::guarded};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{openapi, web};

/// Routes that belong to no feature.
pub(crate) fn routes() -> Routes {
    Routes::default().add(Access::Public, routes!(health))
}

/// Everything the server answers.
pub fn router(app: App) -> anyhow::Result<Router> {
    let guard = Arc::clone(app.guard());
    let (router, paths) = crate::routes().split();
    let description = Bytes::from(openapi::describe(paths)?);
    let router = router
        .route(
            "/api/v1/openapi.json",
            get(move || {
                // Shared, not copied: whoever asks a thousand times costs one description.
                let description = description.clone();
                async move { ([(header::CONTENT_TYPE, "application/json")], description) }
            }),
        )
        .fallback(web_or_nothing)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app);
    Ok(guarded(router, guard))
}

async fn web_or_nothing(request: Request) -> Response {
    if request.uri().path().starts_with("/api") {
        return Error::NotFound.into_response();
    }
    web::serve(&request)
}

async fn wrong_method() -> Error {
    Error::WrongMethod
}

/// Whether the server can do its work.
#[derive(Serialize, ToSchema)]
struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Answers 200 while the server and its database work.
#[utoipa::path(
    get, path = "/healthz", tag = "operation",
    responses((status = 200, body = Health), (status = 503, body = Health)),
)]
async fn health(State(app): State<App>) -> (StatusCode, axum::Json<Health>) {
    if app.db().answers().await {
        (StatusCode::OK, axum::Json(Health { status: "ok" }))
    } else {
        let status = "the database does not answer";
        (StatusCode::SERVICE_UNAVAILABLE, axum::Json(Health { status }))
    }
}
