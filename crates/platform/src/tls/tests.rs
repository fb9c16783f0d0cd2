//! TLS as clients meet it: both ends in one process, no network.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jiff::SignedDuration;
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{
    ClientConfig, ClientConnection, HandshakeKind, NamedGroup, ProtocolVersion, RootCertStore,
    ServerConnection, SupportedProtocolVersion,
};
use tempfile::TempDir;

use super::*;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn local(folder: &TempDir, host: &str) -> CertificateSource {
    CertificateSource::Local { folder: folder.path().join("tls"), host: host.to_owned() }
}

fn open(folder: &TempDir, host: &str) -> Tls {
    Tls::open(local(folder, host), Clock::real()).unwrap()
}

/// A client that trusts the authority in the folder, and nobody else.
fn client(authority: &Path, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut store = RootCertStore::empty();
    for certificate in certificates(&fs::read(authority).unwrap(), authority).unwrap() {
        store.add(certificate).unwrap();
    }
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(store)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
    config
}

struct Met {
    version: ProtocolVersion,
    group: NamedGroup,
    protocol: Vec<u8>,
    leaf: Vec<u8>,
}

/// Shakes hands in memory; fails with what either side says.
fn meet(
    client: ClientConfig,
    server: &Arc<ServerConfig>,
    name: &str,
) -> Result<Met, rustls::Error> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(client), name)?;
    let mut server = ServerConnection::new(Arc::clone(server))?;
    let mut wire = Vec::new();
    while client.is_handshaking() || server.is_handshaking() {
        wire.clear();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        let at_the_server = server.process_new_packets();
        wire.clear();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets()?;
        at_the_server?;
    }
    assert_eq!(client.handshake_kind(), Some(HandshakeKind::Full));
    Ok(Met {
        version: client.protocol_version().unwrap(),
        group: client.negotiated_key_exchange_group().unwrap().name(),
        protocol: client.alpn_protocol().unwrap_or_default().to_vec(),
        leaf: client.peer_certificates().unwrap().first().unwrap().to_vec(),
    })
}

const BOTH: [&[u8]; 2] = [b"h2", b"http/1.1"];

#[test]
fn a_client_that_trusts_the_authority_gets_tls_13_the_hybrid_group_and_http2() {
    let folder = folder();
    let tls = open(&folder, "diary.example");
    let server = tls.server_config(Versions::Modern, &BOTH).unwrap();
    for name in ["diary.example", "localhost", "127.0.0.1", "::1"] {
        let client = client(&tls.trust().unwrap().certificate, &[&version::TLS13]);
        let met = meet(client, &server, name).unwrap();
        assert_eq!(met.version, ProtocolVersion::TLSv1_3);
        assert_eq!(met.group, NamedGroup::X25519MLKEM768);
        assert_eq!(met.protocol, b"h2");
    }
}

#[test]
fn a_name_that_is_not_ours_is_not_vouched_for() {
    let folder = folder();
    let tls = open(&folder, "diary.example");
    let server = tls.server_config(Versions::Modern, &BOTH).unwrap();
    let client = client(&tls.trust().unwrap().certificate, &[&version::TLS13]);
    assert!(meet(client, &server, "other.example").is_err());
}

#[test]
fn tls_12_is_refused_until_the_operator_asks_for_it() {
    let folder = folder();
    let tls = open(&folder, "localhost");
    let authority = tls.trust().unwrap().certificate.clone();
    let modern = tls.server_config(Versions::Modern, &BOTH).unwrap();
    assert!(meet(client(&authority, &[&version::TLS12]), &modern, "localhost").is_err());

    let intermediate = tls.server_config(Versions::Intermediate, &BOTH).unwrap();
    let met = meet(client(&authority, &[&version::TLS12]), &intermediate, "localhost").unwrap();
    assert_eq!(met.version, ProtocolVersion::TLSv1_2);
    let met = meet(client(&authority, &[&version::TLS13]), &intermediate, "localhost").unwrap();
    assert_eq!(met.version, ProtocolVersion::TLSv1_3);
}

#[test]
fn early_data_is_never_accepted() {
    let folder = folder();
    let tls = open(&folder, "localhost");
    assert_eq!(tls.server_config(Versions::Modern, &BOTH).unwrap().max_early_data_size, 0);
}

#[test]
fn the_stolen_key_of_the_authority_vouches_for_no_other_site() {
    let folder = folder();
    let tls = open(&folder, "diary.example");
    let authority = tls.trust().unwrap().certificate.clone();
    let key_file = folder.path().join("tls/authority.key");
    // The control: the same steps with a name that is allowed work.
    for (name, is_accepted) in [("diary.example", true), ("bank.example", false)] {
        let key = KeyPair::from_pem(&fs::read_to_string(&key_file).unwrap()).unwrap();
        let pem = fs::read_to_string(&authority).unwrap();
        let issuer = Issuer::from_ca_cert_pem(&pem, key).unwrap();
        let leaf_key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let leaf = params.signed_by(&leaf_key, &issuer).unwrap();
        let (leaf_file, leaf_key_file) =
            (folder.path().join("forged.pem"), folder.path().join("forged.key"));
        fs::write(&leaf_file, leaf.pem()).unwrap();
        private_file(&leaf_key_file, &leaf_key.serialize_pem());
        let forged = CertificateSource::Files { certificate: leaf_file, key: leaf_key_file };
        let server = Tls::open(forged, Clock::real()).unwrap();
        let server = server.server_config(Versions::Modern, &BOTH).unwrap();
        let met = meet(client(&authority, &[&version::TLS13]), &server, name);
        assert_eq!(met.is_ok(), is_accepted, "{name}");
    }
}

fn private_file(path: &Path, text: &str) {
    crate::private_file::write(path, text.as_bytes()).unwrap();
}

#[test]
fn a_second_start_keeps_authority_and_certificate_and_all_files_are_private() {
    let folder = folder();
    let first = open(&folder, "localhost");
    assert!(first.trust().unwrap().is_new);
    let leaf = fs::read(folder.path().join("tls/server.pem")).unwrap();
    let second = open(&folder, "localhost");
    assert!(!second.trust().unwrap().is_new);
    assert_eq!(first.trust().unwrap().fingerprint, second.trust().unwrap().fingerprint);
    assert_eq!(fs::read(folder.path().join("tls/server.pem")).unwrap(), leaf);
    let fingerprint = &first.trust().unwrap().fingerprint;
    assert_eq!(fingerprint.split(':').filter(|pair| pair.len() == 2).count(), 32, "{fingerprint}");

    for file in fs::read_dir(folder.path().join("tls")).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.path().display());
    }
}

#[test]
fn the_certificate_is_renewed_while_serving_and_the_authority_stays() {
    let folder = folder();
    let start = Clock::real().now() - SignedDuration::from_hours(24) * 61;
    let clock = Clock::standing_at(start);
    let tls = Tls::open(local(&folder, "localhost"), clock.clone()).unwrap();
    let authority = tls.trust().unwrap().certificate.clone();
    let server = tls.server_config(Versions::Modern, &BOTH).unwrap();
    let leaf = || meet(client(&authority, &[&version::TLS13]), &server, "localhost").unwrap().leaf;

    let before = leaf();
    clock.advance(SignedDuration::from_hours(24) * 59);
    assert!(!tls.refresh().unwrap());
    clock.advance(SignedDuration::from_hours(24) * 2);
    assert!(tls.refresh().unwrap());
    // The listener that has been there all the time shows the new one.
    assert_ne!(leaf(), before);
}

#[test]
fn another_host_gets_another_authority() {
    let folder = folder();
    let first = open(&folder, "diary.example").trust().unwrap().clone();
    let second = open(&folder, "diary.other").trust().unwrap().clone();
    assert!(second.is_new);
    assert_ne!(first.fingerprint, second.fingerprint);
    let server = open(&folder, "diary.other").server_config(Versions::Modern, &BOTH).unwrap();
    meet(client(&second.certificate, &[&version::TLS13]), &server, "diary.other").unwrap();
}

#[test]
fn an_authority_near_its_end_is_replaced_in_time() {
    let folder = folder();
    let clock = Clock::standing_at(Clock::real().now());
    Tls::open(local(&folder, "localhost"), clock.clone()).unwrap();
    clock.advance(SignedDuration::from_hours(24) * (3650 - 180));
    assert!(Tls::open(local(&folder, "localhost"), clock).unwrap().trust().unwrap().is_new);
}

#[test]
fn a_certificate_whose_key_was_lost_in_a_kill_is_made_again() {
    let folder = folder();
    open(&folder, "localhost");
    let other = folder.path().join("other");
    let source = CertificateSource::Local { folder: other.clone(), host: "localhost".to_owned() };
    Tls::open(source, Clock::real()).unwrap();
    fs::copy(other.join("server.key"), folder.path().join("tls/server.key")).unwrap();
    let tls = open(&folder, "localhost");
    let server = tls.server_config(Versions::Modern, &BOTH).unwrap();
    let authority = &tls.trust().unwrap().certificate;
    meet(client(authority, &[&version::TLS13]), &server, "localhost").unwrap();
}

#[test]
fn the_operators_certificate_is_read_again_when_it_changes() {
    let folder = folder();
    open(&folder, "localhost");
    let authority = folder.path().join("tls/authority.pem");
    let (certificate, key) =
        (folder.path().join("tls/server.pem"), folder.path().join("tls/server.key"));
    let own = CertificateSource::Files { certificate: certificate.clone(), key: key.clone() };
    let tls = Tls::open(own, Clock::real()).unwrap();
    assert!(tls.trust().is_none());
    let server = tls.server_config(Versions::Modern, &BOTH).unwrap();
    let leaf = || meet(client(&authority, &[&version::TLS13]), &server, "localhost").unwrap().leaf;
    let before = leaf();
    assert!(!tls.refresh().unwrap());

    fs::remove_file(&certificate).unwrap();
    open(&folder, "localhost");
    let later = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
    fs::File::options().write(true).open(&certificate).unwrap().set_modified(later).unwrap();
    assert!(tls.refresh().unwrap());
    assert_ne!(leaf(), before);
}

#[test]
fn a_key_that_everybody_can_read_is_refused() {
    let folder = folder();
    open(&folder, "localhost");
    let (certificate, key) =
        (folder.path().join("tls/server.pem"), folder.path().join("tls/server.key"));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let error = Tls::open(CertificateSource::Files { certificate, key }, Clock::real());
    assert!(matches!(error, Err(TlsError::OpenToOthers { .. })));
}

#[test]
fn what_is_not_a_certificate_is_named() {
    let folder = folder();
    let file = folder.path().join("not.pem");
    private_file(&file, "nothing");
    let source = CertificateSource::Files { certificate: file.clone(), key: file };
    let error = Tls::open(source, Clock::real()).unwrap_err().to_string();
    assert!(error.contains("not.pem") && error.contains("certificate"), "{error}");
}
