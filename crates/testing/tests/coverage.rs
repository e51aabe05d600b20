//! Every clause that can fail or warn, in any profile, is claimed by a case of its own.

use std::collections::BTreeSet;

use countermand_harness::{Level, Spec, load_suite};

/// What no scenario can claim yet, and why.
const WAITING: &[(&str, &str)] = &[
    ("answer.agrees", "asked of every answer by an invariant of the spec: a claim has no words for a body"),
    ("order.any-status", "no call of the contract creates an unposted or flagged order"),
    ("partial.no-empty-item", "asked after every step by an invariant of the spec"),
    ("refusal.error-body", "asked of every refusal by an invariant of the spec: a claim has no words for a body"),
    ("webhook.cancelled", "nothing listens for webhooks yet"),
];

fn is_judged(spec: &Spec, clause: &str) -> bool {
    spec.profiles.iter().any(|profile| spec.level(clause, &profile.name) >= Level::Should)
}

#[test]
fn every_judged_clause_is_claimed_or_waits_with_a_reason() {
    let files = countermand_suite::files();
    let suite = load_suite(&files.specs, &files.scenarios).expect("the suite loads");
    let spec = &suite.specs["modern-dropship"];
    let claimed: BTreeSet<&str> = suite.cases.iter().flat_map(|case| case.clauses()).collect();
    let judged = spec.clauses.iter().map(|clause| clause.id.as_str()).filter(|clause| is_judged(spec, clause));
    let unclaimed: BTreeSet<&str> = judged.filter(|clause| !claimed.contains(clause)).collect();
    let waiting: BTreeSet<&str> = WAITING.iter().map(|(clause, _)| *clause).collect();
    assert_eq!(unclaimed, waiting, "on the left the clauses without a case, on the right those that wait for one");
}
