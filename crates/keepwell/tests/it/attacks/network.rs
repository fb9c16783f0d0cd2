//! A16: the network between a browser and the server.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    pki_types::{CertificateDer, pem::PemObject},
    version::{TLS12, TLS13},
};
use testkit::TestServer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A browser that trusts one authority and speaks the given versions.
fn browser(
    authority: &Path,
    versions: &[&'static SupportedProtocolVersion],
) -> reqwest::ClientBuilder {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(config)
}

/// What comes back for some bytes sent in plain.
async fn in_plain(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server that hangs up at once has answered too: with nothing.
    let _hung_up = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a16_only_modern_tls_with_the_right_certificate_is_spoken() {
    let server = TestServer::start(keepwell::router).await;
    let other = TestServer::start(keepwell::router).await;
    let page = |origin: &str| format!("{origin}/healthz");

    let right = browser(server.authority(), &[&TLS13]).build().unwrap();
    assert_eq!(right.get(page(&server.origin)).send().await.unwrap().status(), 200);

    let old = browser(server.authority(), &[&TLS12]).build().unwrap();
    assert!(old.get(page(&server.origin)).send().await.is_err(), "TLS 1.2 was spoken");

    // A machine in between has a certificate, but of another authority.
    assert!(right.get(page(&other.origin)).send().await.is_err(), "a wrong certificate passed");

    // The right certificate does not vouch for another name of the same machine.
    let renamed = server.origin.replace("localhost", "localhost.localdomain");
    let elsewhere = browser(server.authority(), &[&TLS13])
        .resolve("localhost.localdomain", server.address)
        .build()
        .unwrap();
    assert!(elsewhere.get(page(&renamed)).send().await.is_err(), "a wrong name passed");
}

#[tokio::test]
async fn a16_plain_http_gives_a_redirect_and_nothing_else() {
    let server = TestServer::start(keepwell::router).await;
    let ana = server.person("ana").await;
    let host = format!("localhost:{}", server.plain_address.port());
    let cookie = format!("Cookie: __Host-sid={}\r\n", ana.cookie);

    let page = in_plain(
        server.plain_address,
        &format!("GET /trends HTTP/1.1\r\nHost: {host}\r\n{cookie}Connection: close\r\n\r\n"),
    )
    .await;
    assert!(page.starts_with("HTTP/1.1 308"), "{page}");
    assert!(page.to_lowercase().contains(&format!("location: {}/trends", server.origin)), "{page}");
    assert!(!page.to_lowercase().contains("set-cookie"), "{page}");

    for request in [
        format!("GET /api/v1/days/2026-11-20 HTTP/1.1\r\nHost: {host}\r\n{cookie}"),
        format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n"),
        format!("POST /api/v1/session HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n"),
    ] {
        let answer =
            in_plain(server.plain_address, &format!("{request}Connection: close\r\n\r\n")).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(["403", "308", "405"].contains(&status), "{request}: {answer}");
        assert!(!answer.contains("entries") && !answer.contains("\"ok\""), "{answer}");
    }

    // Plain HTTP to the port of TLS: no word of HTTP comes back.
    let confused =
        in_plain(server.address, &format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
    assert!(!confused.contains("HTTP/1.1 200"), "{confused}");
}
