//! The measures that everybody has, with their units and limits. What somebody adds of their own is theirs,
//! with a unit of their own and no conversion.

use serde::{Deserialize, Serialize};

use super::Unit;
use crate::error::Invalid;

/// Something that is measured of the body. Diaries store a measure by its place here: new ones come at
/// the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Measure {
    /// Body weight.
    Weight,
    /// Body height.
    Height,
    /// Share of fat in the body's weight.
    BodyFat,
    /// Circumference of the waist.
    Waist,
    /// Circumference of the hip.
    Hip,
    /// Circumference of the neck.
    Neck,
    /// Circumference of the chest.
    Chest,
    /// Circumference of the upper arm.
    Arm,
    /// Circumference of the thigh.
    Thigh,
    /// Systolic and diastolic blood pressure.
    BloodPressure,
    /// Heart rate.
    Pulse,
    /// Oxygen saturation.
    OxygenSaturation,
    /// Body temperature.
    Temperature,
    /// Glucose in the blood.
    Glucose,
    /// Ketones in the blood.
    Ketones,
    /// Cholesterol, all of it.
    CholesterolTotal,
    /// LDL cholesterol.
    CholesterolLdl,
    /// HDL cholesterol.
    CholesterolHdl,
    /// Triglycerides.
    Triglycerides,
    /// Hours slept.
    Sleep,
    /// How one feels, from 1 (bad) to 5 (good).
    Mood,
    /// Steps of the day.
    Steps,
}

/// A unit of a measure: the canonical value is `(typed - zero) × factor`.
type Scale = (Unit, f64, f64);

const KG: &[Scale] = &[
    (Unit::Kilogram, 1.0, 0.0),
    // The international pound, by definition.
    (Unit::Pound, 0.453_592_37, 0.0),
    (Unit::Stone, 6.350_293_18, 0.0),
];
const CM: &[Scale] = &[(Unit::Centimetre, 1.0, 0.0), (Unit::Inch, 2.54, 0.0)];
const CELSIUS: &[Scale] = &[(Unit::Celsius, 1.0, 0.0), (Unit::Fahrenheit, 5.0 / 9.0, 32.0)];
/// From the molar masses: glucose 180.16 g/mol, cholesterol 386.7, a mean triglyceride 885.7.
const GLUCOSE: &[Scale] = &[MMOL, (Unit::MilligramsPerDecilitre, 1.0 / 18.016, 0.0)];
const CHOLESTEROL: &[Scale] = &[MMOL, (Unit::MilligramsPerDecilitre, 1.0 / 38.67, 0.0)];
const TRIGLYCERIDES: &[Scale] = &[MMOL, (Unit::MilligramsPerDecilitre, 1.0 / 88.57, 0.0)];
const MMOL: Scale = (Unit::MillimolesPerLitre, 1.0, 0.0);

struct Definition {
    key: &'static str,
    /// The canonical one first.
    units: &'static [Unit],
    scales: &'static [Scale],
    least: f64,
    most: f64,
    limits: &'static str,
    /// Decimals that mean something, in the canonical unit.
    decimals: u8,
}

const fn of(
    key: &'static str,
    units: &'static [Unit],
    scales: &'static [Scale],
    (least, most, limits): (f64, f64, &'static str),
    decimals: u8,
) -> Definition {
    Definition { key, units, scales, least, most, limits, decimals }
}

const MASSES: &[Unit] = &[Unit::Kilogram, Unit::Pound, Unit::Stone];
const LENGTHS: &[Unit] = &[Unit::Centimetre, Unit::Inch];
const CONCENTRATIONS: &[Unit] = &[Unit::MillimolesPerLitre, Unit::MilligramsPerDecilitre];
const GIRTH: (f64, f64, &str) = (10.0, 300.0, "enter from 10 to 300 cm");
const PART: (f64, f64, &str) = (5.0, 150.0, "enter from 5 to 150 cm");

/// In the order of the measures.
static DEFINITIONS: [Definition; 22] = [
    of("weight", MASSES, KG, (0.3, 650.0, "enter from 0.3 to 650 kg"), 1),
    of("height", LENGTHS, CM, (20.0, 280.0, "enter from 20 to 280 cm"), 1),
    of(
        "body_fat",
        &[Unit::Percent],
        &[(Unit::Percent, 1.0, 0.0)],
        (1.0, 80.0, "enter from 1 to 80 %"),
        1,
    ),
    of("waist", LENGTHS, CM, GIRTH, 1),
    of("hip", LENGTHS, CM, GIRTH, 1),
    of("neck", LENGTHS, CM, PART, 1),
    of("chest", LENGTHS, CM, GIRTH, 1),
    of("arm", LENGTHS, CM, PART, 1),
    of("thigh", LENGTHS, CM, PART, 1),
    of(
        "blood_pressure",
        &[Unit::MillimetresOfMercury],
        &[(Unit::MillimetresOfMercury, 1.0, 0.0)],
        (40.0, 300.0, "enter from 40 to 300 mmHg"),
        0,
    ),
    of(
        "pulse",
        &[Unit::PerMinute],
        &[(Unit::PerMinute, 1.0, 0.0)],
        (20.0, 300.0, "enter from 20 to 300 /min"),
        0,
    ),
    of(
        "oxygen_saturation",
        &[Unit::Percent],
        &[(Unit::Percent, 1.0, 0.0)],
        (40.0, 100.0, "enter from 40 to 100 %"),
        0,
    ),
    of(
        "temperature",
        &[Unit::Celsius, Unit::Fahrenheit],
        CELSIUS,
        (25.0, 45.0, "enter from 25 to 45 °C"),
        1,
    ),
    of("glucose", CONCENTRATIONS, GLUCOSE, (0.3, 80.0, "enter from 0.3 to 80 mmol/L"), 1),
    of(
        "ketones",
        &[Unit::MillimolesPerLitre],
        &[MMOL],
        (0.0, 30.0, "enter from 0 to 30 mmol/L"),
        1,
    ),
    of(
        "cholesterol_total",
        CONCENTRATIONS,
        CHOLESTEROL,
        (0.5, 40.0, "enter from 0.5 to 40 mmol/L"),
        1,
    ),
    of(
        "cholesterol_ldl",
        CONCENTRATIONS,
        CHOLESTEROL,
        (0.1, 40.0, "enter from 0.1 to 40 mmol/L"),
        1,
    ),
    of(
        "cholesterol_hdl",
        CONCENTRATIONS,
        CHOLESTEROL,
        (0.1, 10.0, "enter from 0.1 to 10 mmol/L"),
        1,
    ),
    of(
        "triglycerides",
        CONCENTRATIONS,
        TRIGLYCERIDES,
        (0.1, 100.0, "enter from 0.1 to 100 mmol/L"),
        1,
    ),
    of("sleep", &[Unit::Hour], &[(Unit::Hour, 1.0, 0.0)], (0.0, 24.0, "enter from 0 to 24 h"), 1),
    of(
        "mood",
        &[Unit::Points],
        &[(Unit::Points, 1.0, 0.0)],
        (1.0, 5.0, "enter a whole number from 1 to 5"),
        0,
    ),
    of(
        "steps",
        &[Unit::Steps],
        &[(Unit::Steps, 1.0, 0.0)],
        (0.0, 200_000.0, "enter a whole number from 0 to 200000"),
        0,
    ),
];

impl Measure {
    /// Every measure, in the order that diaries store them in.
    pub const ALL: [Self; 22] = [
        Self::Weight,
        Self::Height,
        Self::BodyFat,
        Self::Waist,
        Self::Hip,
        Self::Neck,
        Self::Chest,
        Self::Arm,
        Self::Thigh,
        Self::BloodPressure,
        Self::Pulse,
        Self::OxygenSaturation,
        Self::Temperature,
        Self::Glucose,
        Self::Ketones,
        Self::CholesterolTotal,
        Self::CholesterolLdl,
        Self::CholesterolHdl,
        Self::Triglycerides,
        Self::Sleep,
        Self::Mood,
        Self::Steps,
    ];

    /// The measure with this key, such as `weight`.
    pub fn parse(key: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|measure| measure.key() == key)
            .ok_or(Invalid::because("name a measure of the list, such as weight or blood_pressure"))
    }

    /// Its key in the API and in exports.
    pub fn key(self) -> &'static str {
        self.definition().key
    }

    /// Its units, the canonical one first.
    pub fn units(self) -> &'static [Unit] {
        self.definition().units
    }

    /// The unit it is compared and drawn in.
    pub fn unit(self) -> Unit {
        self.units().first().copied().unwrap_or(Unit::Points)
    }

    /// How many decimals mean something in the canonical unit.
    pub fn decimals(self) -> u8 {
        self.definition().decimals
    }

    /// The least and the most that can be true, in the canonical unit.
    pub fn limits(self) -> (f64, f64) {
        let definition = self.definition();
        (definition.least, definition.most)
    }

    /// The least and the most of the second value, where the measure is a pair.
    pub fn second_limits(self) -> Option<(f64, f64)> {
        matches!(self, Self::BloodPressure).then_some((20.0, 200.0))
    }

    /// Whether only whole numbers are values.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Mood | Self::Steps)
    }

    /// A value of one of its units in the canonical one.
    pub fn canonical(self, unit: Unit, value: f64) -> Result<f64, Invalid> {
        let (_, factor, zero) = self.scale(unit)?;
        Ok((value - zero) * factor)
    }

    /// A canonical value in one of its units.
    pub fn in_unit(self, unit: Unit, canonical: f64) -> Result<f64, Invalid> {
        let (_, factor, zero) = self.scale(unit)?;
        Ok(canonical / factor + zero)
    }

    pub(super) fn limits_in_words(self) -> Invalid {
        Invalid::because(self.definition().limits)
    }

    /// Whether a canonical value can be true. What a conversion rounded away is forgiven.
    pub(super) fn takes(self, canonical: f64) -> bool {
        let (least, most) = self.limits();
        let slack = 1e-9 * most;
        let whole = !self.is_counted() || canonical.fract() == 0.0;
        whole && (least - slack..=most + slack).contains(&canonical)
    }

    fn scale(self, unit: Unit) -> Result<Scale, Invalid> {
        let scales = self.definition().scales;
        let scale = scales.iter().find(|(known, _, _)| *known == unit);
        scale.copied().ok_or(Invalid::because("choose one of the measure's units"))
    }

    #[expect(clippy::indexing_slicing, reason = "there are as many definitions as measures")]
    fn definition(self) -> &'static Definition {
        &DEFINITIONS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Diaries store measures and units by their place.
    #[test]
    fn the_lists_only_grow_at_their_end() {
        let places: Vec<usize> = Measure::ALL.iter().map(|measure| *measure as usize).collect();
        assert_eq!(places, (0..Measure::ALL.len()).collect::<Vec<_>>());
        let places: Vec<usize> = Unit::ALL.iter().map(|unit| *unit as usize).collect();
        assert_eq!(places, (0..Unit::ALL.len()).collect::<Vec<_>>());
        let keys: Vec<&str> = Measure::ALL.iter().map(|measure| measure.key()).collect();
        assert_eq!(
            keys.join(" "),
            "weight height body_fat waist hip neck chest arm thigh blood_pressure pulse \
             oxygen_saturation temperature glucose ketones cholesterol_total cholesterol_ldl \
             cholesterol_hdl triglycerides sleep mood steps"
        );
        assert_eq!((Measure::Steps.key(), Measure::Steps as usize), ("steps", 21));
        for measure in Measure::ALL {
            let scales: Vec<Unit> =
                measure.definition().scales.iter().map(|scale| scale.0).collect();
            assert_eq!(scales, measure.units(), "{measure:?}");
        }
    }
}
