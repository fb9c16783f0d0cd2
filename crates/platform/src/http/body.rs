//! The JSON body of a request: bounded, typed, and refused with the name of the field that is wrong.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::header,
};
use serde::de::DeserializeOwned;

use super::{Error, Result};

/// The most a body may have unless its route says otherwise.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A JSON body that was read, is of the right type, and has no field we do not know.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        if !says_json(&request) {
            return Err(Error::NotJson);
        }
        let bytes = read(request.into_body()).await?;
        parse(&bytes).map(Self)
    }
}

/// Another site's form cannot send this content type without asking first.
fn says_json(request: &Request) -> bool {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

async fn read(body: Body) -> Result<bytes::Bytes> {
    axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|cause| {
        let too_long = std::error::Error::source(&cause)
            .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if too_long {
            Error::TooLarge { limit_bytes: BODY_BYTES_MAX }
        } else {
            Error::Malformed("the body did not arrive whole: send it again".into())
        }
    })
}

/// Parses a body and names the field that is wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(bytes).map_err(|cause| {
        Error::Malformed(format!("the body is not UTF-8 at byte {}", cause.valid_up_to()).into())
    })?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|cause| {
        let field = cause.path().to_string();
        let cause = cause.into_inner();
        match cause.classify() {
            // Where one of some words was expected, another type counts as bad syntax to serde, and
            // so does a number that no float holds.
            serde_json::error::Category::Syntax if is_json(text) => Error::invalid(
                if field == "." { "body".to_owned() } else { field },
                "is of another type, or out of range: see the API description",
            ),
            serde_json::error::Category::Data => {
                let field = named_in(&cause).unwrap_or(if field == "." {
                    "body".to_owned()
                } else {
                    field
                });
                Error::invalid(field, what_to_do(&cause))
            }
            serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof
            | serde_json::error::Category::Io => Error::Malformed(
                format!("the body is not JSON at line {}, column {}", cause.line(), cause.column())
                    .into(),
            ),
        }
    })?;
    reader
        .end()
        .map_err(|_cause| Error::Malformed("there is something after the JSON value".into()))?;
    Ok(value)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// The field that serde names in backticks where its path ends at the object around it.
fn named_in(cause: &serde_json::Error) -> Option<String> {
    let text = cause.to_string();
    let about_a_field = text.starts_with("unknown field") || text.starts_with("missing field");
    about_a_field.then(|| text.split('`').nth(1).map(clip))?
}

/// Serde's sentences, without the position and without repeating what was sent.
fn what_to_do(cause: &serde_json::Error) -> String {
    let text = cause.to_string();
    if text.starts_with("unknown field") {
        "is not known here: leave it out".to_owned()
    } else if text.starts_with("missing field") {
        "is missing: send it".to_owned()
    } else if let Some((_, expected)) = text.split_once("expected ") {
        let expected = expected.split(" at line ").next().unwrap_or(expected);
        format!("expected {expected}")
    } else {
        "cannot be used: see the API description".to_owned()
    }
}

fn clip(field: &str) -> String {
    field.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Meal {
        #[expect(dead_code, reason = "only parsed")]
        grams: f64,
    }

    fn problem(body: &[u8]) -> (String, String) {
        let error = parse::<Meal>(body).unwrap_err();
        let text = error.to_string();
        let Error::Invalid(problems) = error else { return (text, String::new()) };
        (problems[0].field.to_string(), problems[0].problem.to_string())
    }

    #[test]
    fn a_refusal_names_the_field_and_never_repeats_the_value() {
        assert_eq!(problem(br#"{"grams": 1, "salt": "secret"}"#).0, "salt");
        assert_eq!(problem(b"{}").0, "grams");
        let (field, problem) = problem(br#"{"grams": "secret words"}"#);
        assert_eq!((field.as_str(), problem.as_str()), ("grams", "expected f64"));
    }

    #[test]
    fn what_is_not_json_says_where() {
        for (body, place) in [
            (&b"{"[..], "line 1, column 1"),
            (b"{\"grams\": 1} x", "after the JSON value"),
            (b"\xff", "UTF-8 at byte 0"),
        ] {
            assert!(problem(body).0.contains(place), "{}", problem(body).0);
        }
    }

    #[test]
    fn deep_nesting_is_refused_without_recursion() {
        let deep = "[".repeat(100_000);
        assert!(parse::<serde_json::Value>(deep.as_bytes()).is_err());
    }
}
