//! Balances: how much there is of one nutrient for another, and what is held to be good, by whom.
//!
//! A balance says less than an amount: two shortages can be in balance. So each carries the rule it is
//! judged by and where that comes from, and is `None` where one of the two is unknown.

use crate::nutrient::Nutrient;

/// How much of one nutrient there should be for each of another. Amounts in the units of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balance {
    /// Its key in the API.
    pub key: &'static str,
    /// How much of this …
    pub of: Nutrient,
    /// … there is for each of that.
    pub to: Nutrient,
    /// At least so much, where the rule says so.
    pub least: Option<f64>,
    /// At most so much, where the rule says so.
    pub most: Option<f64>,
    /// Who says so.
    pub source: &'static str,
}

/// Every balance, in the order of display.
pub static BALANCES: [Balance; 6] = [
    Balance {
        key: "calcium_magnesium",
        of: Nutrient::CALCIUM,
        to: Nutrient::MAGNESIUM,
        least: Some(1.7),
        most: Some(2.6),
        source: "Rosanoff, Dai, Shapses: Advances in Nutrition 7 (2016), 25-43",
    },
    Balance {
        key: "omega6_omega3",
        of: Nutrient::OMEGA6,
        to: Nutrient::OMEGA3,
        least: None,
        most: Some(10.0),
        source: "FAO/WHO 1994 (5 to 10); Institute of Medicine, Dietary Reference Intakes, 2005",
    },
    Balance {
        key: "potassium_sodium",
        of: Nutrient::POTASSIUM,
        to: Nutrient::SODIUM,
        least: Some(1.7),
        most: None,
        source: "WHO, Potassium intake, 2012: as many moles of potassium as of sodium",
    },
    Balance {
        key: "zinc_copper",
        of: Nutrient::ZINC,
        to: Nutrient::COPPER,
        least: Some(8.8),
        most: Some(12.3),
        source: "what the recommended intakes make: 8 to 11 mg of zinc for 0.9 mg of copper (NASEM 2001)",
    },
    Balance {
        key: "calcium_phosphorus",
        of: Nutrient::CALCIUM,
        to: Nutrient::PHOSPHORUS,
        least: Some(1.4),
        most: Some(1.8),
        source: "what the recommended intakes make: 1000 mg for 700 mg (NASEM 2011), 950 mg for 550 mg (EFSA 2015)",
    },
    Balance {
        key: "vitamin_e_polyunsaturated",
        of: Nutrient::VITAMIN_E,
        to: Nutrient::POLYUNSATURATED,
        least: Some(0.4),
        most: None,
        source: "Scientific Committee for Food, 31st series, 1993: 0.4 mg for each gram",
    },
];

/// On which side of its rule a balance lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Less than the least.
    Below,
    /// As the rule wants it.
    Within,
    /// More than the most.
    Above,
}

impl Balance {
    /// How much there is of the first for each of the second; `None` where there is nothing of the second.
    pub fn ratio(&self, of: f64, to: f64) -> Option<f64> {
        (0.0 < to && of.is_finite() && 0.0 <= of).then(|| of / to).filter(|ratio| ratio.is_finite())
    }

    /// On which side of the rule a ratio lies.
    pub fn side(&self, ratio: f64) -> Side {
        if self.least.is_some_and(|least| ratio < least) {
            Side::Below
        } else if self.most.is_some_and(|most| most < ratio) {
            Side::Above
        } else {
            Side::Within
        }
    }
}
