//! How a day's documents become the next: pure functions on what was opened.

use platform::{Error, Result};
use uuid::Uuid;

use super::{
    activity::{ActivityDay, Done},
    amendment::{SentChange, SentPortion},
    body::{BodyDay, Measured},
    document::{Author, Drunk, Eaten, FoodDay, Group, Note, NotesDay, Snapshot},
    entry::{NewEntry, Quantity, measure, note, water},
    own::{QUICK_ADD, SentQuick, own_id},
};
use crate::library::pantry::Pantry;

/// More entries than this are no day.
const ENTRIES_MAX: usize = 500;

/// The documents of a day that people change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Documents {
    pub(crate) food: FoodDay,
    pub(crate) notes: NotesDay,
    pub(crate) body: BodyDay,
    pub(crate) activity: ActivityDay,
}

/// One kind of entry of a document, for what is done to all kinds alike.
trait Entry: PartialEq {
    fn id(&self) -> Uuid;
    fn minutes(&self) -> u16;
}

macro_rules! entries {
    ($($kind:ty),+) => { $(
        impl Entry for $kind {
            fn id(&self) -> Uuid {
                self.id
            }
            fn minutes(&self) -> u16 {
                self.moment.minutes
            }
        }
    )+ };
}
entries!(Eaten, Drunk, Note, Measured, Done);

/// Which entries differ from what was there before.
fn changed<T: Entry>(now: &[T], before: &[T]) -> Vec<Uuid> {
    now.iter().filter(|one| !before.contains(one)).map(Entry::id).collect()
}

fn ids<T: Entry>(entries: &[T]) -> Vec<Uuid> {
    entries.iter().map(Entry::id).collect()
}

fn find<T: Entry>(entries: &[T], id: Uuid) -> Option<&T> {
    entries.iter().find(|entry| entry.id() == id)
}

fn find_mut<T: Entry>(entries: &mut [T], id: Uuid) -> Option<&mut T> {
    entries.iter_mut().find(|entry| entry.id() == id)
}

/// Brings a document's authors up to date.
fn sign(authors: &mut Vec<Author>, changed: &[Uuid], there: &[Uuid], holder: Option<Uuid>) {
    authors.retain(|author| there.contains(&author.entry) && !changed.contains(&author.entry));
    if let Some(holder) = holder {
        authors.extend(changed.iter().map(|entry| Author { entry: *entry, holder }));
    }
}

impl Documents {
    /// Whether the day has this entry.
    pub(super) fn has(&self, id: Uuid) -> bool {
        find(&self.food.eaten, id).is_some()
            || find(&self.food.drunk, id).is_some()
            || find(&self.notes.notes, id).is_some()
            || find(&self.body.measured, id).is_some()
            || find(&self.activity.done, id).is_some()
    }

    fn entries(&self) -> usize {
        self.food.eaten.len()
            + self.food.drunk.len()
            + self.notes.notes.len()
            + self.body.measured.len()
            + self.activity.done.len()
    }

    /// Says of everything that was recorded or changed since `before` by whom it was, where that is
    /// not the owner. What the owner changes afterwards is the owner's.
    pub(crate) fn sign(&mut self, before: &Self, holder: Option<Uuid>) {
        let (food, before_food) = (&mut self.food, &before.food);
        let mut differing = changed(&food.eaten, &before_food.eaten);
        differing.extend(changed(&food.drunk, &before_food.drunk));
        let mut there = ids(&food.eaten);
        there.extend(ids(&food.drunk));
        sign(&mut food.authors, &differing, &there, holder);
        let (notes, before_notes) = (&mut self.notes, &before.notes.notes);
        sign(&mut notes.authors, &changed(&notes.notes, before_notes), &ids(&notes.notes), holder);
        let (body, measured) = (&mut self.body, &before.body.measured);
        sign(&mut body.authors, &changed(&body.measured, measured), &ids(&body.measured), holder);
        let (activity, done) = (&mut self.activity, &before.activity.done);
        sign(&mut activity.authors, &changed(&activity.done, done), &ids(&activity.done), holder);
    }

    /// Who recorded an entry, where that was not the owner.
    pub(super) fn author(&self, id: Uuid) -> Option<Uuid> {
        let (food, notes) = (&self.food.authors, &self.notes.authors);
        let (body, activity) = (&self.body.authors, &self.activity.authors);
        let mut authors = food.iter().chain(notes).chain(body).chain(activity);
        authors.find(|author| author.entry == id).map(|author| author.holder)
    }

    /// Adds an entry; `false` when it is there already, which changes nothing.
    pub(crate) fn add(&mut self, id: Uuid, new: &NewEntry) -> Result<bool> {
        if self.has(id) {
            return Ok(false);
        }
        if self.entries() >= ENTRIES_MAX {
            return Err(Error::invalid("id", format!("a day holds at most {ENTRIES_MAX} entries")));
        }
        match new {
            NewEntry::Food { group, moment, food, quantity } => {
                let food = self.food.place_of(food)?;
                self.food.eaten.push(Eaten {
                    id,
                    group: *group,
                    moment: moment.clone(),
                    food,
                    amount: quantity.amount,
                    portion: quantity.portion.clone(),
                    grams: quantity.grams,
                });
            }
            NewEntry::Water { moment, water } => {
                self.food.drunk.push(Drunk { id, moment: moment.clone(), water: *water });
            }
            NewEntry::Note { moment, text } => {
                self.notes.notes.push(Note { id, moment: moment.clone(), text: text.clone() });
            }
            NewEntry::Measurement { moment, what, note } => {
                let (moment, what, note) = (moment.clone(), what.clone(), note.clone());
                self.body.measured.push(Measured { id, moment, what, note });
            }
            NewEntry::Activity(done) => self.activity.done.push(Done { id, ..(**done).clone() }),
        }
        self.order();
        Ok(true)
    }

    /// What the library is asked for before an entry is changed.
    pub(super) fn needs(&self, id: Uuid, change: &SentChange) -> Result<Option<Uuid>> {
        match self.food.eaten.iter().find(|entry| entry.id == id) {
            Some(eaten) => self.food.needs(eaten, change),
            None => Ok(None),
        }
    }

    /// Changes an entry; `NotFound` when the day has none of this id.
    pub(super) fn amend(&mut self, id: Uuid, change: &SentChange, pantry: &Pantry) -> Result<()> {
        if let Some(at) = self.food.eaten.iter().position(|entry| entry.id == id) {
            self.food.amend_eaten(at, change, pantry)?;
        } else if let Some(drunk) = find_mut(&mut self.food.drunk, id) {
            change.only(&["ml"])?;
            drunk.moment = change.moment(&drunk.moment)?;
            if let Some(ml) = change.ml {
                drunk.water = water(ml)?;
            }
        } else if let Some(written) = find_mut(&mut self.notes.notes, id) {
            change.only(&["text"])?;
            written.moment = change.moment(&written.moment)?;
            if let Some(text) = &change.text {
                written.text = note(text)?;
            }
        } else if let Some(measured) = find_mut(&mut self.body.measured, id) {
            change.only(&["value", "second", "unit", "name", "note"])?;
            measured.amend(change)?;
        } else if let Some(done) = find_mut(&mut self.activity.done, id) {
            change.only(&["name", "minutes", "met", "weight_kg", "kcal", "note"])?;
            done.amend(change)?;
        } else {
            return Err(Error::NotFound);
        }
        self.order();
        Ok(())
    }

    /// Puts a food into another meal; `NotFound` when the day has no entry of this id. What is no food has
    /// no meal.
    pub(super) fn regroup(&mut self, id: Uuid, group: Option<Group>) -> Result<()> {
        if !self.has(id) {
            return Err(Error::NotFound);
        }
        let eaten = self.food.eaten.iter_mut().find(|entry| entry.id == id);
        if let (Some(eaten), Some(group)) = (eaten, group) {
            eaten.group = group;
        }
        self.order();
        Ok(())
    }

    /// Removes an entry; `false` when there is none.
    pub(super) fn remove(&mut self, id: Uuid) -> bool {
        let before = self.entries();
        self.food.eaten.retain(|entry| entry.id != id);
        self.food.drunk.retain(|entry| entry.id != id);
        self.notes.notes.retain(|entry| entry.id != id);
        self.body.measured.retain(|entry| entry.id != id);
        self.activity.done.retain(|entry| entry.id != id);
        self.food.forget_unused_foods();
        self.entries() != before
    }

    /// Moves an entry to another day. Moving again what has arrived changes nothing; an entry that
    /// only shares its id with one of that day stays where it is.
    pub(super) fn move_to(&mut self, id: Uuid, target: &mut Self) -> Result<()> {
        let moved = self.entry(id)?;
        if !target.add(id, &moved)? && target.entry(id)? != moved {
            return Err(Error::Conflict(
                "that day has another entry with this id: nothing was moved; copy it instead",
            ));
        }
        self.remove(id);
        Ok(())
    }

    /// Adds a copy of another day's entry; `NotFound` when that day has none of this id.
    pub(super) fn copy_from(&mut self, source: &Self, of: Uuid, id: Uuid) -> Result<()> {
        self.add(id, &source.entry(of)?)?;
        Ok(())
    }

    /// An entry as it could be recorded anew; `NotFound` when the day has none of this id.
    fn entry(&self, id: Uuid) -> Result<NewEntry> {
        if let Some(eaten) = find(&self.food.eaten, id) {
            Ok(NewEntry::Food {
                group: eaten.group,
                moment: eaten.moment.clone(),
                food: Box::new(self.food.food_of(eaten)?.clone()),
                quantity: Quantity {
                    amount: eaten.amount,
                    portion: eaten.portion.clone(),
                    grams: eaten.grams,
                },
            })
        } else if let Some(drunk) = find(&self.food.drunk, id) {
            Ok(NewEntry::Water { moment: drunk.moment.clone(), water: drunk.water })
        } else if let Some(note) = find(&self.notes.notes, id) {
            Ok(NewEntry::Note { moment: note.moment.clone(), text: note.text.clone() })
        } else if let Some(measured) = find(&self.body.measured, id) {
            Ok(measured.as_new())
        } else if let Some(done) = find(&self.activity.done, id) {
            Ok(done.as_new())
        } else {
            Err(Error::NotFound)
        }
    }

    fn order(&mut self) {
        // Stable: what was recorded for the same minute stays in the order of recording.
        self.food.eaten.sort_by_key(|entry| (entry.group, entry.moment.minutes));
        self.food.drunk.sort_by_key(Entry::minutes);
        self.notes.notes.sort_by_key(Entry::minutes);
        self.body.measured.sort_by_key(Entry::minutes);
        self.activity.done.sort_by_key(Entry::minutes);
    }
}

impl FoodDay {
    /// What a change needs from the library: another portion of an own food, which the day has not.
    fn needs(&self, eaten: &Eaten, change: &SentChange) -> Result<Option<Uuid>> {
        let SentPortion::Seq(seq) = change.portion else { return Ok(None) };
        let as_it_is = eaten.portion.as_ref().is_some_and(|portion| portion.seq == seq);
        Ok(own_id(&self.food_of(eaten)?.id).filter(|_| !as_it_is))
    }

    fn amend_eaten(&mut self, at: usize, change: &SentChange, pantry: &Pantry) -> Result<()> {
        change.only(&["group", "amount", "portion", "quick"])?;
        let Some(eaten) = self.eaten.get(at) else { return Err(Error::NotFound) };
        let moment = change.moment(&eaten.moment)?;
        let portion = match (change.portion, &eaten.portion) {
            (SentPortion::Unchanged, portion) => portion.clone(),
            (SentPortion::Grams, _) => None,
            (SentPortion::Seq(seq), Some(portion)) if portion.seq == seq => Some(portion.clone()),
            (SentPortion::Seq(seq), _) => Some(match self.needs(eaten, change)? {
                Some(own) => pantry.get(own)?.portion(seq)?,
                None => measure(&self.food_of(eaten)?.id, seq)?,
            }),
        };
        let food =
            change.quick.as_ref().map(|quick| self.other_numbers(eaten, quick)).transpose()?;
        let quantity = Quantity::of(change.amount.unwrap_or(eaten.amount), portion)?;
        let group = change.group.unwrap_or(eaten.group);
        if let Some(eaten) = self.eaten.get_mut(at) {
            eaten.group = group;
            eaten.moment = moment;
            eaten.amount = quantity.amount;
            eaten.portion = quantity.portion;
            eaten.grams = quantity.grams;
        }
        if let Some(food) = food {
            let place = self.place_of(&food)?;
            if let Some(eaten) = self.eaten.get_mut(at) {
                eaten.food = place;
            }
            self.forget_unused_foods();
        }
        Ok(())
    }

    /// An entry that is numbers alone, with other numbers.
    fn other_numbers(&self, eaten: &Eaten, quick: &SentQuick) -> Result<Snapshot> {
        if self.food_of(eaten)?.source != QUICK_ADD {
            return Err(Error::invalid("quick", "this is a food: change how much of it"));
        }
        quick.parse(eaten.id)
    }

    /// Where a food stands, put there if it is new. The same food with other values is another one.
    fn place_of(&mut self, food: &Snapshot) -> Result<u16> {
        let at = self.foods.iter().position(|known| known == food).unwrap_or_else(|| {
            self.foods.push(food.clone());
            self.foods.len() - 1
        });
        u16::try_from(at).map_err(|cause| Error::Internal(cause.into()))
    }

    fn forget_unused_foods(&mut self) {
        let mut places = Vec::with_capacity(self.foods.len());
        let mut kept = 0_u16;
        for at in 0..self.foods.len() {
            let used = self.eaten.iter().any(|entry| usize::from(entry.food) == at);
            places.push(used.then_some(kept));
            kept += u16::from(used);
        }
        let mut at = 0;
        self.foods.retain(|_| {
            let used = places.get(at).copied().flatten().is_some();
            at += 1;
            used
        });
        for entry in &mut self.eaten {
            if let Some(Some(place)) = places.get(usize::from(entry.food)) {
                entry.food = *place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn food(id: &str, grams: f64) -> NewEntry {
        entry(serde_json::json!({
            "id": Uuid::nil(), "kind": "food", "group": "lunch", "time": "12:30", "zone": "UTC",
            "food": id, "amount": grams,
        }))
    }

    fn entry(sent: serde_json::Value) -> NewEntry {
        serde_json::from_value::<super::super::entry::SentEntry>(sent)
            .unwrap()
            .parse_alone()
            .unwrap()
    }

    fn change(sent: serde_json::Value) -> SentChange {
        serde_json::from_value(sent).unwrap()
    }

    const CHEDDAR: &str = "usda-sr28:01009";
    const BANANA: &str = "usda-sr28:09040";

    #[test]
    fn adding_twice_changes_nothing() {
        let mut day = Documents::default();
        assert!(day.add(Uuid::from_u128(1), &food(CHEDDAR, 50.0)).unwrap());
        let once = day.clone();
        assert!(!day.add(Uuid::from_u128(1), &food(BANANA, 10.0)).unwrap());
        assert_eq!(day, once);
    }

    #[test]
    fn a_food_stands_once_and_leaves_with_its_last_entry() {
        let mut day = Documents::default();
        for (id, of) in [(1, CHEDDAR), (2, BANANA), (3, CHEDDAR)] {
            day.add(Uuid::from_u128(id), &food(of, 50.0)).unwrap();
        }
        assert_eq!(day.food.foods.len(), 2);
        assert!(day.remove(Uuid::from_u128(1)));
        assert_eq!(day.food.foods.len(), 2);
        assert!(day.remove(Uuid::from_u128(3)));
        assert_eq!(day.food.foods.len(), 1);
        let banana = &day.food.eaten[0];
        assert_eq!(day.food.food_of(banana).unwrap().id, BANANA);
        assert!(!day.remove(Uuid::from_u128(3)));
    }

    #[test]
    fn a_change_touches_only_what_it_names() {
        let (mut day, none) = (Documents::default(), Pantry::default());
        let id = Uuid::from_u128(1);
        day.add(id, &food(CHEDDAR, 50.0)).unwrap();
        day.amend(id, &change(serde_json::json!({"portion": 1, "amount": 2})), &none).unwrap();
        let weight = day.food.eaten[0].grams;
        day.amend(id, &change(serde_json::json!({"group": "dinner"})), &none).unwrap();
        assert_eq!(day.food.eaten[0].grams, weight);
        day.amend(id, &change(serde_json::json!({"portion": null, "amount": 30})), &none).unwrap();
        assert!((day.food.eaten[0].grams.get() - 30.0).abs() < 1e-9);
        assert!(day.amend(id, &change(serde_json::json!({"ml": 30})), &none).is_err());
        let other = Uuid::from_u128(2);
        assert!(matches!(
            day.amend(other, &change(serde_json::json!({})), &none),
            Err(Error::NotFound)
        ));
    }

    #[test]
    fn moving_takes_the_entry_with_its_values_and_leaves_nothing() {
        let (mut from, mut to) = (Documents::default(), Documents::default());
        let id = Uuid::from_u128(1);
        from.add(id, &food(CHEDDAR, 50.0)).unwrap();
        let totals = from.food.totals().unwrap();
        from.move_to(id, &mut to).unwrap();
        assert_eq!(from, Documents::default());
        assert_eq!(to.food.totals().unwrap(), totals);
        assert!(matches!(from.move_to(id, &mut to), Err(Error::NotFound)));
    }

    #[test]
    fn an_entry_that_only_shares_its_id_is_never_lost_by_moving() {
        let (mut from, mut to) = (Documents::default(), Documents::default());
        let id = Uuid::from_u128(1);
        from.add(id, &food(CHEDDAR, 50.0)).unwrap();
        to.add(id, &food(BANANA, 100.0)).unwrap();
        let before = (from.clone(), to.clone());
        assert!(matches!(from.move_to(id, &mut to), Err(Error::Conflict(_))));
        assert_eq!((from.clone(), to.clone()), before);
        // What has arrived already may arrive again.
        to.remove(id);
        to.add(id, &food(CHEDDAR, 50.0)).unwrap();
        from.move_to(id, &mut to).unwrap();
        assert_eq!((from, to.food.eaten.len()), (Documents::default(), 1));
    }
}
