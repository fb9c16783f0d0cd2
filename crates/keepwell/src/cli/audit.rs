//! `keepwell audit`: verifies what the audit says was done, and shows the key that seals it.

use std::io::{self, Write as _};

use anyhow::{Context as _, bail};
use platform::audit::{Finding, Seal, Verified, Wanted, hex, verify as verify_all};
use platform::cluster::{Cluster, ClusterError};
use platform::config::{DatabasePlace, KeyOptions, VerifyOptions};
use platform::external::{External, Server};
use platform::root_key;
use platform::serve::no_core_dumps;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};

const AUDITOR: &str = "keepwell_auditor";
/// Findings that are printed one by one.
const PRINTED_MAX: u64 = 200;

/// Shows the public key.
pub(super) fn key(options: &KeyOptions) -> anyhow::Result<()> {
    no_core_dumps().context("cannot turn core dumps off")?;
    let root = root_key::open(&options.data.root_key_file(), true)?;
    let seal = Seal::of(&root.key);
    let mut out = io::stdout().lock();
    writeln!(out, "Ed25519 public key:  {}", hex(seal.public_key()))?;
    writeln!(out, "SHA-256 of the key:  {}", hex(&seal.key_hash()))?;
    Ok(())
}

/// Verifies the whole audit; an error when anything is wrong.
pub(super) fn verify(options: &VerifyOptions) -> anyhow::Result<()> {
    no_core_dumps().context("cannot turn core dumps off")?;
    let data_dir = options.data.data_dir();
    let root = root_key::open(&options.data.root_key_file(), true)?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let work = async |way: Way, at_rest| {
        let wanted = Wanted { at_rest, noted: options.noted };
        let mut printed = 0;
        let mut print = |finding: Finding| {
            printed += 1;
            if printed <= PRINTED_MAX {
                // The exit code tells it also to whoever closed the output.
                writeln!(io::stdout(), "{finding}").unwrap_or_default();
            }
        };
        way.verify(&root.key, wanted, &mut print).await
    };
    let verified = match options.database.place(&data_dir)? {
        DatabasePlace::External(external) => {
            let server = Server::External(Box::new(External::open(&external)?));
            runtime.block_on(work(Way::Tls(server), false))?
        }
        DatabasePlace::Private(cluster) if !cluster.database_exists() => {
            bail!("there is no database in {}. Name another --data-dir", data_dir.display())
        }
        DatabasePlace::Private(config) => match Cluster::start(&config) {
            Ok(cluster) => {
                let outcome = runtime.block_on(work(Way::Socket(cluster.config(AUDITOR)), true));
                cluster.stop();
                outcome?
            }
            Err(ClusterError::AlreadyRunning { .. }) => {
                runtime.block_on(work(Way::Socket(config.running(AUDITOR)?), false))?
            }
            Err(error) => return Err(error.into()),
        },
    };
    tell(&verified)?;
    match verified.findings {
        0 => Ok(()),
        1 => bail!("the audit is not as it was written: one thing is wrong"),
        many => bail!("the audit is not as it was written: {many} things are wrong"),
    }
}

/// How the database is reached.
enum Way {
    Socket(Config),
    Tls(Server),
}

impl Way {
    async fn verify(
        self,
        root: &keys::RootKey,
        wanted: Wanted,
        print: &mut (dyn FnMut(Finding) + Send),
    ) -> anyhow::Result<Verified> {
        let unreachable = "cannot connect to the database as the auditor: run this as the user who \
                           runs the server";
        let mut client = match self {
            Self::Socket(config) => {
                let (client, connection) = config.connect(NoTls).await.context(unreachable)?;
                tokio::spawn(connection);
                client
            }
            Self::Tls(server) => {
                let (client, connection) =
                    server.config(AUDITOR).connect(server.tls()?).await.context(unreachable)?;
                tokio::spawn(connection);
                client
            }
        };
        verify_all(&mut client, root, wanted, print).await.map_err(|cause| match cause.code() {
            Some(&SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_COLUMN) => anyhow::anyhow!(
                "this database was not brought up to date yet: start `keepwell serve` of this \
                 version once"
            ),
            Some(_) | None => anyhow::Error::new(cause).context("the audit could not be read"),
        })
    }
}

fn tell(verified: &Verified) -> io::Result<()> {
    let Verified { chains, events, anchors, checkpoints, newest, findings } = verified;
    let mut out = io::stdout().lock();
    if *findings > PRINTED_MAX {
        writeln!(out, "... and {} more", findings - PRINTED_MAX)?;
    }
    writeln!(
        out,
        "Chains: {chains}, with {events} events. Checkpoints: {checkpoints}, with {anchors} leaves."
    )?;
    if *findings == 0 {
        writeln!(out, "All is as it was written.")?;
    }
    if let Some(newest) = newest {
        writeln!(
            out,
            "The newest checkpoint is of {}. Note it elsewhere; --noted finds later whether the \
             end was cut off:\n  {}:{}",
            newest.at,
            newest.number,
            hex(&newest.hash())
        )?;
    }
    Ok(())
}
