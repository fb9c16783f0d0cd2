//! How the energy of a day divides among carbohydrates, protein and fat.

use super::Bounds;
use crate::nutrient::Nutrient;
use crate::profile::Profile;

/// Energy in a gram, by the general factors that ratios are meant with.
const CARBOHYDRATE_KCAL: f64 = 4.0;
const PROTEIN_KCAL: f64 = 4.0;
const FAT_KCAL: f64 = 9.0;

/// How somebody wants their energy to divide.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Macros {
    /// As the reference intakes say.
    #[default]
    Reference,
    /// By shares of the energy, in percent; together 100.
    Ratio {
        /// Carbohydrates.
        carbohydrate: f64,
        /// Protein.
        protein: f64,
        /// Fat.
        fat: f64,
    },
    /// Fixed grams; what is left out is as the reference says.
    Grams {
        /// Carbohydrates.
        carbohydrate: Option<f64>,
        /// Protein.
        protein: Option<f64>,
        /// Fat.
        fat: Option<f64>,
    },
    /// Grams per kilogram of body weight; carbohydrates give the rest of the energy.
    PerKilogram {
        /// Protein.
        protein: f64,
        /// Fat.
        fat: f64,
    },
    /// Few carbohydrates, enough protein, and fat for the rest of the energy.
    Ketogenic {
        /// Carbohydrates without fiber, at most.
        net_carbs: f64,
        /// Protein in grams per kilogram: of lean mass where body fat is known, else of weight.
        protein_per_kg: f64,
    },
}

/// Why a mode of macronutrients cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadMacros {
    /// Shares that are not 100 % together.
    NotHundred,
    /// A number that is no amount.
    Amount,
}

impl Macros {
    /// Says why it cannot be.
    pub fn check(self) -> Result<(), BadMacros> {
        let amounts: Vec<f64> = match self {
            Self::Reference => return Ok(()),
            Self::Ratio { carbohydrate, protein, fat } => vec![carbohydrate, protein, fat],
            Self::Grams { carbohydrate, protein, fat } => {
                [carbohydrate, protein, fat].into_iter().flatten().collect()
            }
            Self::PerKilogram { protein, fat } => vec![protein, fat],
            Self::Ketogenic { net_carbs, protein_per_kg } => vec![net_carbs, protein_per_kg],
        };
        let most = match self {
            Self::Ratio { .. } => 100.0,
            Self::PerKilogram { .. } => 10.0,
            Self::Reference | Self::Grams { .. } | Self::Ketogenic { .. } => 2_000.0,
        };
        if !amounts.iter().all(|amount| (0.0..=most).contains(amount)) {
            return Err(BadMacros::Amount);
        }
        let together: f64 = amounts.iter().sum();
        if matches!(self, Self::Ratio { .. }) && 0.5 < (together - 100.0).abs() {
            return Err(BadMacros::NotHundred);
        }
        Ok(())
    }

    /// Bounds in grams. What needs the energy or the weight is left out where that is not known.
    pub(super) fn grams(
        self,
        kcal: Option<f64>,
        profile: &Profile,
        net_carbs: bool,
    ) -> Vec<(Nutrient, Bounds)> {
        let carbohydrate_counted =
            if net_carbs { Nutrient::NET_CARBS } else { Nutrient::CARBOHYDRATE };
        // An aim is a number to come near: reached is enough, and no limit of the reference stands
        // in its way.
        let aim = |nutrient, grams: f64| {
            (nutrient, Bounds { least: Some(grams.max(0.0)), most: Some(0.0) })
        };
        match self {
            Self::Reference => Vec::new(),
            Self::Ratio { carbohydrate, protein, fat } => {
                let Some(kcal) = kcal else { return Vec::new() };
                let share = |percent: f64, per_gram: f64| kcal * percent / 100.0 / per_gram;
                vec![
                    aim(carbohydrate_counted, share(carbohydrate, CARBOHYDRATE_KCAL)),
                    aim(Nutrient::PROTEIN, share(protein, PROTEIN_KCAL)),
                    aim(Nutrient::FAT, share(fat, FAT_KCAL)),
                ]
            }
            Self::Grams { carbohydrate, protein, fat } => [
                (carbohydrate_counted, carbohydrate),
                (Nutrient::PROTEIN, protein),
                (Nutrient::FAT, fat),
            ]
            .into_iter()
            .filter_map(|(nutrient, grams)| Some(aim(nutrient, grams?)))
            .collect(),
            Self::PerKilogram { protein, fat } => {
                let Some(kg) = profile.weight_kg else { return Vec::new() };
                let (protein, fat) = (protein * kg, fat * kg);
                let mut bounds = vec![aim(Nutrient::PROTEIN, protein), aim(Nutrient::FAT, fat)];
                if let Some(kcal) = kcal {
                    let rest = kcal - protein * PROTEIN_KCAL - fat * FAT_KCAL;
                    bounds.push(aim(carbohydrate_counted, rest / CARBOHYDRATE_KCAL));
                }
                bounds
            }
            Self::Ketogenic { net_carbs, protein_per_kg } => {
                let most = Bounds { least: Some(0.0), most: Some(net_carbs) };
                let none = Bounds { least: Some(0.0), most: Some(0.0) };
                let mut bounds = vec![(Nutrient::CARBOHYDRATE, none), (Nutrient::NET_CARBS, most)];
                let Some(weight_kg) = profile.weight_kg else { return bounds };
                let lean = profile.body_fat_percent.map_or(1.0, |fat| 1.0 - fat / 100.0);
                let protein = protein_per_kg * weight_kg * lean;
                bounds.push(aim(Nutrient::PROTEIN, protein));
                if let Some(kcal) = kcal {
                    let rest = kcal - protein * PROTEIN_KCAL - net_carbs * CARBOHYDRATE_KCAL;
                    bounds.push(aim(Nutrient::FAT, rest / FAT_KCAL));
                }
                bounds
            }
        }
    }
}
