//! What the summary needs of the cases before it: which clause failed where, who was in the way, where requests
//! went, what took long.

use std::collections::{BTreeMap, BTreeSet};

use countermand_event::{Blame, CaseResult, Level, RunStarted, Verdict};

use crate::text;

/// How many blocks tell of a SHOULD clause before the others are only counted.
const WARNINGS: usize = 2;
/// How many of the slowest cases are named.
const SLOWEST: usize = 3;

/// Gathered case by case; adds up, decides nothing.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The profile per spec.
    pub(super) profiles: BTreeMap<String, String>,
    /// The violated clauses, and where each was.
    pub(super) violations: BTreeMap<Violation, Cases>,
    /// How many cases could not run, by whose it is.
    pub(super) troubles: BTreeMap<Blame, usize>,
    /// How many cases could not run for one and the same reason, where no exchange tells them apart.
    pub(super) reasons: BTreeMap<String, usize>,
    /// What the target has not, and how many cases need it.
    pub(super) lacking: BTreeMap<String, usize>,
    /// What `$BASE` stands for in the lines that send a request again.
    bases: BTreeSet<String>,
    /// The cases that took longest, the slowest first.
    pub(super) slowest: Vec<(f64, String)>,
    /// How many cases have ended.
    pub(super) cases: usize,
}

/// A violated clause, the gravest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Violation {
    pub(super) level: std::cmp::Reverse<Level>,
    pub(super) spec: String,
    pub(super) clause: String,
}

/// The cases that violate a clause.
#[derive(Debug, Default)]
pub(super) struct Cases {
    /// In case order.
    pub(super) ids: Vec<String>,
    /// How many blocks of warnings told of it.
    blocks: usize,
    /// How many blocks were left out because those had told it.
    pub(super) hidden: usize,
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

    /// Whether warnings enough have told of every clause that this warned case violates. Counts the block that is shown
    /// for it where they have not, and the one that is not where they have.
    pub(super) fn warned_enough(&mut self, case: &CaseResult) -> bool {
        let violations: BTreeSet<Violation> = violations(case).collect();
        let blocks = |violation| self.violations.get(violation).map_or(0, |cases| cases.blocks);
        let is_enough = violations.iter().all(|violation| blocks(violation) >= WARNINGS);
        for violation in violations {
            let cases = self.violations.entry(violation).or_default();
            cases.blocks += usize::from(!is_enough);
            cases.hidden += usize::from(is_enough);
        }
        is_enough
    }

    /// What `$BASE` stands for in the lines that send a request again, if there are any.
    pub(super) fn base(&self) -> Option<String> {
        let bases: Vec<String> = self.bases.iter().map(|base| text::short(base)).collect();
        (!bases.is_empty()).then(|| format!("to send a request again: export BASE={}", bases.join(" or ")))
    }

    pub(super) fn add(&mut self, case: &CaseResult) {
        self.cases += 1;
        self.time(case);
        let trouble = case.trouble.as_ref().filter(|_| case.verdict == Verdict::CouldNotRun);
        if let Some(trouble) = trouble {
            *self.troubles.entry(trouble.blame).or_default() += 1;
            if trouble.exchange.is_none() {
                *self.reasons.entry(trouble.message.clone()).or_default() += 1;
            }
        }
        if let Some(trouble) = case.trouble.as_ref().filter(|_| case.verdict == Verdict::NotCovered) {
            *self.lacking.entry(trouble.message.clone()).or_default() += 1;
        }
        for violation in violations(case) {
            let ids = &mut self.violations.entry(violation).or_default().ids;
            if ids.last() != Some(&case.id) {
                ids.push(case.id.clone());
            }
        }
        if case.verdict != Verdict::Passed {
            let of_trouble = case.trouble.iter().filter_map(|trouble| trouble.exchange.as_ref());
            let exchanges = case.steps.iter().flat_map(|step| &step.exchanges).chain(of_trouble);
            self.bases.extend(exchanges.map(|exchange| exchange.base.clone()).filter(|base| !base.is_empty()));
        }
    }

    fn time(&mut self, case: &CaseResult) {
        let at = self.slowest.partition_point(|(millis, _)| *millis >= case.millis);
        if at < SLOWEST {
            self.slowest.insert(at, (case.millis, case.id.clone()));
            self.slowest.truncate(SLOWEST);
        }
    }
}

/// What a case violates, of itself and to be judged.
fn violations(case: &CaseResult) -> impl Iterator<Item = Violation> {
    let judged = case.accusations();
    judged.map(|m| Violation { level: std::cmp::Reverse(m.level), spec: case.spec.clone(), clause: m.clause.clone() })
}
