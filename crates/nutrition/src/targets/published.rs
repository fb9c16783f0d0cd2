//! Reference intakes as targets of one person.

use std::collections::BTreeMap;

use super::{Bound, Source, Target, entry};
use crate::energy::KCAL_PER_MJ;
use crate::intakes::{Counts, Intake, Kind, Level, Per, Reference};
use crate::nutrient::Nutrient;
use crate::profile::{LifeStage, Profile, Sex};

/// The phytate of a mixed diet, in milligrams a day: zinc is published for several.
const PHYTATE_MG: u16 = 600;

/// What published values say for a person in a year. Where the sex is not said, what is the same for
/// both; where the age is not, nothing.
pub(super) fn targets(
    reference: Reference,
    profile: &Profile,
    year: u16,
    kcal: Option<f64>,
) -> BTreeMap<Nutrient, Target> {
    let of = |stage| of_stage(reference, stage, profile.weight_kg, kcal);
    if let Some(stage) = profile.life_stage_in(year) {
        return of(stage);
    }
    let Some(age) = profile.age_in(year) else { return BTreeMap::new() };
    let stage = |sex| LifeStage { sex, age_years: f64::from(age), motherhood: None };
    let mut women = of(stage(Sex::Female));
    let men = of(stage(Sex::Male));
    women.retain(|nutrient, target| {
        let Some(other) = men.get(nutrient) else { return false };
        keep_same(&mut target.least, other.least.as_ref());
        keep_same(&mut target.most, other.most.as_ref());
        keep_same(&mut target.most_added, other.most_added.as_ref());
        true
    });
    women
}

fn keep_same(bound: &mut Option<Bound>, other: Option<&Bound>) {
    if bound.as_ref() != other {
        *bound = None;
    }
}

fn of_stage(
    reference: Reference,
    stage: LifeStage,
    weight_kg: Option<f64>,
    kcal: Option<f64>,
) -> BTreeMap<Nutrient, Target> {
    let mut targets = BTreeMap::new();
    for intake in reference.intakes(stage) {
        if intake.phytate_mg.is_some_and(|phytate_mg| phytate_mg != PHYTATE_MG) {
            continue;
        }
        // Protein stands twice: for the weight of the person, and for a person of reference weight.
        let twice = intake.nutrient == Nutrient::PROTEIN && intake.per == Per::Day;
        if twice && weight_kg.is_some() {
            continue;
        }
        if let Some(scale) = scale(&intake, weight_kg, kcal) {
            apply(&mut targets, &intake, scale, reference);
        }
    }
    targets
}

/// What makes a day's amount of the value; `None` where that is not known.
fn scale(intake: &Intake, weight_kg: Option<f64>, kcal: Option<f64>) -> Option<f64> {
    match intake.per {
        Per::Day => Some(1.0),
        Per::Kilogram => weight_kg,
        Per::Megajoule => kcal.map(|kcal| kcal / KCAL_PER_MJ),
        Per::EnergyPercent => kcal.map(|kcal| kcal / 100.0 / kcal_per_gram(intake.nutrient)),
    }
}

fn kcal_per_gram(nutrient: Nutrient) -> f64 {
    match nutrient {
        Nutrient::CARBOHYDRATE | Nutrient::PROTEIN => 4.0,
        _ => 9.0,
    }
}

fn apply(
    targets: &mut BTreeMap<Nutrient, Target>,
    intake: &Intake,
    scale: f64,
    reference: Reference,
) {
    let more = match intake.on_top {
        Some(Level::Amount(more) | Level::Between(more, _)) => more,
        Some(Level::AsLowAsPossible) | None => 0.0,
    };
    let (low, high) = match intake.level {
        Level::Amount(amount) => (amount * scale + more, amount * scale + more),
        Level::Between(low, high) => (low * scale + more, high * scale + more),
        Level::AsLowAsPossible => {
            entry(targets, intake.nutrient).as_low_as_possible = true;
            return;
        }
    };
    let source = Source::Published(reference, intake.letters);
    let bound = |amount| Some(Bound { amount, source: source.clone() });
    match (intake.kind, intake.counts) {
        // What half of the people need is no aim for one of them.
        (Kind::Average, _) => {}
        (Kind::Enough, counts) => {
            let target = entry(targets, intake.nutrient);
            target.least = target.least.take().or(bound(low));
            target.counts = counts;
        }
        (Kind::Upper | Kind::Reduce, Counts::Added) => {
            entry(targets, intake.nutrient).most_added = bound(high);
        }
        (Kind::Upper | Kind::Reduce, Counts::Only(part)) => {
            entry(targets, part).most = bound(high);
        }
        (Kind::Upper | Kind::Reduce, _) => entry(targets, intake.nutrient).most = bound(high),
        (Kind::Range, _) => match intake.nutrient {
            Nutrient::CARBOHYDRATE | Nutrient::FAT => {
                let target = entry(targets, intake.nutrient);
                target.least = bound(low);
                target.most = bound(high);
            }
            Nutrient::PROTEIN => entry(targets, intake.nutrient).most = bound(high),
            // The ranges of single fatty acids limit nothing that harms.
            _ => {}
        },
    }
}
