//! What others sealed for a person, or the person took, as it comes from the database.

#![no_main]

use std::sync::LazyLock;

use fuzz::{OTHER, OWNER, pair, root_key, seal_own};
use keys::{
    DayNumber, GrantIdentity, KeyPair, KeyringKey, LineKey, Scope, open_held_grant, open_letter,
    open_membership,
};
use libfuzzer_sys::fuzz_target;

/// Made once: to expand its lattice key is dear.
static PAIR: LazyLock<KeyPair> = LazyLock::new(pair);

fuzz_target!(|bytes: &[u8]| {
    let pair = &*PAIR;
    let (first, last) = (DayNumber::FIRST, DayNumber::LAST);
    let id =
        GrantIdentity { owner: OWNER, holder: OTHER, scope: Scope::Food, epoch: 1, first, last };
    let _ = open_held_grant(&id, bytes, pair);
    let _ = open_membership(OWNER, OTHER, bytes, pair);
    let _ = open_letter(pair, OWNER, OTHER, "name", bytes);
    let _ = KeyringKey::open_spare(pair, OWNER, bytes);
    let _ = LineKey::open_as_owner(OWNER, OTHER, bytes, pair);
    let _ = LineKey::open_as_holder(OWNER, OTHER, bytes, pair);
    let _ = LineKey::generate().open(OWNER, OTHER, "comment", OWNER, OTHER, bytes);
    assert!(root_key().check_public_key(OWNER, "person", bytes, &[0; 32]).is_err());
    assert!(root_key().check_public_key(OWNER, "person", pair.public().bytes(), bytes).is_err());

    let taken = open_membership(OWNER, OTHER, &seal_own(b"taken membership", bytes), pair);
    assert_eq!(taken.is_ok(), bytes.len() == 33 && bytes.first() == Some(&2));
    let line = seal_own(b"taken line key", bytes);
    assert_eq!(LineKey::open_as_holder(OWNER, OTHER, &line, pair).is_ok(), bytes.len() == 32);
});
