//! Every clause that can fail or warn, in any profile, is claimed by a case of its own.
#![expect(clippy::expect_used, reason = "a test that can't be set up stops")]

use std::collections::BTreeSet;

use countermand_event::Level;
use countermand_harness::{Spec, load_suite};

/// What no scenario can claim yet, and why.
const WAITING: &[(&str, &str)] = &[
    ("answer.agrees", "asked of every answer by an invariant of the spec: a claim has no words for a body"),
    ("partial.no-empty-item", "asked after every step by an invariant of the spec"),
    ("refusal.error-body", "asked of every refusal by an invariant of the spec: a claim has no words for a body"),
];

fn is_judged(spec: &Spec, clause: &str) -> bool {
    spec.profiles.iter().any(|profile| spec.level(clause, &profile.name) >= Level::Should)
}

fn unclaimed(spec: &str) -> BTreeSet<String> {
    let files = countermand_suite::files();
    let suite = load_suite(&files.specs, files.scenarios).expect("the suite loads");
    let cases = suite.cases.iter().filter(|case| case.spec.name == spec);
    let claimed: BTreeSet<&str> = cases.flat_map(|case| case.clauses()).collect();
    let spec = &suite.specs[spec];
    let judged = spec.clauses.iter().map(|clause| &clause.id).filter(|clause| is_judged(spec, clause));
    judged.filter(|clause| !claimed.contains(clause.as_str())).cloned().collect()
}

#[test]
fn every_judged_clause_of_modern_dropship_is_claimed_or_waits_with_a_reason() {
    let waiting: BTreeSet<String> = WAITING.iter().map(|(clause, _)| (*clause).to_owned()).collect();
    // On the left the clauses without a case, on the right those that wait for one.
    assert_eq!(unclaimed("modern-dropship"), waiting);
}

#[test]
fn every_law_is_claimed() {
    assert_eq!(unclaimed("laws"), BTreeSet::new());
}

#[test]
fn every_judged_clause_of_trendyol_is_claimed() {
    assert_eq!(unclaimed("trendyol"), BTreeSet::new());
}
