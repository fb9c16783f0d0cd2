//! The token in a request's `Authorization` header: what programs send where browsers send a cookie.

use axum::http::{HeaderMap, header};
use keys::ApiToken;

use super::cookie;
use crate::{Error, Result};

const SCHEME: &str = "bearer";

/// The API token in a request's headers, if one is presented. Strict: what is no token is nobody's,
/// and who sends a session's cookie as well has to say which of the two is meant.
pub(crate) fn token(headers: &HeaderMap) -> Result<Option<ApiToken>> {
    let mut found = None;
    for value in headers.get_all(header::AUTHORIZATION) {
        let bytes = value.as_bytes();
        let (scheme, token) = bytes.split_at_checked(SCHEME.len()).unwrap_or((bytes, &[]));
        // Another scheme is for somebody in front of us.
        if !scheme.eq_ignore_ascii_case(SCHEME.as_bytes()) {
            continue;
        }
        let token = token.strip_prefix(b" ").and_then(|token| std::str::from_utf8(token).ok());
        let token = token.and_then(|token| ApiToken::parse(token).ok());
        if found.replace(token).is_some() {
            return Err(Error::Malformed("send one token".into()));
        }
    }
    match found {
        None => Ok(None),
        Some(_) if cookie::is_there(headers) => {
            Err(Error::Malformed("send a session's cookie or a token, not both".into()))
        }
        Some(token) => token.map(Some).ok_or(Error::Unauthenticated),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use secrecy::ExposeSecret;

    use super::*;

    fn read(lines: &[(&'static str, &str)]) -> Result<Option<ApiToken>> {
        token(&headers(lines))
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                (header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    #[test]
    fn a_token_comes_alone_and_in_its_own_words() {
        let text = ApiToken::generate().encode();
        let text = text.expose_secret();
        let bearer = format!("Bearer {text}");
        assert!(read(&[]).unwrap().is_none());
        assert!(read(&[("authorization", &bearer)]).unwrap().is_some());
        let lower = format!("bearer {text}");
        assert!(read(&[("authorization", &lower)]).unwrap().is_some());
        assert!(read(&[("authorization", "Basic YTpi")]).unwrap().is_none());
        for broken in [
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            format!("Bearer  {text}"),
            format!("Bearer {text} "),
            format!("Bearer{text}"),
            format!("Bearer {}", &text[..text.len() - 1]),
            format!("Bearer {}", text.to_uppercase()),
        ] {
            // A header's own white space at its end is no part of its value over HTTP.
            let answer = read(&[("authorization", &broken)]);
            assert!(matches!(answer, Err(Error::Unauthenticated)), "{broken}");
        }
        for twice in [
            [("authorization", bearer.as_str()), ("authorization", bearer.as_str())],
            [("authorization", &bearer), ("cookie", "__Host-sid=anything")],
            [("authorization", &bearer), ("cookie", "a=b; __Host-sid=")],
        ] {
            assert!(matches!(read(&twice), Err(Error::Malformed(_))), "{twice:?}");
        }
        let other_cookie = [("authorization", bearer.as_str()), ("cookie", "a=b")];
        assert!(read(&other_cookie).unwrap().is_some());
    }
}
