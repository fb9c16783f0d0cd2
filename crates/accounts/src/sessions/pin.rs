//! What a PIN must be. The server allows five tries, so six digits are enough; those that everybody
//! tries first are not.

use platform::{Error, Result};
use secrecy::{ExposeSecret, SecretString};

const DIGITS_MIN: usize = 6;
const DIGITS_MAX: usize = 12;

/// Checks a new PIN.
pub(super) fn parse_new(typed: &SecretString) -> Result<()> {
    let digits: Vec<i16> = typed
        .expose_secret()
        .chars()
        .map(|digit| digit.to_digit(10).and_then(|digit| i16::try_from(digit).ok()))
        .collect::<Option<_>>()
        .unwrap_or_default();
    if !(DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) {
        return Err(Error::invalid("pin", "use six to twelve digits"));
    }
    // The same digit, or up or down by the same step, all along.
    let mut steps = digits.iter().zip(digits.iter().skip(1)).map(|(one, next)| next - one);
    let first = steps.next().unwrap_or_default();
    if steps.all(|step| step == first) {
        return Err(Error::invalid("pin", "choose digits that are not a row, such as 123456"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_that_are_no_row_are_a_pin() {
        for good in ["274951", "110011", "123465", "135790", "482915736201"] {
            assert!(parse_new(&SecretString::from(good)).is_ok(), "{good}");
        }
        for bad in ["", "27495", "4829157362015", "123456", "987654", "111111", "27495a", "٢٧٤٩٥١"]
        {
            assert!(parse_new(&SecretString::from(bad)).is_err(), "{bad}");
        }
    }
}
