//! Our formats are what another implementation makes of their description, and stay so.

use aws_lc_rs::constant_time;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::derive::Secret;
use crate::vectors::{count, format, format_text};
use crate::{
    ApiKeyring, ApiToken, CeremonyHandle, Cover, DataKey, DayNumber, DeviceMark, ErasureKey,
    GrantIdentity, InvitationSecret, KeyPair, Keyring, KeyringKey, LineKey, PasskeySecret,
    PasswordCost, Place, RecordId, RecoveryCode, RootKey, Scope, ScopeRoot, SessionToken,
    SingleUseCode, SlotKind, Stretched, open_grant, open_held_grant, open_inbox, open_letter,
    open_membership, open_own, open_own_grant, pseudonym, stretch,
};

const OWNER: Uuid = Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_00a1);
const HOLDER: Uuid = Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_00b2);
const ITEM: Uuid = Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_00c3);
const PRACTICE: Uuid = Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_00d4);
const OFFER: Uuid = Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_00e5);
const FIRST: DayNumber = DayNumber::new(45_981);
const LAST: DayNumber = DayNumber::new(45_990);

fn root() -> RootKey {
    RootKey::parse(&format_text("root_text")).unwrap()
}

fn erasure_key() -> ErasureKey {
    ErasureKey::from_secret(Secret::new(count(0x20)))
}

fn stretched() -> Stretched {
    let password = SecretString::from("correct horse battery staple");
    let cost = PasswordCost { memory_kib: 64, passes: 2, lanes: 2 };
    stretch(&password, &count(0x40), cost).unwrap()
}

fn scope_root() -> ScopeRoot {
    ScopeRoot::from_bytes(count(0xc0))
}

fn is_the_known_pair(pair: &KeyPair) -> bool {
    constant_time::verify_slices_are_equal(pair.seed().as_slice(), &count::<32>(0x60)).is_ok()
}

fn is_the_practice_s(pair: &KeyPair) -> bool {
    constant_time::verify_slices_are_equal(pair.seed().as_slice(), &count::<32>(0x98)).is_ok()
}

fn known_pair() -> KeyPair {
    let sealed = format("password_slot");
    stretched().slot_key().open(OWNER, SlotKind::Password, &sealed).unwrap()
}

#[test]
fn root_key_salts_and_erasure_keys() {
    let root = root();
    assert_eq!(*root.encode(), format_text("root_text"));
    assert_eq!(root.password_salt("ana@example.org").as_slice(), format("password_salt"));
    assert_eq!(root.pseudonym("sign-in", "ana@example.org").as_slice(), format("pseudonym"));
    let opened = root.open_erasure_key(OWNER, &format("sealed_erasure_key")).unwrap();
    assert_eq!(opened.as_secret(), erasure_key().as_secret());
}

#[test]
fn passwords_and_their_slots() {
    let proof = stretched().proof(&root());
    assert_eq!(proof.expose().as_slice(), format("password_proof"));
    assert_eq!(proof.fingerprint().as_slice(), format("password_fingerprint"));
    assert!(is_the_known_pair(&known_pair()));
}

#[test]
fn recovery_codes_and_their_slots() {
    let code = RecoveryCode::parse(&format_text("recovery_code")).unwrap();
    assert_eq!(code.display().expose_secret(), format_text("recovery_code"));
    assert_eq!(code.proof(&root()).expose().as_slice(), format("recovery_proof"));
    let sealed = format("recovery_slot");
    let opened = code.slot_key().open(OWNER, SlotKind::RecoveryCode, &sealed).unwrap();
    assert!(is_the_known_pair(&opened));
}

#[test]
fn single_use_codes_and_their_slots() {
    let code = SingleUseCode::parse(&format_text("single_use_code")).unwrap();
    assert_eq!(code.display().expose_secret(), format_text("single_use_code"));
    assert_eq!(code.proof(&root()).expose().as_slice(), format("single_use_proof"));
    let sealed = format("single_use_slot");
    let opened = code.slot_key().open(OWNER, SlotKind::SingleUseCode, &sealed).unwrap();
    assert!(is_the_known_pair(&opened));
}

#[test]
fn passkeys_and_their_slots() {
    let passkey = PasskeySecret::parse(&format_text("passkey_secret")).unwrap();
    assert_eq!(passkey.encode().expose_secret(), format_text("passkey_secret"));
    assert_eq!(passkey.proof(&root()).expose().as_slice(), format("passkey_proof"));
    let sealed = format("passkey_slot");
    let opened = passkey.slot_key().open(OWNER, SlotKind::Passkey, &sealed).unwrap();
    assert!(is_the_known_pair(&opened));
}

#[test]
fn second_steps_pins_and_mailed_codes() {
    let root = root();
    let pass = root.second_step_pass(OWNER, ITEM);
    assert_eq!(pass.expose().as_slice(), format("second_step_pass"));
    assert_eq!(root.pin_salt(ITEM).as_slice(), format("pin_salt"));
    assert_eq!(stretched().pin_proof(&root).expose().as_slice(), format("pin_proof"));
    assert_eq!(root.code_hash("verify", ITEM, "123456").as_slice(), format("code_hash"));
}

#[test]
fn marks_of_known_devices() {
    let mark = DeviceMark::parse(&format_text("device_mark")).unwrap();
    assert_eq!(mark.encode().expose_secret(), format_text("device_mark"));
    assert_eq!(mark.nonce(), count(0x50));
    assert!(mark.is_of(&root(), &count(0x30)));
}

#[test]
fn mails_and_ceremonies() {
    let mail = root().open_mail(ITEM, &format("sealed_mail")).unwrap();
    assert_eq!(*mail, b"To: ana@example.org");

    let handle = CeremonyHandle::parse(&format_text("ceremony_handle")).unwrap();
    assert_eq!(handle.encode().expose_secret(), format_text("ceremony_handle"));
    assert_eq!(handle.lookup().expose().as_slice(), format("ceremony_lookup"));
    assert_eq!(*handle.open("totp", &format("ceremony")).unwrap(), b"a challenge");
}

#[test]
fn days_items_and_covers() {
    let whole = scope_root().cover_all();
    assert_eq!(whole.leaf(FIRST).unwrap().as_bytes(), format("leaf"));
    assert_eq!(whole.items().unwrap().as_bytes(), format("items"));
    assert_eq!(*whole.to_bytes(), format("cover_all"));
    assert_eq!(*scope_root().cover(FIRST, LAST).to_bytes(), format("cover"));
}

#[test]
fn records_of_days_and_items() {
    let whole = scope_root().cover_all();
    for (leaf, scope, table, record, sealed, plain) in [
        (
            whole.leaf(FIRST),
            Scope::Food,
            "diary.record_day",
            RecordId::Day(FIRST),
            format("record_day"),
            "two eggs",
        ),
        (
            whole.items(),
            Scope::Library,
            "diary.record_item",
            RecordId::Item(ITEM),
            format("record_item"),
            "pancakes",
        ),
    ] {
        let place = Place { table, owner: OWNER, scope, record, version: 7, epoch: 3 };
        let key = DataKey::derive(&leaf.unwrap(), &erasure_key(), OWNER, scope, 3, record);
        assert_eq!(*key.open(&place, &sealed).unwrap(), plain.as_bytes());
    }
}

#[test]
fn tokens_and_keyrings() {
    let token = SessionToken::parse(&format_text("token")).unwrap();
    assert_eq!(token.encode().expose_secret(), format_text("token"));
    assert_eq!(token.database_token().expose().as_slice(), format("database_token"));

    let keyring = Keyring::open(&token.keyring_key(), HOLDER, &format("keyring")).unwrap();
    assert!(is_the_known_pair(keyring.pair()));
    let bytes = |cover: Option<(u32, &Cover)>| cover.map(|(epoch, it)| (epoch, it.to_bytes()));
    let (epoch, food) = bytes(keyring.current(OWNER, Scope::Food)).unwrap();
    assert_eq!((epoch, &*food), (3, &format("cover")));
    let (epoch, library) = bytes(keyring.current(HOLDER, Scope::Library)).unwrap();
    assert_eq!((epoch, &*library), (1, &format("cover_all")));
}

#[test]
fn api_tokens_and_their_keyrings() {
    let token = ApiToken::parse(&format_text("api_token")).unwrap();
    assert_eq!(token.encode().expose_secret(), format_text("api_token"));
    assert_eq!(token.database_token().expose().as_slice(), format("api_database_token"));

    let keyring = ApiKeyring::open(&token.keyring_key(), OWNER, &format("api_keyring")).unwrap();
    assert_eq!(*keyring.public(), known_pair().public());
    let (epoch, food) = keyring.current(OWNER, Scope::Food).unwrap();
    assert_eq!((epoch, &*food.to_bytes()), (3, &format("cover")));
    let library = keyring.cover(OWNER, Scope::Library, 1).unwrap();
    assert_eq!(*library.to_bytes(), format("cover_all"));
}

#[test]
fn what_a_program_left() {
    let sealed = format("inbox");
    let opened = open_inbox(&known_pair(), &erasure_key(), OWNER, ITEM, Scope::Body, &sealed);
    assert_eq!(*opened.unwrap(), b"71.5 kg");
}

#[test]
fn grants() {
    let id = GrantIdentity {
        owner: OWNER,
        holder: HOLDER,
        scope: Scope::Food,
        epoch: 3,
        first: FIRST,
        last: LAST,
    };
    let cover = open_grant(&id, &format("grant"), &known_pair()).unwrap();
    assert_eq!(*cover.to_bytes(), format("cover"));
    let own = GrantIdentity { holder: OWNER, ..id };
    let cover = open_own_grant(&own, &format("own_grant"), &known_pair()).unwrap();
    assert_eq!(*cover.to_bytes(), format("cover"));
}

#[test]
fn tags_of_public_keys() {
    let public = known_pair().public();
    let tag = format("public_key_tag");
    assert_eq!(root().public_key_tag(OWNER, "person", &public).as_slice(), tag);
    assert_eq!(root().check_public_key(OWNER, "person", public.bytes(), &tag), Ok(public));
}

#[test]
fn grants_that_were_taken() {
    let id = GrantIdentity {
        owner: OWNER,
        holder: HOLDER,
        scope: Scope::Food,
        epoch: 3,
        first: FIRST,
        last: LAST,
    };
    for sealed in ["grant", "held_grant"] {
        let cover = open_held_grant(&id, &format(sealed), &known_pair()).unwrap();
        assert_eq!(*cover.to_bytes(), format("cover"));
    }
}

#[test]
fn invitations() {
    let secret = InvitationSecret::parse(&format_text("invitation_secret")).unwrap();
    assert_eq!(secret.encode().expose_secret(), format_text("invitation_secret"));
    let handle = secret.handle();
    assert_eq!(handle.encode().expose_secret(), format_text("invitation_handle"));
    assert_eq!(handle.lookup().expose().as_slice(), format("invitation_lookup"));
    assert_eq!(secret.proof().expose().as_slice(), format("invitation_proof"));
    let text = handle.open("name", OFFER, &format("invitation_text")).unwrap();
    assert_eq!(*text, b"Ana");

    let (root, sealed) = (root(), format("invitation_cover"));
    let cover = secret.open_cover(&root, OFFER, OWNER, Scope::Food, 3, FIRST, LAST, &sealed);
    assert_eq!(*cover.unwrap().to_bytes(), format("cover"));
    let pair = secret.open_pair(&root, OFFER, PRACTICE, &format("invitation_pair")).unwrap();
    assert!(is_the_practice_s(&pair));
}

#[test]
fn memberships() {
    for sealed in ["membership", "taken_membership"] {
        let pair = open_membership(PRACTICE, OWNER, &format(sealed), &known_pair()).unwrap();
        assert!(is_the_practice_s(&pair));
    }
}

#[test]
fn spares_of_keyring_keys() {
    let sealed = format("spare_keyring_key");
    let key = KeyringKey::open_spare(&known_pair(), HOLDER, &sealed).unwrap();
    assert!(Keyring::open(&key, HOLDER, &format("keyring")).is_ok());
}

#[test]
fn letters_and_lines() {
    let pair = known_pair();
    let letter = open_letter(&pair, OWNER, HOLDER, "name", &format("letter")).unwrap();
    assert_eq!(*letter, b"Ana");
    for key in [
        LineKey::open_as_owner(OWNER, HOLDER, &format("line_key_of_owner"), &pair),
        LineKey::open_as_holder(OWNER, HOLDER, &format("line_key_of_holder"), &pair),
        LineKey::open_as_holder(OWNER, HOLDER, &format("line_key_taken"), &pair),
    ] {
        let written = key.unwrap().open(OWNER, HOLDER, "comment", ITEM, HOLDER, &format("line"));
        assert_eq!(*written.unwrap(), b"well done");
    }
}

#[test]
fn participants_of_studies() {
    assert_eq!(pseudonym(&known_pair(), PRACTICE, OWNER), format_text("participant"));
}

#[test]
fn signatures_of_checkpoints() {
    let signer = root().checkpoint_signer();
    assert_eq!(signer.public_key().as_slice(), format("checkpoint_public_key"));
    assert_eq!(signer.sign(b"a checkpoint").as_slice(), format("checkpoint_signature"));
}

#[test]
fn what_is_ones_own() {
    let opened = open_own(&known_pair(), OWNER, "e-mail", &format("own")).unwrap();
    assert_eq!(*opened, b"ana@example.org");
}
