//! Whatever comes in from outside, in any bytes: no panic, and nothing that opens.

use proptest::prelude::*;
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::derive::{Context, Secret, derive};
use crate::{
    ApiKeyring, ApiToken, CeremonyHandle, Cover, DataKey, DayNumber, DeviceMark, ErasureKey,
    GrantIdentity, InvitationHandle, InvitationSecret, KeyPair, Keyring, KeyringKey, Ladder,
    LineKey, PasskeySecret, Place, PublicKey, RecordId, RecoveryCode, RootKey, Scope, ScopeRoot,
    SessionToken, SingleUseCode, SlotKey, SlotKind, aead, open_grant, open_held_grant, open_inbox,
    open_letter, open_membership, open_own, verify_checkpoint,
};

const ANA: Uuid = Uuid::from_u128(0xa1);
const BEN: Uuid = Uuid::from_u128(0xb2);
const TODAY: DayNumber = DayNumber::new(45_981);

/// Bytes of any length, most of them with the number of an algorithm in front.
fn anything(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    (0..6u8, prop::collection::vec(any::<u8>(), 0..longest)).prop_map(|(number, mut bytes)| {
        if number < 4 {
            bytes.insert(0, number);
        }
        bytes
    })
}

/// Real bytes with some of them overwritten, and an end cut off or added.
fn damaged(real: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let len = real.len();
    let writes = prop::collection::vec((0..len, any::<u8>()), 0..6);
    (writes, 0..len + 8).prop_map(move |(writes, cut)| {
        let mut bytes = real.clone();
        for (place, byte) in writes {
            bytes[place] = byte;
        }
        bytes.resize(if cut < len / 2 { len } else { cut }, 0);
        bytes
    })
}

fn keyring_bytes() -> Vec<u8> {
    let mut keyring = Keyring::new(KeyPair::generate());
    let root = ScopeRoot::generate();
    keyring.add(ANA, Scope::Food, 1, root.cover_all());
    keyring.add(ANA, Scope::Notes, 2, root.cover(TODAY, DayNumber::new(46_000)));
    keyring.to_bytes().to_vec()
}

fn api_keyring_bytes() -> Vec<u8> {
    let mut keyring = ApiKeyring::new(KeyPair::generate().public());
    let root = ScopeRoot::generate();
    keyring.add(ANA, Scope::Food, 1, root.cover_all());
    keyring.add(ANA, Scope::Body, 2, root.cover(TODAY, DayNumber::new(46_000)));
    keyring.to_bytes().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn sealed_things(bytes in anything(3_000)) {
        let cover = ScopeRoot::generate().cover_all();
        let erasure = ErasureKey::generate();
        let record = RecordId::Day(TODAY);
        let key = DataKey::derive(
            &cover.leaf(TODAY).unwrap(), &erasure, ANA, Scope::Food, 1, record,
        );
        let place =
            Place { table: "t", owner: ANA, scope: Scope::Food, record, version: 1, epoch: 1 };
        prop_assert!(key.open(&place, &bytes).is_err());
        let slot_key = RecoveryCode::generate().slot_key();
        prop_assert!(slot_key.open(ANA, SlotKind::RecoveryCode, &bytes).is_err());
        let root = RootKey::generate();
        prop_assert!(root.open_erasure_key(ANA, &bytes).is_err());
        prop_assert!(root.open_mail(ANA, &bytes).is_err());
        prop_assert!(CeremonyHandle::generate().open("totp", &bytes).is_err());
        let keyring_key = SessionToken::generate().keyring_key();
        prop_assert!(Keyring::open(&keyring_key, ANA, &bytes).is_err());
        let api_key = ApiToken::generate().keyring_key();
        prop_assert!(ApiKeyring::open(&api_key, ANA, &bytes).is_err());
        prop_assert!(open_own(&KeyPair::generate(), ANA, "e-mail", &bytes).is_err());
    }

    #[test]
    fn what_others_sealed(bytes in anything(1_600)) {
        let (root, pair) = (RootKey::generate(), KeyPair::generate());
        let secret = InvitationSecret::generate();
        let (first, last) = (DayNumber::FIRST, DayNumber::LAST);
        let id = GrantIdentity {
            owner: ANA, holder: BEN, scope: Scope::Food, epoch: 1, first, last,
        };
        prop_assert!(open_held_grant(&id, &bytes, &pair).is_err());
        prop_assert!(
            secret.open_cover(&root, ANA, ANA, Scope::Food, 1, first, last, &bytes).is_err()
        );
        prop_assert!(secret.open_pair(&root, ANA, BEN, &bytes).is_err());
        prop_assert!(secret.handle().open("name", ANA, &bytes).is_err());
        prop_assert!(open_membership(ANA, BEN, &bytes, &pair).is_err());
        prop_assert!(KeyringKey::open_spare(&pair, ANA, &bytes).is_err());
        prop_assert!(open_letter(&pair, ANA, BEN, "name", &bytes).is_err());
        prop_assert!(LineKey::open_as_owner(ANA, BEN, &bytes, &pair).is_err());
        prop_assert!(LineKey::open_as_holder(ANA, BEN, &bytes, &pair).is_err());
        prop_assert!(LineKey::generate().open(ANA, BEN, "comment", ANA, BEN, &bytes).is_err());
        prop_assert!(root.check_public_key(ANA, "person", pair.public().bytes(), &bytes).is_err());
        prop_assert!(root.check_public_key(ANA, "person", &bytes, &[0; 32]).is_err());
        let public = root.checkpoint_signer().public_key();
        prop_assert!(verify_checkpoint(&public, b"a checkpoint", &bytes).is_err());
        prop_assert!(verify_checkpoint(&bytes, b"a checkpoint", &[7; 64]).is_err());
    }

    #[test]
    fn what_was_sealed_right_but_is_no_secret_inside(inside in anything(80)) {
        let pair = KeyPair::generate();
        let seal = |context: &Context| aead::seal(&derive(pair.seed(), context), context, &inside);
        let spare = seal(&Context::new("spare keyring key").id(ANA));
        let opened = KeyringKey::open_spare(&pair, ANA, &spare);
        prop_assert_eq!(opened.is_ok(), inside.len() == 32);
        let line = seal(&Context::new("owner's line key").id(ANA).id(BEN));
        let opened = LineKey::open_as_owner(ANA, BEN, &line, &pair);
        prop_assert_eq!(opened.is_ok(), inside.len() == 32);
        let taken = seal(&Context::new("taken membership").id(ANA).id(BEN));
        let opened = open_membership(ANA, BEN, &taken, &pair);
        prop_assert_eq!(opened.is_ok(), inside.len() == 33 && inside[0] == 2);
    }

    #[test]
    fn public_keys(bytes in prop_oneof![
        anything(1_300),
        prop::collection::vec(any::<u8>(), 1_217),
        damaged(KeyPair::generate().public().bytes().to_vec()),
    ]) {
        if let Ok(public) = PublicKey::parse(&bytes) {
            prop_assert_eq!(public.bytes(), bytes);
        }
    }

    #[test]
    fn covers(bytes in prop_oneof![
        anything(1_000),
        damaged(ScopeRoot::generate().cover_all().to_bytes().to_vec()),
        damaged(ScopeRoot::generate().cover(TODAY, DayNumber::new(46_100)).to_bytes().to_vec()),
    ]) {
        if let Ok(cover) = Cover::from_bytes(&bytes) {
            prop_assert_eq!(&*cover.to_bytes(), &bytes);
            let (first, last) = cover.window();
            prop_assert_eq!(cover.leaf(first).is_some(), first <= last);
        }
    }

    #[test]
    fn what_was_sealed_right_but_is_no_keyring_inside(
        inside in prop_oneof![anything(400), damaged(keyring_bytes())],
    ) {
        let key = SessionToken::generate().keyring_key();
        let context = Context::new("keyring").id(ANA);
        let sealed = aead::seal(key.as_secret(), &context, &inside);
        if let Ok(keyring) = Keyring::open(&key, ANA, &sealed) {
            prop_assert!(keyring.to_bytes().len() <= inside.len());
        }
    }

    #[test]
    fn what_was_sealed_right_but_is_no_api_keyring_inside(
        inside in prop_oneof![anything(1_400), damaged(api_keyring_bytes())],
    ) {
        let key = ApiToken::generate().keyring_key();
        let context = Context::new("api keyring").id(ANA);
        let sealed = aead::seal(key.as_secret(), &context, &inside);
        if let Ok(keyring) = ApiKeyring::open(&key, ANA, &sealed) {
            prop_assert!(keyring.to_bytes().len() <= inside.len());
        }
    }

    #[test]
    fn what_was_sealed_right_but_is_no_key_inside(inside in anything(80)) {
        let secret = Secret::new([5; 32]);
        let context = Context::new("slot").id(ANA).number(1u8);
        let sealed = aead::seal(&secret, &context, &inside);
        let opened = SlotKey::new(secret).open(ANA, SlotKind::Password, &sealed);
        prop_assert_eq!(opened.is_ok(), inside.len() == 33 && inside[0] == 2);
    }

    #[test]
    fn texts(text in prop_oneof![
        any::<String>(),
        "[0-9A-Za-z_-]{43}",
        "[0-9A-Za-z_-]{64}",
        "kw_[0-9a-hjkmnp-tv-z]{58}",
        "keepwell-root-1:[0-9A-Za-z_-]{48}",
        "([0-9A-TV-Za-tv-z]{5}[ -]){6}[0-9A-TV-Za-tv-z]{5}",
        "([0-9A-TV-Za-tv-z]{5}[ -]){4}[0-9A-TV-Za-tv-z]{5}",
    ]) {
        if let Ok(token) = SessionToken::parse(&text) {
            let encoded = token.encode();
            prop_assert_eq!(encoded.expose_secret(), &text);
        }
        if let Ok(root) = RootKey::parse(&text) {
            prop_assert_eq!(&*root.encode(), text.trim());
        }
        if let Ok(code) = RecoveryCode::parse(&text) {
            let shown = code.display();
            prop_assert_eq!(shown.expose_secret().len(), 41);
        }
        if let Ok(code) = SingleUseCode::parse(&text) {
            let again = SingleUseCode::parse(code.display().expose_secret()).unwrap();
            let root = RootKey::generate();
            prop_assert_eq!(code.proof(&root).fingerprint(), again.proof(&root).fingerprint());
        }
        if let Ok(token) = ApiToken::parse(&text) {
            let encoded = token.encode();
            prop_assert_eq!(encoded.expose_secret(), &text);
        }
        if let Ok(passkey) = PasskeySecret::parse(&text) {
            let encoded = passkey.encode();
            prop_assert_eq!(encoded.expose_secret(), &text);
        }
        if let Ok(handle) = CeremonyHandle::parse(&text) {
            let encoded = handle.encode();
            prop_assert_eq!(encoded.expose_secret(), &text);
        }
        if let Ok(secret) = InvitationSecret::parse(&text) {
            let encoded = secret.encode();
            prop_assert_eq!(encoded.expose_secret(), &text);
        }
        if let Ok(handle) = InvitationHandle::parse(&text) {
            let encoded = handle.encode();
            prop_assert_eq!(encoded.expose_secret(), &text);
        }
        if let Ok(mark) = DeviceMark::parse(&text) {
            let encoded = mark.encode();
            prop_assert_eq!(encoded.expose_secret(), &text);
            prop_assert!(!mark.is_of(&RootKey::generate(), &[0; 32]));
        }
        prop_assert!(Scope::parse(&text).is_none_or(|scope| scope.as_str() == text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn grants(bytes in prop_oneof![anything(1_300), prop::collection::vec(any::<u8>(), 1_206)]) {
        let id = GrantIdentity {
            owner: ANA,
            holder: ANA,
            scope: Scope::Food,
            epoch: 1,
            first: DayNumber::FIRST,
            last: DayNumber::LAST,
        };
        let pair = KeyPair::generate();
        prop_assert!(open_grant(&id, &bytes, &pair).is_err());
        let sealed_right = pair.public().seal(&id.context(), &bytes);
        prop_assert!(open_grant(&id, &sealed_right, &pair).is_err());
    }

    #[test]
    fn letters(bytes in prop_oneof![
        anything(600),
        (prop::collection::vec(any::<u8>(), 252), 0..300u32)
            .prop_map(|(text, length)| [text, length.to_be_bytes().to_vec()].concat()),
    ]) {
        let pair = KeyPair::generate();
        let sealed = pair.public().seal(&Context::new("letter").id(ANA).id(BEN).text("name"), &bytes);
        let opened = open_letter(&pair, ANA, BEN, "name", &sealed).ok();
        let expected = bytes.split_last_chunk().and_then(|(padded, length)| {
            padded.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
        });
        prop_assert_eq!(opened.as_ref().map(|plain| plain.as_slice()), expected);
    }

    #[test]
    fn inboxes(bytes in prop_oneof![anything(1_300), prop::collection::vec(any::<u8>(), 2_037)]) {
        let (pair, erasure) = (KeyPair::generate(), ErasureKey::generate());
        let open = |sealed: &[u8]| open_inbox(&pair, &erasure, ANA, ANA, Scope::Food, sealed);
        prop_assert!(open(&bytes).is_err());
        let context = Context::new("inbox").id(ANA).id(ANA).number(Scope::Food.number());
        prop_assert!(open(&pair.public().seal(&context, &bytes)).is_err());
    }

    #[test]
    fn plaintexts_of_any_bytes(plain in prop::collection::vec(any::<u8>(), 0..4_000)) {
        let leaf = ScopeRoot::generate().cover_all().items().unwrap();
        let record = RecordId::Item(ANA);
        let key =
            DataKey::derive(&leaf, &ErasureKey::generate(), ANA, Scope::Library, 1, record);
        let place =
            Place { table: "", owner: ANA, scope: Scope::Library, record, version: 0, epoch: 0 };
        let sealed = key.seal(&place, &plain, &Ladder::SMALL).unwrap();
        prop_assert_eq!(&*key.open(&place, &sealed).unwrap(), &plain);
    }
}
