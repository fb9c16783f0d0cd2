//! AES-256-GCM as everything symmetric here uses it.
//!
//! Sealed: the algorithm's number (1 byte), the nonce (12), the ciphertext, the tag (16).
//!
//! Nonces are random, 96 bits from the system's generator. NIST SP 800-38D allows 2^32 seals with
//! one key that way. The busiest key here belongs to one record of one person in one epoch, so it
//! would need one edit a second for 136 years; the others seal a handful of times.
//!
//! GCM does not commit to its key: with write access to the database one could craft bytes that
//! open under two keys. No key here is chosen by who writes those bytes, and a key slot is found by
//! a proof that does commit to the password, so this buys nothing.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::derive::{Context, Secret, certain, fill_random};
use crate::{CannotOpen, TooLarge};

/// The number of AES-256-GCM with a random nonce, as the first byte of what it sealed.
pub(crate) const NUMBER: u8 = 1;

const TAG_LEN: usize = 16;
const LENGTH_LEN: usize = 4;
/// How much longer than its plaintext a sealed thing is.
pub(crate) const OVERHEAD: usize = 1 + NONCE_LEN + TAG_LEN;
/// The same where the plaintext was padded.
pub(crate) const PADDED_OVERHEAD: usize = OVERHEAD + LENGTH_LEN;

/// Seals as it is; the length shows.
pub(crate) fn seal(key: &Secret, context: &Context, plain: &[u8]) -> Vec<u8> {
    seal_with_nonce(key, fresh_nonce(), context, plain.len() + OVERHEAD, |body| {
        body.extend_from_slice(plain);
    })
}

/// Seals to exactly `size` bytes, whatever the plaintext's length.
pub(crate) fn seal_padded(
    key: &Secret,
    context: &Context,
    plain: &[u8],
    size: usize,
) -> Result<Vec<u8>, TooLarge> {
    let length = u32::try_from(plain.len()).map_err(|_large| TooLarge)?;
    if size < plain.len() + PADDED_OVERHEAD {
        return Err(TooLarge);
    }
    Ok(seal_with_nonce(key, fresh_nonce(), context, size, |body| {
        body.extend_from_slice(plain);
        // The length stands last, so that opening need not move the plaintext to the front.
        body.resize(size - TAG_LEN - LENGTH_LEN, 0);
        body.extend_from_slice(&length.to_be_bytes());
    }))
}

/// Seals to the next multiple of `step` bytes, so that the length shows in steps only.
pub(crate) fn seal_in_steps(key: &Secret, context: &Context, plain: &[u8], step: usize) -> Vec<u8> {
    let size = (plain.len() + PADDED_OVERHEAD).next_multiple_of(step);
    certain(seal_padded(key, context, plain, size))
}

/// Opens what [`seal`] sealed.
pub(crate) fn open(
    key: &Secret,
    context: &Context,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    let (&number, rest) = sealed.split_first().ok_or(CannotOpen)?;
    if number != NUMBER {
        return Err(CannotOpen);
    }
    let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>().ok_or(CannotOpen)?;
    let (body, tag) = rest.split_last_chunk::<TAG_LEN>().ok_or(CannotOpen)?;

    let mut plain = Zeroizing::new(vec![0; body.len()]);
    cipher(key)
        .open_separate_gather(
            Nonce::assume_unique_for_key(*nonce),
            associated(context),
            body,
            tag,
            &mut plain,
        )
        .map_err(|_unspecified| CannotOpen)?;
    Ok(plain)
}

/// Opens what [`seal_padded`] or [`seal_in_steps`] sealed.
pub(crate) fn open_padded(
    key: &Secret,
    context: &Context,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    unpad(open(key, context, sealed)?)
}

/// Pads to the next multiple of `step` bytes, for what another algorithm seals.
pub(crate) fn pad_in_steps(plain: &[u8], step: usize) -> Zeroizing<Vec<u8>> {
    let length = certain(u32::try_from(plain.len()));
    let size = (plain.len() + LENGTH_LEN).next_multiple_of(step);
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.extend_from_slice(plain);
    padded.resize(size - LENGTH_LEN, 0);
    padded.extend_from_slice(&length.to_be_bytes());
    padded
}

/// Takes off the padding.
pub(crate) fn unpad(mut plain: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    let (padded, length) = plain.split_last_chunk::<LENGTH_LEN>().ok_or(CannotOpen)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_large| CannotOpen)?;
    if padded.len() < length {
        return Err(CannotOpen);
    }
    plain.truncate(length);
    Ok(plain)
}

fn fresh_nonce() -> [u8; NONCE_LEN] {
    let mut nonce = [0; NONCE_LEN];
    fill_random(&mut nonce);
    nonce
}

/// The nonce is an argument only so that tests can compare with published vectors.
fn seal_with_nonce(
    key: &Secret,
    nonce: [u8; NONCE_LEN],
    context: &Context,
    size: usize,
    write_body: impl FnOnce(&mut Vec<u8>),
) -> Vec<u8> {
    // Room for everything at once: a buffer that grows leaves a copy of the plaintext behind.
    let mut sealed = Vec::with_capacity(size);
    sealed.push(NUMBER);
    sealed.extend_from_slice(&nonce);
    write_body(&mut sealed);

    let body = sealed.split_at_mut(1 + NONCE_LEN).1;
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = certain(cipher(key).seal_in_place_separate_tag(nonce, associated(context), body));
    sealed.extend_from_slice(tag.as_ref());
    sealed
}

fn cipher(key: &Secret) -> LessSafeKey {
    LessSafeKey::new(certain(UnboundKey::new(&AES_256_GCM, key.as_slice())))
}

fn associated(context: &Context) -> Aad<&[u8]> {
    Aad::from(context.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::hex;

    const GCM_KEY: &str = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";

    fn secret(text: &str) -> Secret {
        Secret::new(hex(text).try_into().unwrap())
    }

    /// Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation", appendix B.
    #[test]
    fn aes_256_gcm_gives_its_published_answers() {
        let zeros = "00".repeat(32);
        for (key, nonce, associated, plain, expected) in [
            (
                zeros.as_str(),
                "000000000000000000000000",
                "",
                "",
                "530f8afbc74536b9a963b4f1c4cb738b",
            ),
            (
                &zeros,
                "000000000000000000000000",
                "",
                "00000000000000000000000000000000",
                "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
            ),
            (
                GCM_KEY,
                "cafebabefacedbaddecaf888",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532f\
                 cf0e2449a6b525b16aedf5aa0de657ba637b39",
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7\
                 b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
            ),
        ] {
            let key = secret(key);
            let nonce: [u8; NONCE_LEN] = hex(nonce).try_into().unwrap();
            let context = Context::bare(&hex(associated));
            let plain = hex(plain);
            let sealed = seal_with_nonce(&key, nonce, &context, 0, |body| body.extend(&plain));

            assert_eq!(sealed[0], NUMBER);
            assert_eq!(sealed[1..=NONCE_LEN], nonce);
            assert_eq!(sealed[1 + NONCE_LEN..], hex(expected));
            assert_eq!(*open(&key, &context, &sealed).unwrap(), plain);
        }
    }

    #[test]
    fn the_same_thing_never_seals_to_the_same_bytes() {
        let key = secret(GCM_KEY);
        let context = Context::new("test");
        assert_ne!(seal(&key, &context, b"x"), seal(&key, &context, b"x"));
    }

    #[test]
    fn a_plaintext_that_leaves_no_room_for_its_length_is_too_large() {
        let (key, context) = (secret(GCM_KEY), Context::new("test"));
        assert_eq!(seal_padded(&key, &context, &[7; 8], 40), Err(TooLarge));
        let sealed = seal_padded(&key, &context, &[7; 8], 41).unwrap();
        assert_eq!(sealed.len(), 41);
        assert_eq!(*open_padded(&key, &context, &sealed).unwrap(), [7; 8]);
    }

    #[test]
    fn padding_that_claims_more_than_there_is_is_refused() {
        let (key, context) = (secret(GCM_KEY), Context::new("test"));
        for forged in [&[] as &[u8], &[0, 0, 1], &[7, 7, 0, 0, 0, 3], &[7, 7, 255, 255, 255, 255]] {
            let sealed = seal(&key, &context, forged);
            assert_eq!(open_padded(&key, &context, &sealed), Err(CannotOpen));
        }
    }
}
