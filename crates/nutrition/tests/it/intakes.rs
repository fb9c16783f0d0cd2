//! Reference intakes against independent transcriptions of the publications, where there are any: in
//! the folder `KEEPWELL_REFERENCE_DATA` names, or in `../shared/data` beside the repository.

use std::fs;

use nutrition::intakes::{Counts, Intake, Kind, Level, Per, Reference};
use nutrition::profile::{LifeStage, Motherhood, Sex};
use nutrition::{Nutrient, Unit};

use crate::reference::{folder, rows};

fn woman(age_years: f64, motherhood: Option<Motherhood>) -> LifeStage {
    LifeStage { sex: Sex::Female, age_years, motherhood }
}

fn man(age_years: f64) -> LifeStage {
    LifeStage { sex: Sex::Male, age_years, motherhood: None }
}

/// The values of a kind: one, but for protein, which also stands per kilogram, and for zinc, which
/// stands for four levels of phytate.
fn all(reference: Reference, stage: LifeStage, nutrient: Nutrient, kind: Kind) -> Vec<Intake> {
    let of_it = |intake: &Intake| intake.nutrient == nutrient && intake.kind == kind;
    reference.intakes(stage).filter(of_it).collect()
}

fn find(
    reference: Reference,
    stage: LifeStage,
    nutrient: Nutrient,
    kind: Kind,
    per: Per,
) -> Option<Intake> {
    let found = all(reference, stage, nutrient, kind);
    found.into_iter().find(|intake| {
        intake.per == per && intake.phytate_mg.is_none_or(|phytate_mg| phytate_mg == 600)
    })
}

fn micrograms(unit: &str) -> f64 {
    match unit {
        "ug" => 1.0,
        "mg" => 1e3,
        "g" => 1e6,
        "L" => 1e9,
        other => panic!("{other}"),
    }
}

/// An amount of a transcription in the nutrient's own unit.
fn converted(nutrient: Nutrient, amount: f64, unit: &str) -> f64 {
    let own = match nutrient.unit() {
        Unit::Microgram => "ug",
        Unit::Milligram => "mg",
        Unit::Gram => "g",
        Unit::Kilocalorie => panic!("energy"),
    };
    amount * micrograms(unit) / micrograms(own)
}

fn same(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0)
}

#[test]
fn every_dietary_reference_intake_is_as_published() {
    let Some(folder) = folder("intakes") else { return };
    let text = fs::read_to_string(folder.join("dri_nasem.tsv")).unwrap();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for row in rows(&text) {
        let [key, letters, sex, stage, from, to, value, unit, per, ..] = row[..] else {
            panic!("{row:?}")
        };
        let nutrient = Nutrient::parse(key.split('+').next().unwrap()).unwrap();
        let from: f64 = from.parse().unwrap();
        let until = to.parse::<f64>().map_or(120.0, |to| to - 0.01);
        let motherhood: &[Option<Motherhood>] = match stage {
            "none" => &[None],
            "pregnant" => &[
                Some(Motherhood::FirstTrimester),
                Some(Motherhood::SecondTrimester),
                Some(Motherhood::ThirdTrimester),
            ],
            "lactating" => {
                &[Some(Motherhood::LactatingFirstHalfYear), Some(Motherhood::LactatingLater)]
            }
            other => panic!("{other}"),
        };
        let mut stages = Vec::new();
        for age in [from, until] {
            if sex != "male" {
                stages.extend(motherhood.iter().map(|motherhood| woman(age, *motherhood)));
            }
            if sex != "female" {
                stages.push(man(age));
            }
        }
        let kind = match letters {
            "RDA" | "AI" => Kind::Enough,
            "EAR" => Kind::Average,
            "UL" => Kind::Upper,
            "CDRR" => Kind::Reduce,
            "AMDR" => Kind::Range,
            other => panic!("{other}"),
        };
        // The transcription calls two AI of infants RDA: vitamin D and fat.
        let published = if (key, letters, from < 1.0) == ("vitamin_d", "RDA", true)
            || (key, letters) == ("fat", "RDA")
        {
            "AI"
        } else {
            letters
        };
        for at in stages {
            compared += 1;
            let per = match (per, unit) {
                (_, "%kcal") => Per::EnergyPercent,
                ("kg", _) => Per::Kilogram,
                _ => Per::Day,
            };
            let ours = find(Reference::Nasem, at, nutrient, kind, per);
            let fits = ours.is_some_and(|ours| {
                let amount = if let Some((least, most)) = value.split_once('-') {
                    ours.level == Level::Between(least.parse().unwrap(), most.parse().unwrap())
                } else {
                    let theirs = converted(nutrient, value.parse().unwrap(), unit);
                    matches!(ours.level, Level::Amount(amount) if same(amount, theirs))
                };
                amount && ours.letters == published
            });
            if !fits {
                wrong.push(format!("{row:?} at {at:?}: {ours:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 3_000, "{compared}");
}

/// The first and last age, in years, of a group such as `7-11 mo` or `>18 yr`.
fn ages(group: &str) -> (f64, f64) {
    let (text, unit) = group.rsplit_once(' ').unwrap();
    let years = |number: &str| {
        let number: f64 = number.parse().unwrap();
        if unit == "mo" { if number <= 7.0 { 0.5 } else { number / 12.0 } } else { number }
    };
    if let Some(from) = text.strip_prefix('>') {
        return (years(from), 120.0);
    }
    match text.split_once('-') {
        Some((from, to)) => (years(from), if unit == "mo" { 0.99 } else { years(to) + 0.99 }),
        None => (years(text), years(text) + if text.contains('.') { 0.49 } else { 0.01 }),
    }
}

fn efsa_stages(sex: &str, stage: &str, group: &str) -> Vec<LifeStage> {
    use Motherhood::{
        FirstTrimester, LactatingFirstHalfYear, LactatingLater, SecondTrimester, ThirdTrimester,
    };
    let times: &[Motherhood] = match group {
        "1st trimester" => &[FirstTrimester],
        "2nd trimester" => &[SecondTrimester],
        "3rd trimester" => &[ThirdTrimester],
        "0-6 mo post partum" => &[LactatingFirstHalfYear],
        ">6 mo post partum" => &[LactatingLater],
        _ if stage == "Pregnancy" => &[FirstTrimester, SecondTrimester, ThirdTrimester],
        _ if stage == "Lactation" => &[LactatingFirstHalfYear, LactatingLater],
        _ => &[],
    };
    if !times.is_empty() {
        let age = if group == "18-24 yr" { 20.0 } else { 30.0 };
        return times.iter().map(|time| woman(age, Some(*time))).collect();
    }
    let (from, to) = match stage {
        "Premenopausal" => (18.0, 50.0),
        "Postmenopausal" => (51.0, 120.0),
        _ => ages(group),
    };
    let mut stages = Vec::new();
    for age in [from, to] {
        if sex != "male" {
            stages.push(woman(age, None));
        }
        if sex != "female" {
            stages.push(man(age));
        }
    }
    stages
}

#[test]
fn every_dietary_reference_value_is_as_published() {
    let Some(folder) = folder("intakes") else { return };
    let text = fs::read_to_string(folder.join("drv_efsa.tsv")).unwrap();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for row in rows(&text) {
        let [key, _name, letters, sex, stage, group, value, unit, note, ..] = row[..] else {
            panic!("{row:?}")
        };
        // Energy is calculated for the person, not looked up.
        if key == "energy" {
            continue;
        }
        let nutrient = Nutrient::parse(key.split('+').next().unwrap()).unwrap();
        let phytate = stage.split_once(" mg/d phytate").map(|(mg, _)| mg.parse().unwrap());
        for at in efsa_stages(sex, stage, group) {
            compared += 1;
            let of = |kind| {
                all(Reference::Efsa, at, nutrient, kind)
                    .into_iter()
                    .find(|intake| intake.phytate_mg == phytate.or(intake.phytate_mg))
            };
            let ours = if letters == "AR" {
                of(Kind::Average)
            } else {
                of(Kind::Enough).or_else(|| of(Kind::Range))
            };
            let fits = match (ours, value.parse::<f64>()) {
                _ if note.to_lowercase() == "as low as possible" => {
                    ours.is_some_and(|ours| ours.level == Level::AsLowAsPossible)
                }
                // A gap of the transcription.
                (_, Err(_)) => true,
                (None, Ok(_)) => false,
                (Some(ours), Ok(value)) => {
                    let value = match unit.split([' ', '/']).next().unwrap() {
                        "E%" => value,
                        unit => converted(nutrient, value, unit),
                    };
                    let level = if note.starts_with('+') && key != "dha" {
                        ours.on_top
                    } else {
                        Some(ours.level)
                    };
                    match level {
                        Some(Level::Amount(amount)) => same(amount, value),
                        // The transcription has the middle of a range, and the range as a note.
                        Some(Level::Between(least, most)) => {
                            same(f64::midpoint(least, most), value)
                                || (least..=most).contains(&value) && !note.is_empty()
                        }
                        Some(Level::AsLowAsPossible) | None => false,
                    }
                }
            };
            if !fits {
                wrong.push(format!("{row:?} at {at:?}: {ours:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 1_000, "{compared}");
}

#[test]
fn what_is_enough_for_all_is_more_than_the_average_and_less_than_harms() {
    for reference in [Reference::Nasem, Reference::Efsa] {
        for years in 0..100 {
            for stage in [man(f64::from(years)), woman(f64::from(years), None)] {
                for nutrient in Nutrient::ALL {
                    let of = |kind| find(reference, stage, nutrient, kind, Per::Day);
                    let number = |kind| match of(kind)?.level {
                        Level::Amount(amount) => Some(amount),
                        Level::Between(..) | Level::AsLowAsPossible => None,
                    };
                    let enough = number(Kind::Enough);
                    if let (Some(enough), Some(average)) = (enough, number(Kind::Average)) {
                        assert!(average < enough, "{} at {years}", nutrient.key());
                    }
                    if of(Kind::Upper).is_some_and(|upper| upper.counts == Counts::Itself)
                        && let (Some(enough), Some(upper)) = (enough, number(Kind::Upper))
                    {
                        // A year-old's copper of EFSA is the same: its groups of ages differ.
                        assert!(enough <= upper, "{} at {years}", nutrient.key());
                    }
                }
            }
        }
    }
}

#[test]
fn what_a_value_is_compared_with_is_said() {
    let nasem = |nutrient, kind| all(Reference::Nasem, man(40.0), nutrient, kind)[0].counts;
    assert_eq!(nasem(Nutrient::MAGNESIUM, Kind::Upper), Counts::Added);
    assert_eq!(nasem(Nutrient::VITAMIN_B3, Kind::Upper), Counts::Added);
    assert_eq!(nasem(Nutrient::VITAMIN_E, Kind::Upper), Counts::Added);
    assert_eq!(nasem(Nutrient::FOLATE_DFE, Kind::Upper), Counts::Only(Nutrient::FOLIC_ACID));
    assert_eq!(nasem(Nutrient::VITAMIN_A, Kind::Upper), Counts::Only(Nutrient::RETINOL));
    assert_eq!(nasem(Nutrient::VITAMIN_B3, Kind::Enough), Counts::WithTryptophan);
    assert_eq!(nasem(Nutrient::METHIONINE, Kind::Enough), Counts::With(Nutrient::CYSTINE));
    assert_eq!(nasem(Nutrient::CALCIUM, Kind::Upper), Counts::Itself);
}
