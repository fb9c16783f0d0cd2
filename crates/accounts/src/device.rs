//! What a device is called in the list of sessions: a browser and a system, as people know them.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use keys::KeyPair;
use platform::{Error, Peer, Result, limits::Devices, mail::Language};
use uuid::Uuid;

/// What a sealed name is sealed for.
const SEALED_FOR: &str = "auth.session.device_sealed";

/// In the order in which they are looked for: most browsers also name those they descend from.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// What a request shows of where it comes from.
pub(crate) struct Arrival {
    /// The address, for limits.
    pub(crate) peer: Peer,
    /// What the device is called.
    pub(crate) device: Device,
    /// By which marks it is known.
    pub(crate) devices: Devices,
    /// What its person reads.
    pub(crate) language: Language,
}

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self {
            peer: Peer::from_request_parts(parts, state).await?,
            device: Device::from_request_parts(parts, state).await?,
            devices: Devices::from_request_parts(parts, state).await?,
            language: Language::of(&parts.headers),
        })
    }
}

/// The name of the device that a request comes from; empty when it does not say.
#[derive(Clone, Debug)]
pub(crate) struct Device(String);

impl Device {
    fn of(user_agent: &str) -> Self {
        let find = |list: &[(&str, &'static str)]| {
            list.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
        };
        let parts: Vec<&str> = [find(&BROWSERS), find(&SYSTEMS)].into_iter().flatten().collect();
        Self(parts.join(", "))
    }

    /// The name, so that only its person's sessions read it.
    pub(crate) fn seal(&self, pair: &KeyPair, principal: Uuid) -> Vec<u8> {
        keys::seal_to_self(pair, principal, SEALED_FOR, self.0.as_bytes())
    }

    /// Opens what [`Device::seal`] sealed.
    pub(crate) fn open(pair: &KeyPair, principal: Uuid, sealed: &[u8]) -> Result<String> {
        let plain =
            keys::open_own(pair, principal, SEALED_FOR, sealed).map_err(|_cause| Error::Altered)?;
        String::from_utf8(plain.to_vec()).or(Err(Error::Altered))
    }
}

impl<S: Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let says = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self::of(says.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_as_people_call_it() {
        for (user_agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
                "Chrome, Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            ("curl/8.0", ""),
        ] {
            assert_eq!(Device::of(user_agent).0, name);
        }
    }
}
