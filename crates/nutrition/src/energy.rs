//! How much energy a person takes in a day, by published equations.
//!
//! Four equations give basal metabolism, which a factor for activity multiplies. The fifth, of the
//! National Academies, gives the whole expenditure for one of four levels of activity by itself: no
//! factor ever multiplies it. What pregnancy, breastfeeding and growth take comes on top.

use serde::{Deserialize, Serialize};

use crate::profile::{ActivityLevel, Field, Motherhood, Profile, Sex};

/// Kilocalories in a megajoule.
pub const KCAL_PER_MJ: f64 = 1_000.0 / 4.184;
/// From this age on the equations of basal metabolism hold.
const ADULT_YEARS: u16 = 19;
/// From this age on the equations of the National Academies that are known here hold.
const CHILD_YEARS: u16 = 3;

/// A published equation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Equation {
    /// Mifflin, St Jeor and others 1990, American Journal of Clinical Nutrition 51:241. Basal; the one
    /// that fits most adults of today best.
    #[default]
    MifflinStJeor,
    /// Harris and Benedict 1919, A Biometric Study of Basal Metabolism in Man. Basal.
    HarrisBenedict,
    /// Roza and Shizgal 1984, American Journal of Clinical Nutrition 40:168: Harris and Benedict anew.
    /// Basal.
    RozaShizgal,
    /// Katch and `McArdle`, Nutrition, Weight Control, and Exercise, 1983. Basal, from lean mass alone.
    KatchMcardle,
    /// National Academies 2023, Dietary Reference Intakes for Energy. The whole expenditure, also of
    /// children from three years on.
    Nasem2023,
}

/// Why an equation gives nothing for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoEnergy {
    /// These parts of the profile are missing.
    Missing(Vec<Field>),
    /// The equation was not made for this age.
    Age,
}

/// What an equation says of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expenditure {
    /// At rest; not said by the equation of the National Academies.
    pub basal_kcal: Option<f64>,
    /// Pregnancy or breastfeeding, on top.
    pub motherhood_kcal: f64,
    /// All of it, with that.
    pub kcal: f64,
}

impl Equation {
    /// What it needs to know, besides the activity.
    pub const fn needs(self) -> &'static [Field] {
        match self {
            Self::KatchMcardle => &[Field::WeightKg, Field::BodyFatPercent],
            Self::MifflinStJeor | Self::HarrisBenedict | Self::RozaShizgal | Self::Nasem2023 => {
                &[Field::Sex, Field::BirthYear, Field::HeightCm, Field::WeightKg]
            }
        }
    }

    /// Basal metabolism of an adult; `None` for the equation of the whole expenditure.
    pub fn basal_kcal(self, person: &Person) -> Option<f64> {
        let Person { sex, age_years, height_cm: cm, weight_kg: kg, .. } = *person;
        let years = f64::from(age_years);
        Some(match (self, sex) {
            (Self::MifflinStJeor, Sex::Male) => 10.0 * kg + 6.25 * cm - 5.0 * years + 5.0,
            (Self::MifflinStJeor, Sex::Female) => 10.0 * kg + 6.25 * cm - 5.0 * years - 161.0,
            (Self::HarrisBenedict, Sex::Male) => {
                66.473 + 13.7516 * kg + 5.0033 * cm - 6.755 * years
            }
            (Self::HarrisBenedict, Sex::Female) => {
                655.0955 + 9.5634 * kg + 1.8496 * cm - 4.6756 * years
            }
            (Self::RozaShizgal, Sex::Male) => 88.362 + 13.397 * kg + 4.799 * cm - 5.677 * years,
            (Self::RozaShizgal, Sex::Female) => 447.593 + 9.247 * kg + 3.098 * cm - 4.330 * years,
            (Self::KatchMcardle, _) => 370.0 + 21.6 * person.lean_kg?,
            (Self::Nasem2023, _) => return None,
        })
    }

    /// The expenditure of a day in a year, for who moves that much.
    pub fn expenditure(self, profile: &Profile, year: u16) -> Result<Expenditure, NoEnergy> {
        let mut missing: Vec<Field> =
            self.needs().iter().copied().filter(|field| !profile.has(*field)).collect();
        if profile.activity.is_none() {
            missing.push(Field::Activity);
        }
        let (Some(activity), true) = (profile.activity, missing.is_empty()) else {
            return Err(NoEnergy::Missing(missing));
        };
        let person = Person::of(profile, year);
        // Where the equation needs no age, it is for adults all the same.
        let from = if self == Self::Nasem2023 { CHILD_YEARS } else { ADULT_YEARS };
        if profile.birth_year.is_some() && person.age_years < from {
            return Err(NoEnergy::Age);
        }
        let basal_kcal = self.basal_kcal(&person);
        let usual = match basal_kcal {
            Some(basal) => basal * activity.factor(),
            None => nasem_2023(&person, activity),
        };
        let motherhood = profile.motherhood.filter(|_| profile.sex == Some(Sex::Female));
        let motherhood_kcal = motherhood.map_or(0.0, Motherhood::kcal);
        Ok(Expenditure { basal_kcal, motherhood_kcal, kcal: usual + motherhood_kcal })
    }
}

/// What the equations look at. Where the profile has no sex or no age, no equation that was chosen
/// needs it.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    sex: Sex,
    age_years: u16,
    height_cm: f64,
    weight_kg: f64,
    lean_kg: Option<f64>,
}

impl Person {
    /// As a profile describes them, in a year.
    pub fn of(profile: &Profile, year: u16) -> Self {
        let weight_kg = profile.weight_kg.unwrap_or_default();
        Self {
            sex: profile.sex.unwrap_or(Sex::Female),
            age_years: profile.age_in(year).unwrap_or_default(),
            height_cm: profile.height_cm.unwrap_or_default(),
            weight_kg,
            lean_kg: profile.body_fat_percent.map(|fat| weight_kg * (1.0 - fat / 100.0)),
        }
    }
}

impl ActivityLevel {
    /// What basal metabolism is multiplied with.
    pub const fn factor(self) -> f64 {
        match self {
            Self::Sedentary => 1.2,
            Self::Light => 1.375,
            Self::Moderate => 1.55,
            Self::High => 1.725,
            Self::VeryHigh => 1.9,
        }
    }

    /// The category of the National Academies that its factor falls into: 0 inactive, 1 low active,
    /// 2 active, 3 very active.
    fn category(self, age_years: u16) -> usize {
        let limits = match age_years {
            0..=8 => [1.31, 1.44, 1.59],
            9..=13 => [1.44, 1.59, 1.77],
            14..=18 => [1.56, 1.73, 1.92],
            _ => [1.53, 1.68, 1.85],
        };
        limits.iter().filter(|limit| **limit <= self.factor()).count()
    }
}

impl Motherhood {
    /// The energy that comes on top: EFSA 2013 for pregnancy and the first half year of breastfeeding,
    /// the National Academies 2023 for later, when a child eats other things as well.
    fn kcal(self) -> f64 {
        match self {
            Self::FirstTrimester => 70.0,
            Self::SecondTrimester => 260.0,
            Self::ThirdTrimester | Self::LactatingFirstHalfYear => 500.0,
            Self::LactatingLater => 380.0,
        }
    }
}

/// `constant + years + cm + kg` of the equation, for each category of activity.
type Coefficients = [(f64, f64, f64, f64); 4];

const MEN: Coefficients = [
    (753.07, -10.83, 6.50, 14.10),
    (581.47, -10.83, 8.30, 14.94),
    (1004.82, -10.83, 6.52, 15.91),
    (-517.88, -10.83, 15.61, 19.11),
];
const WOMEN: Coefficients = [
    (584.90, -7.01, 5.72, 11.71),
    (575.77, -7.01, 6.60, 12.14),
    (710.25, -7.01, 6.54, 12.34),
    (511.83, -7.01, 9.07, 12.56),
];
const BOYS: Coefficients = [
    (-447.51, 3.68, 13.01, 13.15),
    (19.12, 3.68, 8.62, 20.28),
    (-388.19, 3.68, 12.66, 20.46),
    (-671.75, 3.68, 15.38, 23.25),
];
const GIRLS: Coefficients = [
    (55.59, -22.25, 8.43, 17.07),
    (-297.54, -22.25, 12.77, 14.73),
    (-189.55, -22.25, 11.74, 18.34),
    (-709.59, -22.25, 18.22, 14.25),
];

fn nasem_2023(person: &Person, activity: ActivityLevel) -> f64 {
    let years = person.age_years;
    let (coefficients, growth_kcal) = match person.sex {
        Sex::Male if ADULT_YEARS <= years => (MEN, 0.0),
        Sex::Female if ADULT_YEARS <= years => (WOMEN, 0.0),
        Sex::Male => (
            BOYS,
            match years {
                4..=8 => 15.0,
                9..=13 => 25.0,
                _ => 20.0,
            },
        ),
        Sex::Female => (
            GIRLS,
            match years {
                0..=8 => 15.0,
                9..=13 => 30.0,
                _ => 20.0,
            },
        ),
    };
    let of_category = coefficients.get(activity.category(years)).copied();
    let (constant, per_year, per_cm, per_kg) = of_category.unwrap_or_default();
    constant
        + per_year * f64::from(years)
        + per_cm * person.height_cm
        + per_kg * person.weight_kg
        + growth_kcal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(sex: Sex, height_cm: f64, weight_kg: f64) -> Profile {
        Profile {
            birth_year: Some(1996),
            sex: Some(sex),
            height_cm: Some(height_cm),
            weight_kg: Some(weight_kg),
            activity: Some(ActivityLevel::Moderate),
            ..Profile::default()
        }
    }

    fn basal(equation: Equation, profile: &Profile, age: u16) -> f64 {
        let birth_year = profile.birth_year.unwrap();
        equation.basal_kcal(&Person::of(profile, birth_year + age)).unwrap()
    }

    fn close(left: f64, right: f64) {
        assert!((left - right).abs() < 0.05, "{left} and {right}");
    }

    /// Worked examples of textbooks and teaching pages, and by hand from the publications.
    #[test]
    fn basal_metabolism_is_that_of_worked_examples() {
        let woman = profile(Sex::Female, 160.0, 60.0);
        close(basal(Equation::RozaShizgal, &woman, 30), 1368.193);
        close(basal(Equation::MifflinStJeor, &woman, 30), 1289.0);
        let man = profile(Sex::Male, 180.0, 80.0);
        close(basal(Equation::MifflinStJeor, &man, 30), 1780.0);
        close(basal(Equation::RozaShizgal, &man, 30), 1853.632);
        close(basal(Equation::HarrisBenedict, &man, 30), 1864.545);
        // 55 years, 168 cm and 59 kg: 1272 kcal.
        let older = profile(Sex::Female, 168.0, 59.0);
        assert!((basal(Equation::HarrisBenedict, &older, 55) - 1272.0).abs() < 1.0);
        // 68 kg with 30 % fat: 370 + 21.6 * 47.6.
        let lean = Profile { body_fat_percent: Some(30.0), ..profile(Sex::Female, 178.0, 68.0) };
        close(basal(Equation::KatchMcardle, &lean, 25), 1398.16);
    }

    #[test]
    fn activity_multiplies_basal_metabolism_and_never_the_whole() {
        let woman = profile(Sex::Female, 160.0, 60.0);
        let of = |equation: Equation| equation.expenditure(&woman, 2026).unwrap();
        // The worked example goes on to 2120.7 kcal, at 1.55.
        close(of(Equation::RozaShizgal).kcal, 2120.699);
        // Low active, at 1.55: 575.77 - 7.01 * 30 + 6.60 * 160 + 12.14 * 60.
        close(of(Equation::Nasem2023).kcal, 2149.87);
        assert_eq!(of(Equation::Nasem2023).basal_kcal, None);
    }

    #[test]
    fn the_whole_expenditure_is_by_category_and_with_growth() {
        let man =
            |activity| Profile { activity: Some(activity), ..profile(Sex::Male, 175.0, 70.0) };
        let of =
            |activity, year| Equation::Nasem2023.expenditure(&man(activity), year).unwrap().kcal;
        close(of(ActivityLevel::Sedentary, 2026), 753.07 - 324.9 + 1137.5 + 987.0);
        close(of(ActivityLevel::Light, 2026), of(ActivityLevel::Sedentary, 2026));
        close(of(ActivityLevel::Moderate, 2026), 581.47 - 324.9 + 1452.5 + 1045.8);
        close(of(ActivityLevel::High, 2026), 1004.82 - 324.9 + 1141.0 + 1113.7);
        close(of(ActivityLevel::VeryHigh, 2026), -517.88 - 324.9 + 2731.75 + 1337.7);
        // A boy of ten, 140 cm and 32 kg, with the 25 kcal that he grows by.
        let boy = profile(Sex::Male, 140.0, 32.0);
        let kcal = Equation::Nasem2023.expenditure(&boy, 2006).unwrap().kcal;
        close(kcal, 19.12 + 36.8 + 1206.8 + 648.96 + 25.0);
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_is_guessed() {
        let nobody = Equation::MifflinStJeor.expenditure(&Profile::default(), 2026);
        let all = [Field::Sex, Field::BirthYear, Field::HeightCm, Field::WeightKg, Field::Activity];
        assert_eq!(nobody, Err(NoEnergy::Missing(all.to_vec())));
        let woman = profile(Sex::Female, 160.0, 60.0);
        assert_eq!(
            Equation::KatchMcardle.expenditure(&woman, 2026),
            Err(NoEnergy::Missing(vec![Field::BodyFatPercent]))
        );
        assert_eq!(Equation::MifflinStJeor.expenditure(&woman, 2008), Err(NoEnergy::Age));
        assert!(Equation::Nasem2023.expenditure(&woman, 2008).is_ok());
        assert_eq!(Equation::Nasem2023.expenditure(&woman, 1998), Err(NoEnergy::Age));
    }

    #[test]
    fn motherhood_comes_on_top_for_women_only() {
        let with =
            |sex, motherhood| Profile { motherhood: Some(motherhood), ..profile(sex, 160.0, 60.0) };
        let of = |profile: Profile| Equation::Nasem2023.expenditure(&profile, 2026).unwrap();
        let usual = of(profile(Sex::Female, 160.0, 60.0)).kcal;
        close(of(with(Sex::Female, Motherhood::ThirdTrimester)).kcal - usual, 500.0);
        close(of(with(Sex::Female, Motherhood::LactatingLater)).kcal - usual, 380.0);
        close(of(with(Sex::Male, Motherhood::FirstTrimester)).motherhood_kcal, 0.0);
    }
}
