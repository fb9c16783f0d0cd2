//! The passwords that a guesser tries first. `passwords/PROVENANCE.md` says where the list is from.

use std::cmp::Ordering;

/// Lower case, NFC, one a line, sorted by bytes: searched where it lies, with nothing to prepare.
static LIST: &str = include_str!("../../passwords/common.txt");

/// Whether a password in the form that is compared is on the list, or is one of the list written
/// several times.
pub(super) fn is_listed(compared: &str) -> bool {
    unit(compared).is_some_and(has_line) || has_line(compared)
}

/// What the text repeats, if it is nothing but one thing twice or more.
pub(super) fn unit(text: &str) -> Option<&str> {
    (1..=text.len() / 2)
        .filter(|length| text.len().is_multiple_of(*length))
        .filter_map(|length| text.get(..length))
        .find(|unit| text.as_bytes().chunks(unit.len()).all(|part| part == unit.as_bytes()))
}

fn has_line(wanted: &str) -> bool {
    let mut rest = LIST;
    while !rest.is_empty() {
        // Some line near the middle: what stands before it, it, and what stands after it.
        let middle = rest.floor_char_boundary(rest.len() / 2);
        let (before, after) = rest.split_at(middle);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let end = after.find('\n').map_or(rest.len(), |end| middle + end);
        let line = rest.get(start..end).unwrap_or_default();
        rest = match wanted.as_bytes().cmp(line.as_bytes()) {
            Ordering::Equal => return true,
            Ordering::Less => rest.get(..start).unwrap_or_default(),
            Ordering::Greater => rest.get(end + 1..).unwrap_or_default(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::comparable;

    #[test]
    fn the_list_is_as_its_search_needs_it() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.len() >= 20_000, "{}", lines.len());
        assert!(lines.is_sorted_by(|a, b| a < b), "sorted, and each once");
        for line in lines {
            assert_eq!(line, comparable(line).as_str());
            assert!(line.chars().count() >= 8, "{line}: nobody can choose it");
        }
        assert!(LIST.ends_with('\n'));
    }

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for line in LIST.lines() {
            assert!(has_line(line), "{line}");
            assert!(!has_line(&format!("{line} ~")), "{line}");
            assert!(!has_line(&format!("~ {line}")), "{line}");
        }
        for other in ["", "\n", " ", "password\n", "word1234 is not", "\u{ffff}", "password1\n12"] {
            assert!(!has_line(other), "{other:?}");
        }
    }

    #[test]
    fn what_repeats_is_known_by_what_it_repeats() {
        assert_eq!(unit("abababab"), Some("ab"));
        assert_eq!(unit("aaaa"), Some("a"));
        assert_eq!(unit("ööö"), Some("ö"));
        assert_eq!(unit("abcabd"), None);
        assert_eq!(unit(""), None);
    }
}
