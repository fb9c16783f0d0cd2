//! The description of the API, from which the web app's types are made.

use std::path::Path;

use serde_json::Value;

#[test]
fn the_description_in_the_repository_is_the_program_s_own() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let description = keepwell::description().unwrap();
    if std::env::var("KEEPWELL_TEST_BLESS").is_ok() {
        std::fs::write(&file, &description).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == description,
        "web/openapi.json is not what the program describes: run again with KEEPWELL_TEST_BLESS=1, and \
         `npm run api` in web/"
    );
}

#[test]
fn every_route_is_described_with_how_it_fails() {
    let description: Value = serde_json::from_str(&keepwell::description().unwrap()).unwrap();
    let mut missing = Vec::new();
    for route in keepwell::routes().list() {
        let method = route.method.as_str().to_lowercase();
        let operation = &description["paths"][&route.path][&method];
        let name = format!("{} {}", route.method, route.path);
        if operation.is_null() {
            missing.push(format!("{name} is not described"));
            continue;
        }
        let mut expected = Vec::new();
        if route.access == platform::Access::Session {
            expected.push("401");
        }
        if !operation["requestBody"].is_null() || route.path.contains("{date}") {
            expected.push("422");
        }
        for status in expected {
            let body = operation["responses"][status]["content"].as_object();
            let is_problem = body.is_some_and(|kinds| {
                kinds.values().all(|kind| {
                    kind["schema"]["$ref"]
                        .as_str()
                        .is_some_and(|name| name.ends_with("/ProblemJson"))
                })
            });
            if !is_problem {
                missing.push(format!("{name} does not say how it answers with {status}"));
            }
        }
        if operation["summary"].is_null() {
            missing.push(format!("{name} does not say what it does"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
