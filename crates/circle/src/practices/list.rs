//! A list of people to invite, as a table of name, address and group: one line a person. What is wrong
//! is told line by line, and the rest stands.

use platform::{Error, Result, http::text, mail::EmailAddress};
use serde::Serialize;
use utoipa::ToSchema;

use super::card::{Card, groups};
use crate::sharing::words::NAME_CHARACTERS_MAX;

/// More than anybody reads through.
const LINES_MAX: usize = 500;

/// Somebody to invite, by the line they stand on.
pub(super) struct Wanted {
    pub(super) line: u64,
    pub(super) card: Card,
    pub(super) email: Option<EmailAddress>,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct WrongLine {
    /// Which line, from one.
    pub(super) line: u64,
    /// In which column, where it is one: `name`, `email` or `group`.
    pub(super) column: Option<String>,
    /// What to do about it.
    pub(super) problem: String,
}

/// Reads a list: those who can be invited, and what is wrong with the others.
pub(super) fn read(table: &str) -> Result<(Vec<Wanted>, Vec<WrongLine>)> {
    // What spreadsheets put in front.
    let table = table.strip_prefix('\u{feff}').unwrap_or(table);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter(table))
        .from_reader(table.as_bytes());
    let (mut wanted, mut wrong, mut lines) = (Vec::new(), Vec::new(), 0_usize);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(cause) => {
                let line = line_of(table, cause.position());
                let problem = "cannot be read: one line a person".to_owned();
                wrong.push(WrongLine { line, column: None, problem });
                break;
            }
        };
        let line = line_of(table, record.position());
        if record.iter().all(str::is_empty) || lines == 0 && is_a_heading(&record) {
            continue;
        }
        lines += 1;
        if lines > LINES_MAX {
            return Err(Error::invalid("csv", format!("send at most {LINES_MAX} lines at once")));
        }
        match person(line, &record) {
            Ok(person) if is_there(&wanted, &person) => wrong.push(WrongLine {
                line,
                column: Some("email".to_owned()),
                problem: "stands on an earlier line already".to_owned(),
            }),
            Ok(person) => wanted.push(person),
            Err(Error::Invalid(problems)) => {
                wrong.extend(problems.into_iter().map(|problem| WrongLine {
                    line,
                    column: Some(problem.field.replace("groups", "group")),
                    problem: problem.problem.into_owned(),
                }));
            }
            Err(error) => return Err(error),
        }
    }
    if lines == 0 && wrong.is_empty() {
        return Err(Error::invalid("csv", "write one line a person: name, email, group"));
    }
    Ok((wanted, wrong))
}

/// On which line a record begins. What the reader calls its position is where the last record ended:
/// line ends and empty lines stand before it.
fn line_of(table: &str, position: Option<&csv::Position>) -> u64 {
    let end_of_last = position.map_or(0, csv::Position::byte);
    let end_of_last = usize::try_from(end_of_last).unwrap_or(usize::MAX).min(table.len());
    let (before, after) = table.as_bytes().split_at(end_of_last);
    let between = after.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let line_ends = before.iter().chain(between).filter(|byte| **byte == b'\n').count();
    u64::try_from(line_ends).unwrap_or(u64::MAX).saturating_add(1)
}

fn is_there(wanted: &[Wanted], person: &Wanted) -> bool {
    person.email.is_some() && wanted.iter().any(|other| other.email == person.email)
}

/// Spreadsheets of many countries write semicolons.
fn delimiter(table: &str) -> u8 {
    let first = table.lines().next().unwrap_or_default();
    if first.contains(';') && !first.contains(',') {
        b';'
    } else if first.contains('\t') && !first.contains(',') {
        b'\t'
    } else {
        b','
    }
}

fn is_a_heading(record: &csv::StringRecord) -> bool {
    record.get(0).is_some_and(|first| first.eq_ignore_ascii_case("name"))
}

fn person(line: u64, record: &csv::StringRecord) -> Result<Wanted> {
    if record.len() > 3 {
        return Err(Error::invalid("group", "there is more behind it: name, email and group only"));
    }
    let cell = |column: usize, field: &'static str| {
        let cell = record.get(column).unwrap_or_default();
        // A spreadsheet that opens it again would compute it.
        if cell.starts_with(['=', '+', '-', '@']) {
            return Err(Error::invalid(field, "begins like a formula: write it as text"));
        }
        Ok(cell)
    };
    let name = text::line("name", cell(0, "name")?, NAME_CHARACTERS_MAX)?;
    let email = match cell(1, "email")? {
        "" => None,
        email => Some(EmailAddress::parse(email)?),
    };
    let group = match cell(2, "group")? {
        "" => Vec::new(),
        group => groups(&[group.to_owned()])?,
    };
    let address = email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default();
    Ok(Wanted {
        line,
        card: Card { name, email: address, groups: group, ..Card::default() },
        email,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_by_its_line_and_the_rest_stands() {
        let table = "Name,Email,Group\r\n\
            \"Ana, the first\",ana@example.org,lake\r\n\
            ,nobody@example.org,lake\r\n\
            \r\n\
            Ben,not an address,\r\n\
            =HYPERLINK(\"https://evil.example\"),eve@example.org,\r\n\
            Cleo,,\"=1+1\"\r\n\
            Dan,dan@example.org,lake,more\r\n\
            Ana again,ana@example.org,\r\n\
            Eva\r\n";
        let (wanted, wrong) = read(table).unwrap();
        let names: Vec<&str> = wanted.iter().map(|one| one.card.name.as_str()).collect();
        assert_eq!(names, ["Ana, the first", "Eva"]);
        assert_eq!(wanted[0].card.groups, ["lake"]);
        let told: Vec<(u64, &str)> =
            wrong.iter().map(|one| (one.line, one.column.as_deref().unwrap_or("-"))).collect();
        assert_eq!(
            told,
            [(3, "name"), (5, "email"), (6, "name"), (7, "group"), (8, "group"), (9, "email")]
        );
    }

    #[test]
    fn lists_of_other_spreadsheets_are_read() {
        for table in ["\u{feff}Name;E-Mail\nAna;ana@example.org", "Ana\tana@example.org\tlake"] {
            let (wanted, wrong) = read(table).unwrap();
            assert_eq!((wanted.len(), wrong.len()), (1, 0), "{wrong:?}");
        }
        assert!(read("").is_err() && read("name,email").is_err());
        assert!(read(&"Ana\n".repeat(500)).is_ok());
        assert!(read(&"Ana\n".repeat(501)).is_err());
    }
}
