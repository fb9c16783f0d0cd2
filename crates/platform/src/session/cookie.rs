//! The session cookie: the only thing of ours that a browser keeps.

use axum::http::{HeaderMap, HeaderValue, header};
use keys::SessionToken;
use secrecy::ExposeSecret;

use super::Presented;
use crate::{Error, Result};

/// The `__Host-` prefix makes the browser insist on Secure, Path=/ and no Domain.
const NAME: &str = "__Host-sid";

/// The token in a request's cookies, if there is a well-formed one.
pub(crate) fn token(headers: &HeaderMap) -> Option<SessionToken> {
    value(headers).and_then(|value| SessionToken::parse(value).ok())
}

/// Whether a request has our cookie, whatever is in it.
pub(crate) fn is_there(headers: &HeaderMap) -> bool {
    value(headers).is_some()
}

fn value(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map(|(_, value)| value)
}

/// The header value that hands a new session to the browser. No Max-Age: it is gone when the
/// browser closes.
pub fn issue(presented: &Presented) -> Result<HeaderValue> {
    let token = presented.token().encode();
    sensitive(&format!(
        "{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Strict",
        token.expose_secret()
    ))
}

/// The same for an installed app that locks itself: it stays when the app is closed.
pub fn issue_for(presented: &Presented, days: u32) -> Result<HeaderValue> {
    let token = presented.token().encode();
    let seconds = u64::from(days) * 24 * 60 * 60;
    sensitive(&format!(
        "{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}",
        token.expose_secret()
    ))
}

/// The header value that takes it back.
pub fn clear() -> HeaderValue {
    HeaderValue::from_static("__Host-sid=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

fn sensitive(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text).map_err(|cause| Error::Internal(cause.into()))?;
    value.set_sensitive(true);
    Ok(value)
}
