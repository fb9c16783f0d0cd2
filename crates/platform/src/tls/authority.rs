//! A certificate authority for one installation.
//!
//! It lets people use real, checked TLS on a machine that has no public name. Its certificate may
//! only ever vouch for the configured host and this machine itself (name constraints), so
//! trusting it gives it no power over any other site, even if its key is stolen.
//!
//! The authority's key stays; the server's certificate lives for 90 days and is made anew after
//! 60, with a new key each time.

use std::fs::{self, DirBuilder};
use std::io;
use std::net::IpAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, SanType, SerialNumber,
};
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer as _;

use super::{Name, TlsError, certificates, certified, names_of};
use crate::clock::Clock;
use crate::private_file;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const AUTHORITY_DAYS: i32 = 3650;
const LEAF_DAYS: i32 = 90;
/// A new authority must be trusted again by everybody, so make it well before the old one ends.
const AUTHORITY_REST_DAYS: i32 = 2 * LEAF_DAYS;
/// Clocks differ a little; a certificate that is valid "from now" is invalid somewhere.
const LEEWAY: SignedDuration = SignedDuration::from_hours(1);

/// The authority of this installation.
#[derive(Debug)]
pub(super) struct Authority {
    folder: PathBuf,
    names: Vec<Name>,
    pem: String,
    der: CertificateDer<'static>,
    key_pem: String,
}

impl Authority {
    /// Opens the authority in `folder`; makes it where it is missing, ending, or not made for
    /// this host. The flag says whether it was made now.
    pub(super) fn open(folder: &Path, host: &str, clock: &Clock) -> Result<(Self, bool), TlsError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(TlsError::file("make the folder", folder))?;
        let names = names_of(host);
        if let (Some(pem), Some(key_pem)) =
            (read(&folder.join("authority.pem"))?, read(&folder.join("authority.key"))?)
        {
            let path = folder.join("authority.pem");
            let der = first(certificates(pem.as_bytes(), &path)?, &path)?;
            if is_authority_for(&der, &path, &names, clock)? {
                let folder = folder.to_path_buf();
                return Ok((Self { folder, names, pem, der, key_pem }, false));
            }
            tracing::warn!(
                "making a new certificate authority: the old one ends or is for another host"
            );
        }
        Ok((Self::make(folder, host, names, clock)?, true))
    }

    fn make(folder: &Path, host: &str, names: Vec<Name>, clock: &Clock) -> Result<Self, TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)?;
        let mut params = parameters(clock, AUTHORITY_DAYS)?;
        // The number tells it from an earlier authority of this host in a list of certificates.
        let number: u32 = u32::from_be_bytes(random()?);
        params.distinguished_name = called(&format!("Keepwell authority of {host} {number:08x}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: names.iter().map(subtree).collect(),
            excluded_subtrees: Vec::new(),
        });
        let certificate = params.self_signed(&key)?;
        let (pem, key_pem) = (certificate.pem(), key.serialize_pem());
        write(&folder.join("authority.key"), key_pem.as_bytes())?;
        write(&folder.join("authority.pem"), pem.as_bytes())?;
        let der = certificate.der().clone();
        Ok(Self { folder: folder.to_path_buf(), names, pem, der, key_pem })
    }

    /// The server's certificate: the one on the disk while it is good, a new one otherwise.
    pub(super) fn leaf(&self, clock: &Clock) -> Result<CertifiedKey, TlsError> {
        if let Some(kept) = self.kept_leaf(clock)? {
            return Ok(kept);
        }
        let authority_key = KeyPair::from_pem(&self.key_pem)?;
        let issuer = Issuer::from_ca_cert_pem(&self.pem, authority_key)?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = parameters(clock, LEAF_DAYS)?;
        params.distinguished_name = called("Keepwell");
        for name in &self.names {
            params.subject_alt_names.push(match name {
                Name::Dns(host) => SanType::DnsName(host.as_str().try_into()?),
                Name::Address(address) => SanType::IpAddress(*address),
            });
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let pem = params.signed_by(&key, &issuer)?.pem();
        let key_pem = key.serialize_pem();
        write(&self.leaf_key_path(), key_pem.as_bytes())?;
        write(&self.leaf_path(), pem.as_bytes())?;
        certified(pem.as_bytes(), &self.leaf_path(), key_pem.as_bytes(), &self.leaf_key_path())
    }

    /// The certificate on the disk, if it is whole, ours, for these names and young enough.
    fn kept_leaf(&self, clock: &Clock) -> Result<Option<CertifiedKey>, TlsError> {
        let (path, key_path) = (self.leaf_path(), self.leaf_key_path());
        let (Some(pem), Some(key_pem)) = (read(&path)?, read(&key_path)?) else {
            return Ok(None);
        };
        // A kill between the two files leaves a pair that does not match: it is made anew.
        let Ok(kept) = certified(pem.as_bytes(), &path, key_pem.as_bytes(), &key_path) else {
            return Ok(None);
        };
        let Some(der) = kept.cert.first() else { return Ok(None) };
        let (leaf, authority) = (parsed(der, &path)?, parsed(&self.der, &path)?);
        let mut names = subject_names(&leaf);
        let mut wanted = self.names.clone();
        names.sort();
        wanted.sort();
        let from = leaf.validity().not_before.timestamp();
        let until = leaf.validity().not_after.timestamp();
        let renew_at = from + (until - from) * 2 / 3;
        let now = clock.now().as_second();
        let good = leaf.issuer() == authority.subject()
            && names == wanted
            && from <= now
            && now < renew_at;
        Ok(good.then_some(kept))
    }

    pub(super) fn certificate_path(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// SHA-256 of the certificate, as browsers show it.
    pub(super) fn fingerprint(&self) -> String {
        let sum = digest(&SHA256, &self.der);
        let pairs: Vec<_> = sum.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    fn leaf_path(&self) -> PathBuf {
        self.folder.join("server.pem")
    }

    fn leaf_key_path(&self) -> PathBuf {
        self.folder.join("server.key")
    }
}

/// Whether a certificate may vouch for exactly these names, for long enough.
fn is_authority_for(
    der: &CertificateDer<'_>,
    path: &Path,
    names: &[Name],
    clock: &Clock,
) -> Result<bool, TlsError> {
    let certificate = parsed(der, path)?;
    let ends = certificate.validity().not_after.timestamp();
    let rest = (DAY * AUTHORITY_REST_DAYS).as_secs();
    let mut allowed: Vec<Name> = certificate
        .extensions()
        .iter()
        .filter_map(|extension| {
            let ParsedExtension::NameConstraints(constraints) = extension.parsed_extension() else {
                return None;
            };
            constraints.permitted_subtrees.as_ref()
        })
        .flatten()
        .filter_map(|subtree| name_of(&subtree.base))
        .collect();
    let mut wanted = names.to_vec();
    allowed.sort();
    wanted.sort();
    Ok(allowed == wanted && clock.now().as_second() + rest < ends)
}

fn subject_names(certificate: &X509Certificate<'_>) -> Vec<Name> {
    certificate
        .subject_alternative_name()
        .ok()
        .flatten()
        .map(|names| names.value.general_names.iter().filter_map(name_of).collect())
        .unwrap_or_default()
}

/// A name or address. In a constraint the address is followed by its mask, here always full.
fn name_of(name: &GeneralName<'_>) -> Option<Name> {
    if let GeneralName::DNSName(host) = name {
        return Some(Name::Dns((*host).to_owned()));
    }
    let GeneralName::IPAddress(bytes) = name else { return None };
    let address = match bytes.len() {
        4 | 8 => IpAddr::from(<[u8; 4]>::try_from(bytes.get(..4)?).ok()?),
        16 | 32 => IpAddr::from(<[u8; 16]>::try_from(bytes.get(..16)?).ok()?),
        _ => return None,
    };
    Some(Name::Address(address))
}

fn subtree(name: &Name) -> GeneralSubtree {
    match name {
        Name::Dns(host) => GeneralSubtree::DnsName(host.clone()),
        Name::Address(address) => {
            let bits = if address.is_ipv4() { 32 } else { 128 };
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, bits))
        }
    }
}

/// A certificate's beginning: valid from now, with a number nobody can guess.
fn parameters(clock: &Clock, days: i32) -> Result<CertificateParams, TlsError> {
    let mut params = CertificateParams::new(Vec::new())?;
    let now = clock.now();
    params.not_before = at(now - LEEWAY);
    params.not_after = at(now + DAY * days);
    let mut number: [u8; 16] = random()?;
    // A serial number is positive and has no leading zero.
    if let Some(first) = number.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    params.serial_number = Some(SerialNumber::from_slice(&number));
    Ok(params)
}

fn called(name: &str) -> DistinguishedName {
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    called
}

fn at(when: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(when.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn random<const N: usize>() -> Result<[u8; N], TlsError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|Unspecified| rcgen::Error::RingUnspecified)?;
    Ok(bytes)
}

fn parsed<'a>(der: &'a CertificateDer<'_>, path: &Path) -> Result<X509Certificate<'a>, TlsError> {
    X509Certificate::from_der(der)
        .map(|(_, certificate)| certificate)
        .map_err(|error| TlsError::content(path, "certificate")(&error))
}

fn first(
    chain: Vec<CertificateDer<'static>>,
    path: &Path,
) -> Result<CertificateDer<'static>, TlsError> {
    chain.into_iter().next().ok_or_else(|| TlsError::content(path, "certificate")(&"it is empty"))
}

fn read(path: &Path) -> Result<Option<String>, TlsError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(TlsError::file("read", path)(error)),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    private_file::write(path, bytes).map_err(TlsError::file("write", path))
}
