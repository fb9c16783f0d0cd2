//! The address that people type.

use std::fmt;
use std::str::FromStr;

use http::Uri;

/// Scheme, host and port under which the web app is reached. It decides what counts as "our own"
/// request and where plain HTTP is sent; no header of a request ever does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicOrigin {
    text: String,
    host: String,
}

/// It is no origin that Keepwell can have.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("write it like https://diary.example or https://localhost:8443, without a path")]
pub struct NotAnOrigin;

impl PublicOrigin {
    /// Checks and normalises an origin: `https` only, lower case, no default port.
    pub fn parse(text: &str) -> Result<Self, NotAnOrigin> {
        let uri: Uri = text.parse().map_err(|_malformed: http::uri::InvalidUri| NotAnOrigin)?;
        let authority = uri.authority().ok_or(NotAnOrigin)?;
        let has_path = uri.path_and_query().is_some_and(|path| path.as_str() != "/");
        if uri.scheme_str() != Some("https") || has_path || authority.as_str().contains('@') {
            return Err(NotAnOrigin);
        }
        let host = authority.host();
        // Read here and not by `Authority::port`, which takes a bad number for none.
        let port = match authority.as_str().strip_prefix(host) {
            Some("") => 443,
            Some(port) => port.strip_prefix(':').and_then(port_number).ok_or(NotAnOrigin)?,
            None => return Err(NotAnOrigin),
        };
        if host.is_empty() {
            return Err(NotAnOrigin);
        }
        Ok(Self::of(&host.to_ascii_lowercase(), port))
    }

    /// `https://localhost` on a port.
    pub fn localhost(port: u16) -> Self {
        Self::of("localhost", port)
    }

    fn of(host: &str, port: u16) -> Self {
        let text =
            if port == 443 { format!("https://{host}") } else { format!("https://{host}:{port}") };
        Self { text, host: host.to_owned() }
    }

    /// As a browser writes it in its `Origin` header.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host alone; an address of IPv6 in its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }
}

fn port_number(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port != 0)
}

impl FromStr for PublicOrigin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        Self::parse(text)
    }
}

impl fmt::Display for PublicOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_normalised_as_browsers_do() {
        let parsed = |text: &str| PublicOrigin::parse(text).map(|origin| origin.text);
        assert_eq!(parsed("https://Diary.Example/"), Ok("https://diary.example".to_owned()));
        assert_eq!(parsed("https://diary.example:443"), Ok("https://diary.example".to_owned()));
        assert_eq!(parsed("https://[::1]:8443"), Ok("https://[::1]:8443".to_owned()));
        assert_eq!(PublicOrigin::localhost(8443).as_str(), "https://localhost:8443");
    }

    #[test]
    fn what_is_not_an_https_origin_is_refused() {
        for text in [
            "http://diary.example",
            "diary.example",
            "https://",
            "https://diary.example/app",
            "https://ana@diary.example",
            "https://diary.example:",
            "https://diary.example:0",
            "https://diary.example:99999",
            "*",
            "",
        ] {
            assert_eq!(PublicOrigin::parse(text), Err(NotAnOrigin), "{text}");
        }
    }
}
