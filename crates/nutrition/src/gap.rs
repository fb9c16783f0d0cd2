//! Which food would fill a gap: foods by how much of what is missing they bring.
//!
//! Foods that are eaten as they are, plain and whole ones apart from all others, and of one kind of food
//! only the one that brings most: a list of ten livers helps nobody. A value that nobody knows brings
//! nothing.

use crate::catalog::Catalog;
use crate::food::FoodRef;
use crate::nutrient::Nutrient;
use crate::portion::Portion;

/// How much of a nutrient is missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Want {
    /// Which.
    pub nutrient: Nutrient,
    /// In its unit; above 0.
    pub amount: f64,
}

/// How much of each food is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// What people usually have of it.
    Portion,
    /// 100 g.
    HundredGrams,
    /// As much as has 100 kcal.
    HundredKilocalories,
}

/// A food, and what it brings.
#[derive(Clone, Debug)]
pub struct Filler<'a> {
    /// Which.
    pub food: FoodRef<'a>,
    /// So much of it.
    pub grams: f64,
    /// The household measure that this is, where it is one.
    pub portion: Option<Portion>,
    /// What it brings of each nutrient that is missing, in the order they were asked for; `None` where
    /// that is unknown.
    pub amounts: Vec<Option<f64>>,
    /// The mean share of what is missing that it brings, each capped at the whole.
    pub share: f64,
}

/// What would fill a gap, best first.
#[derive(Clone, Debug)]
pub struct Fillers<'a> {
    /// Plain foods as they grow, swim or graze, perhaps cooked.
    pub whole: Vec<Filler<'a>>,
    /// All others.
    pub others: Vec<Filler<'a>>,
}

/// A food that is eaten as it is.
pub(crate) struct Edible {
    at: usize,
    whole: bool,
    /// What kind of food it is: what its name begins with.
    kind: Box<str>,
    /// The household measure that people usually have.
    usual: Option<u16>,
    usual_grams: f64,
}

/// Nobody has more of one food for 100 kcal.
const GRAMS_MAX: f64 = 400.0;
/// What is had by the spoon fills no gap by the pound.
const SPOON_GRAMS: f64 = 15.0;
/// What portions weigh where nothing is called one: a typical size.
const TYPICAL_GRAMS: f64 = 90.0;
/// And what energy they have at most.
const TYPICAL_KCAL: f64 = 150.0;

/// At most `limit` whole foods and as many others.
pub fn fill<'a>(catalog: &'a Catalog, wants: &[Want], per: Per, limit: usize) -> Fillers<'a> {
    let mut fillers = Fillers { whole: Vec::new(), others: Vec::new() };
    let mut found: Vec<(&Edible, Filler<'a>)> = catalog
        .edible()
        .iter()
        .filter_map(|edible| Some((edible, filler(catalog, edible, wants, per)?)))
        .collect();
    // Of those that bring as much, the one with less energy.
    let kcal = |filler: &Filler<'_>| {
        filler.food.energy_kcal_per_100g().map_or(f64::MAX, |kcal| kcal * filler.grams)
    };
    found.sort_by(|(_, a), (_, b)| {
        b.share.total_cmp(&a.share).then_with(|| kcal(a).total_cmp(&kcal(b)))
    });
    let mut kinds: Vec<(&str, bool)> = Vec::new();
    for (edible, filler) in found {
        let kind = (&*edible.kind, edible.whole);
        let list = if edible.whole { &mut fillers.whole } else { &mut fillers.others };
        if list.len() < limit && !kinds.contains(&kind) {
            kinds.push(kind);
            list.push(filler);
        }
    }
    fillers
}

fn filler<'a>(
    catalog: &'a Catalog,
    edible: &Edible,
    wants: &[Want],
    per: Per,
) -> Option<Filler<'a>> {
    let food = catalog.food_at(edible.at)?;
    let grams = match per {
        Per::Portion => edible.usual.map(|_| edible.usual_grams)?,
        Per::HundredGrams => (SPOON_GRAMS <= edible.usual_grams).then_some(100.0)?,
        Per::HundredKilocalories => {
            let kcal = food.energy_kcal_per_100g().filter(|kcal| 0.0 < *kcal)?;
            let grams = 100.0 / kcal * 100.0;
            (SPOON_GRAMS <= edible.usual_grams && grams <= GRAMS_MAX).then_some(grams)?
        }
    };
    let amounts: Vec<Option<f64>> = wants
        .iter()
        .map(|want| food.value(want.nutrient).map(|value| value.amount * grams / 100.0))
        .collect();
    let share = mean_share(wants, &amounts)?;
    let portion = edible.usual.filter(|_| per == Per::Portion).and_then(|seq| food.portion(seq));
    Some(Filler { food, grams, portion, amounts, share })
}

/// `None` where nothing of it is brought.
#[expect(clippy::cast_precision_loss, reason = "a handful of wants")]
fn mean_share(wants: &[Want], amounts: &[Option<f64>]) -> Option<f64> {
    let shares = wants
        .iter()
        .zip(amounts)
        .map(|(want, amount)| amount.map_or(0.0, |amount| (amount / want.amount).clamp(0.0, 1.0)));
    let mean = shares.sum::<f64>() / wants.len() as f64;
    (0.0 < mean).then_some(mean)
}

pub(crate) fn edible(catalog: &Catalog) -> Vec<Edible> {
    catalog
        .foods()
        .enumerate()
        .filter_map(|(at, food)| {
            let name = food.name().to_lowercase();
            let words: Vec<&str> = name.split(|char: char| !char.is_alphanumeric()).collect();
            let has = |one_of: &[&str]| words.iter().any(|word| one_of.contains(word));
            let code = food.group_code();
            let raw = match code {
                GRAINS => !has(COOKED),
                _ => cooked_first(code) && has(UNCOOKED),
            };
            let dry = has(&["dry"]) && !has(&["roasted"]);
            if NOT_FOR_ALL.contains(&code)
                || has(INGREDIENTS)
                || raw
                || dry
                || (has(&["raw"]) && has(NEVER_RAW))
                || name.starts_with("game meat")
            {
                return None;
            }
            let whole = WHOLE.contains(&code) && !has(PROCESSED) && food.manufacturer().is_none();
            let usual = usual(&food.portions(), food.energy_kcal_per_100g());
            Some(Edible {
                at,
                whole: whole && !is_branded(food.name()),
                kind: kind(&name).into(),
                usual_grams: usual.as_ref().map_or(0.0, |portion| portion.grams),
                usual: usual.map(|portion| portion.seq),
            })
        })
        .collect()
}

/// The measure that is called a portion, or the one of the most usual size.
fn usual(portions: &[Portion], kcal_per_100g: Option<f64>) -> Option<Portion> {
    let called = |portion: &&Portion| {
        ["serving", "medium", "fillet", "regular"].iter().any(|word| portion.name.contains(word))
    };
    let fits = |portion: &&Portion| (1.0..=GRAMS_MAX).contains(&portion.grams);
    // Of nuts and cheese people have less than of fruit.
    let by_energy =
        kcal_per_100g.filter(|kcal| 0.0 < *kcal).map(|kcal| TYPICAL_KCAL / kcal * 100.0);
    let typical = by_energy.unwrap_or(TYPICAL_GRAMS).min(TYPICAL_GRAMS);
    let distance = |portion: &Portion| (portion.grams / typical).ln().abs();
    let nearest =
        || portions.iter().filter(fits).min_by(|a, b| distance(a).total_cmp(&distance(b)));
    portions.iter().filter(fits).find(called).or_else(nearest).cloned()
}

/// "Fish, salmon, Atlantic" is salmon; "Beef, variety meats, liver" is beef, and "Guavas" are guava.
fn kind(name: &str) -> &str {
    let mut parts = name.split(", ");
    let first = parts.next().unwrap_or_default();
    let named = if GENERIC.contains(&first) { parts.next().unwrap_or(first) } else { first };
    named.split(' ').next().unwrap_or(named).trim_end_matches('s')
}

/// The release writes brands in capitals.
fn is_branded(name: &str) -> bool {
    name.split([' ', ',', '(', ')']).any(|word| {
        3 <= word.len() && word.chars().all(|char| char.is_ascii_uppercase() || char == '\'')
    })
}

/// Groups of the release with foods that are eaten raw hardly ever: poultry, pork, beef, fish, legumes,
/// lamb.
const fn cooked_first(code: u32) -> bool {
    matches!(code, 500 | 1000 | 1300 | 1500 | 1600 | 1700)
}

/// Dairy and eggs, poultry, fruits, pork, vegetables, nuts and seeds, beef, fish, legumes, lamb and game,
/// grains.
const WHOLE: &[u32] = &[100, 500, 900, 1000, 1100, 1200, 1300, 1500, 1600, 1700, 2000];
/// Food of babies, spices, and foods of peoples and restaurants that are not for sale everywhere.
const NOT_FOR_ALL: &[u32] = &[200, 300, 3500, 3600];
/// Grains and what is made of them: dry unless the name says otherwise.
const GRAINS: u32 = 2000;
const COOKED: &[&str] = &["cooked", "boiled", "popped", "prepared"];
/// What makes ill raw.
const NEVER_RAW: &[&str] = &["cassava", "pokeberry", "potatoes", "taro", "soybeans", "beans"];
const UNCOOKED: &[&str] = &["raw", "uncooked", "dry", "unprepared"];
const INGREDIENTS: &[&str] = &[
    "brain",
    "commodity",
    "concentrate",
    "crude",
    "dehydrated",
    "extender",
    "extract",
    "flour",
    "formula",
    "freeze",
    "frozen",
    "gelatin",
    "industrial",
    "infant",
    "isolate",
    "leavening",
    "lungs",
    "meal",
    "mix",
    "powder",
    "powdered",
    "spleen",
    "starch",
    "thymus",
    "undiluted",
    "unprepared",
    "unreconstituted",
    "whey",
    "yeast",
];
const PROCESSED: &[&str] = &[
    "added",
    "breaded",
    "candied",
    "canned",
    "chips",
    "dried",
    "enriched",
    "fast",
    "flavored",
    "fortified",
    "imitation",
    "juice",
    "nectar",
    "nonfat",
    "processed",
    "reduced",
    "substitute",
    "sweetened",
    "syrup",
    "whipped",
];
/// First parts of names that say only what sort of food follows.
const GENERIC: &[&str] = &[
    "crustaceans",
    "fish",
    "game meat",
    "mollusks",
    "nuts",
    "oil",
    "seeds",
    "cereals",
    "cereals ready-to-eat",
    "snacks",
    "beverages",
    "mushrooms",
];
