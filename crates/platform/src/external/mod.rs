//! A PostgreSQL server that somebody else runs.
//!
//! Over a network the connection is TLS 1.3 with the server's certificate and name checked, or it
//! is not made: there is no option to weaken that. A Unix socket needs no TLS.

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore, version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::cluster::{ADMIN_ROLE, Cluster};
use crate::tls;

/// Where the server is, and how we know each other.
#[derive(Clone, Debug)]
pub struct ExternalConfig {
    /// `postgresql://…`
    pub url: SecretString,
    /// The certificate authority that the server's certificate must come from.
    pub authority: Option<PathBuf>,
    /// Our own certificate and key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// The server cannot be used as configured. Never repeats the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum ExternalError {
    /// The URL has another form.
    #[error("The --database-url must look like postgresql://HOST/DATABASE ({problem}).")]
    Url {
        /// What is wrong.
        problem: String,
    },
    /// It asks for less protection than there must be.
    #[error(
        "The --database-url says sslmode={mode}. Over TCP Keepwell connects with \
         sslmode=verify-full only; leave sslmode out or write that."
    )]
    WeakMode {
        /// What it says.
        mode: String,
    },
    /// Nobody to check the server against.
    #[error(
        "The database server is reached over TCP, so its certificate must be checked: name the \
         certificate authority it comes from with --database-ca."
    )]
    NoAuthority,
    /// A file cannot be read.
    #[error("Cannot read {path}: {source}.")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds something else.
    #[error("The file {path} does not hold what it should: {problem}.")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// It does not answer, or not to us.
    #[error("The database server cannot be used: {}.", told(.0))]
    Unusable(#[from] tokio_postgres::Error),
    /// rustls refused.
    #[error("TLS to the database cannot be set up: {0}.")]
    Setup(#[from] rustls::Error),
}

/// A checked description of the server.
#[derive(Clone)]
pub struct External {
    config: Config,
    tls: MakeRustlsConnect,
}

impl fmt::Debug for External {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("External").finish_non_exhaustive()
    }
}

impl External {
    /// Checks the description; does not connect.
    pub fn open(external: &ExternalConfig) -> Result<Self, ExternalError> {
        let (url, mode) = without_mode(external.url.expose_secret())?;
        let mut config = Config::from_str(&url)
            .map_err(|error| ExternalError::Url { problem: error.to_string() })?;
        let is_tcp = |host: &Host| matches!(host, Host::Tcp(_));
        let over_tcp = config.get_hosts().iter().any(is_tcp) || !config.get_hostaddrs().is_empty();
        if config.get_hosts().is_empty() {
            return Err(ExternalError::Url { problem: "it names no host".to_owned() });
        }
        if over_tcp && !config.get_hosts().iter().all(is_tcp) {
            let problem = "it mixes sockets and network hosts".to_owned();
            return Err(ExternalError::Url { problem });
        }

        let authorities = match (&external.authority, over_tcp) {
            (Some(path), _) => authorities(path)?,
            (None, false) => RootCertStore::empty(),
            (None, true) => return Err(ExternalError::NoAuthority),
        };
        if over_tcp {
            if let Some(mode) = mode.filter(|mode| mode != "verify-full") {
                return Err(ExternalError::WeakMode { mode });
            }
            config.ssl_mode(SslMode::Require);
        } else {
            config.ssl_mode(SslMode::Disable);
        }
        config.application_name("keepwell");
        let tls = MakeRustlsConnect::new(client_config(authorities, external.identity.as_ref())?);
        Ok(Self { config, tls })
    }

    /// Whether the server holds a Keepwell already, so that a missing root key is a disaster and
    /// not a first start.
    pub async fn database_exists(&self) -> Result<bool, ExternalError> {
        let (client, connection) = self.admin_config().connect(self.tls.clone()).await?;
        let connection = tokio::spawn(connection);
        let found = client
            .simple_query("select from pg_catalog.pg_namespace where nspname = 'platform'")
            .await?;
        drop(client);
        // Its only client is gone: it has ended.
        drop(connection.await);
        Ok(found.iter().any(|message| matches!(message, SimpleQueryMessage::Row(_))))
    }

    fn admin_config(&self) -> Config {
        let mut config = self.config.clone();
        if config.get_user().is_none() {
            config.user(ADMIN_ROLE);
        }
        config
    }

    fn config(&self, role: &str) -> Config {
        let mut config = self.config.clone();
        config.user(role);
        config
    }
}

/// The database in use, whoever runs it. One way to connect for the pool above.
#[derive(Debug)]
pub enum Server {
    /// Our own cluster, running.
    Private(Cluster),
    /// Somebody else's.
    External(Box<External>),
}

impl Server {
    /// The way in for migrations: the superuser of our own cluster, the user of the URL elsewhere.
    pub fn admin_config(&self) -> Config {
        match self {
            Self::Private(cluster) => cluster.admin_config(),
            Self::External(external) => external.admin_config(),
        }
    }

    /// The way in as a role. With a server of somebody else the password of the URL, if any, is
    /// every role's.
    pub fn config(&self, role: &str) -> Config {
        match self {
            Self::Private(cluster) => cluster.config(role),
            Self::External(external) => external.config(role),
        }
    }

    /// The connector that belongs to both; a socket does not use it.
    pub fn tls(&self) -> Result<MakeRustlsConnect, ExternalError> {
        match self {
            Self::Private(_) => {
                Ok(MakeRustlsConnect::new(client_config(RootCertStore::empty(), None)?))
            }
            Self::External(external) => Ok(external.tls.clone()),
        }
    }

    /// Ends our own cluster and waits for it; leaves somebody else's alone. Blocks.
    pub fn stop(self) {
        match self {
            Self::Private(cluster) => cluster.stop(),
            Self::External(_) => {}
        }
    }
}

/// An error of the driver with its cause, which says what is wrong.
fn told(error: &tokio_postgres::Error) -> String {
    use std::error::Error as _;
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// Splits `sslmode` off: the driver knows fewer modes than there are, and ours is not for choice.
fn without_mode(url: &str) -> Result<(String, Option<String>), ExternalError> {
    if !url.starts_with("postgresql://") && !url.starts_with("postgres://") {
        return Err(ExternalError::Url { problem: "it begins otherwise".to_owned() });
    }
    let Some((place, query)) = url.split_once('?') else { return Ok((url.to_owned(), None)) };
    let mut mode = None;
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(_) | None => kept.push(pair),
        }
    }
    let url =
        if kept.is_empty() { place.to_owned() } else { format!("{place}?{}", kept.join("&")) };
    Ok((url, mode))
}

fn client_config(
    authorities: RootCertStore,
    identity: Option<&(PathBuf, PathBuf)>,
) -> Result<ClientConfig, ExternalError> {
    let builder = ClientConfig::builder_with_provider(tls::provider())
        .with_protocol_versions(&[&version::TLS13])?;
    let builder = if authorities.is_empty() {
        // Nobody is trusted; only a socket, which asks nobody, can be used with this.
        builder.with_root_certificates(authorities)
    } else {
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(authorities), tls::provider())
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?;
        builder.with_webpki_verifier(verifier)
    };
    let Some((certificate, key)) = identity else { return Ok(builder.with_no_client_auth()) };
    let chain = tls::certificates(&read(certificate)?, certificate)
        .map_err(|error| content(certificate, &error))?;
    let key_der =
        PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| content(key, &error))?;
    Ok(builder.with_client_auth_cert(chain, key_der)?)
}

fn authorities(path: &Path) -> Result<RootCertStore, ExternalError> {
    let mut store = RootCertStore::empty();
    let found = tls::certificates(&read(path)?, path).map_err(|error| content(path, &error))?;
    for certificate in found {
        store.add(certificate).map_err(|error| content(path, &error))?;
    }
    Ok(store)
}

fn read(path: &Path) -> Result<Vec<u8>, ExternalError> {
    fs::read(path).map_err(|source| ExternalError::File { path: path.to_path_buf(), source })
}

fn content(path: &Path, problem: &dyn fmt::Display) -> ExternalError {
    ExternalError::Content { path: path.to_path_buf(), problem: problem.to_string() }
}
