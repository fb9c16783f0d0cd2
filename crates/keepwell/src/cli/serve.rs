//! `keepwell serve`: the database, the app, the ports; then the other way round.

use std::io::{self, Write as _};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use keepwell::{Choices, seal_at_the_end, start};
use platform::clock::Clock;
use platform::cluster::Cluster;
use platform::config::{DatabasePlace, LogFormat, LogOptions, ServeOptions};
use platform::external::{External, Server};
use platform::root_key::{self, OpenedRootKey};
use platform::serve::{Limits, Listeners, no_core_dumps, serve};
use platform::tls::{Tls, Trust};

use super::stop::asked_to_stop;

/// What the person who started it may want to know.
pub(super) struct Ready<'a> {
    /// Where people go.
    pub(super) origin: &'a str,
    /// The authority that vouches for the certificate, when it is our own.
    pub(super) trust: Option<&'a Trust>,
    data_dir: &'a Path,
    root: &'a OpenedRootKey,
}

/// Serves until told to stop.
pub(super) fn run(options: &ServeOptions) -> anyhow::Result<()> {
    run_with(options, async |_| Ok(welcome))
}

/// The same, with something done to the finished router before the first person comes in, and with
/// the welcome that comes of it.
pub(super) fn run_with<W: FnOnce(&Ready<'_>) -> io::Result<()>>(
    options: &ServeOptions,
    prepare: impl AsyncFnOnce(Router) -> anyhow::Result<W>,
) -> anyhow::Result<()> {
    no_core_dumps().context("cannot turn core dumps off")?;
    start_log(options.log);

    let data_dir = options.data.data_dir();
    let place = options.database.place(&data_dir)?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    // Armed before anything is made: whoever stops a program that is still starting wants the
    // database ended too.
    let stop = {
        let _entered = runtime.enter();
        asked_to_stop()?
    };
    make_data_dir(&data_dir)?;
    // The key before the database: a database that nobody has a key for must not come to be.
    let open_root = |exists| root_key::open(&options.data.root_key_file(), exists);
    let (root, server) = match place {
        DatabasePlace::Private(cluster) => {
            (open_root(cluster.database_exists())?, Server::Private(Cluster::start(&cluster)?))
        }
        DatabasePlace::External(external) => {
            let external = External::open(&external)?;
            let root = open_root(runtime.block_on(external.database_exists())?)?;
            (root, Server::External(Box::new(external)))
        }
    };

    let outcome = runtime.block_on(work(options, &data_dir, &root, &server, prepare, stop));
    runtime.shutdown_background();
    server.stop();
    outcome
}

/// Everything between the start of the database and its end.
async fn work<W: FnOnce(&Ready<'_>) -> io::Result<()>>(
    options: &ServeOptions,
    data_dir: &Path,
    root: &OpenedRootKey,
    server: &Server,
    prepare: impl AsyncFnOnce(Router) -> anyhow::Result<W>,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let mut stop = pin!(stop);
    let origin = options.listen.public_origin();
    let source = options.tls.source(data_dir, &origin);
    let tls = Arc::new(Tls::open(source, Clock::real())?);
    let config = tls.server_config(options.tls.versions(), &[b"h2", b"http/1.1"])?;
    let listeners = Listeners::bind(options.listen.listen, options.listen.listen_http.0).await?;
    let limits = Limits {
        connections: usize::try_from(options.listen.max_connections)?,
        connections_per_address: usize::try_from(options.listen.max_connections_per_address)?,
        ..Limits::default()
    };

    let choices = Choices::of(&options.sessions, &options.rates, &options.audit);
    let root_key = Arc::clone(&root.key);
    let smtp = options.mail.smtp()?;
    let router =
        start(server, root_key, origin.as_str(), choices, smtp.as_ref(), Clock::real()).await?;
    let welcome = tokio::select! {
        prepared = prepare(router.clone()) => prepared?,
        () = &mut stop => return Ok(()),
    };
    let keeper = Arc::clone(&tls);
    tokio::spawn(async move { keeper.keep_fresh().await });
    let ready = Ready { origin: origin.as_str(), trust: tls.trust(), data_dir, root };
    if let Err(error) = welcome(&ready) {
        tracing::warn!(%error, "nobody reads the standard output");
    }
    serve(router, listeners, config, origin, limits, stop).await;
    tracing::info!("stopping");
    let worker = server.config("keepwell_worker");
    seal_at_the_end(&worker, server.tls()?, &root.key).await;
    Ok(())
}

fn make_data_dir(data_dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    // Only the folder itself is closed: the database's own user must get through those above it.
    if let Some(above) = data_dir.parent() {
        std::fs::create_dir_all(above)
            .with_context(|| format!("cannot make the folder {}", above.display()))?;
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .with_context(|| format!("cannot make the data directory {}", data_dir.display()))
}

fn start_log(options: LogOptions) {
    let log = tracing_subscriber::fmt()
        .with_max_level(options.log_level)
        .with_target(false)
        .with_writer(io::stderr);
    match options.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

/// Tells the person who started it where to go and what to keep.
fn welcome(ready: &Ready<'_>) -> io::Result<()> {
    let Ready { origin, trust, data_dir, root } = ready;
    let mut out = io::stdout().lock();
    writeln!(out, "\n  Keepwell is ready:  {origin}\n")?;
    writeln!(out, "  Data:  {}", data_dir.display())?;
    writeln!(out, "  Root key:  {} (keep a copy elsewhere)", root.path.display())?;
    if let Some(trust) = trust {
        let certificate = trust.certificate.display();
        writeln!(out, "  Certificate authority:  {certificate}")?;
        writeln!(out, "    SHA-256  {}", trust.fingerprint)?;
        if trust.is_new {
            writeln!(
                out,
                "    Browsers ask about it until they trust it. Compare the fingerprint, then:\n\
                 \x20   Firefox:  Settings > Certificates > Authorities > Import\n\
                 \x20   Chrome:   certutil -A -d sql:$HOME/.pki/nssdb -t C,, -n keepwell -i FILE\n\
                 \x20   Debian:   cp FILE /usr/local/share/ca-certificates/keepwell.crt && \
                 update-ca-certificates\n\
                 \x20   It can vouch for this host only."
            )?;
        }
    }
    if root.is_new {
        writeln!(
            out,
            "\n  Keep a copy of the root key, apart from the database and its backups:\n\
             \x20   {}\n\
             \x20 Without it nobody can ever read the data again, and with it a stolen backup of \
             the\n  database is half open. Print it, or put it into a password safe, now.",
            root.path.display()
        )?;
    }
    writeln!(out, "\n  Stop with Ctrl-C.\n")?;
    out.flush()
}
