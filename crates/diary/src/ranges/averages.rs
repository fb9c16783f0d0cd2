//! Averages over complete days. A day on which a nutrient is known for no food is no day with zero:
//! it does not count, and the average says over how many days it runs.

use nutrition::{Nutrient, Total};
use serde::{Serialize, Serializer, ser::SerializeMap};
use utoipa::ToSchema;

/// One average for each nutrient asked for.
#[derive(ToSchema)]
#[schema(value_type = std::collections::HashMap<String, Average>)]
pub(super) struct Averages(Vec<(Nutrient, Sum)>);

#[derive(Clone, Copy, Default)]
struct Sum {
    amount: f64,
    days: u32,
}

/// The average of one nutrient.
#[derive(Serialize, ToSchema)]
struct Average {
    /// In the nutrient's unit, a day.
    amount: f64,
    /// Over so many complete days on which it is known for at least one food.
    days: u32,
}

impl Averages {
    /// Of no day yet.
    pub(super) fn of(nutrients: &[Nutrient]) -> Self {
        Self(nutrients.iter().map(|nutrient| (*nutrient, Sum::default())).collect())
    }

    /// Counts a complete day. The sums stand in the order of the nutrients.
    pub(super) fn add(&mut self, day: &[(Nutrient, Total)]) {
        for ((_, sum), (_, total)) in self.0.iter_mut().zip(day) {
            if total.known > 0 {
                sum.amount += total.amount;
                sum.days += 1;
            }
        }
    }
}

impl Serialize for Averages {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let known = self.0.iter().filter(|(_, sum)| sum.days > 0);
        let mut map = to.serialize_map(None)?;
        for (nutrient, sum) in known {
            let amount = sum.amount / f64::from(sum.days);
            map.serialize_entry(nutrient.key(), &Average { amount, days: sum.days })?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_a_value_is_not_a_day_with_zero() {
        let iodine = Nutrient::parse("iodine").unwrap();
        let mut averages = Averages::of(&[iodine]);
        averages.add(&[(iodine, Total { amount: 100.0, known: 2 })]);
        averages.add(&[(iodine, Total { amount: 0.0, known: 0 })]);
        let shown = serde_json::to_value(&averages).unwrap();
        assert_eq!(shown["iodine"], serde_json::json!({"amount": 100.0, "days": 1}));
    }
}
