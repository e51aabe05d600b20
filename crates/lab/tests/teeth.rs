//! Every fault of the mock is caught, and for the clause that it breaks.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

mod setting_out;

use countermand_harness::matrix::Caught;
use countermand_lab::teeth;
use setting_out::{SPEC, stage, suite};

fn no_fault_survives(profile: &str) {
    let suite = suite();
    let stage = stage(&suite, SPEC, profile);
    let cases = suite.cases.iter().filter(|case| case.spec.name == SPEC).cloned().collect::<Vec<_>>();
    let faults = countermand_model::faults(SPEC).expect("the spec has a model");
    let matrix = teeth(&stage, &cases, faults, &|_| {}).expect("faults of the model");
    let told = |how| {
        let rows = matrix.caught(how).map(|row| format!("{} ({}): {:?}", row.fault, row.clause, row.kills.first()));
        rows.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(told(Caught::Not), "", "survivors by {profile}");
    assert_eq!(told(Caught::ByAccident), "", "caught by accident by {profile}");
}

#[test]
fn no_fault_survives_by_the_reference() {
    no_fault_survives("reference");
}

#[test]
fn no_fault_survives_by_the_guide() {
    no_fault_survives("guide");
}
