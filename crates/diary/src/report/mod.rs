//! The report of a day or a range: energy, macronutrients, what stands out, scores, every nutrient, and
//! balances. `figures` works it out of the days' sums, `sources` says which foods something comes from,
//! `routes` and `view` are the HTTP. What a visitor was not given is no section.

mod figures;
mod routes;
mod sources;
mod view;

pub(crate) use routes::routes;
