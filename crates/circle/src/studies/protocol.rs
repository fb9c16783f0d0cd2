//! A protocol: what a study asks of its participants, and what they are told before they agree.
//!
//! A protocol is public to whoever has the study's code, or to everybody here when it is listed. A
//! version is never changed: what somebody agreed to stays what it was.

use jiff::{Span, ToSpan, civil::Date};
use platform::{Error, Result, days, http::text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::questionnaire::{self, Questionnaire};

/// The parts of a diary about food that a study can ask for, from the least to the most. Each brings along
/// what stands before it: whoever sees the foods could make the sums.
const OF_FOOD: [&str; 3] = ["logged", "summary", "food"];
/// The parts that are asked for each on its own.
const OTHERS: [&str; 2] = ["body", "activity"];
/// Nothing is said about fewer people than this.
const GROUP_MIN: i32 = 5;
const GROUP_MAX: i32 = 1000;
/// More days than this are no window.
const WINDOW_DAYS_MAX: i32 = 1100;
const YEARS_MAX: i64 = 10;

/// A protocol as a researcher writes it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SentProtocol {
    title: String,
    /// What the study is, for whoever thinks about taking part. Markdown.
    sheet: String,
    /// What they agree to. Markdown.
    consent: String,
    /// `logged`, `summary` and `food`, of which a later one brings the earlier ones along; `body` and
    /// `activity`. None for a study of questionnaires alone.
    scopes: Vec<String>,
    window: Window,
    questionnaires: Vec<Questionnaire>,
    /// Who answers questions, and how to reach them.
    contact: String,
    /// The reference of the ethics committee.
    ethics: String,
    /// Nothing is said about fewer people than this; at least 5.
    minimum_group: i32,
    /// The last day of the study: access ends with it.
    ends_on: String,
    /// Whether everybody here finds it, or only who has its code.
    listed: bool,
    /// Whether exports say dates, and not only which day of a participant's window it was.
    dates: bool,
}

/// Which days of a participant's diary are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Window {
    /// From one date to another, the same for everybody.
    Dates {
        /// The first day.
        #[schema(example = "2026-11-01")]
        first_day: String,
        /// The last day.
        #[schema(example = "2026-11-30")]
        last_day: String,
    },
    /// So many days from the day of consent on.
    FromConsent {
        /// How many.
        days: i32,
    },
}

/// What of a protocol is not its texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Terms {
    pub(super) window: Window,
    pub(super) questionnaires: Vec<Questionnaire>,
    pub(super) contact: String,
    pub(super) ethics: String,
    pub(super) dates: bool,
}

/// A protocol that was checked.
#[derive(Debug)]
pub(super) struct Protocol {
    pub(super) title: String,
    pub(super) sheet: String,
    pub(super) consent: String,
    pub(super) scopes: Vec<&'static str>,
    pub(super) terms: Terms,
    pub(super) minimum_group: i32,
    pub(super) ends_on: Date,
    pub(super) listed: bool,
}

impl SentProtocol {
    /// Checks what a researcher wrote.
    pub(super) fn parse(self, today: Date) -> Result<Protocol> {
        let scopes = scopes(&self.scopes)?;
        if scopes.is_empty() && self.questionnaires.is_empty() {
            return Err(Error::invalid("scopes", "ask for a part of the diary or for answers"));
        }
        if !(GROUP_MIN..=GROUP_MAX).contains(&self.minimum_group) {
            let problem = format!("choose from {GROUP_MIN} to {GROUP_MAX}");
            return Err(Error::invalid("minimum_group", problem));
        }
        let ends_on = end(&self.ends_on, today)?;
        let ethics = if self.ethics.trim().is_empty() {
            String::new()
        } else {
            text::line("ethics", &self.ethics, 200)?
        };
        Ok(Protocol {
            title: text::line("title", &self.title, 120)?,
            sheet: text::paragraphs("sheet", &self.sheet, 20_000)?,
            consent: text::paragraphs("consent", &self.consent, 10_000)?,
            scopes,
            terms: Terms {
                window: self.window.check(today)?,
                questionnaires: questionnaire::check(self.questionnaires)?,
                contact: text::paragraphs("contact", &self.contact, 500)?,
                ethics,
                dates: self.dates,
            },
            minimum_group: self.minimum_group,
            ends_on,
            listed: self.listed,
        })
    }
}

fn scopes(asked: &[String]) -> Result<Vec<&'static str>> {
    let mut most = 0;
    for scope in asked {
        if let Some(place) = OF_FOOD.iter().position(|known| known == scope) {
            most = most.max(place + 1);
        } else if !OTHERS.iter().any(|known| known == scope) {
            let problem = "a study can ask for logged, summary, food, body and activity";
            return Err(Error::invalid("scopes", problem));
        }
    }
    let others = OTHERS.into_iter().filter(|known| asked.iter().any(|scope| scope == known));
    Ok(OF_FOOD.into_iter().take(most).chain(others).collect())
}

fn end(text: &str, today: Date) -> Result<Date> {
    let ends_on: Date =
        text.parse().map_err(|_cause| Error::invalid("ends_on", "write a day as YYYY-MM-DD"))?;
    let last = today.checked_add(YEARS_MAX.years()).unwrap_or(days::LAST).min(days::LAST);
    if today <= ends_on && ends_on <= last {
        Ok(ends_on)
    } else {
        Err(Error::invalid("ends_on", format!("choose a day from {today} to {last}")))
    }
}

impl Window {
    fn check(self, today: Date) -> Result<Self> {
        match &self {
            Self::Dates { first_day, last_day } => {
                let first = days::parse("window.first_day", first_day, today)?;
                let last = days::parse("window.last_day", last_day, today)?;
                let length = last.since(first).map_or(-1, |span| span.get_days()) + 1;
                if !(1..=WINDOW_DAYS_MAX).contains(&length) {
                    let problem = format!("choose from 1 to {WINDOW_DAYS_MAX} days");
                    return Err(Error::invalid("window.last_day", problem));
                }
            }
            Self::FromConsent { days } => {
                if !(1..=WINDOW_DAYS_MAX).contains(days) {
                    let problem = format!("choose from 1 to {WINDOW_DAYS_MAX} days");
                    return Err(Error::invalid("window.days", problem));
                }
            }
        }
        Ok(self)
    }

    /// The first and the last day for somebody who agrees on this day.
    pub(super) fn days(&self, today: Date) -> Result<(Date, Date)> {
        match self {
            Self::Dates { first_day, last_day } => {
                let day = |text: &str| text.parse::<Date>().map_err(|_cause| Error::Altered);
                Ok((day(first_day)?, day(last_day)?))
            }
            Self::FromConsent { days } => {
                let last = today.checked_add(Span::new().days(*days - 1)).unwrap_or(days::LAST);
                Ok((today, last.min(days::LAST)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    fn protocol() -> Value {
        json!({
            "title": "Fibre and sleep", "sheet": "# What it is", "consent": "I agree.",
            "scopes": ["summary"], "window": {"kind": "from_consent", "days": 14},
            "questionnaires": [], "contact": "fibre@example.org", "ethics": "2026/17",
            "minimum_group": 5, "ends_on": "2027-03-31", "listed": true, "dates": false,
        })
    }

    fn parse(value: Value) -> Result<Protocol> {
        serde_json::from_value::<SentProtocol>(value).unwrap().parse(TODAY)
    }

    #[test]
    fn a_later_scope_brings_the_earlier_ones_along() {
        assert_eq!(parse(protocol()).unwrap().scopes, ["logged", "summary"]);
        assert_eq!(scopes(&["food".to_owned()]).unwrap(), ["logged", "summary", "food"]);
        assert!(scopes(&["notes".to_owned()]).is_err());
        let mixed = ["activity".to_owned(), "summary".to_owned(), "body".to_owned()];
        assert_eq!(scopes(&mixed).unwrap(), ["logged", "summary", "body", "activity"]);
        assert_eq!(scopes(&["body".to_owned()]).unwrap(), ["body"]);
    }

    #[test]
    fn what_a_protocol_lacks_or_overdoes_is_refused_by_name() {
        for (field, value, named) in [
            ("title", json!(""), "title"),
            ("consent", json!(" "), "consent"),
            ("sheet", json!("x".repeat(20_001)), "sheet"),
            ("scopes", json!(["notes"]), "scopes"),
            ("scopes", json!([]), "scopes"),
            ("minimum_group", json!(4), "minimum_group"),
            ("ends_on", json!("2026-11-22"), "ends_on"),
            ("ends_on", json!("2037-01-01"), "ends_on"),
            ("contact", json!(""), "contact"),
            ("window", json!({"kind": "from_consent", "days": 0}), "window.days"),
            (
                "window",
                json!({"kind": "dates", "first_day": "2026-11-02", "last_day": "2026-11-01"}),
                "window.last_day",
            ),
        ] {
            let mut changed = protocol();
            changed[field] = value;
            let Err(Error::Invalid(problems)) = parse(changed) else { panic!("{field}") };
            assert_eq!(problems[0].field, named);
        }
    }

    #[test]
    fn a_window_counts_its_first_day() {
        let fourteen = Window::FromConsent { days: 14 };
        assert_eq!(fourteen.days(TODAY).unwrap(), (TODAY, date(2026, 12, 6)));
    }
}
