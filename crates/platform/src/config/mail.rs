//! How mail leaves, if it does.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::SecretString;

use super::ConfigError;
use super::database::secret_in;
use crate::mail::{SmtpConfig, SmtpTls};

/// The mail server that security notices are handed to. Without one, no mail is sent.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Mail")]
pub struct MailOptions {
    /// The mail server: `smtps://HOST[:465]`, or `smtp+starttls://HOST[:587]`
    ///
    /// Both are TLS with the server's certificate and name checked; a server that offers none gets no
    /// mail. Without this option no mail is sent, and notices show in the app only.
    #[arg(long, env = "KEEPWELL_SMTP_URL", value_name = "URL", requires = "mail_from")]
    pub smtp_url: Option<SmtpUrl>,

    /// The name we sign in to the mail server with
    #[arg(
        long,
        env = "KEEPWELL_SMTP_USER",
        value_name = "NAME",
        requires_all = ["smtp_url", "smtp_password_file"]
    )]
    pub smtp_user: Option<String>,

    /// A file whose one line is the password for the mail server
    #[arg(long, env = "KEEPWELL_SMTP_PASSWORD_FILE", value_name = "FILE", requires = "smtp_user")]
    pub smtp_password_file: Option<PathBuf>,

    /// The address that mail comes from
    #[arg(long, env = "KEEPWELL_MAIL_FROM", value_name = "ADDRESS", requires = "smtp_url")]
    pub mail_from: Option<String>,

    /// One more certificate authority for the mail server (PEM), besides those of the system
    #[arg(long, env = "KEEPWELL_SMTP_CA_FILE", value_name = "FILE", requires = "smtp_url")]
    pub smtp_ca_file: Option<PathBuf>,
}

impl MailOptions {
    /// The mail server, with the password read from its file; `None` when no mail is sent.
    pub fn smtp(&self) -> Result<Option<SmtpConfig>, ConfigError> {
        let (Some(url), Some(from)) = (&self.smtp_url, &self.mail_from) else { return Ok(None) };
        let password = self.smtp_password_file.as_deref().map(password_in).transpose()?;
        Ok(Some(SmtpConfig {
            tls: url.tls,
            host: url.host.clone(),
            port: url.port,
            credentials: self.smtp_user.clone().zip(password),
            from: from.clone(),
            authority: self.smtp_ca_file.clone(),
        }))
    }
}

fn password_in(path: &Path) -> Result<SecretString, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_path_buf(), source };
    if fs::metadata(path).map_err(unreadable)?.mode() & 0o004 != 0 {
        return Err(ConfigError::OpenToOthers { path: path.to_path_buf() });
    }
    secret_in(path)
}

/// Where the mail server is, and how TLS begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpUrl {
    tls: SmtpTls,
    host: String,
    port: u16,
}

/// It names no mail server that we would talk to.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "write it like smtps://mail.example or smtp+starttls://mail.example:587, without a name, \
     password or path"
)]
pub struct NotAnSmtpUrl;

impl FromStr for SmtpUrl {
    type Err = NotAnSmtpUrl;

    fn from_str(text: &str) -> Result<Self, NotAnSmtpUrl> {
        let (scheme, place) = text.split_once("://").ok_or(NotAnSmtpUrl)?;
        let (tls, usual_port) = match scheme {
            "smtps" => (SmtpTls::FromTheStart, 465),
            "smtp+starttls" => (SmtpTls::StartTls, 587),
            // Also plain `smtp`: a server that may go without TLS is none of ours.
            _ => return Err(NotAnSmtpUrl),
        };
        let place = place.strip_suffix('/').unwrap_or(place);
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if !place.chars().all(is_part) {
            return Err(NotAnSmtpUrl);
        }
        // An address of IPv6 stands in brackets.
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, rest)) => (host, rest),
            None => place.split_at(place.find(':').unwrap_or(place.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or(NotAnSmtpUrl)?,
            None if port.is_empty() => usual_port,
            None => return Err(NotAnSmtpUrl),
        };
        if host.is_empty() || host.contains(['[', ']']) {
            return Err(NotAnSmtpUrl);
        }
        Ok(Self { tls, host: host.to_ascii_lowercase(), port })
    }
}

impl fmt::Display for SmtpUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.tls {
            SmtpTls::FromTheStart => "smtps",
            SmtpTls::StartTls => "smtp+starttls",
        };
        if self.host.contains(':') {
            return write!(formatter, "{scheme}://[{}]:{}", self.host, self.port);
        }
        write!(formatter, "{scheme}://{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_named_with_tls_or_not_at_all() {
        let parsed = |text: &str| text.parse::<SmtpUrl>().map(|url| url.to_string());
        assert_eq!(parsed("smtps://Mail.Example"), Ok("smtps://mail.example:465".to_owned()));
        assert_eq!(
            parsed("smtp+starttls://mail.example/"),
            Ok("smtp+starttls://mail.example:587".to_owned())
        );
        assert_eq!(parsed("smtps://[::1]:2465"), Ok("smtps://[::1]:2465".to_owned()));
        for text in [
            "smtp://mail.example",
            "smtp://mail.example:25?tls=opportunistic",
            "smtps://ana:secret@mail.example",
            "smtps://mail.example/inbox",
            "smtps://mail.example:0",
            "smtps://mail.example:99999",
            "smtps://mail.example:x",
            "smtps://",
            "smtps://:465",
            "mail.example",
            "",
        ] {
            assert_eq!(parsed(text), Err(NotAnSmtpUrl), "{text}");
        }
    }
}
