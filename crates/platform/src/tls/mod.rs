//! TLS as the server speaks it: which versions, which groups, which certificate.
//!
//! The certificate is the operator's, or one from a local authority that is made on the first
//! start (`authority`). Either way it is exchanged while serving, without a restart.

mod authority;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::crypto::aws_lc_rs::{self, Ticketer, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};

use self::authority::Authority;
use crate::clock::Clock;

/// How often to look whether the certificate must be exchanged.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// The key agreements offered, best first. The first is safe against a quantum computer that
/// reads today's recordings tomorrow.
const GROUPS: [&dyn SupportedKxGroup; 4] =
    [kx_group::X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1];

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum CertificateSource {
    /// Made here, by an authority that is kept in `folder`.
    Local {
        /// The folder for the authority's and the server's files.
        folder: PathBuf,
        /// The name that people type; `localhost` and its addresses come with it.
        host: String,
    },
    /// The operator's own.
    Files {
        /// The certificate and those between it and its authority, PEM.
        certificate: PathBuf,
        /// Its private key, PEM.
        key: PathBuf,
    },
}

/// Which versions are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// TLS 1.3 only.
    Modern,
    /// TLS 1.2 too, for old clients; only its forward-secret suites with AEAD.
    Intermediate,
}

/// What people need to trust the local authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// The authority's certificate.
    pub certificate: PathBuf,
    /// SHA-256 of the certificate, as browsers show it: `AB:CD:…`.
    pub fingerprint: String,
    /// Whether it was made just now, and everybody must be told.
    pub is_new: bool,
}

/// There is no certificate to serve with.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("Cannot {what} {path}: {source}.")]
    File {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds something else.
    #[error("The file {path} is no {wanted}: {problem}.")]
    Content {
        /// The file.
        path: PathBuf,
        /// What should be in it.
        wanted: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The key lies open.
    #[error("The key {path} can be read by everybody.\nClose it:  chmod 600 {path}")]
    OpenToOthers {
        /// The key.
        path: PathBuf,
    },
    /// Certificate making failed.
    #[error("Cannot make a certificate: {0}.")]
    Making(#[from] rcgen::Error),
    /// rustls refused.
    #[error("TLS cannot be set up: {0}.")]
    Setup(#[from] rustls::Error),
}

impl TlsError {
    fn file(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { what, path, source }
    }

    fn content(path: &Path, wanted: &'static str) -> impl FnOnce(&dyn fmt::Display) -> Self {
        let path = path.to_path_buf();
        move |problem| Self::Content { path, wanted, problem: problem.to_string() }
    }
}

/// The certificate in use, and how it stays fresh.
#[derive(Debug)]
pub struct Tls {
    source: CertificateSource,
    clock: Clock,
    current: Arc<Current>,
    /// When the operator's files last changed, as far as we have seen.
    seen: Mutex<Option<SystemTime>>,
    trust: Option<Trust>,
}

impl Tls {
    /// Opens the certificate, making it first where it is ours to make.
    pub fn open(source: CertificateSource, clock: Clock) -> Result<Self, TlsError> {
        let (key, trust) = match &source {
            CertificateSource::Local { folder, host } => {
                let (authority, is_new) = Authority::open(folder, host, &clock)?;
                let key = authority.leaf(&clock)?;
                let certificate = authority.certificate_path();
                let fingerprint = authority.fingerprint();
                (key, Some(Trust { certificate, fingerprint, is_new }))
            }
            CertificateSource::Files { certificate, key } => (from_files(certificate, key)?, None),
        };
        let seen = Mutex::new(changed_at(&source));
        let current = Arc::new(Current(RwLock::new(Arc::new(key))));
        Ok(Self { source, clock, current, seen, trust })
    }

    /// How to trust the local authority; `None` with the operator's own certificate.
    pub fn trust(&self) -> Option<&Trust> {
        self.trust.as_ref()
    }

    /// What a listener needs. `protocols` are the application protocols offered, best first.
    pub fn server_config(
        &self,
        versions: Versions,
        protocols: &[&[u8]],
    ) -> Result<Arc<ServerConfig>, TlsError> {
        let spoken: &[_] = match versions {
            Versions::Modern => &[&version::TLS13],
            Versions::Intermediate => &[&version::TLS13, &version::TLS12],
        };
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(spoken)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        // Keys that change by themselves every few hours; early data stays off, as it can be
        // replayed.
        config.ticketer = Ticketer::new()?;
        Ok(Arc::new(config))
    }

    /// Exchanges the certificate when its time has come; says whether it did.
    pub fn refresh(&self) -> Result<bool, TlsError> {
        let fresh = match &self.source {
            CertificateSource::Local { folder, host } => {
                let (authority, _) = Authority::open(folder, host, &self.clock)?;
                authority.leaf(&self.clock)?
            }
            CertificateSource::Files { certificate, key } => {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                let changed = changed_at(&self.source);
                if *seen == changed {
                    return Ok(false);
                }
                let fresh = from_files(certificate, key)?;
                *seen = changed;
                fresh
            }
        };
        Ok(self.current.exchange(fresh))
    }

    /// Keeps the certificate fresh for ever. A failure is told and tried again: until then the
    /// old certificate serves.
    pub async fn keep_fresh(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            match self.refresh() {
                Ok(true) => tracing::info!("the server has a new certificate"),
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "the certificate cannot be renewed"),
            }
        }
    }
}

/// The cryptography of every TLS connection, to people and to the database.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider { kx_groups: GROUPS.to_vec(), ..aws_lc_rs::default_provider() })
}

/// The one certificate, whatever name a client asks for: a stranger learns nothing from asking.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl Current {
    fn exchange(&self, fresh: CertifiedKey) -> bool {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if current.cert == fresh.cert {
            return false;
        }
        *current = Arc::new(fresh);
        true
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// The operator's own certificate and key.
fn from_files(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let meta = fs::metadata(key).map_err(TlsError::file("read", key))?;
    if meta.mode() & 0o004 != 0 {
        return Err(TlsError::OpenToOthers { path: key.to_path_buf() });
    }
    let chain_pem = fs::read(certificate).map_err(TlsError::file("read", certificate))?;
    let key_pem = fs::read(key).map_err(TlsError::file("read", key))?;
    certified(&chain_pem, certificate, &key_pem, key)
}

/// A certificate with its key, checked to belong together.
fn certified(
    chain_pem: &[u8],
    certificate: &Path,
    key_pem: &[u8],
    key: &Path,
) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(chain_pem, certificate)?;
    let key_der = PrivateKeyDer::from_pem_slice(key_pem)
        .map_err(|error| TlsError::content(key, "private key in PEM form")(&error))?;
    CertifiedKey::from_der(chain, key_der, &provider())
        .map_err(|error| TlsError::content(certificate, "certificate for its key")(&error))
}

/// Every certificate of a PEM file; at least one.
pub(crate) fn certificates(
    pem: &[u8],
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wanted = "certificate in PEM form";
    let chain = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| TlsError::content(path, wanted)(&error))?;
    if chain.is_empty() {
        return Err(TlsError::content(path, wanted)(&"it holds none"));
    }
    Ok(chain)
}

fn changed_at(source: &CertificateSource) -> Option<SystemTime> {
    match source {
        CertificateSource::Local { .. } => None,
        CertificateSource::Files { certificate, key } => [certificate, key]
            .into_iter()
            .filter_map(|path| fs::metadata(path).ok()?.modified().ok())
            .max(),
    }
}

/// The names and addresses that a local certificate is for.
fn names_of(host: &str) -> Vec<Name> {
    let mut names = vec![Name::parse(host)];
    for local in ["localhost", "127.0.0.1", "::1"] {
        let name = Name::parse(local);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A host as a certificate writes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Dns(String),
    Address(IpAddr),
}

impl Name {
    fn parse(host: &str) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse().map_or_else(|_| Self::Dns(bare.to_ascii_lowercase()), Self::Address)
    }
}
