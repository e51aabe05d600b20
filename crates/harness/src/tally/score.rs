//! What decides the verdict of a case from what was found in it, and gathers the two scores of a spec.

use std::collections::{BTreeMap, BTreeSet};

use countermand_event::{Blame, CaseResult, Level, Mismatch, Score, Trouble, Verdict};

use crate::spec::Spec;

/// The verdict of a case from what was found in it. Consequences do not count: what they follow from does.
pub(crate) fn verdict(mismatches: &[Mismatch], trouble: Option<&Trouble>) -> Verdict {
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
