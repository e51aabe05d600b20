//! Prints how many generated calls it takes to find each fault that shows in sequences: the table of `reports/explore.md`.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program that prints a table, and stops where it can't"
)]

#[path = "../tests/setting_out/mod.rs"]
mod setting_out;

use std::sync::Arc;

use countermand_harness::WaitingCase;
use countermand_lab::{Plan, Setting, explore};
use countermand_model::Shows;
use setting_out::{SPEC, stage, suite};

fn main() {
    let stage = stage(&suite(), SPEC, "reference");
    let faults = countermand_model::faults(SPEC).expect("the spec has a model");
    for fault in faults.iter().filter(|fault| fault.shows != Shows::AtOnce) {
        let player = |cases: &[Arc<WaitingCase>]| stage.play(cases, &Setting::new(), &[fault.name]);
        let first = |seed: u64| {
            let plan = Plan { seed, cases: 3_500, max_steps: 8, stop_at_first: true, ..Plan::default() };
            let explored = explore(&stage, &player, &plan, &mut || ()).expect("the mock can be explored");
            explored.refuted.first().map(|refuted| refuted.after_calls)
        };
        let mut calls: Vec<Option<usize>> = (1..=5).map(first).collect();
        // Not found is later than ever.
        calls.sort_by_key(|calls| calls.unwrap_or(usize::MAX));
        let word = |calls: Option<usize>| calls.map_or_else(|| "not found".to_owned(), |calls| calls.to_string());
        let found = calls.iter().flatten().count();
        println!("| `{}` | `{}` | {} | {} | {found} of 5 |", fault.name, fault.clause, word(calls[2]), word(calls[4]));
    }
}
