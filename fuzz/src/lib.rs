//! Fuzzing of everything that parses in `keys`: `cargo +nightly fuzz run cover`.
//!
//! Fuzzing what is sealed stops at the tag, as it should. To reach the parsers behind it, the
//! `…_inside` targets seal the bytes themselves, with the formats written down a second time here.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use keys::{
    ApiToken, CeremonyHandle, Cover, DataKey, ErasureKey, InvitationHandle, InvitationSecret,
    KeyPair, KeyringKey, Place, RecordId, RootKey, Scope, SessionToken,
};
use uuid::Uuid;

/// Whose data is tried.
pub const OWNER: Uuid = Uuid::from_u128(0xa1);
/// Who else is there.
pub const OTHER: Uuid = Uuid::from_u128(0xb2);
/// Where the record is that is tried.
pub const PLACE: Place<'static> = Place {
    table: "diary.record_item",
    owner: OWNER,
    scope: Scope::Library,
    record: RecordId::Item(OWNER),
    version: 1,
    epoch: 1,
};

const SECRET: [u8; 32] = [0; 32];
const NONCE: [u8; 12] = [0; 12];
const API_TOKEN: &str = "kw_000000000000000000000000000000000000000000000000000077zgbx";
const ROOT: &str = "keepwell-root-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAC_vmRb";

/// The data key of the record, made of secrets that are all zero.
pub fn data_key() -> DataKey {
    let whole = [&[2_u8, 0, 0, 255, 255] as &[u8], &[0; 64]].concat();
    let leaf = Cover::from_bytes(&whole).unwrap().items().unwrap();
    DataKey::derive(&leaf, &erasure_key(), OWNER, PLACE.scope, PLACE.epoch, PLACE.record)
}

/// Seals bytes so that [`data_key`] opens them, without the padding it expects inside.
pub fn seal_record(inside: &[u8]) -> Vec<u8> {
    let owner = OWNER.as_bytes();
    let eight = 8u64.to_be_bytes();
    let one = 1u64.to_be_bytes();
    let info = context(&[b"data key", owner, &eight, &one, b"item", owner]);
    let table = b"diary.record_item";
    let place = context(&[b"record", table, owner, &eight, &one, &one, b"item", owner]);
    seal(&derive(&SECRET, &info), &place, inside)
}

/// The key of the keyring whose session token is all zero.
pub fn keyring_key() -> KeyringKey {
    SessionToken::parse(&"A".repeat(43)).unwrap().keyring_key()
}

/// Seals bytes so that [`keyring_key`] opens them.
pub fn seal_keyring(inside: &[u8]) -> Vec<u8> {
    let key = derive(&[], &context(&[b"keyring key"]));
    seal(&key, &context(&[b"keyring", OWNER.as_bytes()]), inside)
}

/// The key of the API keyring whose token is all zero.
pub fn api_keyring_key() -> KeyringKey {
    ApiToken::parse(API_TOKEN).unwrap().keyring_key()
}

/// Seals bytes so that [`api_keyring_key`] opens them.
pub fn seal_api_keyring(inside: &[u8]) -> Vec<u8> {
    let key = derive(&[], &context(&[b"api keyring key"]));
    seal(&key, &context(&[b"api keyring", OWNER.as_bytes()]), inside)
}

/// The handle that is all zero.
pub fn handle() -> CeremonyHandle {
    CeremonyHandle::parse(&"A".repeat(43)).unwrap()
}

/// Seals bytes so that [`handle`] opens them, without the padding it expects inside.
pub fn seal_ceremony(purpose: &str, inside: &[u8]) -> Vec<u8> {
    let key = derive(&[], &context(&[b"ceremony key"]));
    seal(&key, &context(&[b"ceremony", purpose.as_bytes()]), inside)
}

/// The secret of an invitation that is all zero.
pub fn invitation_secret() -> InvitationSecret {
    InvitationSecret::parse(&"A".repeat(43)).unwrap()
}

/// The handle of an invitation that is all zero, which is not that of the secret.
pub fn invitation_handle() -> InvitationHandle {
    InvitationHandle::parse(&"A".repeat(43)).unwrap()
}

/// Seals bytes so that [`invitation_handle`] opens them, without the padding it expects inside.
pub fn seal_invitation_text(purpose: &str, inside: &[u8]) -> Vec<u8> {
    let key = derive(&[], &context(&[b"invitation text key"]));
    seal(&key, &context(&[b"invitation text", purpose.as_bytes(), OWNER.as_bytes()]), inside)
}

/// The key pair whose seed is all zero, from an invitation whose secret is.
pub fn pair() -> KeyPair {
    let secret = invitation_secret();
    let pepper = derive(&[], &context(&[b"invitation pepper"]));
    let of_the_secret = derive(&[], &context(&[b"invitation key"]));
    let key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &pepper), &of_the_secret);
    let place = context(&[b"invitation pair", OWNER.as_bytes(), OWNER.as_bytes()]);
    let key = derive_of(key.as_ref(), &[], &place);
    let sealed = seal(&key, &place, &[&[2], SECRET.as_slice()].concat());
    secret.open_pair(&root_key(), OWNER, OWNER, &sealed).unwrap()
}

/// Seals bytes under the seed of [`pair`], as what is the other's of the owner.
pub fn seal_own(label: &[u8], inside: &[u8]) -> Vec<u8> {
    let context = context(&[label, OWNER.as_bytes(), OTHER.as_bytes()]);
    seal(&derive(&[], &context), &context, inside)
}

/// The root key that is all zero.
pub fn root_key() -> RootKey {
    RootKey::parse(ROOT).unwrap()
}

/// The erasure key that is all zero, sealed under the root key that is all zero.
fn erasure_key() -> ErasureKey {
    let root = root_key();
    let context = context(&[b"erasure key", OWNER.as_bytes()]);
    root.open_erasure_key(OWNER, &seal(&derive(&[], &context), &context, &SECRET)).unwrap()
}

fn context(fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in [&b"keepwell"[..]].iter().chain(fields) {
        bytes.extend((field.len() as u64).to_be_bytes());
        bytes.extend(*field);
    }
    bytes
}

/// HKDF of the secret that is all zero.
fn derive(salt: &[u8], info: &[u8]) -> [u8; 32] {
    derive_of(&SECRET, salt, info)
}

fn derive_of(secret: &[u8], salt: &[u8], info: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .unwrap();
    key
}

fn seal(key: &[u8], context: &[u8], inside: &[u8]) -> Vec<u8> {
    let mut body = inside.to_vec();
    let nonce = Nonce::assume_unique_for_key(NONCE);
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).unwrap())
        .seal_in_place_append_tag(nonce, Aad::from(context), &mut body)
        .unwrap();
    [&[1], NONCE.as_slice(), &body].concat()
}
