//! What stands before every handler and after it: the same-origin rule, the limits, the headers,
//! the time limit, and one log line without content.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, Method, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};

use super::{Error, Result, headers};
use crate::limits::Limits;

/// No answer takes longer.
const REQUEST_SECONDS_MAX: u64 = 30;

/// What the guard needs to know.
#[derive(Debug)]
pub struct Guard {
    /// The scheme, host and port that people use, such as `https://localhost:8443`.
    pub public_origin: String,
    /// How often an address may ask.
    pub limits: Limits,
}

/// Puts the guard around a router.
pub fn guarded(router: Router, guard: Arc<Guard>) -> Router {
    router.layer(from_fn_with_state(guard, stand_guard))
}

async fn stand_guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let method = request.method().clone();
    let is_api = is_api(request.uri());
    // The pattern, never the path: a path can hold a day.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = match admit(&guard, &request) {
        Ok(()) => {
            let limit = Duration::from_secs(REQUEST_SECONDS_MAX);
            match tokio::time::timeout(limit, next.run(request)).await {
                Ok(response) => response,
                Err(_) => Error::TimedOut.into_response(),
            }
        }
        Err(error) => error.into_response(),
    };
    if is_api {
        headers::add_to_api(response.headers_mut());
    } else {
        headers::add_to_page(response.headers_mut());
    }
    tracing::info!(
        method = method.as_str(),
        route = route.as_ref().map_or("-", MatchedPath::as_str),
        status = response.status().as_u16(),
        duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}

fn is_api(uri: &Uri) -> bool {
    uri.path().starts_with("/api/") || uri.path() == "/healthz"
}

fn admit(guard: &Guard, request: &Request) -> Result<()> {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        guard.limits.admit_address(peer.ip())?;
    }
    if is_api(request.uri()) {
        refuse_other_sites(guard, request.method(), request.headers())?;
    }
    Ok(())
}

/// Browsers say where a request comes from. A change must say it is ours; a read must not say it
/// is another's. Clients that are no browsers send neither header and carry no cookie by accident.
fn refuse_other_sites(guard: &Guard, method: &Method, headers: &HeaderMap) -> Result<()> {
    if let Some(site) = headers.get("sec-fetch-site")
        && site != "same-origin"
        && site != "none"
    {
        return Err(Error::OtherSite);
    }
    let changes = !matches!(*method, Method::GET | Method::HEAD);
    if changes
        && let Some(origin) = headers.get(header::ORIGIN)
        && origin.as_bytes() != guard.public_origin.as_bytes()
    {
        return Err(Error::OtherSite);
    }
    Ok(())
}
