//! Household measures, and how to write them so that people read them at once.

use serde::Serialize;

use crate::pack::{Food, Tables};

/// A household measure of a food, such as "1 cup, sliced".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Portion {
    /// Its number within the food.
    pub seq: u16,
    /// For people: amount and measure.
    pub name: String,
    /// What it weighs.
    pub grams: f64,
}

impl Tables {
    pub(crate) fn portions_of<'a>(
        &'a self,
        food: &Food,
    ) -> impl Iterator<Item = Portion> + use<'a> {
        let first = usize::try_from(food.first_portion).unwrap_or(usize::MAX);
        let places = first..first.saturating_add(usize::from(food.portion_count));
        places.filter_map(|at| {
            let portion = self.portions.get(at)?;
            Some(Portion {
                seq: portion.seq,
                name: name(self.portion_amounts.get(at), self.portion_descriptions.get(at)),
                grams: f64::from(portion.milligrams) / 1000.0,
            })
        })
    }
}

/// "1/2 cup" rather than ".5 cup".
fn name(amount: &str, description: &str) -> String {
    let amount = readable(amount);
    let description = description.trim_start_matches([',', ' ']);
    if description.is_empty() { amount } else { format!("{amount} {description}") }
}

/// Kitchen fractions as fractions, everything else as the number it is.
fn readable(amount: &str) -> String {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let kitchen = match fraction {
        "" => return if whole.is_empty() { "0".to_owned() } else { whole.to_owned() },
        "5" => "1/2",
        "25" => "1/4",
        "75" => "3/4",
        "33" | "333" => "1/3",
        "66" | "67" | "666" | "667" => "2/3",
        "2" => "1/5",
        "125" => "1/8",
        "167" => "1/6",
        "083" => "1/12",
        other => {
            let whole = if whole.is_empty() { "0" } else { whole };
            return format!("{whole}.{other}");
        }
    };
    if whole.is_empty() { kitchen.to_owned() } else { format!("{whole} {kitchen}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_like_a_recipe() {
        for (amount, read) in [
            ("1", "1"),
            (".5", "1/2"),
            (".333", "1/3"),
            (".33", "1/3"),
            ("1.5", "1 1/2"),
            ("1.33", "1 1/3"),
            ("2.0", "2"),
            (".35", "0.35"),
            ("6.75", "6 3/4"),
            ("3.527", "3.527"),
            ("10", "10"),
        ] {
            assert_eq!(readable(amount), read, "{amount}");
        }
    }

    #[test]
    fn a_measure_follows_its_amount() {
        assert_eq!(name("1", "slice (1 oz)"), "1 slice (1 oz)");
        assert_eq!(name(".25", "cup, shredded"), "1/4 cup, shredded");
    }
}
