//! Which foods come first: plain and whole before prepared, generic before branded, well known before
//! little known, and what a name begins with before what stands at its end.

use std::collections::BTreeMap;

use super::words;
use crate::pack::Tables;

/// Foods that people mean when they say just one word: number in the release, rank 1 or 2, words they
/// also go by, name.
static EVERYDAY: &str = include_str!("../../../../catalog/everyday.tsv");

/// What the ranks of the everyday foods are worth.
const FIRST_WORTH: i32 = 32;
const SECOND_WORTH: i32 = 24;

/// First parts of names that say only what kind of food follows.
const KINDS: &[&str] = &[
    "alcoholic beverage",
    "alcoholic beverages",
    "beverage",
    "beverages",
    "candies",
    "cereals",
    "cereals ready-to-eat",
    "crustaceans",
    "fish",
    "game meat",
    "mollusks",
    "nuts",
    "seeds",
    "snacks",
    "spices",
    "sweeteners",
];

/// Words that tell a food which was processed, thinned or replaced.
const PROCESSED: &[&str] = &[
    "babyfood",
    "candied",
    "canned",
    "commodity",
    "dehydrated",
    "diet",
    "dried",
    "dry",
    "evaporated",
    "flavor",
    "flavored",
    "formula",
    "frozen",
    "imitation",
    "industrial",
    "infant",
    "low",
    "mix",
    "powder",
    "powdered",
    "reduced",
    "substitute",
    "sweetened",
    "whipped",
];

/// Where in a name a word stands; later ones say more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The maker or the scientific name.
    Aside,
    /// Past the second part of the name.
    Detail,
    /// In another name of the food.
    OtherName,
    /// In the second part of the name.
    Second,
    /// In what the food is first called.
    Head,
    /// The first word of that.
    First,
}

impl Place {
    pub(crate) const fn worth(self) -> i32 {
        match self {
            Self::Aside => 0,
            Self::Detail => 8,
            Self::OtherName => 12,
            Self::Second => 18,
            Self::Head => 34,
            Self::First => 40,
        }
    }

    pub(crate) const fn is_head(self) -> bool {
        matches!(self, Self::Head | Self::First)
    }
}

/// A food that people mean when they say just one word.
pub(crate) struct Everyday {
    worth: i32,
    /// Words it goes by that its name lacks, or has at the end.
    also: &'static str,
}

/// A food's names, cut into words.
pub(crate) struct Name {
    pub(crate) words: Vec<(String, Place)>,
    /// How many words it is first called by.
    pub(crate) head_words: u8,
    word_count: usize,
}

impl Name {
    pub(crate) fn of(tables: &Tables, at: usize, everyday: Option<&Everyday>) -> Self {
        let name = tables.names.get(at);
        let mut found = Vec::new();
        let mut parts = name.split(", ").peekable();
        if let Some(kind) = parts.next_if(|part| KINDS.contains(&&*part.to_lowercase())) {
            found.extend(words::of(kind).into_iter().map(|word| (word, Place::Second)));
        }
        let mut head_words = 0;
        for (part, place) in parts
            .zip([Place::Head, Place::Second].into_iter().chain(std::iter::repeat(Place::Detail)))
        {
            // What stands in parentheses explains the head, it is not part of it.
            let (outside, inside) = part.split_once('(').unwrap_or((part, ""));
            for word in words::of(outside) {
                let first = place == Place::Head && head_words == 0;
                head_words += u8::from(place == Place::Head);
                found.push((word, if first { Place::First } else { place }));
            }
            let inside = words::of(inside).into_iter();
            found.extend(inside.map(|word| (word, place.min(Place::OtherName))));
        }
        let word_count = found.len();
        let other_names = words::of(tables.common_names.get(at));
        found.extend(other_names.into_iter().map(|word| (word, Place::OtherName)));
        for also in everyday.into_iter().flat_map(|everyday| words::of(everyday.also)) {
            found.push((also, Place::Head));
        }
        for aside in [tables.manufacturers.get(at), tables.scientific_names.get(at)] {
            found.extend(words::of(aside).into_iter().map(|word| (word, Place::Aside)));
        }
        Self { words: found, head_words, word_count }
    }

    /// How likely somebody means this food who does not say more.
    pub(crate) fn plainness(&self, tables: &Tables, at: usize, everyday: Option<&Everyday>) -> i32 {
        let Some(food) = tables.foods.get(at) else { return 0 };
        let name_words = || self.words.iter().take(self.word_count).map(|(word, _)| word.as_str());
        let processed = name_words().filter(|word| PROCESSED.contains(word)).count();
        let length = self.word_count.saturating_sub(2).min(14);
        let known = tables.values.known(at).min(150);

        let mut worth = of_group(tables.group_codes.get(usize::from(food.group)).copied());
        worth += i32::try_from(known / 12).unwrap_or(0);
        // What everybody means is not the less meant for having a long name in the release.
        worth += match everyday {
            Some(everyday) => everyday.worth,
            None => -i32::try_from(length + 4 * processed.min(3)).unwrap_or(0),
        };
        if name_words().any(|word| word == "raw") {
            worth += 6;
        }
        if is_branded(tables.names.get(at)) || !tables.manufacturers.get(at).is_empty() {
            worth -= 12;
        }
        worth
    }
}

/// The release writes brands in capitals.
fn is_branded(name: &str) -> bool {
    name.split([' ', ',', '(', ')']).any(|word| {
        3 <= word.len() && word.chars().all(|char| char.is_ascii_uppercase() || char == '\'')
    })
}

/// Groups of the release by how often they are the plain form of something.
const fn of_group(code: Option<u32>) -> i32 {
    match code {
        Some(100 | 900 | 1100) => 12,
        Some(1200 | 2000) => 11,
        Some(1500) => 10,
        Some(400 | 500 | 1000 | 1300 | 1600) => 9,
        Some(1400 | 1800) => 7,
        Some(200) => 6,
        Some(1700 | 1900) => 5,
        Some(600 | 700 | 800 | 2500) => 3,
        Some(2100) => -6,
        Some(3500) => -8,
        Some(3600) => -10,
        Some(300) => -15,
        _ => 0,
    }
}

/// The everyday foods, by number in the release.
pub(crate) fn everyday() -> BTreeMap<u32, Everyday> {
    let worth = |rank| if rank == "1" { FIRST_WORTH } else { SECOND_WORTH };
    EVERYDAY
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let code = columns.next()?.parse().ok()?;
            Some((code, Everyday { worth: worth(columns.next()?), also: columns.next()? }))
        })
        .collect()
}
