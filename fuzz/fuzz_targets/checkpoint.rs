//! A checkpoint's signature and a path of the tree of hashes, from anywhere.

#![no_main]

use fuzz::root_key;
use keys::{merkle, verify_checkpoint};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, Vec<[u8; 32]>, Vec<u8>)| {
    let (index, size, hashes, bytes) = input;
    let (index, size) = (usize::from(index), usize::from(size));
    let signer = root_key().checkpoint_signer();
    assert!(verify_checkpoint(&signer.public_key(), &bytes, &signer.sign(&bytes)).is_ok());
    assert!(verify_checkpoint(&signer.public_key(), b"a checkpoint", &bytes).is_err());
    let _ = verify_checkpoint(&bytes, &bytes, &bytes);

    let leaf = merkle::leaf_hash(&bytes);
    assert!(merkle::root_from_path(&leaf, index, size, &hashes).is_none() || index < size);
    let path = merkle::path(&hashes, index);
    if let Some(leaf) = hashes.get(index) {
        let found = merkle::root_from_path(leaf, index, hashes.len(), &path);
        assert_eq!(found, Some(merkle::root(&hashes)));
    }
});
