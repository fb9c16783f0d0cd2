//! Which database: the private one, or a server that somebody else runs.

use std::convert::Infallible;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::ConfigError;
use crate::cluster::ClusterConfig;
use crate::external::ExternalConfig;

/// Where the data goes.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Database")]
pub struct DatabaseOptions {
    /// The folder of `initdb` and `postgres` for the private database
    #[arg(long, env = "KEEPWELL_PG_BIN", value_name = "DIR", conflicts_with_all = ["database_url", "database_url_file"])]
    pub pg_bin: Option<PathBuf>,

    /// A PostgreSQL server to use in place of the private one
    ///
    /// `postgresql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE`. Over TCP it is always TLS 1.3 with the
    /// server's certificate and name checked (`sslmode=verify-full`). Other users of the machine
    /// can see a command line, so name a password only in the file.
    #[arg(
        long,
        env = "KEEPWELL_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        value_parser = |url: &str| Ok::<_, Infallible>(SecretString::from(url)),
        conflicts_with = "database_url_file"
    )]
    pub database_url: Option<SecretString>,

    /// A file whose one line is the --database-url
    #[arg(long, env = "KEEPWELL_DATABASE_URL_FILE", value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,

    /// The certificate authority of the database server (PEM)
    #[arg(long, env = "KEEPWELL_DATABASE_CA", value_name = "FILE")]
    pub database_ca: Option<PathBuf>,

    /// Our certificate for the database server (PEM)
    #[arg(
        long,
        env = "KEEPWELL_DATABASE_CERTIFICATE",
        value_name = "FILE",
        requires = "database_key"
    )]
    pub database_certificate: Option<PathBuf>,

    /// The key of our certificate for the database server (PEM)
    #[arg(
        long,
        env = "KEEPWELL_DATABASE_KEY",
        value_name = "FILE",
        requires = "database_certificate"
    )]
    pub database_key: Option<PathBuf>,
}

/// Which database to use.
#[derive(Clone, Debug)]
pub enum DatabasePlace {
    /// Our own cluster.
    Private(ClusterConfig),
    /// A server that somebody else runs.
    External(ExternalConfig),
}

impl DatabaseOptions {
    /// Decides, and reads the secret where it is in a file.
    pub fn place(&self, data_dir: &Path) -> Result<DatabasePlace, ConfigError> {
        let url = match (&self.database_url, &self.database_url_file) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(path)) => Some(secret_in(path)?),
            (None, None) => None,
        };
        Ok(match url {
            None => DatabasePlace::Private(ClusterConfig {
                pg_bin: self.pg_bin.clone(),
                ..ClusterConfig::new(data_dir)
            }),
            Some(url) => DatabasePlace::External(ExternalConfig {
                url,
                authority: self.database_ca.clone(),
                identity: self.database_certificate.clone().zip(self.database_key.clone()),
            }),
        })
    }
}

/// The one line of a file.
pub(super) fn secret_in(path: &Path) -> Result<SecretString, ConfigError> {
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|source: io::Error| {
        ConfigError::Unreadable { path: path.to_path_buf(), source }
    })?;
    Ok(SecretString::from(text.trim()))
}
