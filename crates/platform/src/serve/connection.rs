//! One connection from its first byte to its last.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response, StatusCode, Version, header};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::delivery::Deliveries;
use super::limits::Limits;
use super::plain;
use crate::config::PublicOrigin;

const HEADER_BYTES_MAX: u32 = 16 * 1024;
const HEADERS_MAX: usize = 100;
/// What a page asks for at once, several times over.
const STREAMS_MAX: u32 = 32;
/// Streams that a client opens and takes back at once cost us work and it nothing ("rapid
/// reset"): after so many that wait to be noticed, the connection ends.
const PENDING_RESETS_MAX: usize = 20;
/// The same for streams that we had to reset because of the client's errors.
const LOCAL_RESETS_MAX: usize = 100;
const SEND_BUFFER_BYTES_MAX: usize = 256 * 1024;

/// A connection that speaks TLS, or none.
pub(super) async fn https(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    acceptor: TlsAcceptor,
    limits: Arc<Limits>,
    stopping: watch::Receiver<()>,
) {
    let life = Arc::new(Life::default());
    let watched = Watched { stream, life: Arc::clone(&life) };
    let Ok(Ok(stream)) = timeout(limits.handshake, acceptor.accept(watched)).await else {
        // A stranger's failed handshake is his business.
        return;
    };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let asked = Arc::clone(&life);
    let service = service_fn(move |request: Request<Incoming>| {
        asked.has_asked.store(true, Ordering::Relaxed);
        let router = router.clone();
        let deliveries = asked.deliveries.clone();
        async move {
            let answer = match admissible(request) {
                Ok(mut request) => {
                    request.extensions_mut().insert(ConnectInfo(peer));
                    router.oneshot(request).await?
                }
                Err(refusal) => *refusal,
            };
            Ok::<_, std::convert::Infallible>(deliveries.note(answer))
        }
    });
    let io = TokioIo::new(stream);
    if is_http2 {
        drive(http2_rules().serve_connection(io, service), &life, &limits, stopping).await;
    } else {
        drive(http1_rules(&limits).serve_connection(io, service), &life, &limits, stopping).await;
    }
}

/// A connection on the plain port.
pub(super) async fn plain(
    stream: TcpStream,
    origin: Arc<PublicOrigin>,
    limits: Arc<Limits>,
    stopping: watch::Receiver<()>,
) {
    let life = Arc::new(Life::default());
    let watched = Watched { stream, life: Arc::clone(&life) };
    let asked = Arc::clone(&life);
    let service = service_fn(move |request: Request<Incoming>| {
        asked.has_asked.store(true, Ordering::Relaxed);
        let answer = plain::answer(&request, &origin);
        async move { Ok::<_, std::convert::Infallible>(answer) }
    });
    let mut rules = http1_rules(&limits);
    let connection = rules.keep_alive(false).serve_connection(TokioIo::new(watched), service);
    drive(connection, &life, &limits, stopping).await;
}

/// What every request must have before anybody looks at it.
fn admissible(request: Request<Incoming>) -> Result<Request<Incoming>, Box<Response<Body>>> {
    let headers = request.headers();
    if headers.len() > HEADERS_MAX {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Box::new(plain::problem(status, "There are too many headers.")));
    }
    // Two names of one server let a proxy and us disagree about whom a request is for.
    let hosts = headers.get_all(header::HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        let detail = "A request names its host exactly once.";
        return Err(Box::new(plain::problem(StatusCode::BAD_REQUEST, detail)));
    }
    Ok(request)
}

fn http1_rules(limits: &Limits) -> http1::Builder {
    let mut rules = http1::Builder::new();
    rules
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_header_size(HEADER_BYTES_MAX as usize)
        .max_headers(HEADERS_MAX);
    rules
}

fn http2_rules() -> http2::Builder<TokioExecutor> {
    let mut rules = http2::Builder::new(TokioExecutor::new());
    rules
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_pending_accept_reset_streams(PENDING_RESETS_MAX)
        .max_local_error_reset_streams(LOCAL_RESETS_MAX)
        .max_header_list_size(HEADER_BYTES_MAX)
        .max_send_buf_size(SEND_BUFFER_BYTES_MAX);
    rules
}

/// Runs a connection until it ends, overstays, or the server stops.
async fn drive<C>(connection: C, life: &Life, limits: &Limits, mut stopping: watch::Receiver<()>)
where
    C: GracefulConnection,
{
    let mut connection = pin!(connection);
    let mut is_stopping = false;
    loop {
        let Some(left) = life.time_left(limits) else { return };
        tokio::select! {
            // Both ends and errors are the peer's to know.
            _ = connection.as_mut() => return,
            _ = stopping.changed(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            // Then look again: what the connection did meanwhile may have bought it time, or an
            // answer may wait to be fetched since.
            () = sleep(left.min(limits.delivery)) => {}
        }
    }
}

/// What happened on a connection so far.
#[derive(Debug)]
struct Life {
    began: Instant,
    /// Whether a whole request ever arrived.
    has_asked: AtomicBool,
    /// When the last byte moved, in milliseconds after the beginning.
    moved_at_ms: AtomicU64,
    /// What is still to be sent.
    deliveries: Deliveries,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            has_asked: AtomicBool::new(false),
            moved_at_ms: AtomicU64::new(0),
            deliveries: Deliveries::default(),
        }
    }
}

impl Life {
    fn age_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// How long the connection may stay if nothing happens; `None` when its time is over.
    fn time_left(&self, limits: &Limits) -> Option<Duration> {
        let moved_at = Duration::from_millis(self.moved_at_ms.load(Ordering::Relaxed));
        let rest = moved_at + limits.idle;
        let until = if self.has_asked.load(Ordering::Relaxed) {
            rest
        } else {
            // Half a request is none.
            rest.min(limits.handshake + limits.headers)
        };
        let until = match self.deliveries.oldest() {
            // Whoever asks must also fetch: pings are no fetching.
            Some(since) => until.min(since.duration_since(self.began) + limits.delivery),
            None => until,
        };
        until.checked_sub(self.began.elapsed()).filter(|left| !left.is_zero())
    }

    fn note(&self, moved: bool) {
        if moved {
            self.moved_at_ms.store(self.age_ms(), Ordering::Relaxed);
        }
    }
}

/// A stream that notes when bytes move, in either direction.
struct Watched {
    stream: TcpStream,
    life: Arc<Life>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.life.note(buffer.filled().len() > before);
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.life.note(matches!(polled, Poll::Ready(Ok(1..))));
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.life.note(matches!(polled, Poll::Ready(Ok(1..))));
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
