//! How fast the catalogue opens and is searched: `cargo run --release -p nutrition --example
//! search_speed`. With words as arguments it shows what each finds instead.

#![expect(clippy::print_stdout, reason = "it is there to be read")]

use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{env, iter};

use nutrition::catalog;

const EVERYDAY: &[&str] = &[
    "m",
    "mi",
    "mil",
    "milk",
    "c",
    "ch",
    "chees",
    "chees ched",
    "banana",
    "bananna",
    "brocoli",
    "chicken breast",
    "olive oil",
    "yoghurt",
    "whole wheat bread",
    "spagetti",
    "rice cooked",
    "oat",
    "dark chocolate",
    "raw",
    "with salt",
    "green tea",
    "choclate chip cokies",
    "apple pie",
];

fn main() {
    let queries: Vec<String> = env::args().skip(1).collect();
    if queries.is_empty() {
        measure();
    }
    for query in queries {
        println!("{query}");
        for food in catalog().search(&query, 6) {
            println!("    {}  {}", food.id(), food.name());
        }
    }
}

fn measure() {
    let start = Instant::now();
    let foods = catalog().len();
    println!("opened {foods} foods in {:.1} ms", milliseconds(start.elapsed()));

    report("everyday", EVERYDAY.iter().map(|query| (*query).to_owned()));
    let hostile = [
        "a b c d e f g h".to_owned(),
        "aaaaaaaaaaaaaaaaaaaaaaaa".repeat(100),
        "qaaaaaaaaaaaaaaaaaaaaaaa waaaaaaaaaaaaaaaaaaaaaaa zaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
        "chocolatw strawberrz blueberrz rasberrz mayonnaisw spaghettj".to_owned(),
        "s p c b m f w r".to_owned(),
        iter::repeat_n("\u{fdfa}", 100_000).collect(),
        "raw cooked fat meat beef lean boneless separable".to_owned(),
    ];
    report("hostile", hostile.into_iter());

    let start = Instant::now();
    let known: usize = catalog().foods().map(|food| food.values().known()).sum();
    let each = start.elapsed() / u32::try_from(foods).unwrap_or(1);
    println!("values of a food: {:.1} us ({known} known in all)", milliseconds(each) * 1000.0);
}

fn report(name: &str, queries: impl Iterator<Item = String> + Clone) {
    let mut times = Vec::new();
    for query in queries.clone().cycle().take(200 * queries.count()) {
        let start = Instant::now();
        black_box(catalog().search(black_box(&query), 20));
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 1000).copied().unwrap_or_default();
    println!(
        "{name}: p50 {:.3} ms, p99 {:.3} ms, p99.9 {:.3} ms",
        milliseconds(at(500)),
        milliseconds(at(990)),
        milliseconds(at(999))
    );
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
