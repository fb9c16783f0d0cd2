//! The real server: real TLS on a real port of this machine, over a fresh database.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::Router;
use keys::{PasswordCost, RootKey};
use platform::{
    App, Clock, Db, Parts, SessionLimits,
    config::PublicOrigin,
    database::settle,
    http::Guard,
    limits::{Limits, Rates},
    mail::{Outbox, Round, Sender, Smtp, SmtpConfig},
    serve::{Limits as ConnectionLimits, Listeners, serve},
    stretching::Stretching,
    tls::{CertificateSource, Tls, Versions},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio::sync::oneshot;
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use crate::{Person, TestDb};

/// What a test may want otherwise.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// How often somebody may ask. Practically unlimited unless a test is about limits.
    pub rates: Rates,
    /// When a session ends.
    pub idle_minutes: u32,
    /// Whether everybody needs a second step.
    pub second_step_required: bool,
    /// The time.
    pub clock: Clock,
    /// The mail server; without one no mail is sent.
    pub smtp: Option<SmtpConfig>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        let rates = Rates {
            address_per_minute: 1_000_000,
            sign_in_address_per_minute: 1_000_000,
            sign_in_address_per_hour: 1_000_000,
            sign_up_address_per_hour: 1_000_000,
            recovery_address_per_hour: 1_000_000,
            mailed_codes_per_hour: 1_000_000,
            new_credentials_per_hour: 1_000_000,
        };
        Self {
            rates,
            idle_minutes: 15,
            second_step_required: false,
            clock: Clock::real(),
            smtp: None,
        }
    }
}

/// A running server with its database and the operator's key.
pub struct TestServer {
    /// The database, for thieves and for arranging.
    pub db: TestDb,
    /// The operator's key.
    pub root: Arc<RootKey>,
    /// Where the server is reached: `https://localhost:PORT`.
    pub origin: String,
    /// The address of the port.
    pub address: SocketAddr,
    /// The address of the plain port beside it.
    pub plain_address: SocketAddr,
    /// What everything runs on, for tests that call parts directly.
    pub app: App,
    sender: Option<Sender>,
    client: reqwest::Client,
    authority: PathBuf,
    folder: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<()>>,
}

impl TestServer {
    /// Starts a server of what `router` makes.
    pub async fn start<E: std::fmt::Debug>(router: impl FnOnce(App) -> Result<Router, E>) -> Self {
        Self::start_with(ServerOptions::default(), router).await
    }

    /// The same, with options.
    pub async fn start_with<E: std::fmt::Debug>(
        options: ServerOptions,
        router: impl FnOnce(App) -> Result<Router, E>,
    ) -> Self {
        Self::start_over(TestDb::new().await, Arc::new(TestDb::root_key()), options, router).await
    }

    /// Another server over the same database with the same root key: beside this one, or after it
    /// was stopped.
    pub async fn another<E: std::fmt::Debug>(
        &self,
        options: ServerOptions,
        router: impl FnOnce(App) -> Result<Router, E>,
    ) -> Self {
        Self::start_over(self.db.clone(), Arc::clone(&self.root), options, router).await
    }

    async fn start_over<E: std::fmt::Debug>(
        db: TestDb,
        root: Arc<RootKey>,
        options: ServerOptions,
        router: impl FnOnce(App) -> Result<Router, E>,
    ) -> Self {
        settle(&db.admin().await, &root, PasswordCost::WEAK_FOR_TESTS)
            .await
            .expect("a database that is this root key's own");
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let listeners = Listeners::bind(here, Some(here)).await.expect("free ports");
        let address = listeners.https_address().expect("an address");
        let plain_address = listeners.http_address().expect("an address").expect("a plain port");
        let origin = PublicOrigin::localhost(address.port());
        let app = App::new(Parts {
            db: Db::over_socket(db.config("keepwell_app"), 4, Arc::clone(&root)).expect("a pool"),
            root: Arc::clone(&root),
            clock: options.clock.clone(),
            guard: Arc::new(Guard {
                public_origin: origin.as_str().to_owned(),
                limits: Limits::new(options.rates),
            }),
            stretching: Stretching::new(2),
            sessions: SessionLimits {
                idle_minutes: options.idle_minutes,
                idle_minutes_max: 60,
                second_step_required: options.second_step_required,
                absolute_hours: 12,
                password_cost: PasswordCost::WEAK_FOR_TESTS,
            },
            outbox: if options.smtp.is_some() { Outbox::open() } else { Outbox::closed() },
        });
        let smtp = options.smtp.as_ref();
        let sender = smtp.map(|smtp| sender(&db, &root, smtp, origin.as_str()));
        let folder = std::env::temp_dir().join(format!("keepwell-test-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let source =
            CertificateSource::Local { folder: folder.clone(), host: origin.host().to_owned() };
        let tls = Tls::open(source, Clock::real()).expect("a certificate");
        let config =
            tls.server_config(Versions::Modern, &[b"h2", b"http/1.1"]).expect("a configuration");
        let authority = tls.trust().expect("a local authority").certificate.clone();
        let router = router(app.clone()).expect("a router");
        let (stop, stopped) = oneshot::channel();
        let at = origin.as_str().to_owned();
        let served = tokio::spawn(async move {
            let stopped = async {
                // A test that ends without stopping drops the sender: that stops the server too.
                stopped.await.unwrap_or_default();
            };
            serve(router, listeners, config, origin, ConnectionLimits::default(), stopped).await;
        });
        let client = client_of(&authority);
        Self {
            db,
            root,
            origin: at,
            address,
            plain_address,
            app,
            sender,
            client,
            authority,
            folder,
            stop: Some(stop),
            served: Some(served),
        }
    }

    /// A client that trusts the server's authority and keeps no cookies by itself.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// The certificate of the authority, for other clients.
    pub fn authority(&self) -> &PathBuf {
        &self.authority
    }

    /// Opens an account for somebody new.
    pub async fn person(&self, name: &str) -> Person {
        Person::sign_up(self, name).await
    }

    /// Looks into the mail queue once, as the program does all the time.
    pub async fn send_mail(&self) -> Round {
        let sender = self.sender.as_ref().expect("a server with mail");
        sender.send_due().await.expect("the queue")
    }

    /// Makes every waiting mail due, as time would.
    pub async fn wait_for_mail_to_be_due(&self) {
        let due = "update mail.queue set next_try_at = now()";
        self.db.admin().await.batch_execute(due).await.expect("a queue");
    }

    /// Another sender over the same queue, to another mail server.
    pub fn sender_to(&self, smtp: &SmtpConfig) -> Sender {
        sender(&self.db, &self.root, smtp, &self.origin)
    }

    /// Stops as the program does, and waits for it.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(served) = self.served.take() {
            served.await.expect("the server ends by itself");
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // What is left of the folder is in the system's temporary directory.
        std::fs::remove_dir_all(&self.folder).unwrap_or_default();
    }
}

fn sender(db: &TestDb, root: &Arc<RootKey>, smtp: &SmtpConfig, origin: &str) -> Sender {
    let smtp = Smtp::open(smtp).expect("a mail server");
    Sender::new(db.config("keepwell_worker"), tls(), Arc::clone(root), smtp, origin)
}

/// What a program's own connection to the database is made with.
pub fn tls() -> MakeRustlsConnect {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    // A socket asks for no TLS, so nobody need be trusted.
    let nobody = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    MakeRustlsConnect::new(nobody)
}

/// A client that trusts the authority in a file, keeps no cookies and follows no redirect.
pub fn client_of(authority: &Path) -> reqwest::Client {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(authority).expect("the authority");
    roots.add(certificate).expect("the authority");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}
