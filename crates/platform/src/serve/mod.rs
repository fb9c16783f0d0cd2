//! Takes connections and answers requests: HTTPS for everything, plain HTTP only to send people
//! there.
//!
//! Everything that an anonymous connection can use up is limited here: connections in all and per
//! address, time for the handshake and for headers, their size and number, streams, idleness.
//! What a request may do is decided above, by the router.

mod connection;
mod delivery;
mod hardening;
mod limits;
mod plain;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub use self::hardening::no_core_dumps;
pub use self::limits::Limits;

use self::limits::Admission;
use crate::config::PublicOrigin;

/// When no more files can be opened, wait for some to be closed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// An address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("Cannot listen on {address}: {source}.{}", advice(source))]
pub struct ListenError {
    address: SocketAddr,
    source: io::Error,
}

fn advice(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::AddrInUse {
        "\nAnother program has this port. Choose another with --listen or --listen-http."
    } else if error.kind() == io::ErrorKind::PermissionDenied {
        "\nPorts below 1024 need a privilege; choose a higher one with --listen or --listen-http."
    } else {
        ""
    }
}

/// The open ports. They are opened before anything is promised to anybody.
#[derive(Debug)]
pub struct Listeners {
    https: TcpListener,
    http: Option<TcpListener>,
}

impl Listeners {
    /// Opens the ports.
    pub async fn bind(https: SocketAddr, http: Option<SocketAddr>) -> Result<Self, ListenError> {
        let https = bind(https).await?;
        let http = match http {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        Ok(Self { https, http })
    }

    /// Where HTTPS is served; tells the number of a port that was left to the system.
    pub fn https_address(&self) -> io::Result<SocketAddr> {
        self.https.local_addr()
    }

    /// Where plain HTTP is sent away.
    pub fn http_address(&self) -> io::Result<Option<SocketAddr>> {
        self.http.as_ref().map(TcpListener::local_addr).transpose()
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| ListenError { address, source })
}

/// Answers until `shutdown` ends, then lets the requests under way finish.
pub async fn serve(
    router: Router,
    listeners: Listeners,
    tls: Arc<ServerConfig>,
    origin: PublicOrigin,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) {
    let (stop, stopping) = watch::channel(());
    let admission = Arc::new(Admission::new(&limits));
    let limits = Arc::new(limits);

    let mut listening = JoinSet::new();
    let https = Listener { limits: Arc::clone(&limits), admission, stopping: stopping.clone() };
    let kind = Kind::Https { router, acceptor: TlsAcceptor::from(tls) };
    listening.spawn(https.run(listeners.https, kind));
    if let Some(listener) = listeners.http {
        // Its own places: whoever fills the plain port does not fill the real one.
        let admission = Arc::new(Admission::new(&limits));
        let http = Listener { limits, admission, stopping };
        listening.spawn(http.run(listener, Kind::Plain { origin: Arc::new(origin) }));
    }

    shutdown.await;
    // Dropped, not sent: whoever holds the other end sees it, also who looks later.
    drop(stop);
    while listening.join_next().await.is_some() {}
}

/// What a port is for.
#[derive(Clone)]
enum Kind {
    Https { router: Router, acceptor: TlsAcceptor },
    Plain { origin: Arc<PublicOrigin> },
}

struct Listener {
    limits: Arc<Limits>,
    admission: Arc<Admission>,
    stopping: watch::Receiver<()>,
}

impl Listener {
    /// Accepts until told to stop, then waits for the open connections.
    async fn run(mut self, listener: TcpListener, kind: Kind) {
        let mut open = JoinSet::new();
        loop {
            // Full means: the next waits in the kernel's queue, at no cost to us.
            let place = tokio::select! {
                place = self.admission.place() => place,
                _ = self.stopping.changed() => break,
            };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = self.stopping.changed() => break,
            };
            while open.try_join_next().is_some() {}
            let (stream, mut peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::debug!(%error, "cannot accept");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            // A port for both kinds of address shows an old one as a new one.
            peer.set_ip(peer.ip().to_canonical());
            let Some(guest) = self.admission.admit(place, peer.ip()) else { continue };
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "cannot set TCP_NODELAY");
            }
            let answering = self.answer(stream, peer, kind.clone());
            open.spawn(async move {
                answering.await;
                drop(guest);
            });
        }
        drop(listener);
        let drained = async { while open.join_next().await.is_some() {} };
        if tokio::time::timeout(self.limits.drain, drained).await.is_err() {
            tracing::warn!(connections = open.len(), "requests did not finish in time");
        }
    }

    fn answer(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        kind: Kind,
    ) -> impl Future<Output = ()> + Send + use<> {
        let limits = Arc::clone(&self.limits);
        let stopping = self.stopping.clone();
        async move {
            match kind {
                Kind::Https { router, acceptor } => {
                    connection::https(stream, peer, router, acceptor, limits, stopping).await;
                }
                Kind::Plain { origin } => {
                    connection::plain(stream, origin, limits, stopping).await;
                }
            }
        }
    }
}
