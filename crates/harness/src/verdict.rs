//! Verdicts, blame and the two scores: what the observations of a case and of a run add up to. Formats nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::event::{CaseResult, Mismatch, RunSummary, Score, Trouble};
use crate::spec::{Level, Spec};

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that was demanded was played and held.
    Passed,
    /// A MUST clause was violated.
    Failed,
    /// A SHOULD clause was violated, and no MUST.
    Warned,
    /// Something other than the target's rules stood in the way.
    CouldNotRun,
    /// The target declares that it lacks a call the case needs.
    NotCovered,
    /// It failed just as the baseline says it is known to.
    KnownFailure,
}

/// Who a non-pass belongs to. Never merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// The implementation under test.
    Target,
    /// The order could not be brought about, or is not what was asked for.
    Setup,
    /// No usable answer came: refused connections, time-outs, cut-off bodies.
    Transport,
    /// The scenario asks for what cannot be played.
    Scenario,
    /// This program.
    Harness,
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

/// The verdict of a case from what was found in it. Consequences do not count: what they follow from does.
pub(crate) fn of_case(mismatches: &[Mismatch], trouble: Option<&Trouble>) -> Verdict {
    let gravest = mismatches.iter().filter(|m| !m.follows).map(|m| m.level).max();
    match trouble {
        // What was found before the target turned out to lack something stays found.
        Some(trouble) if trouble.blame == Blame::Target && gravest.is_none_or(|level| level == Level::May) => {
            return Verdict::NotCovered;
        }
        Some(trouble) if trouble.blame != Blame::Target => return Verdict::CouldNotRun,
        _ => {}
    }
    match gravest {
        Some(Level::Must) => Verdict::Failed,
        Some(Level::Should) => Verdict::Warned,
        Some(Level::May) | None => Verdict::Passed,
    }
}

impl RunSummary {
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
}

/// Gathers the scores of one spec, case by case.
#[derive(Debug, Default)]
pub(crate) struct Scoring {
    exercised: BTreeSet<String>,
    violated: BTreeMap<String, Level>,
}

impl Scoring {
    pub(crate) fn add(&mut self, result: &CaseResult) {
        self.exercised.extend(result.clauses.iter().cloned());
        for mismatch in result.mismatches.iter().filter(|m| !m.follows) {
            self.violated.insert(mismatch.clause.clone(), mismatch.level);
        }
    }

    pub(crate) fn score(&self, spec: &Spec, profile: &str) -> Score {
        let must: Vec<&str> = spec.clauses_at(profile, Level::Must).collect();
        let of_level =
            |level| self.violated.iter().filter(move |(_, l)| **l == level).map(|(clause, _)| clause.clone());
        let (seen, unseen): (Vec<&str>, Vec<&str>) = must.iter().partition(|clause| self.exercised.contains(**clause));
        Score {
            must_clauses: must.len(),
            violated: of_level(Level::Must).collect(),
            exercised: seen.len(),
            unexercised: unseen.into_iter().map(str::to_owned).collect(),
            warned: of_level(Level::Should).collect(),
        }
    }
}
