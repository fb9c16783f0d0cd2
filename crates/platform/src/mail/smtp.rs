//! Handing one mail to the operator's mail server: over TLS with the certificate and name checked,
//! or not at all.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::{
    authentication::Credentials,
    client::{Certificate, CertificateStore, Tls, TlsParameters, TlsVersion},
    extension::ClientId,
};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

/// The longest wait for an answer to one command.
const COMMAND_SECONDS_MAX: u64 = 20;
/// The longest wait for all of it. Shorter than the database lets a transaction rest.
const MAIL_SECONDS_MAX: u64 = 45;

/// How TLS begins. There is no mail without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// With the first byte (`smtps`).
    FromTheStart,
    /// After `STARTTLS`, which the server must offer.
    StartTls,
}

/// The operator's mail server.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    /// How TLS begins.
    pub tls: SmtpTls,
    /// Its name, which its certificate must be for.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Name and password, where it wants some.
    pub credentials: Option<(String, SecretString)>,
    /// The address that mail comes from.
    pub from: String,
    /// One more authority, besides those of the system.
    pub authority: Option<PathBuf>,
}

/// The mail server cannot be used as configured.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// No address.
    #[error("The --mail-from must be an e-mail address, such as keepwell@diary.example.")]
    From,
    /// A file cannot be read.
    #[error("Cannot read {path}: {source}.")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file holds something else.
    #[error("The file {path} holds no certificate in PEM form.")]
    Content {
        /// The file.
        path: PathBuf,
    },
    /// TLS refused.
    #[error("TLS to the mail server cannot be set up.")]
    Setup,
}

/// Why a mail was not handed over. Never says what the server said: that can repeat an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotSent {
    /// No word from the server, or no TLS with the right certificate.
    Unreachable(&'static str),
    /// The server's answer, as a number.
    Refused(u16),
    /// No address that mail can be sent to.
    Unaddressed,
}

/// A mail as it leaves.
pub(super) struct Outgoing<'a> {
    pub(super) mail: Uuid,
    pub(super) to: &'a str,
    pub(super) at: Timestamp,
    pub(super) subject: String,
    pub(super) body: String,
}

/// The way to the mail server.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").finish_non_exhaustive()
    }
}

impl Smtp {
    /// Checks the description; does not connect.
    pub fn open(config: &SmtpConfig) -> Result<Self, SmtpError> {
        let from: Address = config.from.parse().or(Err(SmtpError::From))?;
        let mut tls = TlsParameters::builder(config.host.clone())
            .certificate_store(CertificateStore::Default)
            .set_min_tls_version(TlsVersion::Tlsv12);
        if let Some(path) = &config.authority {
            let pem = std::fs::read(path)
                .map_err(|source| SmtpError::File { path: path.clone(), source })?;
            let content = || SmtpError::Content { path: path.clone() };
            crate::tls::certificates(&pem, path).or(Err(content()))?;
            tls = tls.add_root_certificate(Certificate::from_pem(&pem).or(Err(content()))?);
        }
        let tls = tls.build().or(Err(SmtpError::Setup))?;
        let tls = match config.tls {
            SmtpTls::FromTheStart => Tls::Wrapper(tls),
            SmtpTls::StartTls => Tls::Required(tls),
        };
        // "Dangerous" is lettre's word for a builder without TLS; the next line gives it TLS that is
        // never gone without.
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.as_str())
                .tls(tls)
                .port(config.port)
                .hello_name(ClientId::Domain(from.domain().to_owned()))
                .timeout(Some(Duration::from_secs(COMMAND_SECONDS_MAX)));
        if let Some((name, password)) = &config.credentials {
            let password = password.expose_secret().to_owned();
            transport = transport.credentials(Credentials::new(name.clone(), password));
        }
        let from = Mailbox::new(Some("Keepwell".to_owned()), from);
        Ok(Self { transport: transport.build(), from })
    }

    /// Hands one mail over. When this returns without an error, the server has it.
    pub(super) async fn send(&self, outgoing: Outgoing<'_>) -> Result<(), NotSent> {
        let message = self.message(outgoing)?;
        let limit = Duration::from_secs(MAIL_SECONDS_MAX);
        match tokio::time::timeout(limit, self.transport.send(message)).await {
            Ok(Ok(_accepted)) => Ok(()),
            Ok(Err(cause)) => Err(match cause.status() {
                Some(code) => NotSent::Refused(code.into()),
                None if cause.is_tls() => NotSent::Unreachable("tls"),
                None if cause.is_timeout() => NotSent::Unreachable("time limit"),
                None => NotSent::Unreachable("connection"),
            }),
            Err(_elapsed) => Err(NotSent::Unreachable("time limit")),
        }
    }

    fn message(&self, outgoing: Outgoing<'_>) -> Result<Message, NotSent> {
        let to: Address = outgoing.to.parse().or(Err(NotSent::Unaddressed))?;
        // The number of the mail: whoever gets it twice can see that it is the same.
        let id = format!("<{}@{}>", outgoing.mail, self.from.email.domain());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .date(outgoing.at.into())
            .message_id(Some(id))
            .subject(outgoing.subject)
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(outgoing.body)
            .or(Err(NotSent::Unaddressed))
    }
}

/// Tells other programs that nobody reads an answer (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
