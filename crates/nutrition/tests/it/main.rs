//! What the crate promises, seen from outside.

#![expect(clippy::float_cmp, reason = "amounts that are stored come back as they were")]

#[cfg(test)]
mod expenditure;
#[cfg(test)]
mod foods;
#[cfg(test)]
mod gap;
#[cfg(test)]
mod intakes;
#[cfg(test)]
mod known_answers;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod recipes;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod scores;
#[cfg(test)]
mod search;
#[cfg(test)]
mod targets;
#[cfg(test)]
mod totals;
#[cfg(test)]
mod values;
