//! What is sealed: a day of a scope as one compact document.
//!
//! A document is self-contained: each food stands in it once with its name, source, release and
//! values, so that a sum made today can be made again whatever happens to the catalogue. The first
//! byte says which form the rest has: 1 is the document alone, 2 ends with who else recorded what.

use nutrition::{Grams, Millilitres, Totals, Values};
use platform::{Error, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A document that its owner alone wrote.
const OWN: u8 = 1;
/// One in which somebody else recorded something.
const WITH_AUTHORS: u8 = 2;

/// Who recorded an entry, where that was not the owner: the capacity in which they were let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The entry.
    pub entry: Uuid,
    /// The person, practice or study.
    pub holder: Uuid,
}

/// What is sealed for one scope of a day.
pub trait Document: Serialize + DeserializeOwned {
    /// Who else recorded what in it.
    fn authors(&self) -> &[Author] {
        &[]
    }

    /// Puts back what [`Document::authors`] gave.
    fn set_authors(&mut self, _authors: Vec<Author>) {}
}

impl Document for FoodDay {
    fn authors(&self) -> &[Author] {
        &self.authors
    }
    fn set_authors(&mut self, authors: Vec<Author>) {
        self.authors = authors;
    }
}

impl Document for NotesDay {
    fn authors(&self) -> &[Author] {
        &self.authors
    }
    fn set_authors(&mut self, authors: Vec<Author>) {
        self.authors = authors;
    }
}

impl Document for Summary {}
impl Document for Logged {}

/// The document of scope `food`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoodDay {
    /// The person said that nothing is missing.
    pub complete: bool,
    /// What was eaten, in the order of time.
    pub eaten: Vec<Eaten>,
    /// Water that was drunk.
    pub drunk: Vec<Drunk>,
    /// The foods, each once.
    pub foods: Vec<Snapshot>,
    /// Who recorded what, where that was not the owner.
    #[serde(skip)]
    pub authors: Vec<Author>,
}

/// A food as it was when it was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its name in the catalogues.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Where the values come from.
    pub source: String,
    /// The release of the source.
    pub release: String,
    /// What 100 g hold, in the compact form of `nutrition`.
    #[serde(with = "compact")]
    pub values: Values,
}

/// One food that was eaten.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Eaten {
    /// Made by the client.
    pub id: Uuid,
    /// The meal.
    pub group: Group,
    /// When, on the person's clock.
    pub moment: Moment,
    /// Place of the food in [`FoodDay::foods`].
    pub food: u16,
    /// As typed: so many portions, or so many grams.
    pub amount: f64,
    /// The household measure, if one was chosen.
    pub portion: Option<Measure>,
    /// What that weighs.
    pub grams: Grams,
}

/// A household measure as it was when it was chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Its number within the food.
    pub seq: u16,
    /// What people read.
    pub name: String,
    /// What one weighs.
    pub grams: Grams,
}

/// Water that was drunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drunk {
    /// Made by the client.
    pub id: Uuid,
    /// When.
    pub moment: Moment,
    /// How much.
    pub water: Millilitres,
}

/// The document of scope `notes`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NotesDay {
    /// In the order of time.
    pub notes: Vec<Note>,
    /// Who wrote what, where that was not the owner.
    #[serde(skip)]
    pub authors: Vec<Author>,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Made by the client.
    pub id: Uuid,
    /// When.
    pub moment: Moment,
    /// What the person wrote.
    pub text: String,
}

/// A time of day on the person's clock, with the zone that the clock was in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Minutes since midnight.
    pub minutes: u16,
    /// Name in the IANA time zone database.
    pub zone: String,
}

/// The meals. Documents keep the place in this list: one that is new stands at its end.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Until late morning.
    Breakfast,
    /// Around noon.
    Lunch,
    /// In the evening.
    Dinner,
    /// In between.
    Snacks,
    /// The first of the person's own, named in the settings.
    Own1,
    /// The second.
    Own2,
    /// The third.
    Own3,
    /// The fourth.
    Own4,
}

impl Group {
    /// Its name in the API and in exports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Breakfast => "breakfast",
            Self::Lunch => "lunch",
            Self::Dinner => "dinner",
            Self::Snacks => "snacks",
            Self::Own1 => "own1",
            Self::Own2 => "own2",
            Self::Own3 => "own3",
            Self::Own4 => "own4",
        }
    }
}

/// The document of scope `summary`: the day's totals without the foods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The person said that nothing is missing.
    pub complete: bool,
    /// The sums with their coverage.
    #[serde(with = "compact")]
    pub totals: Totals,
}

/// The document of scope `logged`: only that a day was logged, and is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Something was recorded.
    pub logged: bool,
    /// The person said that nothing is missing.
    pub complete: bool,
}

impl FoodDay {
    /// The food of an entry.
    pub fn food_of(&self, eaten: &Eaten) -> Result<&Snapshot> {
        self.foods.get(usize::from(eaten.food)).ok_or(Error::Altered)
    }

    /// The sums of the day.
    pub fn totals(&self) -> Result<Totals> {
        let mut totals = Totals::new();
        for eaten in &self.eaten {
            totals.add(&self.food_of(eaten)?.values, eaten.grams);
        }
        for drunk in &self.drunk {
            totals.add_water(drunk.water);
        }
        Ok(totals)
    }

    /// The totals without the foods.
    pub fn summary(&self) -> Result<Summary> {
        Ok(Summary { complete: self.complete, totals: self.totals()? })
    }

    /// Only that something was logged.
    pub fn logged(&self) -> Logged {
        let logged = !self.eaten.is_empty() || !self.drunk.is_empty();
        Logged { logged, complete: self.complete }
    }
}

/// Writes a document.
pub fn write<T: Document>(document: &T) -> Result<Vec<u8>> {
    let fault = |cause: postcard::Error| Error::Internal(cause.into());
    let authors = document.authors();
    let form = if authors.is_empty() { OWN } else { WITH_AUTHORS };
    let written = postcard::to_extend(document, vec![form]).map_err(fault)?;
    if authors.is_empty() {
        Ok(written)
    } else {
        postcard::to_extend(authors, written).map_err(fault)
    }
}

/// Reads a document that was opened. Its seal held, so a document that cannot be read is a fault of
/// ours, or of a newer program.
pub fn read<T: Document>(plain: &[u8]) -> Result<T> {
    let fault = |cause: postcard::Error| Error::Internal(cause.into());
    match plain.split_first() {
        Some((&OWN, body)) => postcard::from_bytes(body).map_err(fault),
        Some((&WITH_AUTHORS, body)) => {
            let (mut document, rest): (T, _) = postcard::take_from_bytes(body).map_err(fault)?;
            document.set_authors(postcard::from_bytes(rest).map_err(fault)?);
            Ok(document)
        }
        Some((form, _)) => Err(Error::Internal(anyhow::anyhow!(
            "a document of form {form} was written by a newer program"
        ))),
        None => Err(Error::Internal(anyhow::anyhow!("a document is empty"))),
    }
}

/// Values and totals have compact forms of their own.
mod compact {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) trait Compact: Sized {
        fn encode(&self) -> Vec<u8>;
        fn decode(bytes: &[u8]) -> Result<Self, nutrition::Damaged>;
    }

    impl Compact for nutrition::Values {
        fn encode(&self) -> Vec<u8> {
            Self::encode(self)
        }
        fn decode(bytes: &[u8]) -> Result<Self, nutrition::Damaged> {
            Self::decode(bytes)
        }
    }

    impl Compact for nutrition::Totals {
        fn encode(&self) -> Vec<u8> {
            Self::encode(self)
        }
        fn decode(bytes: &[u8]) -> Result<Self, nutrition::Damaged> {
            Self::decode(bytes)
        }
    }

    pub(super) fn serialize<T: Compact, S: Serializer>(
        value: &T,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(&value.encode())
    }

    pub(super) fn deserialize<'de, T: Compact, D: Deserializer<'de>>(
        from: D,
    ) -> Result<T, D::Error> {
        let bytes: &[u8] = Deserialize::deserialize(from)?;
        T::decode(bytes).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use nutrition::{FoodId, catalog};

    use super::*;

    fn cheddar_day(entries: u16) -> FoodDay {
        let food = catalog().food(&FoodId::parse("usda-sr28:01009").unwrap()).unwrap();
        let moment = Moment { minutes: 495, zone: "Europe/Berlin".to_owned() };
        FoodDay {
            complete: true,
            eaten: (0..entries)
                .map(|n| Eaten {
                    id: Uuid::from_u128(u128::from(n)),
                    group: Group::Breakfast,
                    moment: moment.clone(),
                    food: 0,
                    amount: 50.0,
                    portion: None,
                    grams: Grams::parse(50.0).unwrap(),
                })
                .collect(),
            drunk: vec![Drunk {
                id: Uuid::from_u128(99),
                moment,
                water: Millilitres::parse(250.0).unwrap(),
            }],
            foods: vec![Snapshot {
                id: food.id().to_string(),
                name: food.name().to_owned(),
                source: "USDA SR28".to_owned(),
                release: "28".to_owned(),
                values: food.values(),
            }],
            authors: Vec::new(),
        }
    }

    #[test]
    fn a_document_is_read_as_it_was_written() {
        let day = cheddar_day(3);
        assert_eq!(read::<FoodDay>(&write(&day).unwrap()).unwrap(), day);
        let mut day = day;
        day.authors = vec![Author { entry: Uuid::from_u128(1), holder: Uuid::from_u128(7) }];
        assert_eq!(read::<FoodDay>(&write(&day).unwrap()).unwrap(), day);
        let summary = day.summary().unwrap();
        assert_eq!(read::<Summary>(&write(&summary).unwrap()).unwrap(), summary);
    }

    #[test]
    fn a_meal_is_kept_as_its_place_in_the_list() {
        let groups = [
            Group::Breakfast,
            Group::Lunch,
            Group::Dinner,
            Group::Snacks,
            Group::Own1,
            Group::Own2,
            Group::Own3,
            Group::Own4,
        ];
        for (place, group) in (0_u8..).zip(groups) {
            // What diaries hold since the first release.
            assert_eq!(postcard::to_stdvec(&group).unwrap(), [place]);
            assert_eq!(serde_json::json!(group), group.as_str());
        }
        assert!(postcard::from_bytes::<Group>(&[8]).is_err());
    }

    #[test]
    fn another_form_and_broken_bytes_are_errors_and_no_panic() {
        let written = write(&cheddar_day(2)).unwrap();
        for end in 0..written.len() {
            assert!(read::<FoodDay>(&written[..end]).is_err());
        }
        assert!(read::<FoodDay>(&[3, 0, 0]).is_err());
    }

    #[test]
    fn the_sums_are_of_the_day_s_own_snapshots() {
        let totals = cheddar_day(2).totals().unwrap();
        let energy = totals.get(nutrition::Nutrient::parse("energy").unwrap());
        let food = catalog().food(&FoodId::parse("usda-sr28:01009").unwrap()).unwrap();
        assert!((energy.amount - food.energy_kcal_per_100g().unwrap()).abs() < 1e-6);
        assert_eq!((energy.known, totals.foods()), (2, 2));
    }
}
