//! What people write: kept as they wrote it, in one normal form, without what would mislead others.

use unicode_normalization::UnicodeNormalization;

use super::{Error, Result};

/// Text of a single line, such as a name. In Unicode's normal form C, trimmed.
pub fn line(field: &'static str, text: &str, characters_max: usize) -> Result<String> {
    clean(field, text, characters_max, &[])
}

/// Text of several lines, such as a note.
pub fn paragraphs(field: &'static str, text: &str, characters_max: usize) -> Result<String> {
    clean(field, text, characters_max, &['\n', '\t'])
}

fn clean(
    field: &'static str,
    text: &str,
    characters_max: usize,
    allowed: &[char],
) -> Result<String> {
    let text: String = text.replace("\r\n", "\n").nfc().collect();
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Err(Error::invalid(field, "write something"));
    }
    if text.chars().count() > characters_max {
        return Err(Error::invalid(field, format!("use at most {characters_max} characters")));
    }
    if text.chars().any(|c| misleads(c) && !allowed.contains(&c)) {
        return Err(Error::invalid(
            field,
            "take out control characters and marks that change the direction of text",
        ));
    }
    Ok(text)
}

/// Control characters, and the marks by which text can show as something other than it is.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_script_is_kept() {
        for text in ["Käse", "אבגד", "ข้าว", "brown rice 🍚", "naïve"] {
            assert_eq!(line("name", text, 100).unwrap(), text.nfc().collect::<String>());
        }
        assert_eq!(paragraphs("text", " two\r\nlines ", 100).unwrap(), "two\nlines");
    }

    #[test]
    fn what_misleads_is_refused_by_name() {
        for text in ["a\0b", "a\u{202e}b", "a\u{2066}b", "line\nline", "\u{feff}a", "", "  "] {
            assert!(matches!(line("name", text, 100), Err(Error::Invalid(_))), "{text:?}");
        }
        assert!(line("name", &"x".repeat(101), 100).is_err());
    }
}
