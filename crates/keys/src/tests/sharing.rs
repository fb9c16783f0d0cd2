//! What goes from one person to another opens for whom it was meant, as what it is, unaltered.

use secrecy::ExposeSecret;
use uuid::Uuid;

use super::strangers::refuses_what_was_altered;
use crate::derive::hkdf;
use crate::vectors::hex;
use crate::{
    ApiKeyring, ApiToken, CannotOpen, Cover, DataKey, DayNumber, ErasureKey, GrantIdentity,
    InvitationHandle, InvitationSecret, KeyPair, Keyring, KeyringKey, Ladder, LineKey, Place,
    RecordId, RootKey, Scope, ScopeRoot, SessionToken, open_grant, open_held_grant, open_letter,
    open_membership, open_own_grant, reseal, seal_grant, seal_held_grant, seal_letter,
    seal_membership, seal_own_grant, take_membership,
};

const ANA: Uuid = Uuid::from_u128(0xa1);
const BEN: Uuid = Uuid::from_u128(0xb2);
const PRACTICE: Uuid = Uuid::from_u128(0xc3);
const OFFER: Uuid = Uuid::from_u128(0xd4);

fn day(number: u16) -> DayNumber {
    DayNumber::new(number)
}

fn grant() -> GrantIdentity {
    let (first, last) = (day(100), day(130));
    GrantIdentity { owner: ANA, holder: BEN, scope: Scope::Food, epoch: 3, first, last }
}

fn is_of(pair: Result<KeyPair, CannotOpen>, expected: &KeyPair) -> bool {
    pair.is_ok_and(|pair| pair.seed() == expected.seed())
}

#[test]
fn a_held_grant_opens_for_its_holder_as_what_it_says_whoever_sealed_it() {
    let (ben, eve) = (KeyPair::generate(), KeyPair::generate());
    let id = grant();
    let cover = ScopeRoot::generate().cover(id.first, id.last);
    for (sealed, number, step) in [
        (seal_grant(&id, &cover, &ben.public()), 2, 97),
        (seal_held_grant(&id, &cover, &ben), 1, 1),
    ] {
        assert_eq!(sealed[0], number);
        let opened = open_held_grant(&id, &sealed, &ben).unwrap();
        assert_eq!(opened.to_bytes(), cover.to_bytes());

        assert_eq!(open_held_grant(&id, &sealed, &eve).err(), Some(CannotOpen));
        for other in [
            GrantIdentity { owner: BEN, ..id },
            GrantIdentity { owner: PRACTICE, ..id },
            GrantIdentity { holder: ANA, ..id },
            GrantIdentity { holder: PRACTICE, ..id },
            GrantIdentity { scope: Scope::Body, ..id },
            GrantIdentity { epoch: 4, ..id },
            GrantIdentity { first: day(99), ..id },
            GrantIdentity { last: day(131), ..id },
        ] {
            assert_eq!(open_held_grant(&other, &sealed, &ben).err(), Some(CannotOpen), "{other:?}");
        }
        refuses_what_was_altered(&sealed, step, |sealed| {
            open_held_grant(&id, sealed, &ben).is_ok()
        });
    }
}

#[test]
fn a_held_grant_of_other_days_than_it_says_is_refused() {
    let ben = KeyPair::generate();
    let (id, root) = (grant(), ScopeRoot::generate());
    for cover in [root.cover_all(), root.cover(day(100), day(131)), root.cover(day(101), day(130))]
    {
        for sealed in [seal_held_grant(&id, &cover, &ben), seal_grant(&id, &cover, &ben.public())] {
            assert_eq!(open_held_grant(&id, &sealed, &ben).err(), Some(CannotOpen));
        }
    }
}

#[test]
fn an_owner_s_own_grant_and_a_held_one_never_open_as_each_other() {
    let ana = KeyPair::generate();
    let own = GrantIdentity { holder: ANA, ..grant() };
    let cover = ScopeRoot::generate().cover(own.first, own.last);
    for sealed in [
        seal_own_grant(&own, &cover, &ana),
        seal_held_grant(&own, &cover, &ana),
        seal_grant(&own, &cover, &ana.public()),
    ] {
        assert_eq!(open_held_grant(&own, &sealed, &ana).err(), Some(CannotOpen));
    }
    let held = seal_held_grant(&own, &cover, &ana);
    assert_eq!(open_own_grant(&own, &held, &ana).err(), Some(CannotOpen));
    let other = seal_own_grant(&grant(), &cover, &ana);
    assert_eq!(open_held_grant(&grant(), &other, &ana).err(), Some(CannotOpen));
    assert_eq!(
        open_grant(&grant(), &seal_held_grant(&grant(), &cover, &ana), &ana).err(),
        Some(CannotOpen)
    );
}

#[test]
fn an_invitation_s_secret_and_handle_are_read_back_from_their_43_characters_and_nothing_else() {
    let secret = InvitationSecret::generate();
    let handle = secret.handle();
    let (text, shown) = (secret.encode(), handle.encode());
    let (text, shown) = (text.expose_secret(), shown.expose_secret());
    assert_eq!((text.len(), shown.len()), (43, 43));
    assert_eq!(InvitationSecret::parse(text).unwrap().encode().expose_secret(), text);
    assert_eq!(InvitationHandle::parse(shown).unwrap().encode().expose_secret(), shown);
    for other in [String::new(), text[..42].to_owned(), format!("{text}A"), "A".repeat(42) + "B"] {
        assert_eq!(InvitationSecret::parse(&other).err(), Some(CannotOpen), "{other}");
        assert_eq!(InvitationHandle::parse(&other).err(), Some(CannotOpen), "{other}");
    }
}

/// The browser does the same with `WebCrypto`.
#[test]
fn an_invitation_s_handle_is_made_as_its_description_says() {
    let info =
        hex("00000000000000086b65657077656c6c0000000000000011696e7669746174696f6e2068616e646c65");
    let secret = InvitationSecret::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").unwrap();
    let made = hkdf(&std::array::from_fn::<u8, 32, _>(|at| u8::try_from(at).unwrap()), &[], &info);
    let expected = crate::text::encode(made.as_slice());
    assert_eq!(secret.handle().encode().expose_secret(), expected.expose_secret());
}

#[test]
fn an_invitation_s_text_opens_with_its_handle_for_its_purpose_and_offer_only() {
    let secret = InvitationSecret::generate();
    let sealed = secret.handle().seal("name", OFFER, b"Ana");
    assert_eq!(sealed.len(), 256);
    let handle = InvitationHandle::parse(secret.handle().encode().expose_secret()).unwrap();
    assert_eq!(*handle.open("name", OFFER, &sealed).unwrap(), b"Ana");

    assert_eq!(handle.open("note", OFFER, &sealed), Err(CannotOpen));
    assert_eq!(handle.open("name", ANA, &sealed), Err(CannotOpen));
    let other = InvitationSecret::generate().handle();
    assert_eq!(other.open("name", OFFER, &sealed), Err(CannotOpen));
    refuses_what_was_altered(&sealed, 1, |sealed| handle.open("name", OFFER, sealed).is_ok());
    for (plain_len, sealed_len) in [(0, 256), (223, 256), (224, 512)] {
        assert_eq!(handle.seal("name", OFFER, &vec![b'a'; plain_len]).len(), sealed_len);
    }
}

#[test]
fn what_the_database_sees_of_an_invitation_is_neither_its_secret_nor_its_handle_nor_each_other() {
    let secret = InvitationSecret::generate();
    let (handle, proof) = (secret.handle(), secret.proof());
    let shown = [
        secret.encode().expose_secret().to_owned(),
        handle.encode().expose_secret().to_owned(),
        crate::text::encode(handle.lookup().expose()).expose_secret().to_owned(),
        crate::text::encode(proof.expose()).expose_secret().to_owned(),
    ];
    for (place, one) in shown.iter().enumerate() {
        assert!(!shown[place + 1..].contains(one));
    }
    assert_eq!(handle.fingerprint(), handle.lookup().fingerprint());
    assert_ne!(handle.fingerprint(), proof.fingerprint());
    assert_eq!(proof.fingerprint(), secret.proof().fingerprint());
    assert_ne!(InvitationSecret::generate().handle().fingerprint(), handle.fingerprint());
    assert_ne!(InvitationSecret::generate().proof().fingerprint(), proof.fingerprint());
}

/// Whoever has only the handle tries it as the secret.
#[test]
fn from_the_handle_nobody_accepts() {
    let (root, secret) = (RootKey::generate(), InvitationSecret::generate());
    let guess = InvitationSecret::parse(secret.handle().encode().expose_secret()).unwrap();
    assert_ne!(guess.proof().fingerprint(), secret.proof().fingerprint());
    assert_ne!(guess.handle().fingerprint(), secret.handle().fingerprint());
    let cover = ScopeRoot::generate().cover(day(1), day(9));
    let sealed = secret.seal_cover(&root, OFFER, ANA, Scope::Food, 3, &cover);
    let opened = guess.open_cover(&root, OFFER, ANA, Scope::Food, 3, day(1), day(9), &sealed);
    assert_eq!(opened.err(), Some(CannotOpen));
    let pair = secret.seal_pair(&root, OFFER, PRACTICE, &KeyPair::generate());
    assert_eq!(guess.open_pair(&root, OFFER, PRACTICE, &pair).err(), Some(CannotOpen));
    assert_eq!(secret.handle().open("cover", OFFER, &sealed), Err(CannotOpen));
}

#[test]
fn an_offered_cover_opens_with_the_secret_and_the_root_key_as_what_it_says_only() {
    let (root, secret) = (RootKey::generate(), InvitationSecret::generate());
    let cover = ScopeRoot::generate().cover(day(100), day(130));
    let sealed = secret.seal_cover(&root, OFFER, ANA, Scope::Food, 3, &cover);
    let open = |secret: &InvitationSecret,
                root: &RootKey,
                offer,
                owner,
                scope,
                epoch,
                days: (u16, u16)| {
        let opened =
            secret.open_cover(root, offer, owner, scope, epoch, day(days.0), day(days.1), &sealed);
        opened.map(|cover| cover.to_bytes())
    };
    let days = (100, 130);
    let opened = open(&secret, &root, OFFER, ANA, Scope::Food, 3, days);
    assert_eq!(opened, Ok(cover.to_bytes()));

    let (other, other_root) = (InvitationSecret::generate(), RootKey::generate());
    for refused in [
        open(&other, &root, OFFER, ANA, Scope::Food, 3, days),
        open(&secret, &other_root, OFFER, ANA, Scope::Food, 3, days),
        open(&secret, &root, ANA, ANA, Scope::Food, 3, days),
        open(&secret, &root, OFFER, BEN, Scope::Food, 3, days),
        open(&secret, &root, OFFER, ANA, Scope::Body, 3, days),
        open(&secret, &root, OFFER, ANA, Scope::Food, 4, days),
        open(&secret, &root, OFFER, ANA, Scope::Food, 3, (99, 130)),
        open(&secret, &root, OFFER, ANA, Scope::Food, 3, (100, 131)),
    ] {
        assert_eq!(refused, Err(CannotOpen));
    }
    refuses_what_was_altered(&sealed, 1, |sealed| {
        secret.open_cover(&root, OFFER, ANA, Scope::Food, 3, day(100), day(130), sealed).is_ok()
    });
}

#[test]
fn an_offered_pair_opens_with_the_secret_and_the_root_key_for_its_organisation_only() {
    let (root, secret) = (RootKey::generate(), InvitationSecret::generate());
    let pair = KeyPair::generate();
    let sealed = secret.seal_pair(&root, OFFER, PRACTICE, &pair);
    assert!(is_of(secret.open_pair(&root, OFFER, PRACTICE, &sealed), &pair));

    let other = InvitationSecret::generate();
    for refused in [
        other.open_pair(&root, OFFER, PRACTICE, &sealed),
        secret.open_pair(&RootKey::generate(), OFFER, PRACTICE, &sealed),
        secret.open_pair(&root, PRACTICE, PRACTICE, &sealed),
        secret.open_pair(&root, OFFER, OFFER, &sealed),
    ] {
        assert_eq!(refused.err(), Some(CannotOpen));
    }
    refuses_what_was_altered(&sealed, 1, |sealed| {
        secret.open_pair(&root, OFFER, PRACTICE, sealed).is_ok()
    });
}

#[test]
fn a_membership_opens_for_its_member_and_organisation_only_however_it_came() {
    let (pair, ben, eve) = (KeyPair::generate(), KeyPair::generate(), KeyPair::generate());
    for (sealed, number, step) in [
        (seal_membership(PRACTICE, BEN, &pair, &ben.public()), 2, 97),
        (take_membership(PRACTICE, BEN, &pair, &ben), 1, 1),
    ] {
        assert_eq!(sealed[0], number);
        assert!(is_of(open_membership(PRACTICE, BEN, &sealed, &ben), &pair));

        assert_eq!(open_membership(PRACTICE, BEN, &sealed, &eve).err(), Some(CannotOpen));
        assert_eq!(open_membership(PRACTICE, ANA, &sealed, &ben).err(), Some(CannotOpen));
        assert_eq!(open_membership(ANA, BEN, &sealed, &ben).err(), Some(CannotOpen));
        assert_eq!(open_membership(BEN, PRACTICE, &sealed, &ben).err(), Some(CannotOpen));
        refuses_what_was_altered(&sealed, step, |sealed| {
            open_membership(PRACTICE, BEN, sealed, &ben).is_ok()
        });
    }
}

#[test]
fn a_letter_opens_for_its_reader_as_what_it_is_and_shows_its_length_in_steps_only() {
    let (ben, eve) = (KeyPair::generate(), KeyPair::generate());
    let sealed = seal_letter(&ben.public(), ANA, BEN, "name", b"Ana");
    assert_eq!(*open_letter(&ben, ANA, BEN, "name", &sealed).unwrap(), b"Ana");

    assert_eq!(open_letter(&eve, ANA, BEN, "name", &sealed), Err(CannotOpen));
    assert_eq!(open_letter(&ben, BEN, ANA, "name", &sealed), Err(CannotOpen));
    assert_eq!(open_letter(&ben, PRACTICE, BEN, "name", &sealed), Err(CannotOpen));
    assert_eq!(open_letter(&ben, ANA, BEN, "note", &sealed), Err(CannotOpen));
    refuses_what_was_altered(&sealed, 97, |sealed| {
        open_letter(&ben, ANA, BEN, "name", sealed).is_ok()
    });
    for (plain_len, padded) in [(0, 256), (252, 256), (253, 512)] {
        let sealed = seal_letter(&ben.public(), ANA, BEN, "name", &vec![b'a'; plain_len]);
        assert_eq!(sealed.len(), 1_137 + padded);
        let opened = open_letter(&ben, ANA, BEN, "name", &sealed).unwrap();
        assert_eq!(opened.len(), plain_len);
    }
}

#[test]
fn a_line_s_key_opens_for_its_owner_and_its_holder_each_their_own_copy_only() {
    let (ana, ben, eve) = (KeyPair::generate(), KeyPair::generate(), KeyPair::generate());
    let key = LineKey::generate();
    let written = key.seal(ANA, BEN, "comment", OFFER, ANA, b"well done");
    let reads = |opened: Result<LineKey, CannotOpen>| {
        opened.is_ok_and(|key| key.open(ANA, BEN, "comment", OFFER, ANA, &written).is_ok())
    };
    let own = key.seal_for_owner(ANA, BEN, &ana);
    assert!(reads(LineKey::open_as_owner(ANA, BEN, &own, &ana)));
    assert!(LineKey::open_as_owner(ANA, BEN, &own, &eve).is_err());
    assert!(LineKey::open_as_owner(BEN, ANA, &own, &ana).is_err());
    assert!(LineKey::open_as_owner(ANA, PRACTICE, &own, &ana).is_err());
    assert!(LineKey::open_as_holder(ANA, BEN, &own, &ana).is_err());
    refuses_what_was_altered(&own, 1, |sealed| {
        LineKey::open_as_owner(ANA, BEN, sealed, &ana).is_ok()
    });

    for (sealed, number, step) in
        [(key.seal_for_holder(ANA, BEN, &ben.public()), 2, 97), (key.take(ANA, BEN, &ben), 1, 1)]
    {
        assert_eq!(sealed[0], number);
        assert!(reads(LineKey::open_as_holder(ANA, BEN, &sealed, &ben)));
        assert!(LineKey::open_as_holder(ANA, BEN, &sealed, &eve).is_err());
        assert!(LineKey::open_as_holder(BEN, ANA, &sealed, &ben).is_err());
        assert!(LineKey::open_as_holder(PRACTICE, BEN, &sealed, &ben).is_err());
        assert!(LineKey::open_as_owner(ANA, BEN, &sealed, &ben).is_err());
        refuses_what_was_altered(&sealed, step, |sealed| {
            LineKey::open_as_holder(ANA, BEN, sealed, &ben).is_ok()
        });
    }
}

/// Anybody can seal to a public key; nobody can seal for the owner.
#[test]
fn who_knows_the_public_key_cannot_plant_a_line_s_key_with_the_owner() {
    let ana = KeyPair::generate();
    let planted = LineKey::generate().seal_for_holder(ANA, BEN, &ana.public());
    assert_eq!(LineKey::open_as_owner(ANA, BEN, &planted, &ana).err(), Some(CannotOpen));
}

#[test]
fn what_is_written_on_a_line_opens_as_what_it_is_and_shows_its_length_in_steps_only() {
    let key = LineKey::generate();
    let sealed = key.seal(ANA, BEN, "comment", OFFER, ANA, b"well done");
    assert_eq!(*key.open(ANA, BEN, "comment", OFFER, ANA, &sealed).unwrap(), b"well done");

    let other = LineKey::generate();
    for refused in [
        other.open(ANA, BEN, "comment", OFFER, ANA, &sealed),
        key.open(BEN, BEN, "comment", OFFER, ANA, &sealed),
        key.open(ANA, ANA, "comment", OFFER, ANA, &sealed),
        key.open(ANA, BEN, "message", OFFER, ANA, &sealed),
        key.open(ANA, BEN, "comment", BEN, ANA, &sealed),
        key.open(ANA, BEN, "comment", OFFER, BEN, &sealed),
    ] {
        assert_eq!(refused, Err(CannotOpen));
    }
    refuses_what_was_altered(&sealed, 1, |sealed| {
        key.open(ANA, BEN, "comment", OFFER, ANA, sealed).is_ok()
    });
    for (plain_len, sealed_len) in [(0, 256), (223, 256), (224, 512)] {
        let plain = vec![b'a'; plain_len];
        assert_eq!(key.seal(ANA, BEN, "comment", OFFER, ANA, &plain).len(), sealed_len);
    }
}

#[test]
fn a_spare_opens_for_its_principal_only() {
    let (ana, ben) = (KeyPair::generate(), KeyPair::generate());
    for key in [SessionToken::generate().keyring_key(), ApiToken::generate().keyring_key()] {
        let sealed = key.spare(&ana, ANA);
        let opened = KeyringKey::open_spare(&ana, ANA, &sealed).unwrap();
        let keyring = Keyring::new(KeyPair::generate()).seal(&key, ANA);
        assert!(Keyring::open(&opened, ANA, &keyring).is_ok());

        assert_eq!(KeyringKey::open_spare(&ben, ANA, &sealed).err(), Some(CannotOpen));
        assert_eq!(KeyringKey::open_spare(&ana, BEN, &sealed).err(), Some(CannotOpen));
        refuses_what_was_altered(&sealed, 1, |sealed| {
            KeyringKey::open_spare(&ana, ANA, sealed).is_ok()
        });
    }
}

#[test]
fn a_scope_that_is_forgotten_is_off_the_keyring_in_all_its_epochs_and_nothing_else_is() {
    let (root, pair) = (ScopeRoot::generate(), KeyPair::generate());
    let mut api = ApiKeyring::new(pair.public());
    let mut session = Keyring::new(pair);
    for (owner, scope, epoch) in
        [(ANA, Scope::Food, 1), (ANA, Scope::Food, 2), (ANA, Scope::Body, 1), (BEN, Scope::Food, 1)]
    {
        session.add(owner, scope, epoch, root.cover_all());
        api.add(owner, scope, epoch, root.cover_all());
    }
    session.forget(ANA, Scope::Food);
    api.forget(ANA, Scope::Food);
    for epoch in [1, 2] {
        assert!(session.cover(ANA, Scope::Food, epoch).is_none());
        assert!(api.cover(ANA, Scope::Food, epoch).is_none());
    }
    assert!(session.current(ANA, Scope::Food).is_none() && api.current(ANA, Scope::Food).is_none());
    for (owner, scope) in [(ANA, Scope::Body), (BEN, Scope::Food)] {
        assert!(session.cover(owner, scope, 1).is_some() && api.cover(owner, scope, 1).is_some());
    }
}

#[test]
fn only_the_whole_scope_has_the_items() {
    let root = ScopeRoot::generate();
    assert!(root.cover_all().has_items());
    assert!(!root.cover(DayNumber::FIRST, DayNumber::LAST).has_items());
    let narrowed = root.cover_all().narrow(day(1), day(2));
    assert_eq!(narrowed.as_ref().map(Cover::has_items), Some(false));
}

#[test]
fn a_record_that_is_sealed_again_keeps_its_length_and_opens_at_its_new_place_only() {
    let (root, next, erasure) =
        (ScopeRoot::generate(), ScopeRoot::generate(), ErasureKey::generate());
    let record = RecordId::Day(day(100));
    let key = |root: &ScopeRoot, epoch| {
        let leaf = root.cover_all().leaf(day(100)).unwrap();
        DataKey::derive(&leaf, &erasure, ANA, Scope::Food, epoch, record)
    };
    let (old, new) = (key(&root, 3), key(&next, 4));
    let place = Place { table: "t", owner: ANA, scope: Scope::Food, record, version: 7, epoch: 3 };
    let moved = Place { epoch: 4, ..place };
    for size in [0, 10, 1_867, 1_868, 5_000] {
        let plain = vec![b'x'; size];
        let sealed = old.seal(&place, &plain, &Ladder::DAY).unwrap();
        let again = reseal(&old, &place, &new, &moved, &sealed).unwrap();
        assert_eq!(again.len(), sealed.len());
        assert_eq!(*new.open(&moved, &again).unwrap(), plain);

        assert_eq!(new.open(&place, &again), Err(CannotOpen));
        assert_eq!(old.open(&moved, &again), Err(CannotOpen));
        assert_eq!(old.open(&place, &again), Err(CannotOpen));
        assert_eq!(new.open(&moved, &sealed), Err(CannotOpen));
        assert_eq!(reseal(&new, &place, &new, &moved, &sealed), Err(CannotOpen));
        assert_eq!(reseal(&old, &moved, &new, &moved, &sealed), Err(CannotOpen));
    }
    let sealed = old.seal(&place, b"two eggs", &Ladder::DAY).unwrap();
    refuses_what_was_altered(&sealed, 97, |sealed| {
        reseal(&old, &place, &new, &moved, sealed).is_ok()
    });
}
