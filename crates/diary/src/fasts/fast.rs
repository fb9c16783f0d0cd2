//! A fast: when it began and ended, and how long it was to be. No two overlap, so no two run at once.

use jiff::{SignedDuration, Timestamp};
use keys::Scope;
use platform::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    days::entry_zone,
    items::{Item, Items},
};

/// More hours than this are no fast that anybody should plan with an app.
const GOAL_HOURS_MAX: f64 = 336.0;
/// A fast that ended lasted at most so long.
const LONGEST: SignedDuration = SignedDuration::from_hours(40 * 24);
/// How far a device's clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What stands in the scope `food` beside the days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FoodItem {
    /// A fast.
    Fast(Fast),
}

impl Item for FoodItem {
    const SCOPE: Scope = Scope::Food;
}

/// A moment, with the zone of the clock that showed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instant {
    /// The moment itself.
    #[schema(value_type = String, example = "2026-11-22T19:30:00Z")]
    pub(super) at: Timestamp,
    /// Name in the IANA time zone database.
    #[schema(example = "Europe/Berlin")]
    pub(super) zone: String,
}

/// A fast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fast {
    /// When it began.
    pub(super) begins: Instant,
    /// When it ended; absent while it runs.
    #[serde(default)]
    pub(super) ends: Option<Instant>,
    /// How long it was to be.
    #[serde(default)]
    #[schema(example = 16.0)]
    pub(super) goal_hours: Option<f64>,
}

/// What all fasts that ended come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Statistics {
    /// How many there are.
    pub(super) count: u32,
    /// How long they lasted, in the mean. Absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mean_hours: Option<f64>,
    /// The longest. Absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) longest_hours: Option<f64>,
    /// How many had a goal.
    pub(super) with_goal: u32,
    /// How many of these reached it.
    pub(super) reached: u32,
}

impl Instant {
    fn parse(self, field: &'static str, now: Timestamp) -> Result<Self> {
        if now + AHEAD < self.at {
            return Err(Error::invalid(field, "choose a moment that is not still to come"));
        }
        Ok(Self { at: self.at, zone: entry_zone(&self.zone)? })
    }
}

impl Fast {
    /// Checks a fast from outside.
    pub(super) fn parse(self, now: Timestamp) -> Result<Self> {
        let begins = self.begins.parse("begins", now)?;
        let ends = self.ends.map(|ends| ends.parse("ends", now)).transpose()?;
        if let Some(ends) = &ends {
            let lasted = ends.at.duration_since(begins.at);
            if lasted <= SignedDuration::ZERO {
                return Err(Error::invalid("ends", "choose an end after the beginning"));
            }
            if LONGEST < lasted {
                return Err(Error::invalid("ends", "choose an end within 40 days"));
            }
        }
        if self.goal_hours.is_some_and(|hours| !(1.0..=GOAL_HOURS_MAX).contains(&hours)) {
            return Err(Error::invalid("goal_hours", "choose from 1 to 336 hours"));
        }
        Ok(Self { begins, ends, goal_hours: self.goal_hours })
    }

    /// How long it lasted; `None` while it runs.
    pub(super) fn hours(&self) -> Option<f64> {
        let ends = self.ends.as_ref()?;
        Some(ends.at.duration_since(self.begins.at).as_secs_f64() / 3_600.0)
    }

    /// Whether it lasted as long as it was to; `None` while it runs, or without a goal.
    pub(super) fn reached(&self) -> Option<bool> {
        Some(self.goal_hours? <= self.hours()?)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let before = |one: &Self, other: &Self| {
            one.ends.as_ref().is_some_and(|ends| ends.at <= other.begins.at)
        };
        !before(self, other) && !before(other, self)
    }

    /// Puts it among the others; `true` when it is new.
    pub(super) fn put(self, id: Uuid, items: &mut Items<FoodItem>) -> Result<bool> {
        let others = items.iter().filter(|(other, _)| *other != id);
        for (_, FoodItem::Fast(other)) in others {
            if self.ends.is_none() && other.ends.is_none() {
                return Err(Error::Conflict("another fast is running: end it first"));
            }
            if self.overlaps(other) {
                return Err(Error::invalid(
                    "begins",
                    "there is another fast at this time: change that one first",
                ));
            }
        }
        let is_new = items.get(id).is_none();
        items.put(id, FoodItem::Fast(self))?;
        Ok(is_new)
    }
}

impl Statistics {
    /// Of those that ended.
    pub(super) fn of<'a>(fasts: impl Iterator<Item = &'a Fast>) -> Self {
        let (mut statistics, mut sum) = (Self::default(), 0.0);
        for fast in fasts {
            let Some(hours) = fast.hours() else { continue };
            statistics.count += 1;
            sum += hours;
            statistics.longest_hours =
                Some(statistics.longest_hours.map_or(hours, |longest: f64| longest.max(hours)));
            if let Some(reached) = fast.reached() {
                statistics.with_goal += 1;
                statistics.reached += u32::from(reached);
            }
        }
        if 0 < statistics.count {
            statistics.mean_hours = Some(sum / f64::from(statistics.count));
        }
        statistics
    }
}

#[cfg(test)]
mod tests {
    use jiff::Zoned;
    use proptest::prelude::*;

    use super::*;

    fn instant(local: &str) -> Instant {
        let zoned: Zoned = local.parse().unwrap();
        Instant { at: zoned.timestamp(), zone: zoned.time_zone().iana_name().unwrap().to_owned() }
    }

    fn fast(begins: &str, ends: Option<&str>) -> Fast {
        Fast { begins: instant(begins), ends: ends.map(instant), goal_hours: Some(16.0) }
    }

    /// Within a nanosecond or so.
    fn lasts(fast: &Fast, hours: f64) -> bool {
        (fast.hours().unwrap() - hours).abs() < 1e-9
    }

    #[test]
    fn a_night_with_a_changed_clock_is_as_long_as_it_was() {
        // 2026-03-29: the clock goes from two to three. The day has 23 hours.
        let spring =
            fast("2026-03-28T20:00[Europe/Berlin]", Some("2026-03-29T12:00[Europe/Berlin]"));
        assert!(lasts(&spring, 15.0), "the clocks say sixteen");
        assert_eq!(spring.reached(), Some(false));
        // 2026-10-25: the clock goes from three back to two. The day has 25 hours.
        let autumn =
            fast("2026-10-24T20:00[Europe/Berlin]", Some("2026-10-25T12:00[Europe/Berlin]"));
        assert!(lasts(&autumn, 17.0), "the clocks say sixteen");
        assert_eq!(autumn.reached(), Some(true));
        // A whole day from midnight to midnight.
        for (day, next, hours) in [
            ("2026-03-29", "2026-03-30", 23.0),
            ("2026-06-21", "2026-06-22", 24.0),
            ("2026-10-25", "2026-10-26", 25.0),
        ] {
            let whole = fast(
                &format!("{day}T00:00[Europe/Berlin]"),
                Some(&format!("{next}T00:00[Europe/Berlin]")),
            );
            assert!(lasts(&whole, hours), "{day}");
        }
    }

    #[test]
    fn the_hour_that_comes_twice_is_two_hours() {
        let begins = "2026-10-25T02:30+02:00[Europe/Berlin]";
        let ends = "2026-10-25T02:30+01:00[Europe/Berlin]";
        assert!(lasts(&fast(begins, Some(ends)), 1.0));
    }

    #[test]
    fn a_flight_makes_a_fast_neither_longer_nor_shorter() {
        // From Berlin to New York: six hours are written down, twelve passed.
        let west =
            fast("2026-11-20T12:00[Europe/Berlin]", Some("2026-11-20T18:00[America/New_York]"));
        assert!(lasts(&west, 12.0));
        // Over the date line: it ends on the day before it began.
        let east = fast("2026-11-21T09:00[Asia/Tokyo]", Some("2026-11-20T17:00[Pacific/Honolulu]"));
        assert!(lasts(&east, 3.0), "the dates say that it ended before it began");
        assert_eq!(east.ends.as_ref().unwrap().zone, "Pacific/Honolulu");
    }

    #[test]
    fn what_cannot_be_a_fast_is_refused_by_name() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let refused = |fast: Fast| match fast.parse(now) {
            Err(Error::Invalid(problems)) => problems[0].field.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(fast("2026-11-20T12:10[UTC]", None)), "begins");
        assert_eq!(refused(fast("2026-11-19T12:00[UTC]", Some("2026-11-20T13:00[UTC]"))), "ends");
        assert_eq!(refused(fast("2026-11-19T12:00[UTC]", Some("2026-11-19T12:00[UTC]"))), "ends");
        assert_eq!(refused(fast("2026-09-19T12:00[UTC]", Some("2026-11-19T12:00[UTC]"))), "ends");
        let mut odd = fast("2026-11-20T00:00[UTC]", None);
        odd.goal_hours = Some(0.5);
        assert_eq!(refused(odd.clone()), "goal_hours");
        odd.goal_hours = None;
        odd.begins.zone = "../etc".to_owned();
        assert_eq!(refused(odd), "zone");
        assert!(fast("2026-11-20T12:04[UTC]", None).parse(now).is_ok(), "a clock may be ahead");
    }

    #[test]
    fn never_two_fasts_at_one_time() {
        let mut items = Items::default();
        let id = Uuid::from_u128;
        let (eight, noon, evening) =
            ("2026-11-20T08:00[UTC]", "2026-11-20T12:00[UTC]", "2026-11-20T20:00[UTC]");
        assert!(fast(noon, None).put(id(1), &mut items).unwrap());
        assert!(matches!(fast(evening, None).put(id(2), &mut items), Err(Error::Conflict(_))));
        // What ended before may be added, and what would reach into the other may not.
        assert!(fast(eight, Some(noon)).put(id(3), &mut items).unwrap());
        let late = fast("2026-11-20T13:00[UTC]", Some(evening));
        assert!(matches!(late.clone().put(id(4), &mut items), Err(Error::Invalid(_))));
        assert!(!fast(noon, Some("2026-11-20T13:00[UTC]")).put(id(1), &mut items).unwrap());
        assert!(late.put(id(4), &mut items).unwrap());
        assert!(fast(evening, None).put(id(5), &mut items).unwrap());
        let all: Vec<Fast> = items.iter().map(|(_, FoodItem::Fast(fast))| fast.clone()).collect();
        let statistics = Statistics::of(all.iter());
        assert_eq!((statistics.count, statistics.with_goal, statistics.reached), (3, 3, 0));
        assert!((statistics.mean_hours.unwrap() - 4.0).abs() < 1e-9);
        assert!((statistics.longest_hours.unwrap() - 7.0).abs() < 1e-9);
        assert_eq!(Statistics::of(std::iter::empty()), Statistics::default());
    }

    proptest! {
        #[test]
        fn whatever_is_put_in_whatever_order_nothing_overlaps(
            spans in proptest::collection::vec((0..200_i64, 0..40_i64, any::<bool>()), 1..20),
        ) {
            let mut items = Items::default();
            for (id, (begin, hours, runs)) in spans.into_iter().enumerate() {
                let at = |hour: i64| Instant {
                    at: Timestamp::from_second(1_700_000_000 + hour * 3_600).unwrap(),
                    zone: "UTC".to_owned(),
                };
                let ends = (!runs).then(|| at(begin + hours + 1));
                let fast = Fast { begins: at(begin), ends, goal_hours: None };
                let _refused_or_not = fast.put(Uuid::from_u128(id as u128), &mut items);
            }
            let fasts: Vec<&Fast> = items.iter().map(|(_, FoodItem::Fast(fast))| fast).collect();
            prop_assert!(fasts.iter().filter(|fast| fast.ends.is_none()).count() <= 1);
            for (at, one) in fasts.iter().enumerate() {
                for other in fasts.iter().skip(at + 1) {
                    prop_assert!(!one.overlaps(other));
                }
            }
        }
    }
}
