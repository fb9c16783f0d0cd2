//! Codes from an authenticator app: TOTP (RFC 6238) with SHA-1, six digits, 30 seconds, which is what
//! every such app understands. One step of drift either way is forgiven.

use jiff::Timestamp;
use platform::{Error, Result};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret};
use zeroize::Zeroizing;

/// 160 bits, as RFC 4226 recommends.
const SECRET_LEN: usize = 20;
/// One step before and one after the present one.
const DRIFT_STEPS: u16 = 1;

/// The secret that an app and we share, in base 32.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct TotpSecret(Zeroizing<String>);

impl TotpSecret {
    /// A new one, from the system's generator.
    pub(super) fn generate() -> Self {
        let bytes = keys::random_bytes::<SECRET_LEN>();
        Self(Zeroizing::new(Secret::from(bytes.to_vec()).to_base32()))
    }

    /// As it is typed into an app.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// As it is scanned by an app.
    pub(super) fn uri(&self, email: &str) -> Result<String> {
        // A colon would part the label in two.
        let name = email.replace(':', " ");
        let totp = self.totp(Some(name)).ok_or(Error::Altered)?;
        totp.to_url().map_err(|cause| Error::Internal(anyhow_of(cause)))
    }

    /// Which time step a typed code belongs to, if it is one of now.
    pub(super) fn step_of(&self, typed: &SecretString, now: Timestamp) -> Result<Option<i64>> {
        let digits: Zeroizing<String> =
            Zeroizing::new(typed.expose_secret().chars().filter(|c| !c.is_whitespace()).collect());
        let now = u64::try_from(now.as_second()).unwrap_or_default();
        let totp = self.totp(None).ok_or(Error::Altered)?;
        Ok(totp.check(&digits, now).and_then(|step| i64::try_from(step).ok()))
    }

    fn totp(&self, name: Option<String>) -> Option<totp_rs::Totp> {
        let secret = Secret::try_from_base32(self.0.as_str()).ok()?;
        let builder = Builder::new()
            .with_secret(secret)
            .with_skew(DRIFT_STEPS)
            .with_issuer(Some("Keepwell"))
            .with_account_name(name.unwrap_or_else(|| "diary".to_owned()));
        builder.build().ok()
    }
}

fn anyhow_of(cause: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("a TOTP address could not be written: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appendix B of RFC 6238, for SHA-1; its eight digits end in our six.
    const SECRET: &[u8] = b"12345678901234567890";
    const VECTORS: [(i64, &str); 6] = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];

    fn secret() -> TotpSecret {
        TotpSecret(Zeroizing::new(Secret::from(SECRET.to_vec()).to_base32()))
    }

    fn step(code: &str, at: i64) -> Option<i64> {
        let now = Timestamp::from_second(at).unwrap();
        secret().step_of(&SecretString::from(code), now).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (at, code) in VECTORS {
            assert_eq!(step(&code[2..], at), Some(at / 30), "{at}");
        }
    }

    #[test]
    fn one_step_of_drift_is_forgiven_and_two_are_not() {
        let (at, code) = (1_234_567_890, "005924");
        for (away, forgiven) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            assert_eq!(step(code, at + away).is_some(), forgiven, "{away} s away");
        }
    }

    #[test]
    fn what_is_no_code_is_not_right() {
        for bad in ["", "00592", "0059244", "00592x", "-05924", "٠٠٥٩٢٤", "\0\0\0\0\0\0"] {
            assert_eq!(step(bad, 1_234_567_890), None, "{bad:?}");
        }
        assert!(step("005 924", 1_234_567_890).is_some(), "as apps show it");
    }

    #[test]
    fn what_is_scanned_says_what_it_is_for_and_holds_the_secret() {
        let made = TotpSecret::generate();
        let uri = made.uri("ada@example.org").unwrap();
        assert!(uri.starts_with("otpauth://totp/Keepwell:ada%40example.org?"), "{uri}");
        assert!(uri.contains(made.text()) && uri.contains("issuer=Keepwell"), "{uri}");
        assert_ne!(made.text(), TotpSecret::generate().text());
    }
}
