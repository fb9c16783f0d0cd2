//! The adaptive expenditure, with people whose expenditure is known.

use nutrition::expenditure::{
    Adaptive, COMPLETE_DAYS_MIN, Eaten, KCAL_PER_KG, TooLittle, WEIGHTS_MIN, Weighed, estimate,
};
use proptest::prelude::*;

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    /// Of 0 to 1, by Steele, Lea and Flood's splitmix.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap()) / 4_294_967_296.0
    }

    /// Around 0, with a standard deviation of 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Somebody who spends this much each day, eats about that much, and weighs themselves.
#[derive(Clone, Copy, Debug)]
struct Somebody {
    spends_kcal: f64,
    eats_kcal: f64,
    /// How much the meals of days differ.
    eats_swing_kcal: f64,
    /// How much the weight swings by water.
    water_kg: f64,
    /// How much of yesterday's water is still there today.
    water_stays: f64,
    /// In how many of 100 days everything is recorded.
    records_percent: f64,
    weighs_percent: f64,
}

const USUAL: Somebody = Somebody {
    spends_kcal: 2_310.0,
    eats_kcal: 2_000.0,
    eats_swing_kcal: 350.0,
    water_kg: 0.5,
    water_stays: 0.0,
    records_percent: 75.0,
    weighs_percent: 80.0,
};

impl Somebody {
    fn lives(self, days: u16, chance: &mut Chance) -> (Vec<Eaten>, Vec<Weighed>) {
        let (mut eaten, mut weighed) = (Vec::new(), Vec::new());
        let (mut kg, mut water) = (80.0, 0.0);
        for day in 0..days {
            let fresh = (1.0 - self.water_stays.powi(2)).sqrt();
            water = self.water_stays * water + fresh * self.water_kg * chance.normal();
            if chance.uniform() * 100.0 < self.weighs_percent {
                weighed.push(Weighed { day, kg: kg + water });
            }
            let kcal = (self.eats_kcal + self.eats_swing_kcal * chance.normal()).max(0.0);
            if chance.uniform() * 100.0 < self.records_percent {
                eaten.push(Eaten { day, kcal });
            }
            kg += (kcal - self.spends_kcal) / KCAL_PER_KG;
        }
        (eaten, weighed)
    }

    fn estimated(self, days: u16, equation_kcal: Option<f64>, seed: u64) -> Adaptive {
        let (eaten, weighed) = self.lives(days, &mut Chance(seed));
        estimate(&eaten, &weighed, equation_kcal).unwrap()
    }
}

/// Of many such people, the share whose expenditure lies within what was said.
fn within(somebody: Somebody, equation_off: f64) -> f64 {
    let (mut said, mut right) = (0.0, 0.0);
    for seed in 0..1_000 {
        let mut chance = Chance(seed ^ 0x5EED);
        let equation = somebody.spends_kcal * (1.0 + equation_off * chance.normal());
        let (eaten, weighed) = somebody.lives(42, &mut Chance(seed));
        // Few of them record too little.
        if let Ok(estimate) = estimate(&eaten, &weighed, Some(equation)) {
            said += 1.0;
            let off = (estimate.kcal - somebody.spends_kcal).abs();
            right += f64::from(u8::from(off <= estimate.plus_minus_kcal));
        }
    }
    assert!(950.0 < said);
    right / said
}

#[test]
fn what_is_said_to_be_right_in_95_of_100_cases_is() {
    let people = [
        USUAL,
        Somebody { eats_kcal: 2_900.0, ..USUAL },
        Somebody { spends_kcal: 1_500.0, eats_kcal: 1_500.0, ..USUAL },
        Somebody { records_percent: 50.0, weighs_percent: 40.0, ..USUAL },
        Somebody { eats_swing_kcal: 800.0, water_kg: 1.0, ..USUAL },
    ];
    for somebody in people {
        let share = within(somebody, 0.13);
        assert!((0.92..=0.995).contains(&share), "{share} of {somebody:?}");
    }
    // Water that stays for days looks like a trend: it is noticed, as far as weeks can show it.
    let share = within(Somebody { water_stays: 0.6, ..USUAL }, 0.13);
    assert!(0.85 <= share, "{share}");
}

#[test]
fn who_records_well_learns_more_than_the_equation_knows() {
    let good = Somebody { records_percent: 100.0, weighs_percent: 100.0, ..USUAL };
    // The equation is 400 kcal off.
    let said: Vec<Adaptive> =
        (0..200).map(|seed| good.estimated(42, Some(2_710.0), seed)).collect();
    let count = f64::from(u32::try_from(said.len()).unwrap());
    let mean = said.iter().map(|said| said.kcal).sum::<f64>() / count;
    assert!((mean - good.spends_kcal).abs() < 40.0, "{mean}");
    assert!(said.iter().all(|said| said.plus_minus_kcal < 250.0 && 0.85 < said.own_share));
    let weekly = said.iter().map(|said| said.kg_per_week).sum::<f64>() / count;
    assert!((weekly - -310.0 * 7.0 / KCAL_PER_KG).abs() < 0.03, "{weekly}");
}

#[test]
fn more_days_and_quieter_scales_make_it_surer() {
    let of = |somebody: Somebody, days| {
        let said = (0..50).map(|seed| somebody.estimated(days, Some(2_310.0), seed));
        said.map(|said| said.plus_minus_kcal).sum::<f64>()
    };
    assert!(of(USUAL, 42) < of(USUAL, 24));
    assert!(
        of(Somebody { water_kg: 0.3, ..USUAL }, 42) < of(Somebody { water_kg: 1.0, ..USUAL }, 42)
    );
}

#[test]
fn too_little_is_no_estimate_and_says_why() {
    assert_eq!(
        estimate(&[], &[], Some(2_000.0)),
        Err(vec![TooLittle::CompleteDays(0), TooLittle::Weights(0)])
    );
    let (eaten, weighed) = USUAL.lives(42, &mut Chance(7));
    let few = &eaten[..COMPLETE_DAYS_MIN - 1];
    assert_eq!(estimate(few, &weighed, None), Err(vec![TooLittle::CompleteDays(9)]));
    let close: Vec<Weighed> = (0..6).map(|day| Weighed { day, kg: 80.0 }).collect();
    let recent: Vec<Eaten> = (0..12).map(|day| Eaten { day, kcal: 2_000.0 }).collect();
    assert_eq!(estimate(&recent, &close, None), Err(vec![TooLittle::Span(5)]));
    let once = [Weighed { day: 3, kg: 80.0 }; WEIGHTS_MIN];
    assert_eq!(estimate(&recent, &once, None), Err(vec![TooLittle::Weights(1)]));
}

#[test]
fn what_is_long_past_does_not_count() {
    let mut chance = Chance(3);
    let (mut eaten, mut weighed) =
        Somebody { spends_kcal: 4_000.0, eats_kcal: 4_000.0, ..USUAL }.lives(42, &mut chance);
    let (now_eaten, now_weighed) = USUAL.lives(42, &mut chance);
    eaten.extend(now_eaten.iter().map(|one| Eaten { day: one.day + 100, ..*one }));
    weighed.extend(now_weighed.iter().map(|one| Weighed { day: one.day + 100, ..*one }));
    let with_past = estimate(&eaten, &weighed, None).unwrap();
    let without = estimate(&now_eaten, &now_weighed, None).unwrap();
    assert_eq!(with_past.complete_days, without.complete_days);
    assert!((with_past.kcal - without.kcal).abs() < 1e-6);
}

proptest! {
    /// Without noise, and with every day recorded, what somebody spends comes out, whatever it is.
    #[test]
    fn without_noise_the_expenditure_comes_out(
        spends in 1_200.0..4_500.0_f64,
        eats in 1_000.0..5_000.0_f64,
        off in -0.2..0.2_f64,
    ) {
        let quiet = Somebody {
            spends_kcal: spends, eats_kcal: eats, eats_swing_kcal: 0.0, water_kg: 0.0,
            water_stays: 0.0, records_percent: 101.0, weighs_percent: 101.0,
        };
        let said = quiet.estimated(42, Some(spends * (1.0 + off)), 1);
        prop_assert!((said.kcal - spends).abs() < 30.0, "{} and {spends}", said.kcal);
        prop_assert!((said.eaten_kcal - eats).abs() < 1e-6);
    }

    /// The order in which days come changes nothing, and no number is ever none.
    #[test]
    fn the_order_of_days_changes_nothing(seed in any::<u64>(), days in 25_u16..80) {
        let (mut eaten, mut weighed) = USUAL.lives(days, &mut Chance(seed));
        let one = estimate(&eaten, &weighed, Some(2_000.0));
        eaten.reverse();
        weighed.reverse();
        let other = estimate(&eaten, &weighed, Some(2_000.0));
        if let (Ok(one), Ok(other)) = (&one, &other) {
            prop_assert!((one.kcal - other.kcal).abs() < 1e-6);
            prop_assert!(one.kcal.is_finite() && 0.0 < one.plus_minus_kcal);
            prop_assert!((0.0..=1.0).contains(&one.own_share));
        } else {
            prop_assert_eq!(one, other);
        }
    }
}
