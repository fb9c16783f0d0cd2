//! From what a person chose to what they aim for.

use std::collections::BTreeMap;

use nutrition::Nutrient;
use nutrition::energy::{Equation, NoEnergy};
use nutrition::expenditure::Adaptive;
use nutrition::intakes::{Counts, Reference};
use nutrition::profile::{ActivityLevel, Field, Motherhood, Profile, Sex};
use nutrition::targets::{
    Agreed, Aims, BadMacros, Basis, Bounds, Care, Day, DayTargets, Macros, Source, Weekday,
};
use proptest::prelude::*;

const MONDAY: Day = Day { year: 2026, weekday: 0 };

fn woman() -> Profile {
    Profile {
        birth_year: Some(1996),
        sex: Some(Sex::Female),
        height_cm: Some(165.0),
        weight_kg: Some(60.0),
        activity: Some(ActivityLevel::Light),
        ..Profile::default()
    }
}

fn aims() -> Aims {
    Aims { profile: woman(), ..Aims::default() }
}

fn least(targets: &DayTargets, nutrient: Nutrient) -> Option<(f64, Source)> {
    let least = targets.targets.get(&nutrient)?.least.clone()?;
    Some((least.amount, least.source))
}

fn most(targets: &DayTargets, nutrient: Nutrient) -> Option<f64> {
    Some(targets.targets.get(&nutrient)?.most.as_ref()?.amount)
}

fn close(left: f64, right: f64) {
    assert!((left - right).abs() < 0.01, "{left} and {right}");
}

/// Mifflin-St Jeor: 600 + 1031.25 - 150 - 161.
const REST: f64 = 1_320.25;

#[test]
fn without_a_profile_there_are_no_targets_and_it_is_said_what_is_missing() {
    let targets = Aims::default().on(MONDAY, None);
    assert!(targets.targets.is_empty());
    let all = vec![Field::Sex, Field::BirthYear, Field::HeightCm, Field::WeightKg, Field::Activity];
    assert_eq!(targets.energy, Err(NoEnergy::Missing(all)));
}

#[test]
fn with_an_age_alone_there_is_what_is_the_same_for_women_and_men() {
    let profile = Profile { birth_year: Some(1996), ..Profile::default() };
    let targets = Aims { profile, ..Aims::default() }.on(MONDAY, None);
    let rda = Source::Published(Reference::Nasem, "RDA");
    assert_eq!(least(&targets, Nutrient::VITAMIN_D), Some((15.0, rda)));
    assert_eq!(least(&targets, Nutrient::IRON), None);
    assert_eq!(most(&targets, Nutrient::IRON), Some(45.0));
}

#[test]
fn reference_intakes_become_targets_with_their_letters() {
    let targets = aims().on(MONDAY, None);
    let published = |letters| Source::Published(Reference::Nasem, letters);
    assert_eq!(least(&targets, Nutrient::IRON), Some((18.0, published("RDA"))));
    assert_eq!(least(&targets, Nutrient::POTASSIUM), Some((2600.0, published("AI"))));
    assert_eq!(most(&targets, Nutrient::SODIUM), Some(2300.0));
    // By weight where it is known; 46 g for a woman of reference weight.
    assert_eq!(least(&targets, Nutrient::PROTEIN), Some((48.0, published("RDA"))));
    let mut without = aims();
    without.profile.weight_kg = None;
    let unweighed = without.on(MONDAY, None);
    assert_eq!(least(&unweighed, Nutrient::PROTEIN), Some((46.0, published("RDA"))));
    // Carbohydrates are a share of the energy as soon as that is known.
    let kcal = targets.energy.as_ref().unwrap().kcal;
    close(least(&targets, Nutrient::CARBOHYDRATE).unwrap().0, kcal * 0.45 / 4.0);
    close(most(&targets, Nutrient::FAT).unwrap(), kcal * 0.35 / 9.0);
    assert_eq!(least(&unweighed, Nutrient::CARBOHYDRATE), Some((130.0, published("RDA"))));
}

#[test]
fn what_counts_towards_a_target_is_said() {
    let targets = aims().on(MONDAY, None).targets;
    assert_eq!(targets[&Nutrient::VITAMIN_B3].counts, Counts::WithTryptophan);
    // These upper levels are not about what foods hold by nature.
    let magnesium = &targets[&Nutrient::MAGNESIUM];
    assert_eq!(magnesium.most, None);
    assert_eq!(magnesium.most_added.as_ref().unwrap().amount, 350.0);
    assert_eq!(targets[&Nutrient::FOLATE_DFE].most, None);
    assert_eq!(targets[&Nutrient::FOLIC_ACID].most.as_ref().unwrap().amount, 1000.0);
    assert_eq!(targets[&Nutrient::VITAMIN_A].most, None);
    assert_eq!(targets[&Nutrient::RETINOL].most.as_ref().unwrap().amount, 3000.0);
}

#[test]
fn efsa_speaks_by_energy_and_by_trimester() {
    let mut aims = Aims { reference: Reference::Efsa, ..aims() };
    let usual = aims.on(MONDAY, None);
    let kcal = usual.energy.as_ref().unwrap().kcal;
    close(least(&usual, Nutrient::VITAMIN_B1).unwrap().0, 0.1 * kcal * 4.184 / 1_000.0);
    assert!(usual.targets[&Nutrient::SATURATED].as_low_as_possible);
    close(least(&usual, Nutrient::PROTEIN).unwrap().0, 0.83 * 60.0);
    aims.profile.motherhood = Some(Motherhood::SecondTrimester);
    close(least(&aims.on(MONDAY, None), Nutrient::PROTEIN).unwrap().0, 0.83 * 60.0 + 9.0);
    close(least(&usual, Nutrient::ZINC).unwrap().0, 9.3);
    close(least(&aims.on(MONDAY, None), Nutrient::ZINC).unwrap().0, 9.3 + 1.6);
}

#[test]
fn a_goal_for_the_weight_adds_and_takes_energy() {
    let with = |kg_per_week| Aims { kg_per_week, ..aims() }.on(MONDAY, None).energy.unwrap();
    let usual = with(0.0);
    close(usual.kcal, REST * 1.375);
    assert_eq!((usual.rest_kcal, usual.care.len()), (Some(REST), 0));
    close(with(0.25).kcal - usual.kcal, 275.0);
    close(with(-0.25).goal_kcal, -275.0);
    // Faster stops at rest and says so.
    let fast = with(-1.0);
    close(fast.kcal, REST);
    assert_eq!(fast.care, [Care::Fast, Care::HeldAtRest]);
}

#[test]
fn no_child_and_no_mother_is_sent_to_lose_weight() {
    let mut mother = Aims { kg_per_week: -0.5, ..aims() };
    mother.profile.motherhood = Some(Motherhood::LactatingFirstHalfYear);
    let energy = mother.on(MONDAY, None).energy.unwrap();
    assert_eq!((energy.goal_kcal, &energy.care[..]), (0.0, &[Care::NotForMothers][..]));
    close(energy.kcal, REST * 1.375 + 500.0);
    let mut child = Aims { kg_per_week: -0.5, equation: Equation::Nasem2023, ..aims() };
    child.profile.birth_year = Some(2014);
    let energy = child.on(MONDAY, None).energy.unwrap();
    assert_eq!((energy.goal_kcal, &energy.care[..]), (0.0, &[Care::NotWhileGrowing][..]));
    // Growing is no reason not to gain.
    child.kg_per_week = 0.1;
    assert!(0.0 < child.on(MONDAY, None).energy.unwrap().goal_kcal);
}

#[test]
fn a_number_of_one_s_own_is_kept_and_said_to_be_low() {
    let own = Aims { basis: Basis::Own(1_000.0), kg_per_week: -1.0, ..aims() };
    let energy = own.on(MONDAY, None).energy.unwrap();
    assert_eq!((energy.kcal, energy.goal_kcal), (1_000.0, 0.0));
    assert_eq!(energy.care, [Care::BelowRest]);
    // It needs no profile.
    let bare = Aims { basis: Basis::Own(2_000.0), ..Aims::default() };
    assert_eq!(bare.on(MONDAY, None).energy.unwrap().kcal, 2_000.0);
}

#[test]
fn the_own_days_take_the_place_of_the_equation_when_there_are_enough() {
    let adaptive = Adaptive {
        kcal: 2_310.0,
        plus_minus_kcal: 140.0,
        complete_days: 24,
        weights: 30,
        kg_per_week: -0.1,
        eaten_kcal: 2_200.0,
        own_share: 0.9,
    };
    let aims = Aims { basis: Basis::Adaptive, kg_per_week: 0.1, ..aims() };
    let energy = aims.on(MONDAY, Some(&adaptive)).energy.unwrap();
    close(energy.kcal, 2_310.0 + 110.0);
    assert_eq!(energy.plus_minus_kcal, Some(140.0));
    let early = aims.on(MONDAY, None).energy.unwrap();
    close(early.kcal, REST * 1.375 + 110.0);
    assert_eq!(early.care, [Care::FromEquationUntilThereAreDays]);
}

#[test]
fn macronutrients_go_by_ratio_grams_weight_or_ketogenic() {
    let with = |macros| {
        let basis = Basis::Own(2_000.0);
        Aims { macros, basis, ..aims() }.on(MONDAY, None)
    };
    let grams = |targets: &DayTargets| {
        [Nutrient::CARBOHYDRATE, Nutrient::PROTEIN, Nutrient::FAT]
            .map(|nutrient| least(targets, nutrient).map(|(amount, _)| amount.round()))
    };
    let ratio = with(Macros::Ratio { carbohydrate: 50.0, protein: 20.0, fat: 30.0 });
    assert_eq!(grams(&ratio), [Some(250.0), Some(100.0), Some(67.0)]);
    assert_eq!(least(&ratio, Nutrient::FAT).unwrap().1, Source::Macros);
    // A ratio of one's own knows no upper end of the reference's range.
    assert_eq!(most(&ratio, Nutrient::FAT), None);
    let fixed = Macros::Grams { carbohydrate: None, protein: Some(120.0), fat: Some(60.0) };
    assert_eq!(grams(&with(fixed)), [Some(225.0), Some(120.0), Some(60.0)]);
    let by_weight = with(Macros::PerKilogram { protein: 1.5, fat: 1.0 });
    assert_eq!(grams(&by_weight), [Some(275.0), Some(90.0), Some(60.0)]);
    let keto = with(Macros::Ketogenic { net_carbs: 25.0, protein_per_kg: 1.5 });
    assert_eq!(grams(&keto), [None, Some(90.0), Some(171.0)]);
    assert_eq!(most(&keto, Nutrient::NET_CARBS), Some(25.0));

    let ratio = |carbohydrate| Macros::Ratio { carbohydrate, protein: 20.0, fat: 30.0 };
    assert_eq!(ratio(50.0).check(), Ok(()));
    assert_eq!(ratio(40.0).check(), Err(BadMacros::NotHundred));
    assert_eq!(ratio(f64::NAN).check(), Err(BadMacros::Amount));
    let lean = Macros::PerKilogram { protein: 150.0, fat: 1.0 };
    assert_eq!(lean.check(), Err(BadMacros::Amount));
}

#[test]
fn the_person_has_the_last_word_after_the_practice() {
    let agreed = |nutrient, least, most| Agreed {
        name: "Dr. Roth".to_owned(),
        nutrient,
        bounds: Bounds { least, most },
    };
    let mut aims = Aims {
        agreed: vec![
            agreed(Nutrient::IRON, Some(25.0), None),
            agreed(Nutrient::ENERGY, Some(1_900.0), Some(2_100.0)),
        ],
        ..aims()
    };
    let targets = aims.on(MONDAY, None);
    let practice = Source::Agreed("Dr. Roth".to_owned());
    assert_eq!(least(&targets, Nutrient::IRON), Some((25.0, practice.clone())));
    assert_eq!(
        most(&targets, Nutrient::IRON),
        Some(45.0),
        "the reference still speaks of the most"
    );
    assert_eq!(least(&targets, Nutrient::ENERGY), Some((1_900.0, practice)));
    assert_eq!(targets.energy.unwrap().kcal, 1_900.0);
    aims.own = BTreeMap::from([
        (Nutrient::IRON, Bounds { least: Some(20.0), most: Some(0.0) }),
        (Nutrient::VITAMIN_B3, Bounds { least: Some(20.0), most: None }),
    ]);
    let targets = aims.on(MONDAY, None);
    assert_eq!(least(&targets, Nutrient::IRON), Some((20.0, Source::Own)));
    assert_eq!(most(&targets, Nutrient::IRON), None, "0 takes a limit away");
    assert_eq!(targets.targets[&Nutrient::VITAMIN_B3].counts, Counts::Itself);
}

#[test]
fn a_day_of_the_week_may_have_more_energy_and_other_macronutrients() {
    let mut aims = Aims { basis: Basis::Own(2_000.0), ..aims() };
    aims.weekdays[5] = Weekday {
        energy_percent: Some(120.0),
        macros: Some(Macros::Ratio { carbohydrate: 60.0, protein: 15.0, fat: 25.0 }),
    };
    let saturday = aims.on(Day { year: 2026, weekday: 5 }, None);
    assert_eq!(saturday.energy.as_ref().unwrap().kcal, 2_400.0);
    close(least(&saturday, Nutrient::CARBOHYDRATE).unwrap().0, 360.0);
    assert_eq!(aims.on(MONDAY, None).energy.unwrap().kcal, 2_000.0);
}

proptest! {
    /// Whoever somebody is and whatever they wish for: a goal never leads below rest, a target is never
    /// above its own limit, and everything is a number.
    #[test]
    fn no_wish_leads_below_rest(
        (male, year, height, weight) in (any::<bool>(), 1930_u16..2024, 50.0..210.0_f64, 5.0..250.0_f64),
        (efsa, equation, goal, percent) in (any::<bool>(), 0..5_usize, -1.0..1.0_f64, 50.0..150.0_f64),
    ) {
        let profile = Profile {
            birth_year: Some(year),
            sex: Some(if male { Sex::Male } else { Sex::Female }),
            height_cm: Some(height),
            weight_kg: Some(weight),
            body_fat_percent: Some(25.0),
            activity: Some(ActivityLevel::Sedentary),
            motherhood: None,
        };
        let equation = [
            Equation::MifflinStJeor, Equation::HarrisBenedict, Equation::RozaShizgal,
            Equation::KatchMcardle, Equation::Nasem2023,
        ][equation];
        let mut aims = Aims {
            profile, equation, kg_per_week: goal,
            reference: if efsa { Reference::Efsa } else { Reference::Nasem },
            ..Aims::default()
        };
        aims.weekdays[0].energy_percent = Some(percent);
        let targets = aims.on(MONDAY, None);
        if let Ok(energy) = &targets.energy {
            prop_assert!(energy.kcal.is_finite());
            if goal < 0.0 && let Some(rest) = energy.rest_kcal {
                let unheld = energy.expenditure_kcal.unwrap();
                prop_assert!(rest.min(unheld) - 1e-6 <= energy.kcal || energy.goal_kcal == 0.0);
            }
        }
        for target in targets.targets.values() {
            for bound in [&target.least, &target.most, &target.most_added].into_iter().flatten() {
                prop_assert!(bound.amount.is_finite(), "{target:?}");
            }
        }
    }
}
