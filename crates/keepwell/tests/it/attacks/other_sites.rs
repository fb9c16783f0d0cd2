//! A19: another site in the person's browser.

use reqwest::{Method, header};
use serde_json::json;
use testkit::{Person, TestServer, day_entry};
use uuid::Uuid;

const ENTRIES: &str = "/api/v1/days/2026-11-20/entries";
const BANANA: &str = "usda-sr28:09040";

/// A request with the person's cookie, as a browser would send it from elsewhere.
fn forged(
    client: &reqwest::Client,
    person: &Person,
    method: Method,
    path: &str,
) -> reqwest::RequestBuilder {
    let mut request = person.request(method, path).build().unwrap();
    request.headers_mut().remove(header::ORIGIN);
    request.headers_mut().remove("sec-fetch-site");
    reqwest::RequestBuilder::from_parts(client.clone(), request)
}

#[tokio::test]
async fn a19_no_request_of_another_site_counts() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let port = server.address.port();
    let entry = || day_entry(Uuid::now_v7(), BANANA, 10.0).to_string();
    let send = async |headers: &[(&str, &str)]| {
        let mut request = forged(server.client(), &ana, Method::POST, ENTRIES).body(entry());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        ana.answer(request).await.status.as_u16()
    };
    let json = ("content-type", "application/json");
    let other_ports = format!("https://localhost:{}", port.wrapping_add(1));
    let sibling = format!("https://www.localhost:{port}");
    let plain = format!("http://localhost:{port}");
    for origin in
        ["https://evil.example", "null", "", &other_ports, &sibling, &plain, "https://localhost"]
    {
        assert_eq!(send(&[json, ("origin", origin)]).await, 403, "{origin}");
    }
    for site in ["cross-site", "same-site", "anything"] {
        assert_eq!(send(&[json, ("sec-fetch-site", site)]).await, 403, "{site}");
        let both = [json, ("sec-fetch-site", site), ("origin", server.origin.as_str())];
        assert_eq!(send(&both).await, 403, "{site}");
    }
    // What a form can send without asking, and what says nothing.
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "text/json",
        "",
    ] {
        assert_eq!(send(&[("content-type", kind)]).await, 415, "{kind}");
    }
    assert_eq!(send(&[]).await, 415, "no content type");
    let shown = ana.get("/api/v1/days/2026-11-20").await.expect(200).json();
    assert_eq!(shown["foods"], 0, "none of them counted");

    // The same request from our own page counts.
    let own = [json, ("origin", server.origin.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(send(&own).await, 201);
}

#[tokio::test]
async fn a19_another_site_cannot_even_read_or_sign_out() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    for (method, path) in [
        (Method::GET, "/api/v1/session"),
        (Method::GET, "/api/v1/days/2026-11-20"),
        (Method::DELETE, "/api/v1/session"),
        (Method::POST, "/api/v1/account/recovery-code"),
    ] {
        let mut request = ana.request(method, path).build().unwrap();
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        let request = reqwest::RequestBuilder::from_parts(server.client().clone(), request);
        drop(ana.answer(request).await.expect(403));
    }
    drop(ana.get("/api/v1/session").await.expect(200));
}

#[tokio::test]
async fn a19_no_answer_invites_other_sites_and_none_can_be_framed() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut paths: Vec<(Method, String)> = keepwell::routes()
        .list()
        .iter()
        .flat_map(|route| {
            [(route.method.clone(), route.path.clone()), (Method::OPTIONS, route.path.clone())]
        })
        .collect();
    paths.push((Method::GET, "/".to_owned()));
    paths.push((Method::OPTIONS, "/".to_owned()));
    for (method, path) in paths {
        let path =
            path.replace("{date}", "2026-11-20").replace("{key}", "energy").replace("{id}", "x");
        for origin in ["https://evil.example", server.origin.as_str()] {
            let mut request = ana.request(method.clone(), &path).build().unwrap();
            let headers = request.headers_mut();
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            headers.insert("access-control-request-method", "POST".parse().unwrap());
            headers.insert("access-control-request-headers", "content-type".parse().unwrap());
            let request = reqwest::RequestBuilder::from_parts(server.client().clone(), request);
            let answer = ana.answer(request).await;
            for name in answer.headers.keys() {
                assert!(!name.as_str().starts_with("access-control-"), "{method} {path}: {name}");
            }
            assert!(method != Method::OPTIONS || !answer.status.is_success(), "{path}");
            assert_eq!(answer.headers["x-frame-options"], "DENY", "{method} {path}");
            let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none';"), "{policy}");
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        }
    }
    let page = ana.get("/").await.expect(200);
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    for rule in [
        "script-src 'self';",
        "require-trusted-types-for 'script'",
        "base-uri 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!page.text.contains("<script>") && !page.text.contains(" onload="), "no inline script");
}

#[tokio::test]
async fn a19_the_cookie_stays_with_the_host_and_away_from_scripts() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let body = json!({"email": ana.email, "password": ana.password});
    let answer = ana.post("/api/v1/session", &body).await.expect(201);
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    let (cookie, attributes) = set.split_once("; ").unwrap();
    assert_eq!(cookie.len(), "__Host-sid=".len() + 43);
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict");
    assert!(!answer.text.contains(&answer.cookie().unwrap()), "the body holds the token");
}
