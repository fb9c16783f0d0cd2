//! Ratios with their parts, for people and as JSON.

use std::io::{self, Write as _};

use serde_json::{Value, json};

/// One measured ratio: the median over rounds, each of which ran both parts one after the other.
pub(crate) struct Ratio {
    pub(crate) name: &'static str,
    pub(crate) goal: &'static str,
    /// Whether the median reaches the goal; `None` for what has none.
    pub(crate) reached: Option<bool>,
    pub(crate) value: f64,
    pub(crate) rounds: Vec<f64>,
    pub(crate) parts: Vec<(String, f64)>,
}

/// The middle of some numbers.
pub(crate) fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints the table.
pub(crate) fn print(ratios: &[Ratio]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for ratio in ratios {
        let reached = match ratio.reached {
            Some(true) => "reached",
            Some(false) => "MISSED",
            None => "",
        };
        writeln!(out, "\n{}\n  {:.3}   goal {}   {reached}", ratio.name, ratio.value, ratio.goal)?;
        if ratio.rounds.len() > 1 {
            let rounds: Vec<_> = ratio.rounds.iter().map(|one| format!("{one:.3}")).collect();
            writeln!(out, "  rounds: {}", rounds.join("  "))?;
        }
        for (name, value) in &ratio.parts {
            writeln!(out, "    {value:>12.2}  {name}")?;
        }
    }
    out.flush()
}

/// The same for programs.
pub(crate) fn json(ratios: &[Ratio]) -> Value {
    let ratios: Vec<Value> = ratios
        .iter()
        .map(|ratio| {
            let parts: serde_json::Map<String, Value> =
                ratio.parts.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            json!({
                "name": ratio.name, "goal": ratio.goal, "reached": ratio.reached,
                "value": ratio.value, "rounds": ratio.rounds, "parts": parts,
            })
        })
        .collect();
    json!({"ratios": ratios})
}
