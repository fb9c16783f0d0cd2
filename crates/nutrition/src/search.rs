//! Finding a food by the beginnings of some words of its name, in any order.
//!
//! The index is an inverted one: every distinct word, sorted, with the foods it stands in and how much
//! its place in the name says. A term of the query matches a word that is the same, has the same
//! singular, or begins with it; a term that matches none is taken for misspelt. `rank` knows which
//! foods are plain, `words` what a word is, `spelling` how far two words are apart.

mod rank;
pub(crate) mod spelling;
pub(crate) mod words;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::pack::Tables;
use rank::Name;
use spelling::Misspelt;

/// Terms beyond these change nothing: people do not type so many.
const TERMS_MAX: usize = 8;
/// Looking for misspellings reads every word, so only so many terms may ask for it.
const MISSPELT_MAX: usize = 3;
const RESULTS_MAX: usize = 200;

/// What a term scores for how well it matches a word, before the place of the word counts.
const SAME: i32 = 60;
const SAME_SINGULAR: i32 = 58;
const BEGINNING: i32 = 28;
const MISSPELT: i32 = 24;
/// All words of what the food is first called are asked for: "milk" is milk, "milk chocolate" less so.
const WHOLE_HEAD: i32 = 16;

/// Words of all names and where they stand.
pub(crate) struct Index {
    /// Sorted by text.
    words: Vec<Word>,
    /// Singulars and the words that have them, sorted.
    singulars: Vec<(Box<str>, u32)>,
    postings: Vec<Posting>,
    foods: Vec<Ranked>,
    synonyms: BTreeMap<&'static str, Vec<&'static str>>,
}

struct Word {
    text: Box<str>,
    letters: u64,
    first_posting: u32,
}

#[derive(Clone, Copy)]
struct Posting {
    food: u16,
    place: rank::Place,
}

/// What the order of foods follows when the query fits several alike.
struct Ranked {
    plainness: i32,
    head_words: u8,
    name_length: u16,
}

/// What a query has found out about one food.
#[derive(Clone, Copy, Default)]
struct Score {
    sum: i32,
    terms: u8,
    heads: u8,
}

impl Index {
    pub(crate) fn build(tables: &Tables) -> Self {
        let everyday = rank::everyday();
        let mut by_word: HashMap<Box<str>, Vec<Posting>> = HashMap::new();
        let mut foods = Vec::with_capacity(tables.foods.len());
        for (at, number) in (0..tables.foods.len()).zip(0_u16..) {
            let code = tables.foods.get(at).map(|food| food.code);
            let everyday = code.and_then(|code| everyday.get(&code));
            let name = Name::of(tables, at, everyday);
            for (word, place) in &name.words {
                let posting = Posting { food: number, place: *place };
                match by_word.get_mut(&**word) {
                    Some(postings) => match postings.last_mut() {
                        // A word that stands twice in a name counts where it says most.
                        Some(last) if last.food == number => {
                            last.place = last.place.max(*place);
                        }
                        _ => postings.push(posting),
                    },
                    None => {
                        by_word.insert(word.as_str().into(), vec![posting]);
                    }
                }
            }
            foods.push(Ranked {
                plainness: name.plainness(tables, at, everyday),
                head_words: name.head_words,
                name_length: u16::try_from(tables.names.get(at).len()).unwrap_or(u16::MAX),
            });
        }

        let mut by_word: Vec<(Box<str>, Vec<Posting>)> = by_word.into_iter().collect();
        by_word.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));

        let mut words = Vec::with_capacity(by_word.len());
        let mut singulars = Vec::with_capacity(by_word.len());
        let mut postings = Vec::new();
        for ((text, mut found), number) in by_word.into_iter().zip(0_u32..) {
            singulars.push((words::singular(&text).into(), number));
            words.push(Word {
                letters: spelling::letters(&text),
                text,
                first_posting: u32::try_from(postings.len()).unwrap_or(u32::MAX),
            });
            postings.append(&mut found);
        }
        singulars.sort_unstable();
        Self { words, singulars, postings, foods, synonyms: words::synonyms() }
    }

    /// Foods that fit the query, by their place in the catalogue, best first.
    pub(crate) fn search(&self, query: &str, limit: usize) -> Vec<u16> {
        let terms = self.terms(query);
        let limit = limit.min(RESULTS_MAX);
        if terms.is_empty() || limit == 0 {
            return Vec::new();
        }

        let mut scores = vec![Score::default(); self.foods.len()];
        let mut best = vec![0_i32; self.foods.len()];
        let mut misspelt_left = MISSPELT_MAX;
        for term in &terms {
            best.fill(0);
            if !self.match_words(term, &mut best) && 0 < misspelt_left {
                misspelt_left -= 1;
                self.match_misspelt(term, &mut best);
            }
            for (score, best) in scores.iter_mut().zip(&best) {
                score.sum += *best >> 1;
                score.terms += u8::from(0 < *best);
                score.heads += u8::from(best & 1 == 1);
            }
        }
        self.best(&scores, terms.len(), limit)
    }

    /// The words of the query that count, everyday words put into those of the catalogue.
    fn terms(&self, query: &str) -> Vec<String> {
        let mut terms: Vec<String> = Vec::new();
        for word in words::of_query(query) {
            let synonym = self
                .synonyms
                .get(word.as_str())
                .or_else(|| self.synonyms.get(words::singular(&word).as_str()));
            match synonym {
                Some(replacements) => terms.extend(replacements.iter().map(|&to| to.to_owned())),
                None => terms.push(word),
            }
            if TERMS_MAX <= terms.len() {
                break;
            }
        }
        terms.truncate(TERMS_MAX);
        let mut seen: Vec<String> = Vec::new();
        terms.retain(|term| {
            let new = !seen.contains(term);
            seen.push(term.clone());
            new
        });
        if terms.iter().any(|term| !words::is_filler(term)) {
            terms.retain(|term| !words::is_filler(term));
        }
        terms
    }

    /// Marks the foods with words that are the term or begin with it; `false` when there is no such word.
    fn match_words(&self, term: &str, best: &mut [i32]) -> bool {
        let singular = words::singular(term);
        let first = self.singulars.partition_point(|(text, _)| **text < *singular);
        let same = self.singulars.get(first..).unwrap_or_default();
        let mut found = false;
        for (_, word) in same.iter().take_while(|(text, _)| **text == *singular) {
            let number = usize::try_from(*word).unwrap_or(usize::MAX);
            let is_same = self.words.get(number).is_some_and(|word| *word.text == *term);
            self.mark(number, if is_same { SAME } else { SAME_SINGULAR }, best);
            found = true;
        }

        let first = self.words.partition_point(|word| *word.text < *term);
        let beginning = self.words.get(first..).unwrap_or_default();
        for (word, number) in beginning.iter().zip(first..) {
            if !word.text.starts_with(term) {
                break;
            }
            // The more of the word is typed, the surer it is.
            let typed = 16 * term.len() / word.text.len().max(1);
            self.mark(number, BEGINNING + i32::try_from(typed).unwrap_or(0), best);
            found = true;
        }
        found
    }

    fn match_misspelt(&self, term: &str, best: &mut [i32]) {
        let Some(misspelt) = Misspelt::of(term) else { return };
        for (number, word) in self.words.iter().enumerate() {
            if let Some(distance) = misspelt.distance(&word.text, word.letters) {
                self.mark(number, MISSPELT - 6 * i32::from(distance), best);
            }
        }
    }

    /// Notes for the foods of a word what the match is worth; the lowest bit says that the word is one of
    /// what the food is first called.
    fn mark(&self, word: usize, worth: i32, best: &mut [i32]) {
        let start = |word: usize| {
            let first = self.words.get(word).map(|word| word.first_posting);
            first.and_then(|first| usize::try_from(first).ok()).unwrap_or(self.postings.len())
        };
        for posting in self.postings.get(start(word)..start(word + 1)).unwrap_or_default() {
            if let Some(best) = best.get_mut(usize::from(posting.food)) {
                let worth = worth + posting.place.worth();
                *best = (*best).max(worth << 1 | i32::from(posting.place.is_head()));
            }
        }
    }

    /// Foods in which every term was found; failing any such, those in which most were.
    fn best(&self, scores: &[Score], term_count: usize, limit: usize) -> Vec<u16> {
        let most = scores.iter().map(|score| score.terms).max().unwrap_or(0);
        if most == 0 || usize::from(most) * 2 < term_count {
            return Vec::new();
        }
        let mut found: Vec<(Reverse<i32>, u16, u16)> = Vec::new();
        for ((score, food), at) in scores.iter().zip(&self.foods).zip(0_u16..) {
            if score.terms == most {
                let whole_head = 0 < food.head_words && food.head_words <= score.heads;
                let total = score.sum / i32::from(most)
                    + if whole_head { WHOLE_HEAD } else { 0 }
                    + food.plainness;
                found.push((Reverse(total), food.name_length, at));
            }
        }
        if limit < found.len() {
            found.select_nth_unstable(limit);
            found.truncate(limit);
        }
        found.sort_unstable();
        found.into_iter().map(|(_, _, at)| at).collect()
    }
}
