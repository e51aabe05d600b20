//! Prints how a monitor tells each fault of a spec's mock, in the traffic of those of the suite's cases that the fault makes a
//! difference to, some of them: under its own clause, under another, or not. Its argument is the spec.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program that prints a table, and stops where it can't"
)]

#[path = "../tests/setting_out/mod.rs"]
mod setting_out;
#[path = "../tests/tapped/mod.rs"]
mod tapped;

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_harness::WaitingCase;
use countermand_lab::{Setting, Told};
use setting_out::{SPEC, stage, suite};
use tapped::judged;

/// So many cases are played for one fault.
const MOST: usize = 8;

fn main() {
    let spec = std::env::args().nth(1).unwrap_or_else(|| SPEC.to_owned());
    let suite = suite();
    let profile = suite.specs[&spec].profile(None).expect("a spec has one").name.clone();
    let stage = stage(&suite, &spec, &profile);
    let cases: Vec<Arc<WaitingCase>> = suite.cases.iter().filter(|case| case.spec.name == spec).cloned().collect();
    let scripts = stage.rehearse(&cases, &Setting::new(), &[]).expect("they can be played");
    let faults = countermand_model::faults(&spec).expect("the spec has a model");
    let (mut own, mut other, mut not) = (0, 0, 0);
    for fault in faults {
        let differing = stage.differing(&scripts, &Setting::new(), &[fault.name]).expect("it is one");
        let some: Vec<_> = differing.iter().step_by(differing.len().div_ceil(MOST).max(1)).cloned().collect();
        let (told, _) = judged(&stage, &some, &Setting::new(), Some(fault.name));
        let clauses: BTreeSet<&str> = told
            .iter()
            .filter_map(|told| match told {
                Told::Violation(violation) => Some(violation.clause.as_str()),
                _ => None,
            })
            .collect();
        let (count, how) = match clauses.contains(fault.clause) {
            true => (&mut own, "its own clause"),
            false if clauses.is_empty() => (&mut not, "not told"),
            false => (&mut other, "another clause"),
        };
        *count += 1;
        let clauses = clauses.into_iter().collect::<Vec<_>>().join(", ");
        println!("| `{}` | `{}` | {how} | {clauses} |", fault.name, fault.clause);
    }
    println!("{own} under their own clause, {other} under another, {not} not told, of {}", faults.len());
}
