//! A record opens with its own keys, at its own place, and its size says little.

use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    CannotOpen, DataKey, DayNumber, ErasureKey, Ladder, Place, RecordId, Scope, ScopeRoot, TooLarge,
};

const OWNER: Uuid = Uuid::from_u128(0xa1);
const OTHER: Uuid = Uuid::from_u128(0xb2);
const TODAY: RecordId = RecordId::Day(DayNumber::new(45_981));
const PLACE: Place<'static> = Place {
    table: "diary.record_day",
    owner: OWNER,
    scope: Scope::Food,
    record: TODAY,
    version: 7,
    epoch: 3,
};

fn data_key() -> DataKey {
    let leaf = ScopeRoot::generate().cover_all().leaf(DayNumber::new(45_981)).unwrap();
    DataKey::derive(&leaf, &ErasureKey::generate(), OWNER, Scope::Food, 3, TODAY)
}

#[test]
fn a_record_opens_at_its_place_and_nowhere_else() {
    let key = data_key();
    let sealed = key.seal(&PLACE, b"two eggs", &Ladder::DAY).unwrap();
    assert_eq!(*key.open(&PLACE, &sealed).unwrap(), b"two eggs");

    for elsewhere in [
        Place { table: "diary.record_dax", ..PLACE },
        Place { table: "", ..PLACE },
        Place { owner: OTHER, ..PLACE },
        Place { scope: Scope::Summary, ..PLACE },
        Place { record: RecordId::Day(DayNumber::new(45_980)), ..PLACE },
        Place { record: RecordId::Item(OWNER), ..PLACE },
        Place { version: 6, ..PLACE },
        Place { version: 8, ..PLACE },
        Place { epoch: 2, ..PLACE },
        Place { epoch: 7, version: 3, ..PLACE },
    ] {
        assert_eq!(key.open(&elsewhere, &sealed), Err(CannotOpen), "{elsewhere:?}");
    }
}

#[test]
fn every_part_of_a_data_key_makes_it_another_key() {
    let cover = ScopeRoot::generate().cover_all();
    let leaf = cover.leaf(DayNumber::new(45_981)).unwrap();
    let erasure = ErasureKey::generate();
    let sealed = DataKey::derive(&leaf, &erasure, OWNER, Scope::Food, 3, TODAY)
        .seal(&PLACE, b"two eggs", &Ladder::DAY)
        .unwrap();
    let opens = |key: DataKey| key.open(&PLACE, &sealed).is_ok();
    assert!(opens(DataKey::derive(&leaf, &erasure, OWNER, Scope::Food, 3, TODAY)));

    let next_leaf = cover.leaf(DayNumber::new(45_982)).unwrap();
    let undated = cover.items().unwrap();
    let next_day = RecordId::Day(DayNumber::new(45_982));
    let another = ErasureKey::generate();
    for key in [
        DataKey::derive(&next_leaf, &erasure, OWNER, Scope::Food, 3, TODAY),
        DataKey::derive(&undated, &erasure, OWNER, Scope::Food, 3, TODAY),
        DataKey::derive(&leaf, &another, OWNER, Scope::Food, 3, TODAY),
        DataKey::derive(&leaf, &erasure, OTHER, Scope::Food, 3, TODAY),
        DataKey::derive(&leaf, &erasure, OWNER, Scope::Body, 3, TODAY),
        DataKey::derive(&leaf, &erasure, OWNER, Scope::Food, 4, TODAY),
        DataKey::derive(&leaf, &erasure, OWNER, Scope::Food, 3, next_day),
        DataKey::derive(&leaf, &erasure, OWNER, Scope::Food, 3, RecordId::Item(OWNER)),
    ] {
        assert!(!opens(key));
    }
}

#[test]
fn a_record_with_any_bit_flipped_or_any_end_cut_is_refused() {
    let key = data_key();
    let sealed = key.seal(&PLACE, b"two eggs", &Ladder::SMALL).unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key.open(&PLACE, &flipped), Err(CannotOpen), "bit {bit}");
    }
    for cut in 0..sealed.len() {
        assert_eq!(key.open(&PLACE, &sealed[..cut]), Err(CannotOpen), "cut at {cut}");
        assert_eq!(key.open(&PLACE, &sealed[cut + 1..]), Err(CannotOpen));
    }
    assert_eq!(key.open(&PLACE, &[sealed.as_slice(), &[0]].concat()), Err(CannotOpen));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_record_is_sealed_to_the_first_step_it_fits_and_comes_back(
        plain in prop::collection::vec(any::<u8>(), 0..9_000),
        ladder in prop::sample::select(vec![Ladder::DAY, Ladder::SMALL]),
    ) {
        let key = data_key();
        let sealed = key.seal(&PLACE, &plain, &ladder).unwrap();
        let step = ladder.sizes().iter().find(|size| plain.len() + 33 <= **size);
        prop_assert_eq!(Some(&sealed.len()), step);
        prop_assert_eq!(&*key.open(&PLACE, &sealed).unwrap(), &plain);
    }
}

#[test]
fn the_ladders_begin_where_rows_stay_inline_and_end_at_a_mebibyte() {
    assert_eq!(Ladder::DAY.sizes()[..5], [1_900, 3_900, 5_900, 7_900, 16_384]);
    assert_eq!(Ladder::SMALL.sizes()[..3], [900, 1_900, 3_900]);
    for ladder in [Ladder::DAY, Ladder::SMALL] {
        assert!(ladder.sizes().is_sorted());
        assert_eq!(ladder.sizes().last(), Some(&(1 << 20)));
    }
    assert_eq!(Ladder::DAY.sealed_len(0), Ok(1_900));
    assert_eq!(Ladder::DAY.sealed_len(1_900 - 33), Ok(1_900));
    assert_eq!(Ladder::DAY.sealed_len(1_900 - 32), Ok(3_900));
}

#[test]
fn what_is_too_large_for_the_ladder_is_not_sealed() {
    let key = data_key();
    let most = (1 << 20) - 33;
    assert!(key.seal(&PLACE, &vec![1; most], &Ladder::DAY).is_ok());
    assert_eq!(key.seal(&PLACE, &vec![1; most + 1], &Ladder::DAY), Err(TooLarge));
    assert_eq!(Ladder::DAY.sealed_len(usize::MAX), Err(TooLarge));
}
