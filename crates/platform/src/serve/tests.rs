//! The server as clients meet it: real ports, real TLS.

use std::future::pending;
use std::net::Ipv4Addr;

use axum::extract::ConnectInfo;
use axum::routing::get;
use bytes::Bytes;
use http::Request;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore, version};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::clock::Clock;
use crate::tls::{self, CertificateSource, Tls, Versions};

/// Generous: the machine may be busy with everything else.
const LIMIT: Duration = Duration::from_secs(30);

struct Running {
    https: SocketAddr,
    http: SocketAddr,
    client: ClientConfig,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
    _folder: TempDir,
}

async fn start(router: Router, limits: Limits) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let source = CertificateSource::Local {
        folder: folder.path().to_path_buf(),
        host: "localhost".to_owned(),
    };
    let tls = Tls::open(source, Clock::real()).unwrap();
    let config = tls.server_config(Versions::Modern, &[b"h2", b"http/1.1"]).unwrap();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listeners = Listeners::bind(any, Some(any)).await.unwrap();
    let https = listeners.https_address().unwrap();
    let http = listeners.http_address().unwrap().unwrap();
    let (stop, stopped) = oneshot::channel();
    let origin = PublicOrigin::localhost(https.port());
    let served = tokio::spawn(serve(router, listeners, config, origin, limits, async move {
        stopped.await.unwrap_or(());
    }));

    let authority = &tls.trust().unwrap().certificate;
    let mut store = RootCertStore::empty();
    for certificate in tls::certificates(&std::fs::read(authority).unwrap(), authority).unwrap() {
        store.add(certificate).unwrap();
    }
    let client = ClientConfig::builder_with_provider(tls::provider())
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .with_root_certificates(store)
        .with_no_client_auth();
    Running { https, http, client, stop, served, _folder: folder }
}

impl Running {
    async fn connect(&self, protocol: &[u8]) -> io::Result<TlsStream<TcpStream>> {
        let mut config = self.client.clone();
        config.alpn_protocols = vec![protocol.to_vec()];
        let stream = TcpStream::connect(self.https).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// A whole answer over a connection of its own.
    async fn ask(&self, request: &str) -> String {
        let mut stream = self.connect(b"http/1.1").await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        read_to_end(&mut stream).await
    }

    async fn ask_in_clear(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.http).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        read_to_end(&mut stream).await
    }
}

/// Reads until the other side closes, politely or not.
async fn read_to_end(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let read = timeout(LIMIT, stream.read_to_end(&mut bytes)).await.expect("still open");
    drop(read);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_is_answered_and_the_handler_knows_the_address() {
    let router = Router::new().route(
        "/",
        get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }),
    );
    let running = start(router, Limits::default()).await;
    let answer = running.ask(GET).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\r\n\r\n127.0.0.1:"), "{answer}");
}

#[tokio::test]
async fn http2_is_spoken() {
    let running = start(hello(), Limits::default()).await;
    let stream = running.connect(b"h2").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (send, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut send = send.ready().await.unwrap();
    let request = Request::get("https://localhost/").body(()).unwrap();
    let (response, _) = send.send_request(request, true).unwrap();
    let response = timeout(LIMIT, response).await.unwrap().unwrap();
    assert_eq!(response.status(), 200);
    let body: Bytes = response.into_body().data().await.unwrap().unwrap();
    assert_eq!(body, "hello");
    assert_eq!(send.current_max_send_streams(), 32);
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[tokio::test]
async fn streams_that_are_taken_back_at_once_end_the_connection() {
    const HEADERS: u8 = 1;
    const RESET: u8 = 3;
    const SETTINGS: u8 = 4;
    const END_STREAM_AND_HEADERS: u8 = 5;
    const CANCEL: [u8; 4] = [0, 0, 0, 8];
    let router = Router::new().route("/", get(|| async { pending::<&str>().await }));
    let running = start(router, Limits::default()).await;
    let mut stream = running.connect(b"h2").await.unwrap();
    // GET https://localhost/ in the compressed form of headers.
    let request = [b"\x82\x84\x87\x41\x09".as_slice(), b"localhost"].concat();
    let mut flood = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    flood.extend(frame(SETTINGS, 0, 0, &[]));
    for number in (1..2_000).step_by(2) {
        flood.extend(frame(HEADERS, END_STREAM_AND_HEADERS, number, &request));
        flood.extend(frame(RESET, 0, number, &CANCEL));
    }
    // The server may close before it has read everything.
    let written = stream.write_all(&flood).await;
    drop(written);
    let mut told = Vec::new();
    let read = timeout(LIMIT, stream.read_to_end(&mut told)).await.expect("still open");
    drop(read);
    // The last word: GOAWAY with "enhance your calm".
    assert!(told.windows(4).any(|word| word == [0, 0, 0, 11]), "{told:?}");
}

#[tokio::test]
async fn headers_beyond_size_and_number_are_refused() {
    let running = start(hello(), Limits::default()).await;
    let large = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(17_000));
    assert!(running.ask(&large).await.starts_with("HTTP/1.1 431"));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(101));
    assert!(running.ask(&many).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn a_request_names_its_host_exactly_once() {
    let running = start(hello(), Limits::default()).await;
    let none = running.ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert!(none.starts_with("HTTP/1.1 400"), "{none}");
    let two = "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n";
    assert!(running.ask(two).await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn whoever_dawdles_over_headers_is_cut_off() {
    let short = Duration::from_millis(500);
    let limits = Limits { handshake: short, headers: short, ..Limits::default() };
    let running = start(hello(), limits).await;
    let mut stream = running.connect(b"http/1.1").await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: local").await.unwrap();
    assert!(!read_to_end(&mut stream).await.contains("hello"));
    // Nor does silence hold a connection, in either version of HTTP.
    for protocol in [b"http/1.1".as_slice(), b"h2"] {
        let mut silent = running.connect(protocol).await.unwrap();
        read_to_end(&mut silent).await;
    }
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_cut_off() {
    let limits = Limits { handshake: Duration::from_millis(300), ..Limits::default() };
    let running = start(hello(), limits).await;
    let mut silent = TcpStream::connect(running.https).await.unwrap();
    assert_eq!(read_to_end(&mut silent).await, "");
}

#[tokio::test]
async fn a_connection_at_rest_is_closed() {
    let limits = Limits { idle: Duration::from_millis(300), ..Limits::default() };
    let running = start(hello(), limits).await;
    let stream = running.connect(b"h2").await.unwrap();
    let (send, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut send = send.ready().await.unwrap();
    let request = Request::get("https://localhost/").body(()).unwrap();
    let (response, _) = send.send_request(request, true).unwrap();
    assert_eq!(response.await.unwrap().status(), 200);
    let ended = timeout(LIMIT, connection).await.expect("still open").unwrap();
    drop(ended);
}

#[tokio::test]
async fn whoever_asks_and_does_not_fetch_is_cut_off() {
    let limits = Limits { delivery: Duration::from_millis(300), ..Limits::default() };
    let running = start(hello(), limits).await;
    for (window, fetches) in [(65_535, true), (0, false)] {
        let stream = running.connect(b"h2").await.unwrap();
        let mut client = h2::client::Builder::new();
        client.initial_window_size(window);
        let (send, connection) = client.handshake::<_, Bytes>(stream).await.unwrap();
        let connection = tokio::spawn(connection);
        let mut send = send.ready().await.unwrap();
        let request = Request::get("https://localhost/").body(()).unwrap();
        let (response, _) = send.send_request(request, true).unwrap();
        let mut response = response.await.unwrap();
        assert_eq!(response.status(), 200);
        if fetches {
            assert!(response.body_mut().data().await.is_some());
            // Nothing is owed: the connection rests as long as any other.
            sleep(Duration::from_millis(600)).await;
            assert!(!connection.is_finished());
        } else {
            drop(timeout(LIMIT, connection).await.expect("still open"));
        }
    }
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_a_place() {
    let limits = Limits { connections: 1, ..Limits::default() };
    let running = start(hello(), limits).await;
    let first = running.connect(b"http/1.1").await.unwrap();
    let second = running.ask(GET);
    tokio::pin!(second);
    assert!(timeout(Duration::from_millis(300), &mut second).await.is_err());
    drop(first);
    assert!(timeout(LIMIT, second).await.unwrap().ends_with("hello"));
}

#[tokio::test]
async fn one_address_cannot_take_every_place() {
    let limits = Limits { connections_per_address: 1, ..Limits::default() };
    let running = start(hello(), limits).await;
    let first = running.connect(b"http/1.1").await.unwrap();
    assert!(running.connect(b"http/1.1").await.is_err());
    drop(first);
    let until = std::time::Instant::now() + LIMIT;
    while running.connect(b"http/1.1").await.is_err() {
        assert!(std::time::Instant::now() < until, "the place is never given back");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_request_under_way_finishes_when_the_server_stops() {
    let arrived = Arc::new(Notify::new());
    let go_on = Arc::new(Notify::new());
    let (told, waits) = (Arc::clone(&arrived), Arc::clone(&go_on));
    let slow = move || {
        let (told, waits) = (Arc::clone(&told), Arc::clone(&waits));
        async move {
            told.notify_one();
            waits.notified().await;
            "finished"
        }
    };
    let running = start(Router::new().route("/", get(slow)), Limits::default()).await;
    let mut stream = running.connect(b"http/1.1").await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    timeout(LIMIT, arrived.notified()).await.unwrap();
    running.stop.send(()).unwrap();
    // The port closes at once, while the request goes on.
    let until = std::time::Instant::now() + LIMIT;
    while TcpStream::connect(running.https).await.is_ok() {
        assert!(std::time::Instant::now() < until, "still listening");
        sleep(Duration::from_millis(20)).await;
    }
    go_on.notify_one();
    let answer = read_to_end(&mut stream).await;
    assert!(answer.ends_with("finished"), "{answer}");
    timeout(LIMIT, running.served).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_server() {
    let limits = Limits { drain: Duration::from_millis(200), ..Limits::default() };
    let router = Router::new().route("/", get(|| async { pending::<&str>().await }));
    let running = start(router, limits).await;
    let mut stream = running.connect(b"http/1.1").await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    running.stop.send(()).unwrap();
    timeout(LIMIT, running.served).await.unwrap().unwrap();
}

#[tokio::test]
async fn plain_http_sends_pages_to_the_configured_host_and_sets_no_cookie() {
    let running = start(hello(), Limits::default()).await;
    let port = running.https.port();
    let page = running.ask_in_clear("GET /day?x=1 HTTP/1.1\r\nHost: localhost:8080\r\n\r\n").await;
    assert!(page.starts_with("HTTP/1.1 308"), "{page}");
    assert!(page.contains(&format!("location: https://localhost:{port}/day?x=1\r\n")), "{page}");
    assert!(!page.to_lowercase().contains("set-cookie"));
    let foreign = running.ask_in_clear("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").await;
    assert!(foreign.starts_with("HTTP/1.1 421"), "{foreign}");
    assert!(!foreign.contains("evil.example"), "{foreign}");
    let api = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
    let api = running.ask_in_clear(api).await;
    assert!(api.starts_with("HTTP/1.1 403"), "{api}");
    assert!(api.contains("application/problem+json"), "{api}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_the_way_out() {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let first = Listeners::bind(any, None).await.unwrap();
    let taken = first.https_address().unwrap();
    let error = Listeners::bind(taken, None).await.unwrap_err().to_string();
    assert!(error.contains(&taken.to_string()) && error.contains("--listen"), "{error}");
}

#[test]
fn a_process_that_serves_leaves_no_core_dump() {
    no_core_dumps().unwrap();
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    assert_eq!(
        rustix::process::dumpable_behavior().unwrap(),
        rustix::process::DumpableBehavior::NotDumpable
    );
}
