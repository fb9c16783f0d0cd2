//! A table as CSV (RFC 4180), safe to open in a spreadsheet.

use std::fmt::Write;

use super::table::{Cell, Table};

/// Writes a table: a header, then the rows, each line with CR and LF.
pub(super) fn write(table: &Table) -> Vec<u8> {
    let mut text = String::new();
    line(&mut text, table.columns.iter().map(|column| quoted(&column.name)));
    for row in &table.rows {
        line(&mut text, row.iter().map(cell));
    }
    text.into_bytes()
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&cell);
    }
    text.push_str("\r\n");
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => quoted(&harmless(text)),
        Cell::Whole(number) => number.to_string(),
        Cell::Number(number) => {
            let mut shown = String::new();
            // The shortest text that reads back as the same number. Writing to a string cannot fail.
            write!(shown, "{number}").unwrap_or_default();
            shown
        }
        Cell::YesNo(is) => is.to_string(),
    }
}

/// A spreadsheet takes text that begins so for a formula and runs it.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studies::export::table::{Column, Kind};

    #[test]
    fn no_cell_is_a_formula_and_each_reads_back() {
        let column = |name: &str| Column {
            name: name.to_owned(),
            kind: Kind::Text,
            unit: String::new(),
            meaning: String::new(),
            source: String::new(),
        };
        let table = Table {
            columns: vec![column("a"), column("b")],
            rows: vec![
                vec![Cell::from("=1+1"), Cell::Number(0.1 + 0.2)],
                vec![Cell::from("say \"hi\", now"), Cell::Whole(-3)],
                vec![Cell::from("@SUM(A1)"), Cell::Empty],
                vec![Cell::from("-2 of them"), Cell::YesNo(true)],
            ],
        };
        let text = String::from_utf8(write(&table)).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "a,b",
                "'=1+1,0.30000000000000004",
                "\"say \"\"hi\"\", now\",-3",
                "'@SUM(A1),",
                "'-2 of them,true",
                ""
            ]
        );
    }
}
