//! A cover opens exactly its days. Compared with a model that knows only the root and walks down
//! from it bit by bit.

use aws_lc_rs::hmac;
use proptest::prelude::*;

use crate::{CannotOpen, Cover, DayNumber, ScopeRoot};

const ROOT: [u8; 32] = [9; 32];

fn root() -> ScopeRoot {
    ScopeRoot::from_bytes(ROOT)
}

fn step(key: &[u8], label: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), label.as_bytes()).as_ref().to_vec()
}

fn leaf_of_model(root: &[u8], day: u16) -> Vec<u8> {
    (0..16).rev().fold(step(root, "days"), |key, bit| {
        step(&key, if day >> bit & 1 == 1 { "right" } else { "left" })
    })
}

/// How many nodes the days need below a node of `days` days from `start` on.
fn fewest(start: u32, days: u32, first: u32, last: u32) -> usize {
    let end = start + days - 1;
    if last < start || end < first {
        0
    } else if first <= start && end <= last {
        1
    } else {
        let half = days / 2;
        fewest(start, half, first, last) + fewest(start + half, half, first, last)
    }
}

fn nodes_of(cover: &Cover) -> usize {
    (cover.to_bytes().len() - 5) / 32
}

fn day(day: u16) -> DayNumber {
    DayNumber::new(day)
}

fn leaf_bytes(cover: &Cover, day: u16) -> Option<Vec<u8>> {
    cover.leaf(DayNumber::new(day)).map(|leaf| leaf.as_bytes().to_vec())
}

fn window() -> impl Strategy<Value = (u16, u16)> {
    let wide =
        (any::<u16>(), any::<u16>()).prop_map(|(one, other)| (one.min(other), one.max(other)));
    let short =
        (any::<u16>(), 0..800u16).prop_map(|(first, days)| (first, first.saturating_add(days)));
    let edges = prop::sample::select(vec![
        (0, 0),
        (0, u16::MAX),
        (1, u16::MAX - 1),
        (u16::MAX, u16::MAX),
        (32_767, 32_768),
        (0, 32_767),
        (32_768, u16::MAX),
    ]);
    prop_oneof![4 => wide, 4 => short, 1 => edges]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_cover_opens_the_days_of_its_window_and_no_others(
        root in any::<[u8; 32]>(),
        (first, last) in window(),
        elsewhere in prop::collection::vec(any::<u16>(), 16),
    ) {
        let cover = ScopeRoot::from_bytes(root).cover(day(first), day(last));
        let edges = [first.wrapping_sub(1), first, first / 2 + last / 2, last, last.wrapping_add(1)];
        for wanted in edges.into_iter().chain(elsewhere).chain([0, u16::MAX]) {
            let expected = (first..=last).contains(&wanted).then(|| leaf_of_model(&root, wanted));
            prop_assert_eq!(leaf_bytes(&cover, wanted), expected);
        }
        prop_assert!(cover.items().is_none());
    }

    #[test]
    fn a_cover_has_the_fewest_nodes_and_is_read_back_from_its_bytes((first, last) in window()) {
        let cover = root().cover(day(first), day(last));
        prop_assert_eq!(nodes_of(&cover), fewest(0, 65_536, first.into(), last.into()));
        prop_assert!(nodes_of(&cover) <= 30);

        let bytes = cover.to_bytes();
        let read = Cover::from_bytes(&bytes).unwrap();
        prop_assert_eq!(read.window(), (day(first), day(last)));
        prop_assert_eq!(read.to_bytes(), bytes);
    }

    #[test]
    fn a_walk_visits_the_days_asked_for_that_are_in_the_window(
        (first, last) in window(),
        (from, days) in (any::<u16>(), 0..400u16),
    ) {
        let cover = root().cover(day(first), day(last));
        let to = from.saturating_add(days);
        let walked: Vec<_> = cover
            .walk(day(from), day(to))
            .map(|(day, leaf)| (day.get(), leaf.as_bytes().to_vec()))
            .collect();
        let expected: Vec<_> = (from.max(first)..=to.min(last))
            .map(|day| (day, leaf_of_model(&ROOT, day)))
            .collect();
        prop_assert_eq!(walked, expected);
    }

    #[test]
    fn a_part_of_a_cover_is_what_the_root_would_have_given(
        (first, last) in window(),
        (from, to) in window(),
    ) {
        let whole = root().cover(day(first), day(last));
        let part = whole.narrow(day(from), day(to)).map(|part| part.to_bytes());
        let expected = (first <= from && to <= last)
            .then(|| root().cover(day(from), day(to)).to_bytes());
        prop_assert_eq!(part, expected);
    }
}

#[test]
fn every_window_of_sixteen_days_opens_exactly_its_days() {
    const START: u16 = 45_968;
    for first in START..START + 16 {
        for last in first..START + 16 {
            let cover = root().cover(day(first), day(last));
            for wanted in START - 1..=START + 16 {
                let expected =
                    (first..=last).contains(&wanted).then(|| leaf_of_model(&ROOT, wanted));
                assert_eq!(leaf_bytes(&cover, wanted), expected, "{wanted} of {first}..={last}");
            }
        }
    }
}

#[test]
fn the_owner_opens_every_day_and_the_undated_items() {
    let cover = root().cover_all();
    assert_eq!(cover.window(), (DayNumber::FIRST, DayNumber::LAST));
    for wanted in [0, 1, 45_981, u16::MAX] {
        assert_eq!(leaf_bytes(&cover, wanted), Some(leaf_of_model(&ROOT, wanted)));
    }
    assert_eq!(cover.items().unwrap().as_bytes(), step(&ROOT, "items"));
    assert_eq!(Cover::from_bytes(&cover.to_bytes()).unwrap().to_bytes(), cover.to_bytes());
}

#[test]
fn all_the_days_are_not_the_undated_items() {
    let days = root().cover(DayNumber::FIRST, DayNumber::LAST);
    assert!(days.items().is_none());
    let part = root().cover_all().narrow(DayNumber::FIRST, DayNumber::LAST).unwrap();
    assert!(part.items().is_none());
}

#[test]
fn a_window_that_ends_before_it_begins_opens_nothing() {
    let cover = root().cover(day(10), day(9));
    assert_eq!(cover.walk(DayNumber::FIRST, DayNumber::LAST).count(), 0);
    assert!(cover.leaf(day(9)).is_none() && cover.leaf(day(10)).is_none());
    assert_eq!(nodes_of(&Cover::from_bytes(&cover.to_bytes()).unwrap()), 0);

    assert_eq!(root().cover_all().walk(day(10), day(9)).count(), 0);
    assert!(root().cover_all().narrow(day(10), day(9)).is_none());
}

#[test]
fn bytes_that_are_no_cover_are_refused() {
    let whole = root().cover_all().to_bytes();
    let part = root().cover(day(5), day(99)).to_bytes();
    for bytes in [&whole, &part] {
        for cut in 0..bytes.len() {
            assert_eq!(Cover::from_bytes(&bytes[..cut]).err(), Some(CannotOpen));
        }
        assert_eq!(Cover::from_bytes(&[bytes.as_slice(), &[0]].concat()).err(), Some(CannotOpen));
        let other_kind = [&[3], &bytes[1..]].concat();
        assert_eq!(Cover::from_bytes(&other_kind).err(), Some(CannotOpen));
    }
    // A part may not claim the undated items, whatever follows.
    let claims_items = [&[2], &part[1..], &[7; 32]].concat();
    assert_eq!(Cover::from_bytes(&claims_items).err(), Some(CannotOpen));
}
