//! One line of the audit that somebody else left.

use jiff::{Timestamp, civil::Date};
use keys::Scope;
use platform::Result;
use tokio_postgres::Row;
use uuid::Uuid;

/// What somebody else did.
pub(super) struct Look {
    pub(super) seq: i64,
    pub(super) at: Timestamp,
    pub(super) holder: Uuid,
    pub(super) actor: Uuid,
    pub(super) act: String,
    pub(super) about: About,
}

impl Look {
    pub(super) fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            seq: row.try_get("seq")?,
            at: row.try_get("at")?,
            holder: row.try_get("holder")?,
            actor: row.try_get("actor")?,
            act: row.try_get("action")?,
            about: About::parse(row.try_get("subject")?),
        })
    }
}

/// Which parts and which days a line is about.
#[derive(Debug, Default, PartialEq)]
pub(super) struct About {
    pub(super) parts: Vec<Scope>,
    pub(super) days: Option<(Date, Date)>,
}

impl About {
    /// `food notes 2026-03-01`, `summary 2026-03-01..2026-03-31`, `food 2026-03-01, notes 2026-03-02`.
    /// Another word says nothing here.
    fn parse(subject: &str) -> Self {
        let mut about = Self::default();
        for word in subject.split([' ', ',']).filter(|word| !word.is_empty()) {
            if let Some(scope) = Scope::parse(word) {
                if !about.parts.contains(&scope) {
                    about.parts.push(scope);
                }
                continue;
            }
            let (first, last) = word.split_once("..").unwrap_or((word, word));
            if let (Ok(first), Ok(last)) = (first.parse::<Date>(), last.parse::<Date>()) {
                about.days = Some(
                    about.days.map_or((first, last), |(from, to)| (from.min(first), to.max(last))),
                );
            }
        }
        about
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_line_says_which_parts_and_days() {
        let march = |first, last| Some((date(2026, 3, first), date(2026, 3, last)));
        for (subject, parts, days) in [
            ("food notes 2026-03-01", vec![Scope::Food, Scope::Notes], march(1, 1)),
            ("summary 2026-03-01..2026-03-31", vec![Scope::Summary], march(1, 31)),
            ("food 2026-03-05, notes 2026-03-02", vec![Scope::Food, Scope::Notes], march(2, 5)),
            ("food 2026-03-05, food 2026-03-07", vec![Scope::Food], march(5, 7)),
            ("", vec![], None),
            ("a plan of 2026", vec![Scope::Plan], None),
        ] {
            let expected = About { parts, days };
            assert_eq!(About::parse(subject), expected, "{subject}");
        }
    }
}
