//! What targets need to know about a person. Every part may be missing: what follows from it is
//! then missing too, never guessed.

use serde::{Deserialize, Serialize};

use crate::error::Invalid;

/// The sex that reference intakes and energy equations were published for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Women and girls.
    Female,
    /// Men and boys.
    Male,
}

/// Pregnant or breastfeeding, as far as published values tell the time apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Motherhood {
    /// The first three months of a pregnancy.
    FirstTrimester,
    /// The fourth to sixth month.
    SecondTrimester,
    /// From the seventh month on.
    ThirdTrimester,
    /// Breastfeeding in the half year after the birth.
    LactatingFirstHalfYear,
    /// Breastfeeding later than that.
    LactatingLater,
}

impl Motherhood {
    /// Before the birth.
    pub const fn is_pregnant(self) -> bool {
        matches!(self, Self::FirstTrimester | Self::SecondTrimester | Self::ThirdTrimester)
    }
}

/// How much somebody moves on a usual day, by the factors that go with equations of basal
/// metabolism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityLevel {
    /// Sits most of the day, and does no sport.
    Sedentary,
    /// Light exercise on one to three days a week, or on the feet for part of the day.
    Light,
    /// Exercise on three to five days a week.
    Moderate,
    /// Hard exercise on six or seven days a week.
    High,
    /// Hard exercise every day and bodily work besides.
    VeryHigh,
}

/// What a person told about themselves for their targets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// The calendar year of birth.
    pub birth_year: Option<u16>,
    /// See [`Sex`].
    pub sex: Option<Sex>,
    /// Height.
    pub height_cm: Option<f64>,
    /// Weight, where none is measured in the diary.
    pub weight_kg: Option<f64>,
    /// The share of the weight that is fat.
    pub body_fat_percent: Option<f64>,
    /// See [`ActivityLevel`].
    pub activity: Option<ActivityLevel>,
    /// See [`Motherhood`]; counts for women only.
    pub motherhood: Option<Motherhood>,
}

/// A part of the profile, to say which is missing or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// [`Profile::birth_year`]
    BirthYear,
    /// [`Profile::sex`]
    Sex,
    /// [`Profile::height_cm`]
    HeightCm,
    /// [`Profile::weight_kg`]
    WeightKg,
    /// [`Profile::body_fat_percent`]
    BodyFatPercent,
    /// [`Profile::activity`]
    Activity,
}

impl Profile {
    /// Says which number cannot be a person's.
    pub fn check(&self) -> Result<(), (Field, Invalid)> {
        let within = |number: Option<f64>, least, most| {
            number.is_none_or(|number| (least..=most).contains(&number))
        };
        let year = self.birth_year.map(f64::from);
        let checks = [
            (within(year, 1900.0, 2079.0), Field::BirthYear, "enter a year, such as 1985"),
            (within(self.height_cm, 40.0, 260.0), Field::HeightCm, "enter 40 to 260 cm"),
            (within(self.weight_kg, 2.0, 500.0), Field::WeightKg, "enter 2 to 500 kg"),
            (within(self.body_fat_percent, 2.0, 75.0), Field::BodyFatPercent, "enter 2 to 75 %"),
        ];
        match checks.into_iter().find(|(fits, ..)| !fits) {
            None => Ok(()),
            Some((_, field, problem)) => Err((field, Invalid::because(problem))),
        }
    }

    /// Whether a part is there.
    pub fn has(&self, field: Field) -> bool {
        match field {
            Field::BirthYear => self.birth_year.is_some(),
            Field::Sex => self.sex.is_some(),
            Field::HeightCm => self.height_cm.is_some(),
            Field::WeightKg => self.weight_kg.is_some(),
            Field::BodyFatPercent => self.body_fat_percent.is_some(),
            Field::Activity => self.activity.is_some(),
        }
    }

    /// The age that is reached in a year.
    pub fn age_in(&self, year: u16) -> Option<u16> {
        year.checked_sub(self.birth_year?)
    }

    /// The stage of life in a year, as published tables tell them apart.
    pub fn life_stage_in(&self, year: u16) -> Option<LifeStage> {
        let sex = self.sex?;
        let age_years = f64::from(self.age_in(year)?);
        let motherhood = self.motherhood.filter(|_| sex == Sex::Female);
        Some(LifeStage { sex, age_years, motherhood })
    }
}

/// Whom a reference intake is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LifeStage {
    /// See [`Sex`].
    pub sex: Sex,
    /// Years since birth, with a fraction for infants.
    pub age_years: f64,
    /// See [`Motherhood`].
    pub motherhood: Option<Motherhood>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_may_be_empty_and_holds_no_impossible_number() {
        assert_eq!(Profile::default().check(), Ok(()));
        let tall = Profile { height_cm: Some(1.8), ..Profile::default() };
        assert_eq!(tall.check().unwrap_err().0, Field::HeightCm);
        let nan = Profile { weight_kg: Some(f64::NAN), ..Profile::default() };
        assert_eq!(nan.check().unwrap_err().0, Field::WeightKg);
    }

    #[test]
    fn only_women_are_mothers() {
        let mut profile = Profile {
            birth_year: Some(1990),
            sex: Some(Sex::Male),
            motherhood: Some(Motherhood::FirstTrimester),
            ..Profile::default()
        };
        assert_eq!(profile.life_stage_in(2026).unwrap().motherhood, None);
        profile.sex = Some(Sex::Female);
        assert_eq!(
            profile.life_stage_in(2026).unwrap(),
            LifeStage {
                sex: Sex::Female,
                age_years: 36.0,
                motherhood: Some(Motherhood::FirstTrimester)
            }
        );
        assert_eq!(profile.life_stage_in(1980), None);
    }
}
