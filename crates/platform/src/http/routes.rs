//! Routes that say who may call them, and describe themselves.

use axum::{
    Router,
    extract::Request,
    http::Method,
    middleware::{Next, from_fn},
    response::Response,
};
use utoipa::openapi::{OpenApi, path::PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::{Error, Result};
use crate::{
    App,
    session::{MayOwe, NOT_FOR_TOKENS, bearer_token, cookie},
};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Somebody who presents a session. Whether it is one, the database decides.
    Session,
    /// The same, also while the operator's second step is still owed: what is needed to set one up.
    SessionThatOwes,
    /// A session, or an API token of its owner's: the handler takes a `PresentedCaller`, and the
    /// policies of what it touches stand on `auth.caller`.
    SessionOrToken,
}

/// One declared route, kept so that tests can visit them all.
#[derive(Clone, Debug)]
pub struct Route {
    /// HTTP method.
    pub method: Method,
    /// Path pattern, as axum writes it.
    pub path: String,
    /// Who may call it.
    pub access: Access,
}

/// Builds a router, its description, and a list of what went in.
#[derive(Default)]
pub struct Routes {
    router: OpenApiRouter<App>,
    list: Vec<Route>,
}

impl Routes {
    /// Adds what `utoipa_axum::routes!` made of handlers of one path.
    #[must_use]
    pub fn add(mut self, access: Access, handlers: UtoipaMethodRouter<App>) -> Self {
        let (schemas, paths, router) = handlers;
        for (path, item) in &paths.paths {
            self.list.extend(methods(item).map(|method| Route {
                method,
                path: path.clone(),
                access,
            }));
        }
        let router = match access {
            Access::Public => router,
            Access::Session => router.layer(from_fn(require_session)),
            Access::SessionThatOwes => router.layer(from_fn(require_session_that_may_owe)),
            Access::SessionOrToken => router.layer(from_fn(require_session_or_token)),
        };
        self.router = self.router.routes((schemas, paths, router));
        self
    }

    /// Adds another feature's routes.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }

    /// Every route added so far.
    pub fn list(&self) -> &[Route] {
        &self.list
    }

    /// The router, and the description of what it answers.
    pub fn split(self) -> (Router<App>, OpenApi) {
        self.router.split_for_parts()
    }
}

fn methods(item: &PathItem) -> impl Iterator<Item = Method> {
    [
        (item.get.is_some(), Method::GET),
        (item.put.is_some(), Method::PUT),
        (item.post.is_some(), Method::POST),
        (item.patch.is_some(), Method::PATCH),
        (item.delete.is_some(), Method::DELETE),
    ]
    .into_iter()
    .filter_map(|(there, method)| there.then_some(method))
}

async fn require_session_that_may_owe(mut request: Request, next: Next) -> Result<Response> {
    request.extensions_mut().insert(MayOwe);
    require_session(request, next).await
}

/// A second lock: the handler's own `Presented` parameter is the first, the database the third.
async fn require_session(request: Request, next: Next) -> Result<Response> {
    if bearer_token(request.headers())?.is_some() {
        return Err(Error::TokenMayNot(NOT_FOR_TOKENS.into()));
    }
    if cookie::token(request.headers()).is_none() {
        return Err(Error::Unauthenticated);
    }
    Ok(next.run(request).await)
}

async fn require_session_or_token(request: Request, next: Next) -> Result<Response> {
    if bearer_token(request.headers())?.is_none() && cookie::token(request.headers()).is_none() {
        return Err(Error::Unauthenticated);
    }
    Ok(next.run(request).await)
}
