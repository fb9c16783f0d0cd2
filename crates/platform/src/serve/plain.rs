//! The plain HTTP port: it says where the real one is, and nothing else.
//!
//! No cookie is read or set here. A page is sent to HTTPS on the *configured* host, never on the
//! one that the request names. Calls of the API are refused rather than sent on: whatever they
//! carried has already crossed the network in clear, and the program that sent it must be told.

use axum::body::Body;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use crate::config::PublicOrigin;

/// The answer to any request in clear.
pub(super) fn answer<B>(request: &Request<B>, origin: &PublicOrigin) -> Response<Body> {
    if !asked_for(request).is_some_and(|host| host.eq_ignore_ascii_case(origin.host())) {
        return problem(StatusCode::MISDIRECTED_REQUEST, "This server has another name.");
    }
    let path = request.uri().path();
    let is_api = path == "/api" || path.starts_with("/api/");
    let is_page = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_api || !is_page {
        let detail = "Plain HTTP is refused. Use https, and treat what was just sent as overheard.";
        return problem(StatusCode::FORBIDDEN, detail);
    }
    let rest = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let Ok(location) = HeaderValue::try_from(format!("{}{rest}", origin.as_str())) else {
        return problem(StatusCode::BAD_REQUEST, "The address is malformed.");
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    response.headers_mut().insert(header::LOCATION, location);
    finished(response)
}

/// The host that the request is for, without the port.
fn asked_for<B>(request: &Request<B>) -> Option<String> {
    let authority = match request.uri().authority() {
        Some(authority) => authority.clone(),
        None => request.headers().get(header::HOST)?.to_str().ok()?.parse().ok()?,
    };
    Some(authority.host().to_owned())
}

/// A refusal in the form of RFC 9457.
pub(super) fn problem(status: StatusCode, detail: &str) -> Response<Body> {
    let body = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    finished(response)
}

fn finished(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: &str, host: &str, target: &str) -> (u16, Option<String>) {
        let origin = PublicOrigin::parse("https://diary.example:8443").unwrap();
        let request =
            Request::builder().method(method).uri(target).header("host", host).body(()).unwrap();
        let response = answer(&request, &origin);
        assert!(!response.headers().contains_key(header::SET_COOKIE));
        let location = response.headers().get(header::LOCATION);
        (response.status().as_u16(), location.map(|to| to.to_str().unwrap().to_owned()))
    }

    #[test]
    fn a_page_is_sent_to_https_on_the_configured_host() {
        let to = |rest: &str| (308, Some(format!("https://diary.example:8443{rest}")));
        assert_eq!(ask("GET", "diary.example", "/day/2026-11-22?x=1"), to("/day/2026-11-22?x=1"));
        assert_eq!(ask("HEAD", "DIARY.example:8080", "/"), to("/"));
        assert_eq!(ask("GET", "diary.example", "//evil.example/"), to("//evil.example/"));
    }

    #[test]
    fn a_foreign_host_is_never_reflected() {
        assert_eq!(ask("GET", "evil.example", "/"), (421, None));
        assert_eq!(ask("GET", "diary.example", "http://evil.example/"), (421, None));
        assert_eq!(ask("GET", "user@evil.example:80", "/"), (421, None));
        assert_eq!(ask("GET", "", "/"), (421, None));
    }

    #[test]
    fn the_api_and_every_change_are_refused_in_clear() {
        assert_eq!(ask("GET", "diary.example", "/api/v1/session"), (403, None));
        assert_eq!(ask("GET", "diary.example", "/api"), (403, None));
        assert_eq!(ask("POST", "diary.example", "/"), (403, None));
        assert_eq!(ask("DELETE", "diary.example", "/api/v1/session"), (403, None));
    }
}
