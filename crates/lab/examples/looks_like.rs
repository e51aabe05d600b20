//! Writes how often a run is told the right name, a wrong one or none: against targets that no row of the kill matrix is of. Its
//! argument is the file, by default `reports/teeth/looks-like.md`.
#![expect(clippy::expect_used, reason = "a program that writes a table, and stops where it can't")]

#[path = "../tests/looking/mod.rs"]
mod looking;
#[path = "../tests/setting_out/mod.rs"]
mod setting_out;

use looking::{Kind, page, tried};
use setting_out::{SPEC, TRENDYOL, suite};

/// Of each spec.
const COUNTS: &[(Kind, usize)] =
    &[(Kind::Choosing, 45), (Kind::Two, 60), (Kind::TwoChoosing, 20), (Kind::Twice, 10), (Kind::FaultTwice, 15)];
const SEED: u64 = 7;

fn main() {
    let path = std::env::args().nth(1).unwrap_or_else(|| "reports/teeth/looks-like.md".to_owned());
    let suite = suite();
    let specs = [(SPEC, "reference"), (TRENDYOL, "domestic")];
    let all: Vec<_> = specs.iter().flat_map(|(spec, profile)| tried(&suite, spec, profile, COUNTS, SEED)).collect();
    std::fs::write(&path, page(&all, &specs, SEED)).expect("the file can be written");
}
