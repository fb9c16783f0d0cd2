//! How much energy a person really takes, from what they ate and how their weight went.
//!
//! Who eats more than they spend gains weight, at 7,700 kcal a kilogram (Wishnofsky 1958; later work
//! finds the same within a tenth over weeks). So the expenditure is what was eaten on an average day,
//! less what the weight gained. Both are uncertain: the weight of a morning swings by water, and the
//! days that were recorded whole are a sample of all. The result says how uncertain, and leans on the
//! equation as long as the days are few.
//!
//! The method, step by step:
//!
//! 1. A straight line through the weights of the window, by least squares. Its slope is the change a day.
//! 2. The standard error of the slope from the distances to the line. Weights of days that follow one
//!    another err together, so it grows by what neighbours have in common.
//! 3. The mean intake of the complete days, with the standard error of a sample from a limited number
//!    of days: none when every day is complete.
//! 4. The two together are an observation of the expenditure with a standard error.
//! 5. The equation is a second one, with the error that equations have for a single person. Each counts
//!    by how certain it is.

/// Energy in a kilogram of body weight that is gained or lost.
pub const KCAL_PER_KG: f64 = 7_700.0;
/// How many days are looked at, up to the newest.
pub const WINDOW_DAYS: u16 = 42;
/// Fewer complete days tell too little.
pub const COMPLETE_DAYS_MIN: usize = 10;
/// Fewer weights give no line.
pub const WEIGHTS_MIN: usize = 5;
/// Weights closer together than this show water, not energy.
pub const SPAN_DAYS_MIN: u16 = 14;

/// A scale is never better than this.
const WEIGHT_ERROR_KG_MIN: f64 = 0.15;
/// How far equations are off for one person: a tenth and a half, one standard deviation.
const EQUATION_ERROR: f64 = 0.13;
/// Without an equation: what adults spend, and how they differ.
const ANYBODY_KCAL: (f64, f64) = (2_300.0, 600.0);
/// More in common than this is a trend, and not noise.
const NEIGHBOURS_MAX: f64 = 0.8;

/// A day with what was eaten on it, recorded whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eaten {
    /// Days since any fixed day.
    pub day: u16,
    /// What all of its foods gave.
    pub kcal: f64,
}

/// A weight of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// Days since the same fixed day.
    pub day: u16,
    /// The weight; of several on a day, the first.
    pub kg: f64,
}

/// What a person takes, and how certain that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptive {
    /// The most likely expenditure of a day.
    pub kcal: f64,
    /// In 95 of 100 cases it is no further off than this.
    pub plus_minus_kcal: f64,
    /// How many complete days it is from.
    pub complete_days: usize,
    /// How many days with a weight.
    pub weights: usize,
    /// How the weight went.
    pub kg_per_week: f64,
    /// What was eaten on an average complete day.
    pub eaten_kcal: f64,
    /// How much the person's own days count, from 0 to 1; the rest is the equation.
    pub own_share: f64,
}

/// Why there is no estimate yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLittle {
    /// Not enough complete days.
    CompleteDays(usize),
    /// Not enough weights.
    Weights(usize),
    /// The weights are too close together: so many days.
    Span(u16),
}

/// Estimates the expenditure from the days of the window that ends with the newest of them all.
///
/// `equation_kcal` is what an equation says of the person, where it says anything. All reasons are
/// given when there is too little.
pub fn estimate(
    eaten: &[Eaten],
    weighed: &[Weighed],
    equation_kcal: Option<f64>,
) -> Result<Adaptive, Vec<TooLittle>> {
    let newest = eaten.iter().map(|eaten| eaten.day).chain(weighed.iter().map(|one| one.day)).max();
    let first = newest.unwrap_or(0).saturating_sub(WINDOW_DAYS - 1);
    let eaten: Vec<f64> =
        eaten.iter().filter(|eaten| first <= eaten.day).map(|eaten| eaten.kcal).collect();
    let mut weighed: Vec<Weighed> =
        weighed.iter().copied().filter(|weighed| first <= weighed.day).collect();
    weighed.sort_by_key(|weighed| weighed.day);
    weighed.dedup_by_key(|weighed| weighed.day);

    let span = match (weighed.first(), weighed.last()) {
        (Some(from), Some(to)) => to.day - from.day,
        _ => 0,
    };
    let mut too_little = Vec::new();
    if eaten.len() < COMPLETE_DAYS_MIN {
        too_little.push(TooLittle::CompleteDays(eaten.len()));
    }
    if weighed.len() < WEIGHTS_MIN {
        too_little.push(TooLittle::Weights(weighed.len()));
    } else if span < SPAN_DAYS_MIN {
        too_little.push(TooLittle::Span(span));
    }
    if !too_little.is_empty() {
        return Err(too_little);
    }

    let line = Line::through(&weighed);
    let (eaten_kcal, eaten_error) = mean(&eaten, WINDOW_DAYS);
    let own = eaten_kcal - KCAL_PER_KG * line.slope;
    let own_error = eaten_error.hypot(KCAL_PER_KG * line.slope_error);
    let (expected, expected_error) =
        equation_kcal.map_or(ANYBODY_KCAL, |kcal| (kcal, kcal * EQUATION_ERROR));

    // Two measurements of one thing: each counts by the inverse of its variance.
    let (own_weight, expected_weight) = (own_error.powi(-2), expected_error.powi(-2));
    let own_share = own_weight / (own_weight + expected_weight);
    Ok(Adaptive {
        kcal: own * own_share + expected * (1.0 - own_share),
        plus_minus_kcal: 1.96 * (own_weight + expected_weight).sqrt().recip(),
        complete_days: eaten.len(),
        weights: weighed.len(),
        kg_per_week: line.slope * 7.0,
        eaten_kcal,
        own_share,
    })
}

/// A straight line through weights.
struct Line {
    /// Kilograms a day.
    slope: f64,
    slope_error: f64,
}

impl Line {
    /// By least squares. There are at least [`WEIGHTS_MIN`] weights, of different days.
    fn through(weighed: &[Weighed]) -> Self {
        let count = number(weighed.len());
        let mean_day = weighed.iter().map(|one| f64::from(one.day)).sum::<f64>() / count;
        let mean_kg = weighed.iter().map(|one| one.kg).sum::<f64>() / count;
        let from_mean = |one: &Weighed| (f64::from(one.day) - mean_day, one.kg - mean_kg);
        let days_squared: f64 = weighed.iter().map(|one| from_mean(one).0.powi(2)).sum();
        let products: f64 = weighed.iter().map(from_mean).map(|(days, kg)| days * kg).sum();
        let slope = products / days_squared;

        let residuals: Vec<f64> =
            weighed.iter().map(from_mean).map(|(days, kg)| kg - slope * days).collect();
        let squared: f64 = residuals.iter().map(|residual| residual * residual).sum();
        let error_kg = (squared / (count - 2.0)).sqrt().max(WEIGHT_ERROR_KG_MIN);
        let common = in_common(&residuals, squared);
        let grown = ((1.0 + common) / (1.0 - common)).sqrt();
        Self { slope, slope_error: error_kg * grown / days_squared.sqrt() }
    }
}

/// How much residuals that follow one another have in common, from 0 to [`NEIGHBOURS_MAX`].
fn in_common(residuals: &[f64], squared: f64) -> f64 {
    if squared <= 0.0 {
        return 0.0;
    }
    let products = residuals.iter().zip(residuals.iter().skip(1)).map(|(one, next)| one * next);
    (products.sum::<f64>() / squared).clamp(0.0, NEIGHBOURS_MAX)
}

/// The mean of a sample of so many days, and its standard error.
fn mean(sample: &[f64], of_days: u16) -> (f64, f64) {
    let count = number(sample.len());
    let mean = sample.iter().sum::<f64>() / count;
    let squared: f64 = sample.iter().map(|one| (one - mean).powi(2)).sum();
    // A sample that is nearly everything errs less; one that is everything not at all.
    let missed = (1.0 - count / f64::from(of_days)).max(0.0);
    (mean, (squared / (count - 1.0) / count * missed).sqrt())
}

#[expect(clippy::cast_precision_loss, reason = "a count of days")]
fn number(count: usize) -> f64 {
    count as f64
}
