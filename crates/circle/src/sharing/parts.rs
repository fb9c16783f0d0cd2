//! The parts of a share as people choose them: which scope, which days, until when, see or write.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use keys::Scope;
use platform::{App, Error, Result, days};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a part may be seen or also written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Access {
    /// Seen.
    See,
    /// Seen and written.
    Write,
}

impl Access {
    /// Its name in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Write => "write",
        }
    }
}

/// A part as it is sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentPart {
    #[schema(example = "food")]
    scope: String,
    access: Access,
    /// From the beginning when absent.
    #[schema(example = "2026-03-01")]
    first_day: Option<String>,
    /// Without end when absent.
    #[schema(example = "2026-03-31")]
    last_day: Option<String>,
    /// The last day on which it may be looked at; until it is withdrawn when absent.
    #[schema(example = "2026-12-31")]
    ends_on: Option<String>,
}

/// One scope of a share, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewPart {
    pub(crate) scope: Scope,
    pub(crate) access: Access,
    pub(crate) first: Date,
    pub(crate) last: Date,
    pub(crate) ends_at: Option<Timestamp>,
}

/// Checks what somebody wants to give: each scope once, in the order of the scopes. Whoever may write
/// food writes what stands beside it.
pub(crate) fn parse(app: &App, sent: &[SentPart]) -> Result<Vec<NewPart>> {
    let mut parts: Vec<NewPart> = Vec::with_capacity(sent.len() + 2);
    for part in sent {
        let part = part.parse(app)?;
        if parts.iter().any(|known| known.scope == part.scope) {
            return Err(Error::invalid("parts", "choose each part once"));
        }
        parts.push(part);
    }
    if parts.is_empty() {
        return Err(Error::invalid("parts", "choose at least one part"));
    }
    let writes_food =
        parts.iter().find(|part| part.scope == Scope::Food && part.access == Access::Write);
    if let Some(food) = writes_food.copied() {
        for scope in [Scope::Summary, Scope::Logged] {
            parts.retain(|part| part.scope != scope);
            parts.push(NewPart { scope, ..food });
        }
    }
    parts.sort_by_key(|part| part.scope);
    Ok(parts)
}

impl SentPart {
    fn parse(&self, app: &App) -> Result<NewPart> {
        let scope = Scope::parse(&self.scope).ok_or_else(|| {
            let known: Vec<&str> = Scope::ALL.into_iter().map(Scope::as_str).collect();
            Error::invalid("scope", format!("choose among {}", known.join(", ")))
        })?;
        if self.access == Access::Write && matches!(scope, Scope::Summary | Scope::Logged) {
            return Err(Error::invalid("access", "sums are written with the food: choose food"));
        }
        let now = app.clock().now();
        let latest = now.to_zoned(TimeZone::UTC).date().saturating_add(jiff::Span::new().years(50));
        let day = |field, text: &Option<String>, absent| match text {
            None => Ok(absent),
            Some(text) => days::parse(field, text, latest),
        };
        let first = day("first_day", &self.first_day, days::FIRST)?;
        let last = day("last_day", &self.last_day, days::LAST)?;
        if last < first {
            return Err(Error::invalid("last_day", "choose a day that is not before the first"));
        }
        let ends_at = match &self.ends_on {
            None => None,
            Some(text) => Some(end_of(days::parse("ends_on", text, latest)?)?),
        };
        if ends_at.is_some_and(|at| at <= now) {
            return Err(Error::invalid("ends_on", "choose a day that is not over"));
        }
        Ok(NewPart { scope, access: self.access, first, last, ends_at })
    }
}

/// When a day is over everywhere.
pub(crate) fn end_of(day: Date) -> Result<Timestamp> {
    let next = day.tomorrow().map_err(|cause| Error::Internal(cause.into()))?;
    next.to_zoned(TimeZone::fixed(jiff::tz::offset(-12)))
        .map(|zoned| zoned.timestamp())
        .map_err(|cause| Error::Internal(cause.into()))
}

/// The last day on which something that ends then may be looked at.
pub(crate) fn ends_on(at: Timestamp) -> Date {
    let last = at.to_zoned(TimeZone::fixed(jiff::tz::offset(-12))).date();
    last.yesterday().unwrap_or(last)
}
