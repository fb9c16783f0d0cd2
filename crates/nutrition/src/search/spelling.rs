//! How far a misspelt word is from a word, when it is near at all.

/// Bytes of the longest word that is compared.
const BYTES_MAX: usize = 24;
/// Room for a row of the comparison, with a cell to spare on each side.
const ROW: usize = BYTES_MAX + 4;
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
        if word.len() + usize::from(self.distance_max) < self.bytes.len() {
            return None;
        }
        let lacking = (self.letters & !word_letters).count_ones();
        if u32::from(self.distance_max) < lacking {
            return None;
        }
        self.compare(word.as_bytes())
    }

    /// Optimal string alignment, by rows of this word. Only cells near the diagonal can be near enough;
    /// when a whole row is too far, so is the rest.
    fn compare(&self, word: &[u8]) -> Option<u8> {
        let slack = usize::from(self.distance_max);
        let columns = word.len().min(self.bytes.len() + slack);
        let mut before_last = [FAR; ROW];
        let mut last = [FAR; ROW];
        let mut current = [FAR; ROW];
        for (cell, cost) in last.iter_mut().take(columns.min(slack) + 1).zip(0..) {
            *cell = cost;
        }
        for (row, typed) in self.bytes.iter().enumerate() {
            let first = row.saturating_sub(slack);
            let end = columns.min(row + slack + 1);
            // Left of the band: the cost of a row without any letter of the word, or too far.
            let left = u8::try_from(row + 1).unwrap_or(FAR);
            *current.get_mut(first)? = if first == 0 { left } else { FAR };
            let mut nearest = FAR;
            for column in first..end {
                let letter = word.get(column)?;
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
            if self.distance_max < nearest.min(left) {
                return None;
            }
            // Right of the band, so that the next row does not read an older one there.
            if let Some(cell) = current.get_mut(end + 1) {
                *cell = FAR;
            }
            std::mem::swap(&mut before_last, &mut last);
            std::mem::swap(&mut last, &mut current);
        }
        let first = self.bytes.len().saturating_sub(slack);
        let ends = last.get(first..=columns).unwrap_or_default();
        let whole = if columns == word.len() { *last.get(columns)? } else { FAR };
        let beginning = ends.iter().min().map_or(FAR, |near| near + 1);
        let distance = whole.min(beginning);
        (distance <= self.distance_max + 1).then_some(distance)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn distance(typed: &str, word: &str) -> Option<u8> {
        Misspelt::of(typed).and_then(|misspelt| misspelt.distance(word, letters(word)))
    }

    /// The same distance by the whole table and nothing clever.
    fn by_the_book(typed: &[u8], word: &[u8]) -> Vec<usize> {
        let mut table = vec![vec![0; word.len() + 1]; typed.len() + 1];
        for row in 0..=typed.len() {
            for column in 0..=word.len() {
                table[row][column] = match (row, column) {
                    (0, cost) | (cost, 0) => cost,
                    (row, column) => {
                        let differs = usize::from(typed[row - 1] != word[column - 1]);
                        let mut cost = (table[row - 1][column - 1] + differs)
                            .min(table[row - 1][column] + 1)
                            .min(table[row][column - 1] + 1);
                        if 1 < row
                            && 1 < column
                            && typed[row - 1] == word[column - 2]
                            && typed[row - 2] == word[column - 1]
                        {
                            cost = cost.min(table[row - 2][column - 2] + 1);
                        }
                        cost
                    }
                };
            }
        }
        table.pop().unwrap_or_default()
    }

    proptest! {
        #[test]
        fn a_distance_is_what_the_whole_table_says(typed in "[ab]{4,12}|[abc]{8,24}", word in "[ab]{1,14}|[abc]{1,30}") {
            let max = if typed.len() < 8 { 1 } else { 2 };
            let last = by_the_book(typed.as_bytes(), word.as_bytes());
            let beginning = last.iter().min().copied().unwrap_or_default() + 1;
            let expected = last[word.len()].min(beginning);
            let found = distance(&typed, &word).map(usize::from);
            if last.iter().min().is_some_and(|near| *near <= max) {
                prop_assert_eq!(found, Some(expected));
            } else {
                prop_assert_eq!(found, None);
            }
        }
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
