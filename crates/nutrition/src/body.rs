//! What is measured of the body: in which units a measure may be typed, what that is in its canonical
//! one, and which values can be true.
//!
//! A reading is kept as it was typed, so that nobody finds 149.9 lb where they wrote 150. What is compared
//! and drawn is its canonical value. The limits are those of slips of the finger, not of health: a value
//! that somebody alive can have is taken.

mod measure;
mod unit;

use serde::{Deserialize, Serialize};

pub use measure::Measure;
pub use unit::Unit;

use crate::error::Invalid;

/// A value of a measure as it was typed: possible, and in a unit of the measure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    measure: Measure,
    unit: Unit,
    value: f64,
    second: Option<f64>,
}

/// What is wrong with a reading, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misread {
    /// The unit is none of the measure's.
    Unit(Invalid),
    /// The value cannot be true.
    Value(Invalid),
    /// The second value is missing, too much, or cannot be true.
    Second(Invalid),
}

impl Reading {
    /// Checks a value from outside. The second one is for a pair alone: the diastolic blood pressure.
    pub fn parse(
        measure: Measure,
        unit: Unit,
        value: f64,
        second: Option<f64>,
    ) -> Result<Self, Misread> {
        let canonical = measure.canonical(unit, value).map_err(Misread::Unit)?;
        if !measure.takes(canonical) {
            return Err(Misread::Value(measure.limits_in_words()));
        }
        match (measure.second_limits(), second) {
            (None, None) => {}
            (None, Some(_)) => {
                return Err(Misread::Second(Invalid::because(
                    "is not for this measure: leave it out",
                )));
            }
            (Some(_), None) => {
                return Err(Misread::Second(Invalid::because(
                    "is missing: enter the lower value too",
                )));
            }
            (Some((least, most)), Some(lower)) => {
                let lower = measure.canonical(unit, lower).map_err(Misread::Unit)?;
                if !(least..=most).contains(&lower) {
                    return Err(Misread::Second(Invalid::because("enter from 20 to 200 mmHg")));
                }
                if canonical <= lower {
                    let problem =
                        "the first value is the higher one: enter 120 and 80, not 80 and 120";
                    return Err(Misread::Second(Invalid::because(problem)));
                }
            }
        }
        Ok(Self { measure, unit, value, second })
    }

    /// What was measured.
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The unit it was typed in.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The value as it was typed.
    pub fn typed(&self) -> f64 {
        self.value
    }

    /// The second value as it was typed.
    pub fn typed_second(&self) -> Option<f64> {
        self.second
    }

    /// The value in the measure's canonical unit.
    pub fn canonical(&self) -> f64 {
        self.measure.canonical(self.unit, self.value).unwrap_or(self.value)
    }

    /// The second value in the measure's canonical unit.
    pub fn canonical_second(&self) -> Option<f64> {
        let second = self.second?;
        Some(self.measure.canonical(self.unit, second).unwrap_or(second))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(measure: Measure, unit: Unit, value: f64) -> f64 {
        Reading::parse(measure, unit, value, None).unwrap().canonical()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
    }

    /// Against values from tables, not from this program.
    #[test]
    fn values_are_what_the_tables_say() {
        for (measure, unit, typed, expected) in [
            (Measure::Weight, Unit::Pound, 150.0, 68.038_855_5),
            (Measure::Weight, Unit::Stone, 11.0, 69.853_224_98),
            (Measure::Height, Unit::Inch, 70.0, 177.8),
            (Measure::Temperature, Unit::Fahrenheit, 98.6, 37.0),
            (Measure::Glucose, Unit::MilligramsPerDecilitre, 180.16, 10.0),
            (Measure::CholesterolTotal, Unit::MilligramsPerDecilitre, 193.35, 5.0),
            (Measure::CholesterolLdl, Unit::MilligramsPerDecilitre, 116.01, 3.0),
            (Measure::Triglycerides, Unit::MilligramsPerDecilitre, 88.57, 1.0),
        ] {
            let found = canonical(measure, unit, typed);
            assert!((found - expected).abs() < 1e-6, "{measure:?}: {found}, not {expected}");
        }
    }

    #[test]
    fn a_blood_pressure_is_a_pair_with_the_higher_value_first() {
        let of = |high, low| {
            Reading::parse(Measure::BloodPressure, Unit::MillimetresOfMercury, high, low)
        };
        let reading = of(120.0, Some(80.0)).unwrap();
        assert_eq!((reading.canonical(), reading.canonical_second()), (120.0, Some(80.0)));
        assert!(matches!(of(80.0, Some(120.0)), Err(Misread::Second(_))));
        assert!(matches!(of(80.0, Some(80.0)), Err(Misread::Second(_))));
        assert!(matches!(of(120.0, None), Err(Misread::Second(_))));
        assert!(matches!(of(400.0, Some(80.0)), Err(Misread::Value(_))));
        let weight = Reading::parse(Measure::Weight, Unit::Kilogram, 70.0, Some(60.0));
        assert!(matches!(weight, Err(Misread::Second(_))));
    }

    #[test]
    fn what_cannot_be_true_is_refused_and_says_the_limits() {
        let refused = |measure, unit, value| match Reading::parse(measure, unit, value, None) {
            Err(Misread::Value(invalid)) => invalid.problem,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(Measure::Weight, Unit::Kilogram, 0.0), "enter from 0.3 to 650 kg");
        assert_eq!(refused(Measure::Weight, Unit::Pound, 1500.0), "enter from 0.3 to 650 kg");
        assert_eq!(refused(Measure::Mood, Unit::Points, 2.5), "enter a whole number from 1 to 5");
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
            refused(Measure::Temperature, Unit::Celsius, number);
        }
        let unit = Reading::parse(Measure::Weight, Unit::Centimetre, 70.0, None);
        assert!(matches!(unit, Err(Misread::Unit(_))));
    }

    #[test]
    fn every_measure_has_limits_within_itself_and_a_name_of_its_own() {
        for measure in Measure::ALL {
            assert_eq!(Measure::parse(measure.key()).unwrap(), measure);
            let (least, most) = measure.limits();
            assert!(least < most && measure.takes(least) && measure.takes(most), "{measure:?}");
            assert!(
                measure.limits_in_words().problem.contains(measure.unit().as_str())
                    || matches!(measure, Measure::Mood | Measure::Steps),
                "{measure:?}"
            );
            for unit in measure.units() {
                assert_eq!(Unit::parse(unit.as_str()).unwrap(), *unit);
            }
        }
    }

    proptest! {
        #[test]
        fn a_value_comes_back_from_any_unit(measure in 0..Measure::ALL.len(), at in 0.0..=1.0_f64) {
            let measure = Measure::ALL[measure];
            let (least, most) = measure.limits();
            let value = least + at * (most - least);
            for unit in measure.units() {
                let typed = measure.in_unit(*unit, value).unwrap();
                prop_assert!(close(measure.canonical(*unit, typed).unwrap(), value));
            }
        }

        #[test]
        fn more_is_more_in_every_unit(measure in 0..Measure::ALL.len(), at in 0.0..0.9_f64) {
            let measure = Measure::ALL[measure];
            let (least, most) = measure.limits();
            let (one, more) = (least + at * (most - least), least + (at + 0.1) * (most - least));
            for unit in measure.units() {
                prop_assert!(measure.in_unit(*unit, one).unwrap() < measure.in_unit(*unit, more).unwrap());
            }
        }
    }
}
