//! What the summary needs of the cases before it: which clause failed where, who was in the way, where requests went.

use std::collections::{BTreeMap, BTreeSet};

use countermand_harness::event::{CaseResult, RunStarted};
use countermand_harness::{Blame, Level, Verdict};

/// Gathered case by case; adds up, decides nothing.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The profile per spec.
    pub(super) profiles: BTreeMap<String, String>,
    /// The cases per violated clause, in case order.
    pub(super) violations: BTreeMap<Violation, Vec<String>>,
    /// How many cases could not run, by whose it is.
    pub(super) troubles: BTreeMap<Blame, usize>,
    /// How many cases could not run for one and the same reason, where no exchange tells them apart.
    pub(super) reasons: BTreeMap<String, usize>,
    /// What `$BASE` stands for in the lines that send a request again.
    pub(super) bases: BTreeSet<String>,
}

/// A violated clause, the gravest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Violation {
    pub(super) level: std::cmp::Reverse<Level>,
    pub(super) spec: String,
    pub(super) clause: String,
}

impl Tally {
    pub(super) fn start(&mut self, run: &RunStarted) {
        self.profiles.clone_from(&run.profiles);
    }

    /// How many cases so far could not run for the very reason of this one.
    pub(super) fn repeats(&self, case: &CaseResult) -> usize {
        let trouble = case.trouble.as_ref().filter(|trouble| trouble.exchange.is_none());
        trouble.and_then(|trouble| self.reasons.get(&trouble.message)).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, case: &CaseResult) {
        let trouble = case.trouble.as_ref().filter(|_| case.verdict == Verdict::CouldNotRun);
        if let Some(trouble) = trouble {
            *self.troubles.entry(trouble.blame).or_default() += 1;
            if trouble.exchange.is_none() {
                *self.reasons.entry(trouble.message.clone()).or_default() += 1;
            }
        }
        for mismatch in case.mismatches.iter().filter(|m| !m.follows && m.level > Level::May) {
            let level = std::cmp::Reverse(mismatch.level);
            let violation = Violation { level, spec: case.spec.clone(), clause: mismatch.clause.clone() };
            let cases = self.violations.entry(violation).or_default();
            if cases.last() != Some(&case.id) {
                cases.push(case.id.clone());
            }
        }
        if case.verdict != Verdict::Passed {
            let of_trouble = case.trouble.iter().filter_map(|trouble| trouble.exchange.as_ref());
            let exchanges = case.steps.iter().flat_map(|step| &step.exchanges).chain(of_trouble);
            self.bases.extend(exchanges.map(|exchange| exchange.base.clone()).filter(|base| !base.is_empty()));
        }
    }
}
