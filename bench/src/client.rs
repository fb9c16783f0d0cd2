//! The client that makes the load: HTTP/1.1 over TLS 1.3, one request at a time on a connection
//! that stays open, as pgbench does it with its connections. It does as little as it can, because
//! it runs on the machine that is measured.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// One open connection.
pub(crate) struct Client {
    stream: StreamOwned<ClientConnection, TcpStream>,
    host: String,
    buffer: Vec<u8>,
}

/// What came back; the body stays in the connection's buffer until the next request.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) head: &'a str,
    pub(crate) body: &'a [u8],
}

impl Client {
    /// Connects to the server on this machine.
    pub(crate) fn connect(authority: &Path, port: u16) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority)?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connection =
            ClientConnection::new(Arc::new(config), ServerName::try_from("localhost")?)?;
        let socket = TcpStream::connect(("127.0.0.1", port))?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(Duration::from_mins(1)))?;
        Ok(Self {
            stream: StreamOwned::new(connection, socket),
            host: format!("localhost:{port}"),
            buffer: Vec::with_capacity(256 * 1024),
        })
    }

    pub(crate) fn get(&mut self, path: &str, cookie: Option<&str>) -> Result<Answer<'_>> {
        self.send("GET", path, cookie, "accept-encoding: br\r\n", &[])
    }

    /// Reads somebody else's diary.
    pub(crate) fn get_of(&mut self, path: &str, cookie: &str, owner: &str) -> Result<Answer<'_>> {
        let headers = format!("accept-encoding: br\r\nkeepwell-diary: {owner}\r\n");
        self.send("GET", path, Some(cookie), &headers, &[])
    }

    pub(crate) fn delete(&mut self, path: &str, cookie: &str) -> Result<Answer<'_>> {
        let headers = format!("origin: https://{}\r\n", self.host);
        self.send("DELETE", path, Some(cookie), &headers, &[])
    }

    /// The same without taking a compressed answer.
    pub(crate) fn get_plain(&mut self, path: &str) -> Result<Answer<'_>> {
        self.send("GET", path, None, "", &[])
    }

    pub(crate) fn post(
        &mut self,
        path: &str,
        cookie: Option<&str>,
        json: &serde_json::Value,
    ) -> Result<Answer<'_>> {
        let body = serde_json::to_vec(json)?;
        let headers = format!(
            "content-type: application/json\r\norigin: https://{}\r\ncontent-length: {}\r\n",
            self.host,
            body.len()
        );
        self.send("POST", path, cookie, &headers, &body)
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        cookie: Option<&str>,
        headers: &str,
        body: &[u8],
    ) -> Result<Answer<'_>> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n{headers}", self.host);
        if let Some(cookie) = cookie {
            request.push_str("cookie: ");
            request.push_str(cookie);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let mut request = request.into_bytes();
        request.extend_from_slice(body);
        self.stream.write_all(&request)?;
        self.stream.flush()?;
        self.receive()
    }

    fn receive(&mut self) -> Result<Answer<'_>> {
        self.buffer.clear();
        let mut part = [0; 16 * 1024];
        let mut head_end = None;
        let mut whole = usize::MAX;
        while self.buffer.len() < whole {
            let length = self.stream.read(&mut part)?;
            let read = part.get(..length).filter(|read| !read.is_empty()).context("cut off")?;
            self.buffer.extend_from_slice(read);
            if head_end.is_none()
                && let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n")
            {
                let head = std::str::from_utf8(self.buffer.get(..at).context("a head")?)?;
                whole = at + 4 + content_length(head)?;
                head_end = Some(at);
            }
        }
        let at = head_end.context("no head")?;
        let (head, body) = self.buffer.split_at_checked(at + 4).context("a body")?;
        let head = std::str::from_utf8(head)?;
        let status = head.split(' ').nth(1).context("a status")?.parse()?;
        Ok(Answer { status, head, body })
    }
}

fn content_length(head: &str) -> Result<usize> {
    for line in head.lines() {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            return Ok(value.trim().parse()?);
        }
    }
    if head.contains(" 204 ") {
        return Ok(0);
    }
    bail!("the answer does not say how long it is")
}

impl Answer<'_> {
    /// The session cookie that was handed out.
    pub(crate) fn cookie(&self) -> Result<String> {
        let line = self
            .head
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with("set-cookie: __host-sid="))
            .context("no cookie")?;
        let pair = line.split_once(": ").context("a header")?.1;
        Ok(pair.split(';').next().unwrap_or(pair).to_owned())
    }

    /// Insists on a status.
    pub(crate) fn expect(self, status: u16) -> Result<Self> {
        if self.status != status {
            bail!("{} instead of {status}: {}", self.status, String::from_utf8_lossy(self.body));
        }
        Ok(self)
    }

    pub(crate) fn json(&self) -> Result<serde_json::Value> {
        Ok(serde_json::from_slice(self.body)?)
    }
}
