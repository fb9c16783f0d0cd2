//! How far a misspelt word is from a word, when it is near at all.

/// Bytes of the longest word that is compared.
const BYTES_MAX: usize = 24;
/// Farther than any distance that counts.
const FAR: u8 = 100;

/// A word that is spelt like no word there is.
pub(crate) struct Misspelt<'a> {
    bytes: &'a [u8],
    letters: u64,
    distance_max: u8,
}

/// Which letters a word holds, one bit each; the digits and all that is not ASCII share one.
pub(crate) fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |letters, byte| {
        letters | if byte.is_ascii_lowercase() { 1 << (byte - b'a') } else { 1 << 26 }
    })
}

impl<'a> Misspelt<'a> {
    /// `None` for words so short that another would be a guess.
    pub(crate) fn of(word: &'a str) -> Option<Self> {
        let distance_max = match word.len() {
            0..=3 => return None,
            4..=7 => 1,
            _ => 2,
        };
        let bytes = word.as_bytes();
        Some(Self {
            bytes: bytes.get(..bytes.len().min(BYTES_MAX))?,
            letters: letters(word),
            distance_max,
        })
    }

    /// Letters to add, drop, change or swap with the next one, to get from this to a word or to its
    /// beginning (which costs one more, as the rest of the word is not typed yet); `None` when too many.
    pub(crate) fn distance(&self, word: &str, word_letters: u64) -> Option<u8> {
        let lacking = (self.letters & !word_letters).count_ones();
        if u32::from(self.distance_max) < lacking {
            return None;
        }
        self.compare(word.as_bytes())
    }

    /// Optimal string alignment, by rows of this word, given up when a whole row is too far.
    fn compare(&self, word: &[u8]) -> Option<u8> {
        let columns = word.len().min(self.bytes.len() + usize::from(self.distance_max));
        let mut before_last = [FAR; 2 * BYTES_MAX];
        let mut last = [FAR; 2 * BYTES_MAX];
        for (cell, cost) in last.iter_mut().take(columns + 1).zip(0..) {
            *cell = cost;
        }
        for (row, typed) in self.bytes.iter().enumerate() {
            let mut current = [FAR; 2 * BYTES_MAX];
            let mut nearest = u8::try_from(row + 1).unwrap_or(FAR);
            *current.first_mut()? = nearest;
            for (column, letter) in word.iter().take(columns).enumerate() {
                let changed = last.get(column)? + u8::from(typed != letter);
                let dropped = last.get(column + 1)? + 1;
                let added = current.get(column)? + 1;
                let mut cost = changed.min(dropped).min(added);
                if let (Some(row), Some(column)) = (row.checked_sub(1), column.checked_sub(1))
                    && self.bytes.get(row) == Some(letter)
                    && word.get(column) == Some(typed)
                {
                    cost = cost.min(before_last.get(column)? + 1);
                }
                *current.get_mut(column + 1)? = cost;
                nearest = nearest.min(cost);
            }
            if self.distance_max < nearest {
                return None;
            }
            before_last = last;
            last = current;
        }
        let whole = if columns == word.len() { *last.get(columns)? } else { FAR };
        let beginning = last.iter().take(columns + 1).min().map_or(FAR, |near| near + 1);
        let distance = whole.min(beginning);
        (distance <= self.distance_max + 1).then_some(distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(typed: &str, word: &str) -> Option<u8> {
        Misspelt::of(typed).and_then(|misspelt| misspelt.distance(word, letters(word)))
    }

    #[test]
    fn one_slip_is_forgiven() {
        assert_eq!(distance("chedar", "cheddar"), Some(1));
        assert_eq!(distance("brocoli", "broccoli"), Some(1));
        assert_eq!(distance("mlik", "milk"), Some(1));
        assert_eq!(distance("letuce", "lettuce"), Some(1));
    }

    #[test]
    fn a_slip_in_a_word_that_goes_on_is_forgiven() {
        assert_eq!(distance("bananna", "bananas"), Some(2));
        assert_eq!(distance("strawbery", "strawberries"), Some(2));
    }

    #[test]
    fn other_words_are_other_words() {
        assert_eq!(distance("milk", "mint"), None);
        assert_eq!(distance("egg", "eel"), None);
        assert_eq!(distance("tomato", "potato"), None);
    }
}
