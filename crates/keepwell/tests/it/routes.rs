//! Every declared route, visited: as a stranger, with a changed cookie, from elsewhere; and what
//! every answer carries.

use platform::Access;
use reqwest::{Method, header};
use serde_json::json;
use testkit::{Answer, Person, TestServer};

const NUMBER: &str = "01930000-0000-7000-8000-000000000001";

/// A path that the pattern matches.
pub(crate) fn visit(path: &str) -> String {
    match path {
        "/api/v1/days" => "/api/v1/days?from=2026-11-01&to=2026-11-30".to_owned(),
        "/api/v1/logged" => "/api/v1/logged?from=2026-11-01&to=2026-11-30".to_owned(),
        "/api/v1/foods" => "/api/v1/foods?q=cheese".to_owned(),
        "/api/v1/foods/gap" => "/api/v1/foods/gap?want=iron:4".to_owned(),
        "/api/v1/report" | "/api/v1/measurements" | "/api/v1/activities" => {
            format!("{path}?from=2026-11-01&to=2026-11-30")
        }
        "/api/v1/plan/targets" | "/api/v1/expenditure" => format!("{path}?date=2026-11-20"),
        "/api/v1/days/{date}/selection" => {
            format!("/api/v1/days/2026-11-20/selection?entries={NUMBER}")
        }
        "/api/v1/report/sources" => format!("{path}?from=2026-11-01&to=2026-11-30&nutrient=iron"),
        "/api/v1/studies/{study}/participation" => {
            let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
            format!("/api/v1/studies/{NUMBER}/participation?today={today}")
        }
        _ => {
            let path = path
                .replace("{date}", "2026-11-20")
                .replace("{key}", "energy")
                .replace("/foods/{id}", "/foods/usda-sr28:01009");
            // Every other name in a path is a number's.
            let parts: Vec<&str> = path
                .split('/')
                .map(|part| if part.starts_with('{') { NUMBER } else { part })
                .collect();
            parts.join("/")
        }
    }
}

fn changes(method: &Method) -> bool {
    *method != Method::GET
}

async fn ask(person: &Person, method: &Method, path: &str) -> Answer {
    if changes(method) {
        person.send(method.clone(), &visit(path), "{}").await
    } else {
        person.get(&visit(path)).await
    }
}

async fn stranger(server: &TestServer) -> Person {
    let mut stranger = server.person("somebody").await;
    stranger.cookie.clear();
    stranger
}

#[tokio::test]
async fn strangers_are_asked_to_sign_in() {
    let server = TestServer::start(keepwell::router).await;
    let stranger = stranger(&server).await;
    let mut guarded = 0;
    for route in keepwell::routes().list() {
        let answer = ask(&stranger, &route.method, &route.path).await;
        let name = format!("{} {}: {}", route.method, route.path, answer.text);
        if route.access == Access::Public {
            // Signing in and recovery say 401 of what was typed, never of who asks.
            assert_ne!(answer.json()["type"], "urn:keepwell:problem:sign-in-first", "{name}");
        } else {
            assert_eq!(answer.status.as_u16(), 401, "{name}");
            assert_eq!(answer.json()["type"], "urn:keepwell:problem:sign-in-first", "{name}");
            guarded += 1;
        }
    }
    assert!(guarded >= 12, "only {guarded} routes ask for a session");
}

#[tokio::test]
async fn a_changed_cookie_is_a_stranger_s() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut cookies = vec![
        String::from("x"),
        format!("{}A", ana.cookie),
        ana.cookie[1..].to_owned(),
        "A".repeat(43),
        format!("\"{}\"", ana.cookie),
    ];
    for at in [0, 10, 20, 41] {
        let mut changed = ana.cookie.clone();
        let other = if &changed[at..=at] == "B" { "C" } else { "B" };
        changed.replace_range(at..=at, other);
        cookies.push(changed);
    }
    for route in keepwell::routes().list() {
        if route.access == Access::Public {
            continue;
        }
        let is_sign_out = route.method == Method::DELETE && route.path == "/api/v1/session";
        for cookie in &cookies {
            let mut thief = ana.clone();
            thief.cookie.clone_from(cookie);
            let answer = ask(&thief, &route.method, &route.path).await;
            let status = answer.status.as_u16();
            // Signing out of what has ended is done already: the browser forgets its cookie.
            let fine = status == 401
                || (is_sign_out && status == 204)
                || (changes(&route.method) && status == 422);
            assert!(fine, "{} {} {cookie:?}: {}", route.method, route.path, answer.text);
        }
    }
    drop(ana.get("/api/v1/session").await.expect(200));
}

#[tokio::test]
async fn no_change_comes_from_elsewhere() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    for route in keepwell::routes().list().iter().filter(|route| changes(&route.method)) {
        let mut request = ana
            .request(route.method.clone(), &visit(&route.path))
            .json(&json!({}))
            .build()
            .unwrap();
        request.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
        request.headers_mut().remove("sec-fetch-site");
        let request = reqwest::RequestBuilder::from_parts(server.client().clone(), request);
        let answer = ana.answer(request).await.expect(403);
        assert_eq!(answer.json()["type"], "urn:keepwell:problem:other-site", "{}", route.path);
    }
    drop(ana.get("/api/v1/session").await.expect(200));
}

const ALWAYS: [(&str, &str); 10] = [
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-permitted-cross-domain-policies", "none"),
    ("origin-agent-cluster", "?1"),
    ("x-robots-tag", "noindex"),
];

fn carries_every_header(name: &str, answer: &Answer) {
    for (header, value) in ALWAYS {
        let found = answer.headers.get(header).and_then(|value| value.to_str().ok());
        assert_eq!(found, Some(value), "{name} ({}): {header}", answer.status);
    }
    for header in ["server", "x-powered-by", "via"] {
        assert!(!answer.headers.contains_key(header), "{name}: {header}");
    }
    assert!(answer.headers.contains_key(header::CONTENT_SECURITY_POLICY), "{name}");
}

#[tokio::test]
async fn every_answer_carries_the_headers_also_errors_and_pages() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let mut stranger = ana.clone();
    stranger.cookie.clear();
    for route in keepwell::routes().list() {
        for person in [&ana, &stranger] {
            if person.cookie == ana.cookie
                && route.path == "/api/v1/session"
                && route.method == Method::DELETE
            {
                continue;
            }
            let name = format!("{} {}", route.method, route.path);
            let answer = ask(person, &route.method, &route.path).await;
            carries_every_header(&name, &answer);
            let cache = answer.headers[header::CACHE_CONTROL].to_str().unwrap();
            let may_be_kept = route.path == "/api/v1/nutrients" && answer.status.is_success();
            assert!(cache == "no-store" || may_be_kept, "{name}: {cache}");
            if !answer.status.is_success() {
                is_a_problem(&name, &answer);
            }
        }
    }
    // Nothing there, the wrong verb, the wrong type, another site, too long, and pages.
    for (method, path) in [
        (Method::GET, "/api/v1/nothing"),
        (Method::POST, "/api/v1/nothing"),
        (Method::PUT, "/api/v1/session"),
        (Method::OPTIONS, "/api/v1/session"),
        (Method::GET, "/api"),
        (Method::GET, "/api/v1/openapi.json"),
        (Method::GET, "/"),
        (Method::GET, "/day/2026-11-20"),
        (Method::GET, "/nothing.txt"),
        (Method::POST, "/"),
        (Method::GET, "/healthz"),
    ] {
        let answer = ana.send(method.clone(), path, "{}").await;
        let name = format!("{method} {path}");
        carries_every_header(&name, &answer);
        if path.starts_with("/api/") && !answer.status.is_success() {
            is_a_problem(&name, &answer);
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{name}");
        }
        let is_page = !path.starts_with("/api/") && path != "/healthz";
        assert_eq!(answer.headers.contains_key("permissions-policy"), is_page, "{name}");
    }
}

/// RFC 9457, in words.
fn is_a_problem(name: &str, answer: &Answer) {
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    assert_eq!(kind, Some("application/problem+json"), "{name}: {} {}", answer.status, answer.text);
    let problem = answer.json();
    assert!(problem["type"].as_str().unwrap().starts_with("urn:keepwell:problem:"), "{name}");
    assert_eq!(problem["status"], answer.status.as_u16(), "{name}: {}", answer.text);
    assert!(!problem["detail"].as_str().unwrap().is_empty(), "{name}");
}
