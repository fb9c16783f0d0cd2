//! What a word is: folded to plain lower case, cut at everything that is no letter or digit.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Everyday words that the catalogue calls otherwise.
static SYNONYMS: &str = include_str!("../../../../catalog/synonyms.tsv");

const QUERY_CHARS_MAX: usize = 160;
const WORD_BYTES_MAX: usize = 24;

/// The words of a text, in their order.
pub(crate) fn of(text: &str) -> Vec<String> {
    if text.is_ascii() {
        return cut(text.chars().map(|char| char.to_ascii_lowercase()));
    }
    let unmarked = text.nfd().filter(|char| !is_combining_mark(*char));
    cut(unmarked.flat_map(char::to_lowercase))
}

fn cut(text: impl Iterator<Item = char>) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for char in text {
        if char.is_alphanumeric() {
            word.push(char);
        } else if !matches!(char, '\'' | '\u{2019}') && !word.is_empty() {
            // An apostrophe parts nothing: "baker's" is looked for as "bakers".
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The words of a query, of which nobody knows how long it is.
pub(crate) fn of_query(query: &str) -> Vec<String> {
    let cut = query.char_indices().nth(QUERY_CHARS_MAX).map_or(query.len(), |(at, _)| at);
    let mut words = of(query.get(..cut).unwrap_or_default());
    for word in &mut words {
        word.truncate(word.floor_char_boundary(WORD_BYTES_MAX));
    }
    words
}

/// One form for a word and its plural. Not always a word, but the same for both.
pub(crate) fn singular(word: &str) -> String {
    let stem = |ending: &str| word.strip_suffix(ending).filter(|stem| 3 <= stem.len());
    if let Some(stem) = stem("ies").or_else(|| stem("ie")) {
        return format!("{stem}y");
    }
    for (plural, singular) in
        [("oes", "o"), ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("xes", "x")]
    {
        if let Some(stem) = stem(plural) {
            return format!("{stem}{singular}");
        }
    }
    match stem("s") {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// Words that join others and find nothing.
pub(crate) fn is_filler(word: &str) -> bool {
    matches!(word, "a" | "an" | "and" | "at" | "for" | "in" | "of" | "or" | "the" | "to" | "with")
}

/// Everyday words, each with the words of the catalogue that stand for it.
pub(crate) fn synonyms() -> BTreeMap<&'static str, Vec<&'static str>> {
    SYNONYMS
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .map(|(word, stands_for)| (word, stands_for.split(' ').collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_cut() {
        assert_eq!(of("Crème fraîche, 30% (Baker's)"), ["creme", "fraiche", "30", "bakers"]);
        assert_eq!(of(" -, "), Vec::<String>::new());
    }

    #[test]
    fn a_plural_and_its_singular_are_one() {
        for (one, many) in [
            ("banana", "bananas"),
            ("berry", "berries"),
            ("cookie", "cookies"),
            ("tomato", "tomatoes"),
            ("peach", "peaches"),
            ("radish", "radishes"),
            ("egg", "eggs"),
            ("olive", "olives"),
            ("pie", "pies"),
        ] {
            assert_eq!(singular(one), singular(many), "{one}");
        }
        assert_eq!(singular("asparagus"), "asparagus");
        assert_eq!(singular("swiss"), "swiss");
    }

    #[test]
    fn a_query_is_cut_before_it_costs_anything() {
        assert!(of_query(&"ab ".repeat(100_000)).len() <= QUERY_CHARS_MAX);
        assert!(of_query(&"ä".repeat(100_000)).iter().all(|word| word.len() <= WORD_BYTES_MAX));
    }
}
