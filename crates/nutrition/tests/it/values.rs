//! The snapshot of a food's values that stands in a diary.

use nutrition::{Damaged, Grams, Method, Nutrient, Values, catalog};
use proptest::prelude::*;

fn any_values() -> impl Strategy<Value = Values> {
    let value = (0..Nutrient::COUNT, any::<u32>(), 0..Method::ALL.len());
    prop::collection::vec(value, 0..120).prop_map(|list| {
        let mut values = Values::new();
        for (nutrient, thousandths, method) in list {
            let amount = f64::from(thousandths) / 1000.0;
            values.set(Nutrient::ALL[nutrient], amount, Method::ALL[method]).unwrap();
        }
        values
    })
}

proptest! {
    #[test]
    fn what_is_stored_is_read_again(values in any_values()) {
        let stored = values.encode();
        let read = Values::decode(&stored).unwrap();
        prop_assert_eq!(&read, &values);
        prop_assert_eq!(read.encode(), stored);
    }

    #[test]
    fn no_bytes_upset_decoding(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for bytes in [bytes.clone(), [&[1], &*bytes].concat(), [&[1, 14], &*bytes].concat()] {
            if let Ok(values) = Values::decode(&bytes) {
                prop_assert_eq!(Values::decode(&values.encode()).unwrap(), values);
            }
        }
    }

    #[test]
    fn a_changed_byte_is_never_a_panic(values in any_values(), at in any::<prop::sample::Index>(), by in 1..=255_u8) {
        let mut stored = values.encode();
        let at = at.index(stored.len());
        stored[at] ^= by;
        if let Ok(read) = Values::decode(&stored) {
            prop_assert!(read.known() <= Nutrient::COUNT);
        }
    }
}

#[test]
fn every_food_of_the_catalogue_survives_being_stored() {
    let mut bytes = 0;
    for food in catalog().foods() {
        let values = food.values();
        let stored = values.encode();
        assert_eq!(Values::decode(&stored).as_ref(), Ok(&values), "{}", food.name());
        bytes += stored.len();
    }
    let mean = bytes / catalog().len();
    assert!(mean < 180, "{mean} bytes a food");
}

#[test]
fn cut_bytes_are_damaged() {
    let stored = catalog().foods().next().unwrap().values().encode();
    for end in 0..stored.len() {
        assert_eq!(Values::decode(&stored[..end]), Err(Damaged { what: "values" }));
    }
    assert!(Values::decode(&[&*stored, &[0]].concat()).is_err());
}

#[test]
fn a_value_from_before_the_table_grew_leaves_the_rest_unknown() {
    // Version 1, one byte of bitmap: nutrient 0 alone, 12.000, analytical.
    let old = [1, 1, 0b1, 0xe0, 0x5d, 0b001];
    let values = Values::decode(&old).unwrap();
    assert_eq!(values.get(Nutrient::ENERGY).unwrap().amount, 12.0);
    assert_eq!(values.get(Nutrient::BETA_HYDROXYBUTYRATE), None);
    assert_eq!(values.known(), 1);
}

#[test]
fn a_nutrient_of_a_later_table_is_kept_though_not_shown() {
    // Nutrient 255, which this table does not have: 1.000, label.
    let mut newer = vec![1, 32];
    newer.extend([0; 31]);
    newer.extend([0b1000_0000, 0xe8, 0x07, Method::Label.number()]);
    let values = Values::decode(&newer).unwrap();
    assert_eq!((values.known(), values.iter().count()), (0, 0));
    assert_eq!(values.encode(), newer);
}

#[test]
fn zero_is_known_and_absence_is_not() {
    let mut values = Values::new();
    values.set(Nutrient::FIBER, 0.0, Method::Assumed).unwrap();
    let read = Values::decode(&values.encode()).unwrap();
    assert_eq!(read.get(Nutrient::FIBER).unwrap().amount, 0.0);
    assert_eq!(read.get(Nutrient::STARCH), None);
    assert_eq!(read.amount_in(Nutrient::FIBER, Grams::parse(50.0).unwrap()), Some(0.0));
    assert_eq!(read.amount_in(Nutrient::STARCH, Grams::parse(50.0).unwrap()), None);
}

#[test]
fn amounts_that_cannot_be_are_refused() {
    for amount in [-0.1, f64::NAN, f64::INFINITY, 1e10] {
        assert!(Values::new().set(Nutrient::IRON, amount, Method::Label).is_err(), "{amount}");
    }
}
