//! Nobody opens what was not sealed to them, as what it was sealed as, unaltered.

use proptest::prelude::*;
use secrecy::SecretString;
use uuid::Uuid;

use crate::derive::Context;
use crate::{
    ApiKeyring, ApiToken, CannotOpen, CeremonyHandle, Cover, DayNumber, DeviceMark, ErasureKey,
    GrantIdentity, InvitationSecret, KeyPair, Keyring, Ladder, LineKey, PasskeySecret,
    PasswordCost, RecoveryCode, RootKey, Scope, ScopeRoot, SessionToken, SingleUseCode, SlotKind,
    aead, open_grant, open_inbox, open_own, open_own_grant, seal_grant, seal_inbox, seal_own_grant,
    seal_to_self, stretch,
};

const ANA: Uuid = Uuid::from_u128(0xa1);
const BEN: Uuid = Uuid::from_u128(0xb2);

fn grant(first: u16, last: u16) -> GrantIdentity {
    GrantIdentity {
        owner: ANA,
        holder: BEN,
        scope: Scope::Food,
        epoch: 3,
        first: DayNumber::new(first),
        last: DayNumber::new(last),
    }
}

/// Tries every flipped bit and every cut, except that `step` leaves out some where opening is slow.
pub(super) fn refuses_what_was_altered(sealed: &[u8], step: usize, opens: impl Fn(&[u8]) -> bool) {
    assert!(opens(sealed));
    let ends = 0..sealed.len().min(40) * 8;
    for bit in ends.chain((0..sealed.len() * 8).step_by(step)) {
        let mut flipped = sealed.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!opens(&flipped), "bit {bit}");
    }
    for cut in (0..sealed.len()).step_by(step) {
        assert!(!opens(&sealed[..cut]), "cut at {cut}");
    }
    assert!(!opens(&[sealed, &[0]].concat()));
}

#[test]
fn a_grant_opens_for_its_holder_as_what_it_says() {
    let (ben, eve) = (KeyPair::generate(), KeyPair::generate());
    let id = grant(100, 130);
    let cover = ScopeRoot::generate().cover(id.first, id.last);
    let sealed = seal_grant(&id, &cover, &ben.public());
    assert_eq!(open_grant(&id, &sealed, &ben).unwrap().to_bytes(), cover.to_bytes());

    assert_eq!(open_grant(&id, &sealed, &eve).err(), Some(CannotOpen));
    for other in [
        GrantIdentity { owner: BEN, ..id },
        GrantIdentity { holder: ANA, ..id },
        GrantIdentity { scope: Scope::Body, ..id },
        GrantIdentity { epoch: 4, ..id },
        GrantIdentity { first: DayNumber::new(99), ..id },
        GrantIdentity { last: DayNumber::new(131), ..id },
    ] {
        assert_eq!(open_grant(&other, &sealed, &ben).err(), Some(CannotOpen), "{other:?}");
    }
}

#[test]
fn a_grant_whose_cover_opens_other_days_than_it_says_is_refused() {
    let ben = KeyPair::generate();
    let root = ScopeRoot::generate();
    for cover in [
        root.cover_all(),
        root.cover(DayNumber::new(100), DayNumber::new(131)),
        root.cover(DayNumber::new(101), DayNumber::new(130)),
    ] {
        let sealed = seal_grant(&grant(100, 130), &cover, &ben.public());
        assert_eq!(open_grant(&grant(100, 130), &sealed, &ben).err(), Some(CannotOpen));
    }
}

#[test]
fn an_owners_own_grant_opens_for_the_owner_as_what_it_says() {
    let (ana, eve) = (KeyPair::generate(), KeyPair::generate());
    let id = GrantIdentity { holder: ANA, ..grant(0, u16::MAX) };
    let cover = ScopeRoot::generate().cover_all();
    let sealed = seal_own_grant(&id, &cover, &ana);
    assert_eq!(open_own_grant(&id, &sealed, &ana).unwrap().to_bytes(), cover.to_bytes());

    assert_eq!(open_own_grant(&id, &sealed, &eve).err(), Some(CannotOpen));
    for other in [
        GrantIdentity { owner: BEN, ..id },
        GrantIdentity { holder: BEN, ..id },
        GrantIdentity { scope: Scope::Body, ..id },
        GrantIdentity { epoch: 4, ..id },
        GrantIdentity { last: DayNumber::new(131), ..id },
    ] {
        assert_eq!(open_own_grant(&other, &sealed, &ana).err(), Some(CannotOpen), "{other:?}");
    }
    refuses_what_was_altered(&sealed, 1, |sealed| open_own_grant(&id, sealed, &ana).is_ok());
}

#[test]
fn who_knows_the_public_key_cannot_plant_a_grant_of_the_owners_own() {
    let ana = KeyPair::generate();
    let id = GrantIdentity { holder: ANA, ..grant(0, u16::MAX) };
    let planted = seal_grant(&id, &ScopeRoot::generate().cover_all(), &ana.public());
    assert_eq!(open_grant(&id, &planted, &ana).err(), Some(CannotOpen));
    assert_eq!(open_own_grant(&id, &planted, &ana).err(), Some(CannotOpen));
}

#[test]
fn an_altered_grant_is_refused() {
    let ben = KeyPair::generate();
    let id = grant(0, u16::MAX);
    let sealed = seal_grant(&id, &ScopeRoot::generate().cover_all(), &ben.public());
    refuses_what_was_altered(&sealed, 97, |sealed| open_grant(&id, sealed, &ben).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn of_many_holders_each_opens_their_own_grants_only(
        sealed_to in prop::collection::vec((0..3usize, any::<u16>(), any::<u16>()), 1..4),
    ) {
        let holders: Vec<_> = (0..3).map(|_| KeyPair::generate()).collect();
        let root = ScopeRoot::generate();
        for (to, one, other) in sealed_to {
            let id = grant(one.min(other), one.max(other));
            let cover = root.cover(id.first, id.last);
            let sealed = seal_grant(&id, &cover, &holders[to].public());
            for (place, holder) in holders.iter().enumerate() {
                let opened = open_grant(&id, &sealed, holder).ok().map(|cover| cover.to_bytes());
                prop_assert_eq!(opened, (place == to).then(|| cover.to_bytes()));
            }
        }
    }

    #[test]
    fn a_keyring_comes_back_with_everything_that_was_on_it(
        covers in prop::collection::vec(
            (0..3u128, 0..8usize, 0..4u32, any::<u16>(), any::<u16>()), 0..20,
        ),
    ) {
        let root = ScopeRoot::generate();
        let token = SessionToken::generate();
        let mut keyring = Keyring::new(KeyPair::generate());
        let mut expected: Vec<(Uuid, Scope, u32, Cover)> = Vec::new();
        for (owner, scope, epoch, one, other) in covers {
            let (owner, scope) = (Uuid::from_u128(owner), Scope::ALL[scope]);
            let days = (DayNumber::new(one.min(other)), DayNumber::new(one.max(other)));
            let cover = root.cover(days.0, days.1);
            expected.retain(|known| (known.0, known.1, known.2) != (owner, scope, epoch));
            expected.push((owner, scope, epoch, cover.clone()));
            keyring.add(owner, scope, epoch, cover);
        }

        let sealed = keyring.seal(&token.keyring_key(), ANA);
        let opened = Keyring::open(&token.keyring_key(), ANA, &sealed).unwrap();
        prop_assert_eq!(opened.pair().public(), keyring.pair().public());
        for (owner, scope, epoch, cover) in &expected {
            let found = opened.cover(*owner, *scope, *epoch).unwrap();
            prop_assert_eq!(found.to_bytes(), cover.to_bytes());
            let newest = expected.iter().filter(|other| (other.0, other.1) == (*owner, *scope));
            prop_assert_eq!(
                opened.current(*owner, *scope).map(|(epoch, _)| epoch),
                newest.map(|other| other.2).max()
            );
        }
        prop_assert!(opened.current(BEN, Scope::Food).is_none());
    }
}

#[test]
fn a_keyring_opens_for_its_session_and_principal_only() {
    let token = SessionToken::generate();
    let mut keyring = Keyring::new(KeyPair::generate());
    keyring.add(ANA, Scope::Food, 1, ScopeRoot::generate().cover_all());
    let sealed = keyring.seal(&token.keyring_key(), ANA);

    let other = SessionToken::generate();
    assert_eq!(Keyring::open(&other.keyring_key(), ANA, &sealed).err(), Some(CannotOpen));
    assert_eq!(Keyring::open(&token.keyring_key(), BEN, &sealed).err(), Some(CannotOpen));
    refuses_what_was_altered(&sealed, 1, |sealed| {
        Keyring::open(&token.keyring_key(), ANA, sealed).is_ok()
    });
}

#[test]
fn an_api_keyring_opens_for_its_token_and_principal_only() {
    let (token, pair) = (ApiToken::generate(), KeyPair::generate());
    let mut keyring = ApiKeyring::new(pair.public());
    let root = ScopeRoot::generate();
    keyring.add(ANA, Scope::Food, 1, root.cover_all());
    keyring.add(ANA, Scope::Food, 2, root.cover(DayNumber::new(7), DayNumber::new(9)));
    let sealed = keyring.seal(&token.keyring_key(), ANA);

    let opened = ApiKeyring::open(&token.keyring_key(), ANA, &sealed).unwrap();
    assert_eq!(*opened.public(), pair.public());
    assert_eq!(opened.current(ANA, Scope::Food).map(|(epoch, _)| epoch), Some(2));
    let first = opened.cover(ANA, Scope::Food, 1).map(Cover::to_bytes);
    assert_eq!(first, Some(root.cover_all().to_bytes()));
    assert!(opened.cover(ANA, Scope::Body, 1).is_none());
    assert!(opened.current(BEN, Scope::Food).is_none());

    let other = ApiToken::generate();
    assert_eq!(ApiKeyring::open(&other.keyring_key(), ANA, &sealed).err(), Some(CannotOpen));
    assert_eq!(ApiKeyring::open(&token.keyring_key(), BEN, &sealed).err(), Some(CannotOpen));
    refuses_what_was_altered(&sealed, 5, |sealed| {
        ApiKeyring::open(&token.keyring_key(), ANA, sealed).is_ok()
    });
}

#[test]
fn a_session_s_keyring_and_a_token_s_never_open_as_each_other() {
    let pair = KeyPair::generate();
    let api = ApiKeyring::new(pair.public());
    let session = Keyring::new(pair);
    for key in [SessionToken::generate().keyring_key(), ApiToken::generate().keyring_key()] {
        assert!(Keyring::open(&key, ANA, &session.seal(&key, ANA)).is_ok());
        assert!(ApiKeyring::open(&key, ANA, &api.seal(&key, ANA)).is_ok());
        let as_session = Keyring::open(&key, ANA, &api.seal(&key, ANA));
        assert_eq!(as_session.err(), Some(CannotOpen));
        let as_api = ApiKeyring::open(&key, ANA, &session.seal(&key, ANA));
        assert_eq!(as_api.err(), Some(CannotOpen));
        // Not because of what is inside: the seal itself is bound to what it is.
        for (label, sealed) in
            [("keyring", api.seal(&key, ANA)), ("api keyring", session.seal(&key, ANA))]
        {
            let opened = aead::open(key.as_secret(), &Context::new(label).id(ANA), &sealed);
            assert_eq!(opened, Err(CannotOpen));
        }
    }
}

#[test]
fn an_api_keyring_holds_nothing_of_the_private_key() {
    let pair = KeyPair::generate();
    let mut keyring = ApiKeyring::new(pair.public());
    keyring.add(ANA, Scope::Food, 1, ScopeRoot::generate().cover_all());
    let seed = pair.seed().as_slice();
    assert!(!keyring.to_bytes().windows(seed.len()).any(|part| part == seed));
    let private = Keyring::new(pair);
    assert!(private.to_bytes().windows(32).any(|part| part == private.pair().seed().as_slice()));
}

#[test]
fn an_altered_item_of_an_inbox_is_refused() {
    let (pair, erasure) = (KeyPair::generate(), ErasureKey::generate());
    let ladder = Ladder::SMALL;
    let sealed = seal_inbox(&pair.public(), &erasure, ANA, BEN, Scope::Body, b"71.5", &ladder);
    refuses_what_was_altered(&sealed.unwrap(), 97, |sealed| {
        open_inbox(&pair, &erasure, ANA, BEN, Scope::Body, sealed).is_ok()
    });
}

#[test]
fn a_slot_opens_with_its_credential_for_its_principal_and_kind_only() {
    let pair = KeyPair::generate();
    let stretched = |password: &str| {
        stretch(&SecretString::from(password), &[1; 32], PasswordCost::WEAK_FOR_TESTS).unwrap()
    };
    let key = stretched("correct horse battery").slot_key();
    let sealed = key.seal(ANA, SlotKind::Password, &pair);
    let opened = key.open(ANA, SlotKind::Password, &sealed).unwrap();
    assert_eq!(opened.public(), pair.public());

    assert_eq!(key.open(BEN, SlotKind::Password, &sealed).err(), Some(CannotOpen));
    assert_eq!(key.open(ANA, SlotKind::RecoveryCode, &sealed).err(), Some(CannotOpen));
    for other in
        [stretched("correct horse batterz").slot_key(), RecoveryCode::generate().slot_key()]
    {
        assert_eq!(other.open(ANA, SlotKind::Password, &sealed).err(), Some(CannotOpen));
    }
    refuses_what_was_altered(&sealed, 1, |sealed| {
        key.open(ANA, SlotKind::Password, sealed).is_ok()
    });
}

#[test]
fn a_slot_of_every_kind_opens_as_that_kind_only() {
    let pair = KeyPair::generate();
    for (key, kind) in [
        (RecoveryCode::generate().slot_key(), SlotKind::RecoveryCode),
        (PasskeySecret::generate().slot_key(), SlotKind::Passkey),
        (SingleUseCode::generate().slot_key(), SlotKind::SingleUseCode),
    ] {
        let sealed = key.seal(ANA, kind, &pair);
        for tried in SlotKind::ALL {
            assert_eq!(key.open(ANA, tried, &sealed).is_ok(), tried == kind, "{kind:?} {tried:?}");
            assert_eq!(key.open(BEN, tried, &sealed).err(), Some(CannotOpen));
        }
    }
}

#[test]
fn an_altered_mail_and_an_altered_ceremony_are_refused() {
    let root = RootKey::generate();
    let sealed = root.seal_mail(ANA, b"hello");
    refuses_what_was_altered(&sealed, 7, |sealed| root.open_mail(ANA, sealed).is_ok());
    let handle = CeremonyHandle::generate();
    let sealed = handle.seal("totp", b"hello");
    refuses_what_was_altered(&sealed, 1, |sealed| handle.open("totp", sealed).is_ok());
}

#[test]
fn what_is_ones_own_opens_for_oneself_and_its_purpose_only() {
    let (ana, ben) = (KeyPair::generate(), KeyPair::generate());
    let sealed = seal_to_self(&ana, ANA, "e-mail", b"ana@example.org");
    assert_eq!(*open_own(&ana, ANA, "e-mail", &sealed).unwrap(), b"ana@example.org");

    assert_eq!(open_own(&ben, ANA, "e-mail", &sealed), Err(CannotOpen));
    assert_eq!(open_own(&ana, BEN, "e-mail", &sealed), Err(CannotOpen));
    assert_eq!(open_own(&ana, ANA, "name", &sealed), Err(CannotOpen));
    refuses_what_was_altered(&sealed, 1, |sealed| open_own(&ana, ANA, "e-mail", sealed).is_ok());
}

#[test]
fn the_length_of_what_is_ones_own_shows_in_steps_only() {
    let ana = KeyPair::generate();
    for (plain_len, sealed_len) in [(0, 256), (15, 256), (223, 256), (224, 512), (479, 512)] {
        let sealed = seal_to_self(&ana, ANA, "e-mail", &vec![b'a'; plain_len]);
        assert_eq!(sealed.len(), sealed_len);
        assert_eq!(open_own(&ana, ANA, "e-mail", &sealed).unwrap().len(), plain_len);
    }
}

#[test]
fn an_altered_erasure_key_is_refused() {
    let root = RootKey::generate();
    let sealed = root.seal_erasure_key(ANA, &ErasureKey::generate());
    refuses_what_was_altered(&sealed, 1, |sealed| root.open_erasure_key(ANA, sealed).is_ok());
}

#[test]
fn a_proof_knows_its_own_fingerprint() {
    let root = RootKey::generate();
    let code = RecoveryCode::generate();
    let proof = code.proof(&root);
    assert!(proof.has_fingerprint(&code.proof(&root).fingerprint()));
    assert!(!proof.has_fingerprint(&code.proof(&RootKey::generate()).fingerprint()));
    assert!(!proof.has_fingerprint(&RecoveryCode::generate().proof(&root).fingerprint()));
    assert!(!proof.has_fingerprint(&proof.fingerprint()[..31]));
    assert!(!proof.has_fingerprint(&[]));
}

#[test]
fn debug_shows_no_secret() {
    let pair = KeyPair::generate();
    let root = ScopeRoot::generate();
    let token = SessionToken::generate();
    let cover = root.cover_all();
    let passkey = PasskeySecret::generate();
    let ceremony = CeremonyHandle::generate();
    let api = ApiToken::generate();
    let invitation = InvitationSecret::generate();
    let handle = invitation.handle();
    let signer = RootKey::generate().checkpoint_signer();
    let mark = DeviceMark::issue(&RootKey::generate(), &[0; 32]);
    let shown = [
        format!("{:?}", RootKey::generate()),
        format!("{:?}", RecoveryCode::generate()),
        format!("{:?}", RecoveryCode::generate().display()),
        format!("{:?}", RecoveryCode::generate().slot_key()),
        format!("{:?}", RecoveryCode::generate().proof(&RootKey::generate())),
        format!("{:?}", RootKey::generate().second_step_pass(ANA, BEN)),
        format!("{:?}", SingleUseCode::generate()),
        format!("{:?}", SingleUseCode::generate().display()),
        format!("{passkey:?} {:?}", passkey.encode()),
        format!("{ceremony:?} {:?} {:?}", ceremony.encode(), ceremony.lookup()),
        format!("{invitation:?} {:?} {:?}", invitation.encode(), invitation.proof()),
        format!("{handle:?} {:?} {:?}", handle.encode(), handle.lookup()),
        format!("{signer:?} {:?}", LineKey::generate()),
        format!("{mark:?} {:?}", mark.encode()),
        format!("{api:?} {:?}", api.encode()),
        format!("{:?} {:?}", api.database_token(), api.keyring_key()),
        format!("{:?}", ApiKeyring::new(pair.public())),
        format!("{pair:?}"),
        format!("{root:?}"),
        format!("{cover:?}"),
        format!("{:?}", cover.items()),
        format!("{:?}", ErasureKey::generate()),
        format!("{token:?} {:?} {:?}", token.database_token(), token.keyring_key()),
        format!("{:?}", token.encode()),
        format!("{:?}", Keyring::new(pair)),
    ];
    for text in shown {
        assert!(!text.contains(|shown: char| shown.is_ascii_digit()), "{text}");
    }
}
