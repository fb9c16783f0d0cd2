//! What the person's own days say: their weight, and the expenditure that follows from it and from what
//! they ate. Of somebody else's diary as far as it may be seen.

use jiff::{Span, civil::Date};
use keys::Scope;
use nutrition::Nutrient;
use nutrition::body::Measure;
use nutrition::expenditure::{Eaten, WINDOW_DAYS, Weighed};
use platform::{App, Caller, PresentedCaller, Result, days};

use crate::{days::body::BodyDay, ranges::store as ranges};

/// A weight that is older than this says nothing of today.
const WEIGHT_DAYS: i32 = 366;

/// What was measured and eaten up to a day.
#[derive(Debug, Default)]
pub(super) struct OwnDays {
    /// The last weight, and when.
    pub(super) weight: Option<(Date, f64)>,
    /// The weights of the window, one a day.
    pub(super) weighed: Vec<Weighed>,
    /// The days of the window that are complete, and whose energy is known for every food.
    pub(super) eaten: Vec<Eaten>,
}

impl OwnDays {
    /// Reads them, up to and with a day.
    pub(super) async fn until(
        app: &App,
        presented: &PresentedCaller,
        caller: &Caller,
        day: Date,
    ) -> Result<Self> {
        let mut own = Self::default();
        own.read_weights(app, presented, caller, day).await?;
        if caller.may_read(Scope::Summary) {
            let summaries =
                ranges::summaries(app, presented, before(day, i32::from(WINDOW_DAYS) - 1), day);
            for (date, summary) in summaries.await? {
                let energy = summary.totals.get(Nutrient::ENERGY);
                if summary.complete && 0 < energy.known && energy.known == summary.totals.foods() {
                    own.eaten.push(Eaten { day: days::number(date)?.get(), kcal: energy.amount });
                }
            }
        }
        Ok(own)
    }

    /// Reads no more than the weights.
    pub(super) async fn weights_until(
        app: &App,
        presented: &PresentedCaller,
        caller: &Caller,
        day: Date,
    ) -> Result<Self> {
        let mut own = Self::default();
        own.read_weights(app, presented, caller, day).await?;
        Ok(own)
    }

    async fn read_weights(
        &mut self,
        app: &App,
        presented: &PresentedCaller,
        caller: &Caller,
        day: Date,
    ) -> Result<()> {
        if !caller.may_read(Scope::Body) {
            return Ok(());
        }
        let first = before(day, i32::from(WINDOW_DAYS) - 1);
        let since = before(day, WEIGHT_DAYS);
        let bodies = ranges::read::<BodyDay>(app, presented, Scope::Body, since, day);
        for (date, body) in bodies.await? {
            let Some(kg) = body.last(Measure::Weight).map(nutrition::body::Reading::canonical)
            else {
                continue;
            };
            self.weight = Some((date, kg));
            if first <= date {
                self.weighed.push(Weighed { day: days::number(date)?.get(), kg });
            }
        }
        Ok(())
    }
}

/// So many days earlier, or the first day that there is.
fn before(day: Date, days_before: i32) -> Date {
    day.checked_sub(Span::new().days(days_before)).unwrap_or(days::FIRST).max(days::FIRST)
}
