//! Who looked, as CSV (RFC 4180) that no spreadsheet takes for a formula.

use super::{look::Look, names::Names};

/// The names of the columns.
pub(super) const HEAD: &str = "number,at,who,name,kind,actor,act,parts,first_day,last_day\r\n";

/// Writes one line.
pub(super) fn line(csv: &mut String, look: &Look, names: &Names) {
    let known = names.of(look.holder);
    let parts: Vec<_> = look.about.parts.iter().map(|scope| scope.as_str()).collect();
    let (first, last) = look.about.days.unzip();
    let cells = [
        look.seq.to_string(),
        look.at.to_string(),
        look.holder.to_string(),
        known.map(|known| known.name.clone()).unwrap_or_default(),
        known.map(|known| known.kind.clone()).unwrap_or_default(),
        look.actor.to_string(),
        look.act.clone(),
        parts.join(" "),
        first.map(|day| day.to_string()).unwrap_or_default(),
        last.map(|day| day.to_string()).unwrap_or_default(),
    ];
    for (place, text) in cells.iter().enumerate() {
        if place > 0 {
            csv.push(',');
        }
        cell(csv, text);
    }
    csv.push_str("\r\n");
}

/// A name is chosen by somebody else: what a spreadsheet would compute gets an apostrophe before it,
/// which makes it text.
fn cell(csv: &mut String, text: &str) {
    csv.push('"');
    if text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        csv.push('\'');
    }
    for character in text.chars() {
        match character {
            '"' => csv.push_str("\"\""),
            character if character.is_control() => csv.push(' '),
            character => csv.push(character),
        }
    }
    csv.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_leaves_its_place() {
        for (text, expected) in [
            ("Ben", "\"Ben\""),
            ("=1+1", "\"'=1+1\""),
            (" =HYPERLINK(\"x\")", "\"' =HYPERLINK(\"\"x\"\")\""),
            ("-2", "\"'-2\""),
            ("+49", "\"'+49\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("＝1", "\"'＝1\""),
            ("\t=1", "\"' =1\""),
            ("a\",\"b\r\nc", "\"a\"\",\"\"b  c\""),
            ("", "\"\""),
        ] {
            let mut csv = String::new();
            cell(&mut csv, text);
            assert_eq!(csv, expected);
        }
    }
}
