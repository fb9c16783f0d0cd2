//! What somebody plausibly eats in a week, varied by the day.

use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{number, zone};

/// One thing that is eaten: meal, hour, food, grams.
type Course = (&'static str, i32, &'static str, f64);

const BREAKFASTS: [&[Course]; 3] = [
    &[
        ("breakfast", 7, "08120", 50.0),
        ("breakfast", 7, "01077", 200.0),
        ("breakfast", 7, "09040", 118.0),
        ("breakfast", 7, "14209", 237.0),
    ],
    &[
        ("breakfast", 8, "18075", 64.0),
        ("breakfast", 8, "01009", 40.0),
        ("breakfast", 8, "11529", 90.0),
        ("breakfast", 8, "14209", 237.0),
        ("breakfast", 8, "09206", 200.0),
    ],
    &[
        ("breakfast", 8, "01116", 170.0),
        ("breakfast", 8, "12061", 20.0),
        ("breakfast", 8, "09050", 80.0),
        ("breakfast", 8, "14209", 237.0),
    ],
];

const LUNCHES: [&[Course]; 4] = [
    &[
        ("lunch", 12, "16070", 200.0),
        ("lunch", 12, "11124", 60.0),
        ("lunch", 12, "04053", 10.0),
        ("lunch", 12, "18075", 32.0),
    ],
    &[
        ("lunch", 13, "05064", 140.0),
        ("lunch", 13, "20045", 180.0),
        ("lunch", 13, "11090", 120.0),
        ("lunch", 13, "04053", 8.0),
    ],
    &[
        ("lunch", 12, "11252", 80.0),
        ("lunch", 12, "01123", 100.0),
        ("lunch", 12, "11529", 120.0),
        ("lunch", 12, "04053", 14.0),
        ("lunch", 12, "18075", 64.0),
    ],
    &[("lunch", 13, "20121", 220.0), ("lunch", 13, "11549", 120.0), ("lunch", 13, "01032", 15.0)],
];

const DINNERS: [&[Course]; 4] = [
    &[
        ("dinner", 19, "15236", 150.0),
        ("dinner", 19, "11367", 200.0),
        ("dinner", 19, "11457", 80.0),
        ("dinner", 19, "01001", 8.0),
    ],
    &[("dinner", 19, "18075", 96.0), ("dinner", 19, "01009", 50.0), ("dinner", 19, "11205", 100.0)],
    &[
        ("dinner", 18, "16427", 150.0),
        ("dinner", 18, "20045", 160.0),
        ("dinner", 18, "11090", 150.0),
        ("dinner", 18, "04058", 6.0),
    ],
    &[
        ("dinner", 20, "11367", 250.0),
        ("dinner", 20, "01123", 100.0),
        ("dinner", 20, "11457", 100.0),
        ("dinner", 20, "04053", 10.0),
    ],
];

const SNACKS: [&[Course]; 4] = [
    &[("snacks", 16, "09003", 182.0), ("snacks", 21, "19904", 20.0)],
    &[("snacks", 15, "12061", 25.0), ("snacks", 16, "14209", 237.0)],
    &[("snacks", 16, "09200", 140.0)],
    &[("snacks", 16, "16098", 16.0), ("snacks", 16, "18075", 32.0), ("snacks", 21, "09003", 150.0)],
];

const NOTES: [&str; 3] = [
    "Slept well, ran half an hour before breakfast.",
    "Long day, ate late.",
    "Headache in the afternoon; drank too little?",
];

/// Nobody records every day.
pub(super) fn is_skipped(day: Date) -> bool {
    number(day) % 17 == 3
}

/// The entries of a day; of today only what lies before the evening.
pub(super) fn of(day: Date, today: bool) -> Vec<Value> {
    let seed = number(day);
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let mut courses: Vec<Course> = Vec::new();
    courses.extend(pick(&BREAKFASTS, if weekend { 1 } else { seed }));
    courses.extend(pick(&LUNCHES, seed / 2 + i32::from(weekend)));
    courses.extend(pick(&SNACKS, seed / 3));
    if !today {
        courses.extend(pick(&DINNERS, seed));
    }
    let mut entries: Vec<Value> = courses
        .into_iter()
        .enumerate()
        .map(|(place, (group, hour, food, grams))| {
            // Between 85 and 115 % of the usual, in whole grams.
            let place = i32::try_from(place).unwrap_or(0);
            let share = f64::from((seed * 7 + place * 11) % 31 + 85) / 100.0;
            json!({
                "id": Uuid::now_v7(), "kind": "food", "group": group,
                "time": format!("{hour:02}:{:02}", (seed * 3 + place) % 12 * 5),
                "zone": zone(), "food": format!("usda-sr28:{food}"),
                "amount": (grams * share).round(),
            })
        })
        .collect();
    for (hour, ml) in [(9, 300), (12, 250), (15, 300), (18, 250)] {
        if !today || hour < 16 {
            entries.push(json!({
                "id": Uuid::now_v7(), "kind": "water", "time": format!("{hour:02}:10"),
                "zone": zone(), "ml": ml,
            }));
        }
    }
    let note = usize::try_from(seed / 6 % 3).ok().and_then(|turn| NOTES.get(turn));
    if let Some(text) = note.filter(|_| seed % 6 == 0) {
        entries.push(json!({
            "id": Uuid::now_v7(), "kind": "note", "time": "21:30", "zone": zone(), "text": text,
        }));
    }
    entries
}

/// One of several lists, by turns.
fn pick<'a, T: Copy>(lists: &'a [&'a [T]], turn: i32) -> impl Iterator<Item = T> + use<'a, T> {
    let turn = usize::try_from(turn).unwrap_or(0).checked_rem(lists.len()).unwrap_or(0);
    lists.get(turn).copied().unwrap_or_default().iter().copied()
}

#[cfg(test)]
mod tests {
    use nutrition::{FoodId, catalog};

    use super::*;

    #[test]
    fn every_food_of_the_demonstration_is_in_the_catalogue() {
        for (_, _, food, _) in [&BREAKFASTS[..], &LUNCHES, &DINNERS, &SNACKS].concat().concat() {
            let id = FoodId::parse(&format!("usda-sr28:{food}")).unwrap();
            assert!(catalog().food(&id).is_some(), "{food}");
        }
    }
}
