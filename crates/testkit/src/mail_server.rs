//! A mail server that takes what it is sent, or does not, as a test says. It speaks SMTP over real
//! TLS, with a certificate of an authority of its own.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use platform::{
    Clock,
    mail::{SmtpConfig, SmtpTls},
    tls::{CertificateSource, Tls, Versions},
};
use secrecy::SecretString;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

/// How the server behaves from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Takes every mail.
    Takes,
    /// Wants to be asked again later.
    PutsOff,
    /// Wants none of it.
    Refuses,
    /// Takes the mail and never says so.
    FallsSilent,
    /// Offers no TLS where TLS would be asked for.
    OffersNoTls,
}

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Whom it is for, as the envelope says.
    pub to: String,
    /// Headers and body as they came.
    pub raw: String,
}

#[derive(Debug)]
struct Shared {
    manner: Manner,
    arrived: Vec<Arrived>,
    /// What came before TLS.
    in_plain: String,
    /// Names and passwords that were given.
    given: Vec<(String, String)>,
    /// Mails whose text came, taken or not.
    begun: Vec<Arrived>,
}

/// A running mail server.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    begins: SmtpTls,
    folder: PathBuf,
    authority: PathBuf,
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

impl MailServer {
    /// Starts one on this machine that takes every mail.
    pub async fn start(begins: SmtpTls) -> Self {
        Self::start_at(begins, IpAddr::from(Ipv4Addr::LOCALHOST)).await
    }

    /// The same on another address of this machine.
    pub async fn start_at(begins: SmtpTls, address: IpAddr) -> Self {
        let folder = std::env::temp_dir().join(format!("keepwell-mail-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let source =
            CertificateSource::Local { folder: folder.clone(), host: "localhost".to_owned() };
        let tls = Tls::open(source, Clock::real()).expect("a certificate");
        let acceptor = TlsAcceptor::from(
            tls.server_config(Versions::Intermediate, &[]).expect("a configuration"),
        );
        let authority = tls.trust().expect("a local authority").certificate.clone();
        let listener = TcpListener::bind((address, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Mutex::new(Shared {
            manner: Manner::Takes,
            arrived: Vec::new(),
            in_plain: String::new(),
            given: Vec::new(),
            begun: Vec::new(),
        }));
        let all = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, shared) = (acceptor.clone(), Arc::clone(&all));
                // A client that hangs up is no concern of the server's.
                tokio::spawn(async move { serve(stream, begins, acceptor, shared).await.ok() });
            }
        });
        Self { address, begins, folder, authority, shared, task }
    }

    /// What an operator would configure for this server.
    pub fn config(&self) -> SmtpConfig {
        let host = match self.address.ip() {
            ip if ip == IpAddr::from(Ipv4Addr::LOCALHOST) => "localhost".to_owned(),
            ip => ip.to_string(),
        };
        SmtpConfig {
            tls: self.begins,
            host,
            port: self.address.port(),
            credentials: Some(("keepwell".to_owned(), SecretString::from("between us"))),
            from: "diary@keepwell.example".to_owned(),
            authority: Some(self.authority.clone()),
        }
    }

    /// The certificate of its authority.
    pub fn authority(&self) -> &PathBuf {
        &self.authority
    }

    /// Its port on this machine.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Behaves so from now on.
    pub fn behave(&self, manner: Manner) {
        self.shared().manner = manner;
    }

    /// Everything that was taken so far.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.shared().arrived.clone()
    }

    /// What was sent without TLS.
    pub fn in_plain(&self) -> String {
        self.shared().in_plain.clone()
    }

    /// The names and passwords that were given.
    pub fn given(&self) -> Vec<(String, String)> {
        self.shared().given.clone()
    }

    /// Everything that was handed over, taken or not.
    pub fn begun(&self) -> Vec<Arrived> {
        self.shared().begun.clone()
    }

    /// Waits until so many mails arrived.
    pub async fn has(&self, count: usize) -> Vec<Arrived> {
        for _ in 0..1200 {
            let arrived = self.arrived();
            if arrived.len() >= count {
                return arrived;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} mails arrived, not {count}", self.arrived().len());
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
        // What is left of the folder is in the system's temporary directory.
        std::fs::remove_dir_all(&self.folder).unwrap_or_default();
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

const GREETING: &str = "220 localhost ready";

async fn serve(
    stream: TcpStream,
    begins: SmtpTls,
    acceptor: TlsAcceptor,
    shared: Arc<Mutex<Shared>>,
) -> std::io::Result<()> {
    match begins {
        SmtpTls::FromTheStart => {
            let mut stream = acceptor.accept(stream).await?;
            say(&mut stream, GREETING).await?;
            talk(stream, true, &shared).await.map(drop)
        }
        SmtpTls::StartTls => {
            let mut stream = stream;
            say(&mut stream, GREETING).await?;
            let Some(stream) = talk(stream, false, &shared).await? else { return Ok(()) };
            // The client begins anew: there is no second greeting.
            talk(acceptor.accept(stream).await?, true, &shared).await.map(drop)
        }
    }
}

/// One conversation; gives the stream back when the client asks for TLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    is_tls: bool,
    shared: &Mutex<Shared>,
) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    let manner = || lock(shared).manner;
    let mut to = String::new();
    loop {
        let Some(line) = line(&mut stream).await? else { return Ok(None) };
        if !is_tls {
            lock(shared).in_plain.push_str(&line);
        }
        let words = line.trim_end().to_owned();
        let verb: String = words.chars().take(4).collect::<String>().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" if is_tls => {
                say(&mut stream, "250-localhost\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN").await?;
            }
            "EHLO" if manner() == Manner::OffersNoTls => {
                say(&mut stream, "250-localhost\r\n250 AUTH PLAIN LOGIN").await?;
            }
            "EHLO" => say(&mut stream, "250-localhost\r\n250 STARTTLS").await?,
            "STAR" if manner() == Manner::OffersNoTls => {
                say(&mut stream, "502 no").await?;
            }
            "STAR" => {
                say(&mut stream, "220 go on").await?;
                return Ok(Some(stream.into_inner()));
            }
            "AUTH" => {
                let given = words.rsplit(' ').next().unwrap_or_default();
                let given = BASE64_STANDARD.decode(given).unwrap_or_default();
                let given = String::from_utf8_lossy(&given).into_owned();
                let mut parts = given.split('\0').skip(1).map(str::to_owned);
                let pair = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                lock(shared).given.push(pair);
                say(&mut stream, "235 welcome").await?;
            }
            "RCPT" => {
                to = words.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                // As real servers do, it repeats the address: that must not get into a log.
                match manner() {
                    Manner::PutsOff => say(&mut stream, &format!("451 later, {to}")).await?,
                    Manner::Refuses => say(&mut stream, &format!("550 no {to} here")).await?,
                    Manner::Takes | Manner::FallsSilent | Manner::OffersNoTls => {
                        say(&mut stream, "250 yes").await?;
                    }
                }
            }
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                let raw = text(&mut stream).await?;
                let letter = Arrived { to: to.clone(), raw };
                lock(shared).begun.push(letter.clone());
                if manner() == Manner::FallsSilent {
                    return std::future::pending().await;
                }
                lock(shared).arrived.push(letter);
                say(&mut stream, "250 taken").await?;
            }
            "QUIT" => {
                say(&mut stream, "221 bye").await?;
                return Ok(None);
            }
            _ => say(&mut stream, "250 yes").await?,
        }
    }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let read = stream.read_until(b'\n', &mut bytes).await?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

/// A mail up to the line with a dot.
async fn text<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<String> {
    let mut text = String::new();
    while let Some(line) = line(stream).await? {
        if line.trim_end() == "." {
            break;
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
    Ok(text)
}

impl Arrived {
    /// The value of a header, unfolded.
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        head.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .unwrap_or_default()
            .to_owned()
    }

    /// The body as it is read.
    pub fn body(&self) -> String {
        let body = self.raw.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let bytes = match self.header("Content-Transfer-Encoding").as_str() {
            "base64" => BASE64_STANDARD.decode(body.replace("\r\n", "")).expect("base64"),
            "quoted-printable" => unquoted(body),
            _ => body.as_bytes().to_vec(),
        };
        String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
    }

    /// The code in it.
    pub fn code(&self) -> String {
        let body = self.body();
        let line = body.lines().find_map(|line| line.strip_prefix("    "));
        line.expect("a code").to_owned()
    }
}

/// Quoted-printable.
fn unquoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (hex, rest) = part.split_at_checked(2).expect("two digits");
        bytes.push(u8::from_str_radix(hex, 16).expect("two digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}
