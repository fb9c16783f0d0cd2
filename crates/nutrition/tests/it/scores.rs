//! Scores and balances by their rules.

use std::collections::BTreeMap;

use nutrition::{BALANCES, Nutrient, SCORE_GROUPS, Side, Taken, score};
use proptest::prelude::*;

fn group(key: &str) -> &'static nutrition::ScoreGroup {
    SCORE_GROUPS.iter().find(|group| group.key == key).unwrap()
}

fn known(amount: f64) -> Taken {
    Taken { amount, coverage: 1.0 }
}

#[test]
fn twice_as_much_of_one_makes_up_for_nothing_of_another() {
    let least = |nutrient| match nutrient {
        Nutrient::CALCIUM | Nutrient::IRON => Some(10.0),
        _ => None,
    };
    let found = score(group("minerals"), least, |nutrient| {
        Some(known(if nutrient == Nutrient::CALCIUM { 20.0 } else { 5.0 }))
    })
    .unwrap();
    assert_eq!((found.share, found.confidence), (Some(0.75), 1.0));
    assert_eq!(found.parts[0].nutrient, Nutrient::IRON);
}

#[test]
fn what_nobody_knows_is_not_zero_but_takes_from_the_confidence() {
    let least =
        |nutrient| (nutrient == Nutrient::IODINE || nutrient == Nutrient::ZINC).then_some(10.0);
    let intake =
        |nutrient| (nutrient == Nutrient::ZINC).then_some(Taken { amount: 10.0, coverage: 0.5 });
    let found = score(group("minerals"), least, intake).unwrap();
    assert_eq!((found.share, found.confidence), (Some(1.0), 0.25));
    assert_eq!(found.parts[1].share, None);
    let nothing = score(group("minerals"), least, |_| None).unwrap();
    assert_eq!((nothing.share, nothing.confidence), (None, 0.0));
}

#[test]
fn without_a_target_there_is_no_score_and_energy_is_none() {
    assert!(score(group("vitamins"), |_| None, |_| Some(known(1.0))).is_none());
    assert!(
        score(group("all"), |n| (n == Nutrient::ENERGY).then_some(2000.0), |_| Some(known(1.0)))
            .is_none()
    );
    assert!(score(group("all"), |_| Some(0.0), |_| Some(known(1.0))).is_none());
}

proptest! {
    #[test]
    fn a_score_lies_between_its_parts_and_more_never_lowers_it(
        amounts in prop::collection::vec(prop::option::of(0.0..50.0_f64), Nutrient::COUNT),
        targets in prop::collection::vec(prop::option::of(0.1..50.0_f64), Nutrient::COUNT),
        more in 0..Nutrient::COUNT,
    ) {
        let table = |numbers: &[Option<f64>]| -> BTreeMap<&'static str, Option<f64>> {
            Nutrient::ALL.into_iter().map(Nutrient::key).zip(numbers.iter().copied()).collect()
        };
        let targets = table(&targets);
        let least = |nutrient: Nutrient| targets[nutrient.key()];
        let of = |amounts: &BTreeMap<&'static str, Option<f64>>, group| {
            score(group, least, |nutrient: Nutrient| {
                amounts[nutrient.key()].map(|amount| Taken { amount, coverage: 0.5 })
            })
        };
        let before = table(&amounts);
        let mut raised = amounts;
        raised[more] = raised[more].map(|amount| amount + 5.0);
        let after = table(&raised);
        for group in &SCORE_GROUPS {
            let Some(found) = of(&before, group) else { continue };
            let shares: Vec<f64> = found.parts.iter().filter_map(|part| part.share).collect();
            match found.share {
                None => prop_assert!(shares.is_empty()),
                Some(share) => {
                    prop_assert!(shares.iter().copied().fold(f64::INFINITY, f64::min) <= share + 1e-12);
                    prop_assert!(share <= shares.iter().copied().fold(0.0, f64::max) + 1e-12);
                    prop_assert!(share <= of(&after, group).unwrap().share.unwrap() + 1e-12);
                }
            }
            prop_assert!((0.0..=0.5).contains(&found.confidence));
        }
    }
}

#[test]
fn every_balance_has_a_rule_with_a_source_and_is_judged_by_it() {
    for balance in &BALANCES {
        assert!(balance.least.is_some() || balance.most.is_some());
        assert!(balance.source.len() > 10);
        if let Some(least) = balance.least {
            assert_eq!(balance.side(least), Side::Within);
            assert_eq!(balance.side(least - 0.01), Side::Below);
        }
        if let Some(most) = balance.most {
            assert_eq!(balance.side(most), Side::Within);
            assert_eq!(balance.side(most + 0.01), Side::Above);
        }
    }
}

#[test]
fn the_recommended_intakes_themselves_are_in_balance() {
    let of = |key: &str| BALANCES.iter().find(|balance| balance.key == key).unwrap();
    for (key, first, second) in [
        ("zinc_copper", 8.0, 0.9),
        ("zinc_copper", 11.0, 0.9),
        ("calcium_phosphorus", 1000.0, 700.0),
        ("calcium_phosphorus", 950.0, 550.0),
        // 3510 mg of potassium and 2000 mg of sodium: what the WHO names.
        ("potassium_sodium", 3510.0, 2000.0),
    ] {
        let ratio = of(key).ratio(first, second).unwrap();
        assert_eq!(of(key).side(ratio), Side::Within, "{key} {ratio}");
    }
    assert_eq!(of("zinc_copper").ratio(8.0, 0.0), None);
    assert_eq!(of("zinc_copper").ratio(f64::NAN, 1.0), None);
    assert_eq!(of("zinc_copper").ratio(0.0, 1.0), Some(0.0));
}
