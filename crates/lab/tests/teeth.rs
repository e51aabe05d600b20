//! Every fault of the mock is caught, and for the clause that it breaks; the matrix that is written down says so.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

mod setting_out;

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_event::matrix::{Caught, FaultRow, KillMatrix};
use countermand_harness::{Suite, WaitingCase};
use countermand_lab::{Stage, teeth, unproved};
use countermand_model::{FaultInfo, Shows};
use setting_out::{SPEC, TRENDYOL, stage, suite};

fn faults(spec: &str) -> &'static [FaultInfo] {
    countermand_model::faults(spec).expect("the spec has a model")
}

fn cases(suite: &Suite, spec: &str) -> Vec<Arc<WaitingCase>> {
    suite.cases.iter().filter(|case| case.spec.name == spec).cloned().collect()
}

fn written(spec: &str, profile: &str) -> KillMatrix {
    countermand_suite::teeth(spec, profile).expect("it is written down")
}

/// Every fault is caught, for the clause that it breaks, and every clause that is judged has a fault.
fn nothing_is_missed(stage: &Stage, matrix: &KillMatrix) {
    let told = |how| {
        let rows = matrix.caught(how).map(|row| format!("{} ({}): {:?}", row.fault, row.clause, row.kills.first()));
        rows.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(told(Caught::Not), "", "survivors by {}", stage.profile);
    assert_eq!(told(Caught::ByAccident), "", "caught by accident by {}", stage.profile);
    let unproved = unproved(stage, matrix);
    assert!(unproved.is_empty(), "no fault proves {unproved:?} by {}", stage.profile);
}

fn no_fault_survives(spec: &str, profile: &str) {
    let suite = suite();
    let stage = stage(&suite, spec, profile);
    let matrix = teeth(&stage, &cases(&suite, spec), faults(spec), &|_| {}).expect("faults of the model");
    nothing_is_missed(&stage, &matrix);
    // `countermand teeth --profile NAME --report json=…` writes it.
    let written = written(spec, profile);
    let differs = |(now, then): &(_, _)| now != then;
    let stale = matrix.faults.iter().zip(&written.faults).find(differs).map(|(now, _)| &now.fault);
    assert_eq!(stale, None, "reports/teeth is not what the suite catches by {profile}");
    assert_eq!(matrix.faults.len(), written.faults.len());
}

#[test]
fn no_fault_survives_by_the_reference() {
    no_fault_survives(SPEC, "reference");
}

#[test]
fn no_fault_survives_by_the_guide() {
    no_fault_survives(SPEC, "guide");
}

#[test]
fn no_fault_survives_in_the_home_market() {
    no_fault_survives(TRENDYOL, "domestic");
}

/// Cases that claim nothing the two profiles judge differently come out abroad as at home: they need not be played again.
#[test]
fn no_fault_survives_abroad() {
    let suite = suite();
    let stage = stage(&suite, TRENDYOL, "international");
    let differs = |clause: &str| stage.spec.level(clause, "domestic") != stage.spec.level(clause, "international");
    let (own, others): (Vec<_>, Vec<_>) =
        cases(&suite, TRENDYOL).into_iter().partition(|case| case.clauses().any(differs));
    assert!(own.len() >= 3 && own.len() * 10 < others.len(), "{} of {}", own.len(), others.len());
    let (home, abroad) = (written(TRENDYOL, "domestic"), written(TRENDYOL, "international"));
    nothing_is_missed(&stage, &abroad);
    let of = |row: &FaultRow, cases: &[Arc<WaitingCase>]| {
        row.kills.iter().filter(|kill| cases.iter().any(|case| case.id == kill.case)).cloned().collect::<Vec<_>>()
    };
    let played = teeth(&stage, &own, faults(TRENDYOL), &|_| {}).expect("faults of the model");
    assert_eq!(played.faults.len(), abroad.faults.len());
    for (now, then) in played.faults.iter().zip(&abroad.faults) {
        assert_eq!((&now.fault, &now.kills), (&then.fault, &of(then, &own)), "reports/teeth is stale");
        if let Some(there) = home.faults.iter().find(|row| row.fault == then.fault) {
            assert_eq!(of(then, &others), of(there, &others), "{}: reports/teeth is stale", then.fault);
        }
    }
}

#[test]
fn faults_break_clauses_of_the_spec_and_are_of_every_kind() {
    let suite = suite();
    for (spec, at_least) in [(SPEC, [80, 15, 5]), (TRENDYOL, [80, 15, 5])] {
        let names: BTreeSet<&str> = faults(spec).iter().map(|fault| fault.name).collect();
        assert_eq!(names.len(), faults(spec).len(), "two faults have one name");
        for fault in faults(spec) {
            assert!(suite.specs[spec].clause(fault.clause).is_some(), "{} breaks no clause of {spec}", fault.name);
        }
        let of_kind = |shows| faults(spec).iter().filter(|fault| fault.shows == shows).count();
        let found = [names.len(), of_kind(Shows::InSequence), of_kind(Shows::InRace)];
        assert!(found.iter().zip(at_least).all(|(found, least)| *found >= least), "{spec} has only {found:?}");
    }
}
