//! Every fault shows through the API, of the kind that it says it is, and none makes the model fall over.

use std::collections::BTreeSet;

use countermand_model::{FaultInfo, Shows, choices, faults};
use proptest::prelude::*;
use proptest::sample::select;

use crate::generated::picks;
use crate::probe::{Step, played};
use crate::probes::{PROBES, SIMPLE};

/// What the contract demands, by the names of its clauses.
const CLAUSES: &[&str] = &[
    "package.has-id",
    "package.ids-stable",
    "full.cancelled",
    "full.no-successor",
    "full.visible",
    "partial.old-cancelled",
    "partial.one-successor",
    "partial.new-tracking",
    "old.keeps-tracking",
    "partial.visible",
    "partial.same-order",
    "partial.remainder",
    "partial.part-of-a-line",
    "partial.successor-re-enters",
    "partial.last-remainder",
    "partial.lineage",
    "partial.successor-created",
    "old.still-listed",
    "old.immutable",
    "old.refuses",
    "read.complete",
    "read.filters",
    "auth.other-seller",
    "conserve.units",
    "scope.other-packages",
    "reason.listed",
    "reason.unknown-refused",
    "request.lines-required",
    "request.bad-quantity-refused",
    "request.several-lines",
    "request.foreign-line-refused",
    "request.duplicate-line",
    "request.atomic",
    "request.unknown-package",
    "flow.picking-after-created",
    "flow.invoiced-needs-picking",
    "flow.seller-cannot-ship",
    "flow.shipped-final",
    "settle.eventually",
    "race.cancel-and-picking",
    "race.one-effect",
    "webhook.delivers",
    "webhook.subscription",
    "webhook.retry",
    "webhook.agrees",
    "refusal.client-error",
    "refusal.no-change",
    "successor.keep-status",
    "auth.rejects",
];

fn all() -> &'static [FaultInfo] {
    faults("trendyol").unwrap()
}

#[test]
fn every_fault_shows_and_nothing_else_does() {
    for (fault, lines, steps) in PROBES {
        let steps: Vec<&Step> = steps.iter().collect();
        let right = played(None, &[], lines, &steps);
        assert!(right.log == played(None, &[], lines, &steps).log, "{fault}: the probe is not the same twice");
        let wrong = played(Some(fault), &[], lines, &steps);
        assert!(right.log != wrong.log, "{fault} shows nothing");
        let log = wrong.log.clone();
        assert!(log == wrong.again(lines, &steps).log, "{fault}: a reset model is no new one");
    }
}

#[test]
fn every_fault_has_one_probe() {
    let mut names: Vec<_> = all().iter().map(|fault| fault.name).collect();
    let mut probed: Vec<_> = PROBES.iter().map(|(fault, ..)| *fault).collect();
    names.sort_unstable();
    probed.sort_unstable();
    assert_eq!(names, probed);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "two faults have one name");
}

#[test]
fn every_clause_is_broken_and_no_other() {
    let broken: BTreeSet<_> = all().iter().map(|fault| fault.clause).collect();
    assert_eq!(broken, CLAUSES.iter().copied().collect());
    let of_kind = |shows| all().iter().filter(|fault| fault.shows == shows).count();
    assert!(all().len() >= 100 && of_kind(Shows::InSequence) >= 40 && of_kind(Shows::InRace) >= 5);
}

/// What the contract leaves open is no fault.
#[test]
fn no_fault_is_what_a_choice_allows() {
    let infos = choices("trendyol").unwrap();
    for (fault, lines, steps) in PROBES {
        let steps: Vec<&Step> = steps.iter().collect();
        let wrong = played(Some(fault), &[], lines, &steps).log;
        for (choice, option) in infos.iter().flat_map(|info| info.options.iter().map(|option| (info.name, option.name)))
        {
            let chosen = played(None, &[(choice, option)], lines, &steps).log;
            assert!(wrong != chosen, "{fault} is {choice}: {option}");
        }
    }
}

/// What one call on an ordinary order shows needs no sequence.
#[test]
fn what_shows_in_a_sequence_only_does_not_show_at_once() {
    for fault in all().iter().filter(|fault| fault.shows != Shows::AtOnce) {
        for step in SIMPLE {
            let log = |name| played(name, &[], &[("mug", 3)], &[step]).log;
            assert!(log(None) == log(Some(fault.name)), "{} shows by {step:?}", fault.name);
        }
    }
}

/// One after another the calls that meet are harmless.
#[test]
fn what_shows_in_a_race_only_needs_one() {
    for (fault, lines, steps) in PROBES {
        let Some(Step::Meet(calls)) = steps.first() else { continue };
        let is_race = all().iter().any(|info| info.name == *fault && info.shows == Shows::InRace);
        assert!(is_race && played(Some(fault), &[], lines, &[]).model.is_racy());
        let calls: Vec<&Step> = calls.iter().collect();
        let log = |name| played(name, &[], lines, &calls).log;
        assert!(log(None) == log(Some(fault)), "{fault} shows without a race");
    }
}

fn steps() -> impl Strategy<Value = Vec<&'static Step>> {
    let known: Vec<&Step> = PROBES.iter().flat_map(|(_, _, steps)| steps.iter()).collect();
    let places = 0..4_usize;
    let any_place = places.prop_flat_map(|at| select(STEPS_OF[at].iter().collect::<Vec<_>>()));
    prop::collection::vec(prop_oneof![select(known), any_place], 1..20)
}

/// Calls to packages of any place, so that long chains come to be.
const STEPS_OF: [&[Step]; 4] = [
    &[Step::Cancel(0, &[(0, 1)]), Step::Split(0), Step::Push(0, "Picking"), Step::Cancel(0, &[(1, 1)])],
    &[Step::Cancel(1, &[(0, 1)]), Step::Split(1), Step::Push(1, "Picking"), Step::Cancel(1, &[(0, 1), (1, 1)])],
    &[Step::Cancel(2, &[(0, 1)]), Step::Split(2), Step::Push(2, "Picking"), Step::Stage(2, "Shipped")],
    &[Step::Cancel(3, &[(0, 1)]), Step::Split(3), Step::Push(3, "Invoiced"), Step::Cancel(3, &[(1, 2)])],
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is chosen and called.
    #[test]
    fn no_fault_makes_the_model_fall_over(fault in select(all()), picks in picks(), steps in steps()) {
        let player = played(Some(fault.name), &picks, &[("mug", 4), ("tee", 3)], &steps);
        prop_assert!(!player.log.is_empty());
    }
}
