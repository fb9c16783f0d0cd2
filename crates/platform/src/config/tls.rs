//! How connections are protected.

use std::path::{Path, PathBuf};

use super::PublicOrigin;
use crate::tls::{CertificateSource, Versions};

/// Certificate and versions.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "TLS")]
pub struct TlsOptions {
    /// Your certificate and its chain (PEM); without, Keepwell makes its own authority
    #[arg(long, env = "KEEPWELL_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,

    /// Your certificate's private key (PEM); both are read again when they change
    #[arg(long, env = "KEEPWELL_TLS_KEY", value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,

    /// Speak TLS 1.2 too, for clients older than about 2019
    #[arg(long, env = "KEEPWELL_TLS_INTERMEDIATE")]
    pub tls_intermediate: bool,
}

impl TlsOptions {
    /// Where the certificate comes from.
    pub fn source(&self, data_dir: &Path, origin: &PublicOrigin) -> CertificateSource {
        match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => {
                CertificateSource::Files { certificate: certificate.clone(), key: key.clone() }
            }
            (None | Some(_), None | Some(_)) => CertificateSource::Local {
                folder: data_dir.join("tls"),
                host: origin.host().to_owned(),
            },
        }
    }

    /// The versions to speak.
    pub fn versions(&self) -> Versions {
        if self.tls_intermediate { Versions::Intermediate } else { Versions::Modern }
    }
}
