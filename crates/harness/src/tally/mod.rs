//! Adds a run up, case by case: verdicts, scores, the dialect, and what the failures look like.

mod dialect;
mod merge;
mod score;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countermand_event::matrix::{FindMatrix, Kill, KillMatrix};
use countermand_event::{Baseline, CaseResult, DialectEntry, RunSummary, Verdict};

use self::dialect::Dialect;
use self::score::Scoring;
use crate::print::print;
use crate::spec::Spec;

pub use self::merge::{Part, merge};
pub(crate) use self::score::verdict;

/// What failures are compared with: the kill matrix of each spec by its profile, looked for once one of its cases fails.
pub(crate) struct Known {
    find: Option<FindMatrix>,
    profiles: BTreeMap<String, String>,
    matrices: BTreeMap<String, Option<KillMatrix>>,
    /// The failures of this target that are put up with, and the day on which that is asked.
    baseline: Option<(Arc<Baseline>, String)>,
}

impl Known {
    pub(crate) fn new(find: Option<FindMatrix>, profiles: BTreeMap<String, String>) -> Self {
        Self { find, profiles, matrices: BTreeMap::new(), baseline: None }
    }

    pub(crate) fn with(self, baseline: Option<Arc<Baseline>>, today: &str) -> Self {
        Self { baseline: baseline.map(|baseline| (baseline, today.to_owned())), ..self }
    }

    fn of(&mut self, spec: &str) -> Option<&KillMatrix> {
        if !self.matrices.contains_key(spec) {
            let found = self.find.zip(self.profiles.get(spec)).and_then(|(find, profile)| find(spec, profile));
            self.matrices.insert(spec.to_owned(), found);
        }
        self.matrices.get(spec)?.as_ref()
    }
}

/// Adds results up, case by case, so that none has to be kept.
#[derive(Default)]
pub(crate) struct Tally {
    verdicts: BTreeMap<Verdict, usize>,
    scoring: BTreeMap<String, Scoring>,
    dialects: BTreeMap<String, Dialect>,
    /// Per spec, how cases failed.
    failed: BTreeMap<String, Vec<Kill>>,
    /// Cases that are not as the baseline says.
    stale: Vec<String>,
    /// The cases that say something of their target, by [`print`]: a long run has many.
    played: BTreeSet<u64>,
}

impl Tally {
    /// Takes a result, and says in it whether its failure is known to the baseline.
    pub(crate) fn add(&mut self, result: &mut CaseResult, known: &mut Known) {
        if let Some((baseline, today)) = &known.baseline {
            baseline.judge(result, today);
        }
        self.stale.extend(result.stale.is_some().then(|| result.id.clone()));
        *self.verdicts.entry(result.verdict).or_default() += 1;
        self.scoring.entry(result.spec.clone()).or_default().add(result);
        self.dialects.entry(result.spec.clone()).or_default().add(result);
        if !matches!(result.verdict, Verdict::CouldNotRun | Verdict::NotCovered) {
            self.played.insert(print(result.id.as_bytes()));
        }
        if let Some(kill) = Kill::of(result) {
            self.failed.entry(result.spec.clone()).or_default().push(kill);
        }
    }

    pub(crate) fn compare(&self, known: &mut Known, specs: &BTreeMap<String, Arc<Spec>>, summary: &mut RunSummary) {
        let played = |id: &str| self.played.contains(&print(id.as_bytes()));
        for (spec, failed) in &self.failed {
            let excused = self.departures(specs.get(spec));
            let likeness = known.of(spec).and_then(|matrix| matrix.resembled(failed, played, &excused));
            if let Some(likeness) = likeness {
                summary.looks_like.insert(spec.clone(), likeness);
            }
        }
    }

    /// The clauses that the target departs from openly, by an option it was seen to take.
    fn departures<'s>(&self, spec: Option<&'s Arc<Spec>>) -> BTreeSet<&'s str> {
        let Some(spec) = spec else { return BTreeSet::new() };
        let seen = self.dialects.get(&spec.name).map(|dialect| dialect.entries(spec)).unwrap_or_default();
        spec.departures(seen.iter().flat_map(|DialectEntry { choice, options, .. }| {
            options.iter().map(move |option| (choice.as_str(), option.as_str()))
        }))
    }

    pub(crate) fn sum(
        self,
        profiles: &BTreeMap<String, String>,
        specs: &BTreeMap<String, Arc<Spec>>,
        summary: &mut RunSummary,
    ) {
        summary.verdicts = self.verdicts;
        summary.stale = self.stale;
        for (name, spec) in specs {
            let profile = profiles.get(name).map(String::as_str).unwrap_or_default();
            let scoring = self.scoring.get(name);
            summary.scores.insert(name.clone(), scoring.unwrap_or(&Scoring::default()).score(spec, profile));
            summary
                .dialect
                .insert(name.clone(), self.dialects.get(name).map(|dialect| dialect.entries(spec)).unwrap_or_default());
        }
    }
}
