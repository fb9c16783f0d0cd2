//! When something may be said about a group: never about fewer people than the protocol's minimum, and
//! never so that a difference speaks of fewer.
//!
//! A group is the set of what its members contribute; somebody whose contribution changed is another
//! element. So a withdrawal, an enrolment and a changed day all show as differences, and whoever asks
//! twice learns nothing about fewer people than the minimum from any two answers. What three or more
//! answers tell together, with what somebody knows from elsewhere, this does not promise.

use std::collections::BTreeSet;

/// What its members contribute, each a keyed hash.
pub(super) type Group = BTreeSet<u64>;

/// Whether a group out of so many people may be spoken of, after these were.
pub(super) fn may_be_shown(
    group: &Group,
    people: usize,
    earlier: &[&Group],
    minimum: usize,
) -> bool {
    let nobody_or_enough = |count: usize| count == 0 || minimum <= count;
    let rest = people.saturating_sub(group.len());
    minimum <= group.len()
        && nobody_or_enough(rest)
        && earlier.iter().all(|before| {
            nobody_or_enough(group.difference(before).count())
                && nobody_or_enough(before.difference(group).count())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(elements: impl IntoIterator<Item = u64>) -> Group {
        elements.into_iter().collect()
    }

    #[test]
    fn fewer_than_the_minimum_are_not_shown_nor_is_a_rest_of_fewer() {
        assert!(!may_be_shown(&group(0..4), 4, &[], 5));
        assert!(may_be_shown(&group(0..5), 5, &[], 5));
        assert!(!may_be_shown(&group(0..9), 10, &[], 5), "the rest is one");
        assert!(may_be_shown(&group(0..5), 10, &[], 5));
    }

    #[test]
    fn no_two_answers_differ_by_fewer_than_the_minimum() {
        let before = group(0..12);
        for (now, shown) in [
            (group(0..12), true),
            (group(0..11), false),
            (group(0..13), false),
            (group(1..13), false),
            (group(0..7), true),
            (group(0..17), true),
            // One whose days changed is another element.
            (group((0..11).chain([99])), false),
            (group((0..7).chain(90..95)), true),
        ] {
            assert_eq!(may_be_shown(&now, now.len(), &[&before], 5), shown, "{now:?}");
        }
        // Also not by way of one that was shown in between.
        let between = group(0..7);
        assert!(!may_be_shown(&group(0..11), 11, &[&before, &between], 5));
    }
}
