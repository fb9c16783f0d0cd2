//! Grants, own things and key slots, as they come from the database.

#![no_main]

use fuzz::OWNER;
use keys::{
    DayNumber, GrantIdentity, KeyPair, RecoveryCode, Scope, SlotKind, open_grant, open_own,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let pair = KeyPair::generate();
    let (first, last) = (DayNumber::FIRST, DayNumber::LAST);
    let id =
        GrantIdentity { owner: OWNER, holder: OWNER, scope: Scope::Food, epoch: 1, first, last };
    assert!(open_grant(&id, bytes, &pair).is_err());
    assert!(open_own(&pair, OWNER, "e-mail", bytes).is_err());
    let slot_key = RecoveryCode::generate().slot_key();
    assert!(slot_key.open(OWNER, SlotKind::RecoveryCode, bytes).is_err());
});
