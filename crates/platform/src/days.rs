//! Days: a person's calendar date, and its number in the key tree.

use jiff::civil::Date;
use keys::DayNumber;

use crate::{Error, Result};

/// The first day that can be recorded.
pub const FIRST: Date = jiff::civil::date(1900, 1, 1);
/// The last day that the key tree has a leaf for.
pub const LAST: Date = jiff::civil::date(2079, 6, 6);

/// A day's leaf in the key tree: days since 1900-01-01.
pub fn number(day: Date) -> Result<DayNumber> {
    let days = day.since(FIRST).map_or(-1, |span| span.get_days());
    u16::try_from(days).map(DayNumber::new).or(Err(Error::NotFound))
}

/// The day that has this leaf.
pub fn date(number: DayNumber) -> Date {
    let days = jiff::Span::new().days(i32::from(number.get()));
    FIRST.checked_add(days).unwrap_or(LAST)
}

/// A day that somebody wants to see or change: from 1900 to a year ahead. `today` is the clock's,
/// in the zone that is furthest ahead.
pub fn parse(field: &'static str, text: &str, today: Date) -> Result<Date> {
    let day: Date = text
        .parse()
        .map_err(|_cause| Error::invalid(field, "write a day as YYYY-MM-DD, such as 2026-03-31"))?;
    if text.len() != "YYYY-MM-DD".len() {
        return Err(Error::invalid(field, "write a day as YYYY-MM-DD, such as 2026-03-31"));
    }
    let last = today.checked_add(jiff::Span::new().years(1)).unwrap_or(LAST).min(LAST);
    if FIRST <= day && day <= last {
        Ok(day)
    } else {
        Err(Error::invalid(field, format!("choose a day from {FIRST} to {last}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_leaf_has_one_day_and_back() {
        for leaf in [0, 1, 58, 59, 60, 36_523, 46_347, u16::MAX] {
            assert_eq!(number(super::date(DayNumber::new(leaf))).unwrap().get(), leaf);
        }
        assert_eq!(number(FIRST).unwrap().get(), 0);
        assert_eq!(number(LAST).unwrap().get(), u16::MAX);
        assert!(number(date(1899, 12, 31)).is_err());
    }

    #[test]
    fn impossible_days_are_refused_by_name() {
        let today = date(2026, 11, 22);
        for bad in [
            "1899-12-31",
            "2027-11-23",
            "2026-02-30",
            "22.11.2026",
            "",
            "2026-11-22T10:00",
            "+002026-11-22",
        ] {
            assert!(matches!(parse("date", bad, today), Err(Error::Invalid(_))), "{bad}");
        }
        assert_eq!(parse("date", "2024-02-29", today).unwrap(), date(2024, 2, 29));
        assert_eq!(parse("date", "2027-11-22", today).unwrap(), date(2027, 11, 22));
    }
}
