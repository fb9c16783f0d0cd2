//! A security key in software: real attestation objects and real signatures, and every field in the hands
//! of the test, also those that an honest browser would not let anybody choose.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use uuid::Uuid;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const WITH_KEY: u8 = 0x40;

/// A security key or passkey, together with the browser it is used in.
#[derive(Clone)]
pub struct SecurityKey {
    /// Which page the browser says it is on.
    pub origin: String,
    /// For which site the key signs.
    pub site: String,
    /// Whether it is touched.
    pub is_touched: bool,
    /// Whether it verifies its person.
    pub verifies: bool,
    /// Its count; zero for ever in one that does not count.
    pub count: u32,
    /// Whether it counts.
    pub counts: bool,
    /// What the browser derives from its PRF: 43 characters.
    pub secret: String,
    /// Whom it was made for, as it was told.
    pub handle: Vec<u8>,
    id: Vec<u8>,
    pkcs8: Vec<u8>,
}

impl SecurityKey {
    /// A new one for a server, which is touched, verifies its person and counts.
    pub fn new(origin: &str) -> Self {
        let rng = SystemRandom::new();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng).expect("a key");
        let host = origin.trim_start_matches("https://").split(':').next().expect("a host");
        Self {
            origin: origin.to_owned(),
            site: host.to_owned(),
            is_touched: true,
            verifies: true,
            count: 1,
            counts: true,
            secret: secrecy::ExposeSecret::expose_secret(&keys::PasskeySecret::generate().encode())
                .to_owned(),
            handle: Vec::new(),
            id: [Uuid::now_v7().into_bytes(), Uuid::now_v7().into_bytes()].concat(),
            pkcs8: pkcs8.as_ref().to_vec(),
        }
    }

    /// A plain one, which asks for no PIN and computes no secret.
    pub fn plain(origin: &str) -> Self {
        Self { verifies: false, ..Self::new(origin) }
    }

    /// What somebody has who copied everything out of it.
    #[must_use]
    pub fn copy(&self) -> Self {
        self.clone()
    }

    /// One that does not verify its person.
    #[must_use]
    pub fn careless(&self) -> Self {
        Self { verifies: false, ..self.clone() }
    }

    /// One that does not count.
    #[must_use]
    pub fn without_count(&self) -> Self {
        Self { counts: false, ..self.clone() }
    }

    /// Another key that claims to be this one.
    #[must_use]
    pub fn forged(&self) -> Self {
        Self { pkcs8: Self::new(&self.origin).pkcs8, ..self.clone() }
    }

    /// Whether a challenge names this key.
    pub fn is_among(&self, listed: &Value) -> bool {
        let id = self.id();
        listed.as_array().is_some_and(|listed| listed.iter().any(|one| one["id"] == id.as_str()))
    }

    /// `navigator.credentials.create`, as JSON.
    pub fn create(&mut self, asked: &Value) -> Value {
        let user = asked["publicKey"]["user"]["id"].as_str().expect("a user");
        self.handle = BASE64.decode(user).expect("a user");
        let mut data = self.data(WITH_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).expect("a short id").to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend(u16::try_from(data.len()).expect("short data").to_be_bytes());
        object.extend(&data);
        let client = self.client_data("webauthn.create", &asked["publicKey"]["challenge"]);
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": {"prf": {"enabled": self.verifies}},
            "response": {
                "attestationObject": BASE64.encode(object), "clientDataJSON": BASE64.encode(client),
                "authenticatorData": BASE64.encode(data), "transports": ["usb", "smart-card"],
                "publicKeyAlgorithm": -7,
            },
        })
    }

    /// `navigator.credentials.get`, as JSON.
    pub fn get(&mut self, asked: &Value) -> Value {
        self.sign("webauthn.get", asked)
    }

    /// The same, for what the browser says is this kind of ceremony.
    pub fn sign(&mut self, kind: &str, asked: &Value) -> Value {
        if self.counts {
            self.count += 1;
        }
        let data = self.data(0);
        let client = self.client_data(kind, &asked["publicKey"]["challenge"]);
        let signed = [data.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature =
            self.pair().sign(&SystemRandom::new(), &signed).expect("a signature").as_ref().to_vec();
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key",
            "authenticatorAttachment": "cross-platform", "clientExtensionResults": {},
            "response": {
                "authenticatorData": BASE64.encode(data), "clientDataJSON": BASE64.encode(client),
                "signature": BASE64.encode(signature), "userHandle": BASE64.encode(&self.handle),
            },
        })
    }

    /// Its number, in base64url.
    pub fn id(&self) -> String {
        BASE64.encode(&self.id)
    }

    fn pair(&self) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.pkcs8).expect("a key")
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.site.as_bytes()).as_ref().to_vec();
        let touched = if self.is_touched { PRESENT } else { 0 };
        let verified = if self.verifies { VERIFIED } else { 0 };
        data.push(touched | verified | more);
        let count = if self.counts { self.count } else { 0 };
        data.extend(count.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }

    /// The public key as COSE: `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`.
    fn public_key(&self) -> Vec<u8> {
        let pair = self.pair();
        let point = pair.public_key().as_ref();
        let (x, y) = point.get(1..).expect("a point").split_at(32);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(x);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(y);
        key
    }
}
