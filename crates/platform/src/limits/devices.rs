//! The mark of a device that signed in before, in a cookie.
//!
//! It opens nothing and says nothing to who finds it. It only keeps a stranger's wrong tries from
//! holding up who is at home: tries with a mark are counted apart, and may open only the account
//! that the mark was given for, so a mark of one's own is no way to guess at somebody else.

use std::{convert::Infallible, fmt::Write};

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
};
use keys::{DeviceMark, RootKey};
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::{Error, Result, session::hex};

const COOKIE: &str = "__Host-device";
/// 180 days.
const KEPT_SECONDS: u32 = 180 * 24 * 60 * 60;
/// So many people of one household are known to a browser; the one who signed in longest ago goes.
const MARKS_MAX: usize = 4;
/// So much of a pseudonym stands in a mark.
const PSEUDONYM_BYTES: usize = 16;

/// What a browser brought. Whether any of it is ours is not known before it is compared with a name
/// or a person.
#[derive(Debug, Default)]
pub struct Devices(Vec<Mark>);

#[derive(Debug)]
struct Mark {
    /// Pseudonyms of the typed name and of the account's person, as text.
    name: String,
    principal: String,
    seal: DeviceMark,
}

/// A device that is known under the name that was typed, or to the person who is meant.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) nonce: [u8; 16],
    principal: String,
}

impl Known {
    pub(super) fn is_of(&self, root: &RootKey, principal: Uuid) -> bool {
        self.principal == of_principal(root, principal)
    }
}

impl Devices {
    /// The marks that are ours and were given under this name; the latest first.
    pub(super) fn known_by_name(&self, root: &RootKey, name: &str) -> Vec<Known> {
        let name = of_name(root, name);
        self.known(root, |mark| mark.name == name)
    }

    /// The same, of this person.
    pub(super) fn known_by_principal(&self, root: &RootKey, principal: Uuid) -> Vec<Known> {
        let principal = of_principal(root, principal);
        self.known(root, |mark| mark.principal == principal)
    }

    fn known(&self, root: &RootKey, is_meant: impl Fn(&Mark) -> bool) -> Vec<Known> {
        self.0
            .iter()
            .filter(|mark| is_meant(mark))
            .filter(|mark| mark.seal.is_of(root, &bound_to(root, &mark.name, &mark.principal)))
            .map(|mark| Known { nonce: mark.seal.nonce(), principal: mark.principal.clone() })
            .collect()
    }

    /// The header value that makes this browser known to a person who has just come in, beside the
    /// others who did.
    pub(super) fn and(&self, root: &RootKey, name: &str, principal: Uuid) -> Result<HeaderValue> {
        let (name, principal) = (of_name(root, name), of_principal(root, principal));
        let seal = DeviceMark::issue(root, &bound_to(root, &name, &principal));
        let new = Mark { name, principal, seal };
        let others = self.0.iter().filter(|other| other.principal != new.principal);
        let mut text = format!("{COOKIE}=");
        for (number, mark) in std::iter::once(&new).chain(others).take(MARKS_MAX).enumerate() {
            let between = if number == 0 { "" } else { "~" };
            let Mark { name, principal, seal } = mark;
            let seal = seal.encode();
            // Writing to a string cannot fail.
            write!(text, "{between}{name}.{principal}.{}", seal.expose_secret())
                .unwrap_or_default();
        }
        write!(text, "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={KEPT_SECONDS}")
            .unwrap_or_default();
        let mut value =
            HeaderValue::from_str(&text).map_err(|cause| Error::Internal(cause.into()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Mark {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (name, principal, seal) = (parts.next()?, parts.next()?, parts.next()?);
        let is_pseudonym = |text: &str| {
            text.len() == PSEUDONYM_BYTES * 2 && text.bytes().all(|b| b.is_ascii_hexdigit())
        };
        (parts.next().is_none() && is_pseudonym(name) && is_pseudonym(principal)).then_some(())?;
        Some(Self {
            name: name.to_owned(),
            principal: principal.to_owned(),
            seal: DeviceMark::parse(seal).ok()?,
        })
    }
}

fn of_name(root: &RootKey, name: &str) -> String {
    short(&root.pseudonym("device of a name", name))
}

fn of_principal(root: &RootKey, principal: Uuid) -> String {
    short(&root.pseudonym("device of a person", &principal.to_string()))
}

fn bound_to(root: &RootKey, name: &str, principal: &str) -> [u8; 32] {
    root.pseudonym("device", &format!("{name}.{principal}"))
}

fn short(pseudonym: &[u8; 32]) -> String {
    let mut text = hex(pseudonym).to_string();
    text.truncate(PSEUDONYM_BYTES * 2);
    text
}

impl<S: Sync> FromRequestParts<S> for Devices {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let marks = parts
            .headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == COOKIE)
            .map_or_else(Vec::new, |(_, marks)| {
                marks.split('~').take(MARKS_MAX).filter_map(Mark::parse).collect()
            });
        Ok(Self(marks))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const ANA: Uuid = Uuid::from_u128(1);
    const BEN: Uuid = Uuid::from_u128(2);

    async fn brought(cookie: &str) -> Devices {
        let request = Request::builder().header(header::COOKIE, cookie).body(()).unwrap();
        let (mut parts, ()) = request.into_parts();
        Devices::from_request_parts(&mut parts, &()).await.unwrap()
    }

    async fn after(
        devices: Devices,
        root: &RootKey,
        name: &str,
        person: Uuid,
    ) -> (Devices, String) {
        let set = devices.and(root, name, person).unwrap();
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        (brought(&format!("__Host-sid=x; {pair}")).await, pair)
    }

    #[tokio::test]
    async fn a_device_is_known_to_who_came_in_there_and_to_nobody_else() {
        let root = RootKey::generate();
        let (devices, _) = after(Devices::default(), &root, "ana@example.org", ANA).await;
        let known = devices.known_by_name(&root, "ana@example.org");
        assert_eq!(known.len(), 1);
        assert!(known[0].is_of(&root, ANA) && !known[0].is_of(&root, BEN));
        assert_eq!(devices.known_by_principal(&root, ANA).len(), 1);

        assert!(devices.known_by_name(&root, "ben@example.org").is_empty());
        assert!(devices.known_by_principal(&root, BEN).is_empty());
        assert!(devices.known_by_name(&RootKey::generate(), "ana@example.org").is_empty());
    }

    #[tokio::test]
    async fn a_household_shares_a_browser_and_the_last_few_are_known() {
        let root = RootKey::generate();
        let mut devices = Devices::default();
        let people: Vec<(String, Uuid)> =
            (1..=6).map(|n| (format!("p{n}@example.org"), Uuid::from_u128(n))).collect();
        for (name, person) in people.iter().chain(people.last()) {
            (devices, _) = after(devices, &root, name, *person).await;
        }
        let known: Vec<bool> =
            people.iter().map(|(name, _)| !devices.known_by_name(&root, name).is_empty()).collect();
        assert_eq!(known, [false, false, true, true, true, true]);
        assert_eq!(devices.0.len(), MARKS_MAX);
    }

    #[tokio::test]
    async fn a_mark_that_was_put_together_is_nobody_s() {
        let root = RootKey::generate();
        let (_, ana) = after(Devices::default(), &root, "ana@example.org", ANA).await;
        let (_, ben) = after(Devices::default(), &root, "ben@example.org", BEN).await;
        let parts = |pair: &str| -> Vec<String> {
            pair.split_once('=').unwrap().1.split('.').map(str::to_owned).collect()
        };
        let (ana, ben) = (parts(&ana), parts(&ben));
        for put_together in [
            format!("{}.{}.{}", ana[0], ben[1], ben[2]),
            format!("{}.{}.{}", ben[0], ana[1], ben[2]),
            format!("{}.{}.{}", ana[0], ana[1], ben[2]),
            format!("{}.{}.{}.", ana[0], ana[1], ana[2]),
            format!("{}.{}", ana[0], ana[1]),
            format!("{}.{}.{}", "zz".repeat(16), ana[1], ana[2]),
            String::new(),
        ] {
            let devices = brought(&format!("{COOKIE}={put_together}")).await;
            assert!(devices.known_by_name(&root, "ana@example.org").is_empty(), "{put_together}");
            assert!(devices.known_by_principal(&root, ANA).is_empty(), "{put_together}");
        }
    }

    #[test]
    fn it_shows_nothing_in_debug_output_that_could_be_used() {
        let root = RootKey::generate();
        let set = Devices::default().and(&root, "ana@example.org", ANA).unwrap();
        assert!(set.is_sensitive());
        let text = set.to_str().unwrap();
        assert!(!text.contains("ana") && !text.contains(&ANA.to_string()));
        assert!(text.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=15552000"));
    }
}
