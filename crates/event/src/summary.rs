//! The sum of a run: how many cases ended how, both scores, the dialect, and the word of the whole. Adds nothing up itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// The sum of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// How many cases ended with each verdict; a verdict nobody got is absent.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Cases that were planned and not played, because the run was cut short or their target can't be used.
    pub not_played: usize,
    /// The specs whose target could not be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unproved: Vec<String>,
    /// The cases that are not as the baseline says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<String>,
    /// True where a person or a signal ended the run.
    pub interrupted: bool,
    /// True where `--fail-fast` ended the run.
    pub stopped_early: bool,
    /// Both scores, per spec.
    pub scores: BTreeMap<String, Score>,
    /// What the target was seen to choose, per spec, in the spec's order.
    pub dialect: BTreeMap<String, Vec<DialectEntry>>,
    /// What the failures look like, per spec, where they look like something that is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub looks_like: BTreeMap<String, Likeness>,
    /// Wall time of the run, milliseconds.
    pub millis: f64,
}

/// The word of a whole run, in the order of what outranks what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunOutcome {
    /// Every MUST that was played held, known failures aside, and nothing is incomplete.
    Held,
    /// A MUST was violated (`strict`: a SHOULD too), or what is known of failures is not so any more.
    Violated,
    /// Something could not run: never green, whatever else held.
    Incomplete,
}

impl RunSummary {
    /// The sum of nothing, before it is added up.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            verdicts: BTreeMap::new(),
            not_played: 0,
            unproved: Vec::new(),
            stale: Vec::new(),
            interrupted: false,
            stopped_early: false,
            scores: BTreeMap::new(),
            dialect: BTreeMap::new(),
            looks_like: BTreeMap::new(),
            millis: 0.0,
        }
    }

    /// The word of the whole run. `strict` lets a SHOULD count as a MUST.
    #[must_use]
    pub fn outcome(&self, strict: bool) -> RunOutcome {
        let any = |verdict| self.verdicts.get(&verdict).is_some_and(|&count| count > 0);
        let violated = any(Verdict::Failed) || !self.stale.is_empty() || (strict && any(Verdict::Warned));
        let cut_short = self.not_played > 0 && !(self.stopped_early && violated);
        if any(Verdict::CouldNotRun) || self.interrupted || cut_short {
            RunOutcome::Incomplete
        } else if violated {
            RunOutcome::Violated
        } else {
            RunOutcome::Held
        }
    }

    /// What the target was seen to choose of a spec's choices, where that is one option all through the run.
    #[must_use]
    pub fn chosen(&self, spec: &str) -> BTreeMap<String, String> {
        let entries = self.dialect.get(spec).into_iter().flatten();
        let one = entries.filter(|entry| !entry.inconsistent && entry.options.len() == 1);
        one.map(|entry| (entry.choice.clone(), entry.options[0].clone())).collect()
    }
}

/// The known misreading of a contract that the failures of a whole run resemble. A difference is a clause that a step of a case
/// violates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// Its name.
    pub fault: String,
    /// The clause it breaks.
    pub clause: String,
    /// What an implementation does that reads the contract so, in one sentence.
    pub text: String,
    /// How many of the differences that it shows are there.
    pub shown: usize,
    /// How many it shows.
    pub of: usize,
    /// How many others are there.
    pub beside: usize,
}

/// The two scores of a spec, on one fixed denominator: every MUST clause of the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The MUST clauses of the profile.
    pub must_clauses: usize,
    /// Divergence: the MUST clauses that were violated.
    pub violated: Vec<String>,
    /// Coverage: how many MUST clauses were exercised.
    pub exercised: usize,
    /// The MUST clauses that were not.
    pub unexercised: Vec<String>,
    /// SHOULD clauses that were violated.
    pub warned: Vec<String>,
}

/// What the target was seen to choose where the spec leaves a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialectEntry {
    /// The choice.
    pub choice: String,
    /// The options seen or still allowed, in the spec's order.
    pub options: Vec<String>,
    /// True where the choice should hold all through the run and did not.
    pub inconsistent: bool,
    /// How many cases told something of it.
    pub cases: usize,
}
