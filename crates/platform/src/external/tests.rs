//! A server of somebody else, as a real PostgreSQL with TLS on a port.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair,
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::*;

const LIMIT: Duration = Duration::from_mins(1);

fn open(url: &str, authority: Option<PathBuf>) -> Result<External, ExternalError> {
    External::open(&ExternalConfig { url: SecretString::from(url), authority, identity: None })
}

#[test]
fn tcp_needs_an_authority_and_full_verification() {
    let told = open("postgresql://db.example/keepwell", None).unwrap_err();
    assert!(matches!(told, ExternalError::NoAuthority), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let (authority, _) = certificates_in(folder.path());
    for mode in ["disable", "allow", "prefer", "require", "verify-ca"] {
        let url = format!("postgresql://db.example/keepwell?sslmode={mode}");
        let told = open(&url, Some(authority.clone())).unwrap_err();
        assert!(matches!(told, ExternalError::WeakMode { .. }), "{told}");
    }
    for query in ["", "?sslmode=verify-full", "?connect_timeout=5&sslmode=verify-full"] {
        let url = format!("postgresql://db.example/keepwell{query}");
        let external = open(&url, Some(authority.clone())).unwrap();
        assert_eq!(external.config("keepwell_app").get_ssl_mode(), SslMode::Require);
    }
}

#[test]
fn a_socket_needs_no_tls() {
    let external = open("postgresql://%2Frun%2Fpostgresql/keepwell", None).unwrap();
    assert_eq!(external.config("keepwell_app").get_ssl_mode(), SslMode::Disable);
    assert_eq!(external.config("keepwell_app").get_user(), Some("keepwell_app"));
    assert_eq!(external.admin_config().get_user(), Some(ADMIN_ROLE));
}

#[test]
fn what_is_no_url_is_refused_and_a_password_is_never_repeated() {
    for url in
        ["", "mysql://canary@h/d", "host=canary", "postgresql:///d", "postgresql://u:canary@h:x/d"]
    {
        let told = open(url, None).unwrap_err();
        assert!(matches!(told, ExternalError::Url { .. }), "{told}");
        assert!(!format!("{told} {told:?}").contains("canary"), "{told}");
    }
}

/// An authority and a folder with its certificates: for the server, and for the client
/// `keepwell_app`.
fn certificates_in(folder: &Path) -> (PathBuf, CertifiedIssuer<'static, KeyPair>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.distinguished_name.push(DnType::CommonName, "test authority");
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let authority = folder.join("authority.pem");
    fs::write(&authority, issuer.pem()).unwrap();

    for (file, names, usage) in [
        ("server", vec!["localhost".to_owned()], ExtendedKeyUsagePurpose::ServerAuth),
        ("client", Vec::new(), ExtendedKeyUsagePurpose::ClientAuth),
    ] {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "keepwell_app");
        params.extended_key_usages = vec![usage];
        let certificate = params.signed_by(&key, &issuer).unwrap();
        fs::write(folder.join(format!("{file}.pem")), certificate.pem()).unwrap();
        crate::private_file::write(
            &folder.join(format!("{file}.key")),
            key.serialize_pem().as_bytes(),
        )
        .unwrap();
    }
    (authority, issuer)
}

/// A PostgreSQL that listens on a port, with TLS and client certificates, ended on drop.
struct Elsewhere {
    folder: TempDir,
    port: u16,
    server: Child,
}

impl Elsewhere {
    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("kw").tempdir_in("/tmp").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        certificates_in(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let bin = bin();
        let database = folder.path().join("database");
        fs::create_dir(&database).unwrap();
        for name in ["server.key", "server.pem", "authority.pem"] {
            fs::copy(folder.path().join(name), database.join(name)).unwrap();
        }
        let mut own = Command::new("chown");
        let is_root = rustix::process::geteuid().is_root();
        if is_root {
            assert!(own.args(["-R", "postgres"]).arg(&database).status().unwrap().success());
        }
        let inner = folder.path().join("database/data");
        let initdb = as_postgres(&bin.join("initdb"))
            .args(["--no-sync", "--auth=reject", "--username=postgres", "-D"])
            .arg(&inner)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(initdb.success());
        let hba = "hostssl all keepwell_app 127.0.0.1/32 cert clientcert=verify-full\n\
                   local all postgres trust\n";
        fs::write(database.join("hba"), hba).unwrap();
        let set = |name: &str, value: String| ["-c".to_owned(), format!("{name}={value}")];
        let at = |name: &str| database.join(name).display().to_string();
        let single = format!(
            "echo 'create role keepwell_app login' | {} --single -D {} postgres >/dev/null",
            bin.join("postgres").display(),
            inner.display()
        );
        assert!(
            as_postgres(Path::new("/bin/sh")).args(["-c", &single]).status().unwrap().success()
        );
        let server = as_postgres(&bin.join("postgres"))
            .arg("-D")
            .arg(&inner)
            .args(set("listen_addresses", "127.0.0.1".to_owned()))
            .args(set("port", port.to_string()))
            .args(set("unix_socket_directories", at("")))
            .args(set("hba_file", at("hba")))
            .args(set("ssl", "on".to_owned()))
            .args(set("fsync", "off".to_owned()))
            .args(set("ssl_cert_file", at("server.pem")))
            .args(set("ssl_key_file", at("server.key")))
            .args(set("ssl_ca_file", at("authority.pem")))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + LIMIT;
        let pid_file = inner.join("postmaster.pid");
        while !fs::read_to_string(&pid_file).is_ok_and(|text| text.contains("ready")) {
            assert!(Instant::now() < until, "the server does not start");
            sleep(Duration::from_millis(20));
        }
        Self { folder, port, server }
    }

    fn holds_keepwell(&self, authority: &Path) -> Result<bool, String> {
        let at = |name: &str| self.folder.path().join(name);
        let external = External::open(&ExternalConfig {
            url: SecretString::from(format!(
                "postgresql://keepwell_app@localhost:{}/postgres",
                self.port
            )),
            authority: Some(authority.to_path_buf()),
            identity: Some((at("client.pem"), at("client.key"))),
        })
        .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(external.database_exists()).map_err(|error| error.to_string())
    }

    fn connect(&self, host: &str, authority: &Path, identity: bool) -> Result<String, String> {
        let at = |name: &str| self.folder.path().join(name);
        let external = External::open(&ExternalConfig {
            url: SecretString::from(format!("postgresql://{host}:{}/postgres", self.port)),
            authority: Some(authority.to_path_buf()),
            identity: identity.then(|| (at("client.pem"), at("client.key"))),
        })
        .map_err(|error| error.to_string())?;
        let server = Server::External(Box::new(external));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = server
                .config("keepwell_app")
                .connect(server.tls().unwrap())
                .await
                .map_err(|error| format!("{error:?}"))?;
            let connection = tokio::spawn(connection);
            let rows = client
                .simple_query("select version from pg_stat_ssl where pid = pg_backend_pid()")
                .await
                .unwrap();
            drop(client);
            connection.await.unwrap().unwrap();
            let version = rows.iter().find_map(|message| {
                let SimpleQueryMessage::Row(row) = message else { return None };
                row.get(0).map(str::to_owned)
            });
            Ok(version.unwrap())
        })
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let pid = Pid::from_raw(i32::try_from(self.server.id()).unwrap()).unwrap();
        kill_process(pid, Signal::QUIT).unwrap();
        self.server.wait().unwrap();
    }
}

fn bin() -> PathBuf {
    fs::read_dir("/usr/lib/postgresql")
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .max()
        .unwrap()
        .join("bin")
}

fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if rustix::process::geteuid().is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "QUIT", "--"]).arg(program).current_dir("/tmp");
    command
}

#[test]
fn a_server_is_reached_over_tls_13_with_our_certificate_and_only_if_it_proves_its_name() {
    let elsewhere = Elsewhere::start();
    let authority = elsewhere.folder.path().join("authority.pem");
    assert_eq!(elsewhere.connect("localhost", &authority, true), Ok("TLSv1.3".to_owned()));
    assert_eq!(elsewhere.holds_keepwell(&authority), Ok(false));
    // Its certificate says localhost, not this address.
    elsewhere.connect("127.0.0.1", &authority, true).unwrap_err();
    // Without our certificate it does not let us in.
    elsewhere.connect("localhost", &authority, false).unwrap_err();
    // An authority that did not make its certificate.
    let other = tempfile::tempdir().unwrap();
    let (other_authority, _) = certificates_in(other.path());
    elsewhere.connect("localhost", &other_authority, true).unwrap_err();
}
