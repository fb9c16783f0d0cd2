//! What people do, and what it takes: the activities of `catalog/activities.tsv`.
//!
//! MET, the metabolic equivalent, says how many times as much an activity takes as rest; 1 MET is about
//! 1 kcal a kilogram and hour. So an activity takes `MET × kg × h` kcal in all (gross). Rest is counted
//! with what a body needs anyway: what an activity adds to a day is `(MET − 1) × kg × h` (net).

use std::sync::LazyLock;

use crate::error::Invalid;
use crate::search::{
    spelling::{self, Misspelt},
    words,
};

/// Code, MET, edition of the compendium, names, other words for it.
static TABLE: &str = include_str!("../../../catalog/activities.tsv");

static ACTIVITIES: LazyLock<Vec<Row>> =
    LazyLock::new(|| TABLE.lines().skip(1).filter_map(Row::read).collect());

/// What is shown before anything is asked for.
const EVERYDAY: [&str; 12] = [
    "17190", "17160", "12150", "01014", "18310", "02054", "02175", "17082", "05030", "08245",
    "02060", "15610",
];
const RESULTS_MAX: usize = 50;
/// The least MET that counts as an activity, and more than any body reaches.
const MET_LIMITS: (f64, f64) = (1.0, 25.0);

struct Row {
    code: &'static str,
    met: f64,
    edition: u16,
    english: &'static str,
    german: &'static str,
    /// The words of the two names, and which of them a name begins with.
    names: Vec<(String, bool)>,
    /// Other words for it.
    others: Vec<String>,
}

/// One of the activities of the table.
#[derive(Clone, Copy)]
pub struct Activity(&'static Row);

/// How hard an activity is, within limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Met(f64);

/// What an activity takes, in kcal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    /// In all, with what rest would have taken.
    pub gross_kcal: f64,
    /// Above rest: what it adds to a day.
    pub net_kcal: f64,
}

impl Met {
    /// Checks a number from outside.
    pub fn parse(met: f64) -> Result<Self, Invalid> {
        if (MET_LIMITS.0..=MET_LIMITS.1).contains(&met) {
            Ok(Self(met))
        } else {
            Err(Invalid::because("enter from 1 to 25"))
        }
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }

    /// What so many minutes of it take a body of this weight.
    pub fn spent(self, minutes: f64, weight_kg: f64) -> Spent {
        let at_rest = weight_kg * minutes / 60.0;
        Spent { gross_kcal: self.0 * at_rest, net_kcal: (self.0 - 1.0) * at_rest }
    }
}

impl Row {
    fn read(line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        let mut next = || columns.next();
        let (code, met, edition) = (next()?, next()?.parse().ok()?, next()?.parse().ok()?);
        let (english, german, also) = (next()?, next()?, next()?);
        let mut names = Vec::new();
        for name in [english, german] {
            names.extend(words::of(name).into_iter().zip(0..).map(|(word, at)| (word, at == 0)));
        }
        Some(Self { code, met, edition, english, german, names, others: words::of(also) })
    }

    /// How well a term fits; zero when not at all.
    fn fit(&self, term: &str) -> u32 {
        let singular = words::singular(term);
        let same = |word: &str| word == term || words::singular(word) == singular;
        let in_names = self.names.iter().map(|(word, first)| match (same(word), *first) {
            (true, true) => 8,
            (true, false) => 6,
            (false, _) if !word.starts_with(term) => 0,
            (false, true) => 4,
            (false, false) => 3,
        });
        let in_others = self.others.iter().map(|word| match same(word) {
            true => 5,
            false if word.starts_with(term) => 2,
            false => 0,
        });
        in_names.chain(in_others).max().unwrap_or(0)
    }

    fn nearly(&self, misspelt: &Misspelt<'_>) -> bool {
        let mut words = self.names.iter().map(|(word, _)| word).chain(&self.others);
        words.any(|word| misspelt.distance(word, spelling::letters(word)).is_some())
    }

    fn is_general(&self) -> bool {
        self.english.ends_with("general")
    }
}

impl Activity {
    /// The activity with this code of five digits.
    pub fn parse(code: &str) -> Result<Self, Invalid> {
        let found = ACTIVITIES.binary_search_by(|row| row.code.cmp(code)).ok();
        found.and_then(|at| ACTIVITIES.get(at)).map(Self).ok_or(Invalid::because(
            "there is no such activity in the compendium: search for it again",
        ))
    }

    /// Activities of which every word is found, or nearly; the everyday ones when nothing is asked for.
    pub fn search(query: &str, limit: usize) -> Vec<Self> {
        let limit = limit.min(RESULTS_MAX);
        let mut terms = words::of_query(query);
        terms.retain(|term| !words::is_filler(term));
        terms.truncate(8);
        if terms.is_empty() {
            return EVERYDAY.iter().filter_map(|code| Self::parse(code).ok()).take(limit).collect();
        }
        let fits = |row: &Row, term: &str| match row.fit(term) {
            0 => Misspelt::of(term).filter(|misspelt| row.nearly(misspelt)).map(|_| 1),
            fit => Some(fit * 2),
        };
        let mut found: Vec<(u32, bool, usize, &'static Row)> = ACTIVITIES
            .iter()
            .filter_map(|row| {
                let score = terms.iter().map(|term| fits(row, term)).sum::<Option<u32>>()?;
                Some((score, row.is_general(), row.english.len(), row))
            })
            .collect();
        // Stable, so that what fits alike stays in the order of the codes.
        found.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then(a.2.cmp(&b.2)));
        found.into_iter().take(limit).map(|(_, _, _, row)| Self(row)).collect()
    }

    /// Its code of five digits.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// How hard it is.
    pub fn met(self) -> Met {
        Met(self.0.met)
    }

    /// The edition of the compendium that the value is from.
    pub fn edition(self) -> u16 {
        self.0.edition
    }

    /// Its English name.
    pub fn english(self) -> &'static str {
        self.0.english
    }

    /// Its German name.
    pub fn german(self) -> &'static str {
        self.0.german
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_an_activity_in_the_order_of_codes() {
        assert_eq!(ACTIVITIES.len(), TABLE.lines().count() - 1);
        assert!(ACTIVITIES.len() > 300);
        assert!(ACTIVITIES.is_sorted_by(|a, b| a.code < b.code));
        for row in ACTIVITIES.iter() {
            assert!(
                row.code.len() == 5 && row.code.bytes().all(|b| b.is_ascii_digit()),
                "{}",
                row.code
            );
            assert!(
                Met::parse(row.met).is_ok() && [2011, 2024].contains(&row.edition),
                "{}",
                row.code
            );
            assert!(!row.english.is_empty() && !row.german.is_empty(), "{}", row.code);
            assert_eq!(Activity::parse(row.code).unwrap().english(), row.english);
        }
        for code in EVERYDAY {
            assert!(Activity::parse(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn people_find_what_they_mean_in_both_languages() {
        for (query, first) in [
            ("running", "12150"),
            ("laufen", "12150"),
            ("cycling", "01014"),
            ("fahrrad", "01014"),
            ("yoga", "02175"),
            ("staubsaugen", "05043"),
            ("fenster putz", "05022"),
            ("walk dog", "17165"),
            ("tennis double", "15680"),
            ("bouldring", "15534"),
        ] {
            let found: Vec<&str> =
                Activity::search(query, 8).iter().map(|one| one.code()).collect();
            assert_eq!(found.first(), Some(&first), "{query}: {found:?}");
        }
        assert!(Activity::search("xyzzy", 8).is_empty());
        assert_eq!(Activity::search("", 8).len(), 8);
    }

    #[test]
    fn energy_is_met_times_weight_times_time() {
        // An hour at 4 MET: 280 kcal for 70 kg, of which 70 are rest.
        let spent = Met::parse(4.0).unwrap().spent(60.0, 70.0);
        assert_eq!((spent.gross_kcal, spent.net_kcal), (280.0, 210.0));
        let rest = Met::parse(1.0).unwrap().spent(60.0, 70.0);
        assert!(rest.net_kcal.abs() < 1e-12);
        assert!(
            Met::parse(0.9).is_err() && Met::parse(26.0).is_err() && Met::parse(f64::NAN).is_err()
        );
    }

    proptest! {
        #[test]
        fn halves_of_an_activity_add_up_to_it(met in 1.0..25.0_f64, minutes in 1.0..1440.0_f64, kg in 1.0..300.0_f64) {
            let met = Met::parse(met).unwrap();
            let (whole, half) = (met.spent(minutes, kg), met.spent(minutes / 2.0, kg));
            prop_assert!((whole.gross_kcal - 2.0 * half.gross_kcal).abs() < 1e-6);
            prop_assert!((whole.gross_kcal - whole.net_kcal - kg * minutes / 60.0).abs() < 1e-6);
            prop_assert!(0.0 <= whole.net_kcal && whole.net_kcal <= whole.gross_kcal);
        }

        #[test]
        fn no_query_is_a_panic(query in ".{0,200}") {
            Activity::search(&query, 20);
        }
    }
}
