//! E-mail addresses.

use std::fmt;

use crate::{Error, Result, http::text};

/// The most an address can have (RFC 5321, with the brackets taken off).
const BYTES_MAX: usize = 254;

/// An address as it salts a password: one form for what people type in several ways.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks an address from outside. Only mail itself can tell whether it is somebody's.
    pub fn parse(typed: &str) -> Result<Self> {
        let wrong = || Error::invalid("email", "write an e-mail address, such as ada@example.org");
        let address = text::line("email", typed, BYTES_MAX).or(Err(wrong()))?.to_lowercase();
        let (local, domain) = address.rsplit_once('@').ok_or_else(wrong)?;
        let is_address = !local.is_empty()
            && !domain.is_empty()
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !address.contains(char::is_whitespace)
            && address.len() <= BYTES_MAX;
        if is_address { Ok(Self(address)) } else { Err(wrong()) }
    }

    /// The address, for salting, sealing and comparing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_in_several_ways_is_one_address() {
        let one = EmailAddress::parse("ada@example.org").unwrap();
        for typed in [" Ada@Example.org ", "ADA@EXAMPLE.ORG"] {
            assert_eq!(EmailAddress::parse(typed).unwrap(), one);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.org", "a".repeat(250));
        for bad in ["", "ada", "@example.org", "ada@", "a da@example.org", "a\0@b.c", "a@.b", &long]
        {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_address_does_not_show_in_debug_output() {
        let address = EmailAddress::parse("ada@example.org").unwrap();
        assert!(!format!("{address:?}").contains("ada"));
    }
}
