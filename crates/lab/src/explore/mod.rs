//! Explores a target: generated sequences of calls are played against it and, in this process, against the model. What no
//! setting of the spec's choices explains is refuted, made small, and written as a scenario; and so is what breaks a rule of the
//! spec.
//!
//! The same seed gives the same sequences. Whom they are played against is the caller's to say.

mod coverage;
mod generate;
mod rules;
mod shrink;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use countermand_event::{CaseResult, Level, Trouble, Verdict};
use countermand_harness::{SuiteFile, WaitingCase, scenario};

use crate::contracts::{Contract, contract};
use crate::error::ExploreError;
use crate::oracle::looks::looks;
use crate::oracle::seen::{self, Calls, Seen};
use crate::oracle::{self, Oracle, write};
use crate::sequence::Sequence;
use crate::settings::Setting;
use crate::stage::{Stage, StageError};
use rules::Broken;

pub use coverage::Coverage;
pub use generate::{Plan, sequences};

/// So many sequences are played at once.
const BATCH: usize = 32;

/// Plays cases against the target that is explored.
pub type Player<'p> = dyn Fn(&[Arc<WaitingCase>]) -> Result<Vec<CaseResult>, StageError> + 'p;

/// What came of it.
#[derive(Debug, Default)]
pub struct Explored {
    /// The sequences that were played.
    pub sequences: usize,
    /// The generated calls that were made.
    pub calls: usize,
    /// Which calls were made on what.
    pub coverage: Coverage,
    /// What the target was seen to choose otherwise than the model does by itself.
    pub learned: BTreeMap<String, BTreeSet<String>>,
    /// What nothing explains: of those that look alike the first.
    pub refuted: Vec<Refuted>,
    /// Why sequences could not be played.
    pub troubles: Vec<Trouble>,
}

impl Explored {
    /// Whether a MUST was refuted. `strict` lets a SHOULD count as one.
    #[must_use]
    pub fn is_violated(&self, strict: bool) -> bool {
        let violates = |level| level == Level::Must || strict && level == Level::Should;
        self.refuted.iter().any(|refuted| violates(refuted.level))
    }
}

/// A sequence that no setting explains, as small as it was found to be.
#[derive(Debug)]
pub struct Refuted {
    /// A name for its file.
    pub name: String,
    /// The call that was refuted, and what it was made on.
    pub call: String,
    /// The clause that it breaks.
    pub clause: String,
    /// The clause's level in the profile.
    pub level: Level,
    /// In what it differs: paths such as `items.mug.cancelled`.
    pub paths: BTreeSet<String>,
    /// The scenario.
    pub text: String,
    /// The number of its last step, which fails.
    pub steps: usize,
    /// Played again, as a scenario, it did not fail in that step.
    pub flaky: bool,
    /// How many generated calls had been made when it was found.
    pub after_calls: usize,
    /// How many other sequences were refuted in the same way.
    pub alike: usize,
}

/// Plays generated sequences with `player` and judges them by the model of the stage. `told` hears of each that is done.
///
/// # Errors
/// When nothing can be generated for the spec, or nothing can be played.
pub fn explore(
    stage: &Stage,
    player: &Player<'_>,
    plan: &Plan,
    told: &mut dyn FnMut(),
) -> Result<Explored, ExploreError> {
    let Some(contract) = contract(&stage.spec.name) else {
        return Err(ExploreError::Spec(stage.spec.name.clone()));
    };
    let mut explorer = Explorer {
        contract,
        oracle: Oracle { stage, contract },
        stage,
        player,
        believed: Setting::new(),
        alike: BTreeMap::new(),
        explored: Explored::default(),
        seed: plan.seed,
        lacks: &plan.lacks,
    };
    let mut sequences = sequences(&stage.spec.name, plan);
    'all: loop {
        let batch: Vec<Sequence> = sequences.by_ref().take(BATCH).collect();
        let is_over = plan.until.is_some_and(|until| Instant::now() >= until);
        if batch.is_empty() || is_over {
            break;
        }
        let cases = explorer.cases(&batch)?;
        let results = player(&cases)?;
        let should = explorer.expected(&cases, &batch)?;
        for ((sequence, result), should) in batch.into_iter().zip(results).zip(should) {
            explorer.take(sequence, &result, &should)?;
            told();
            if plan.stop_at_first && !explorer.explored.refuted.is_empty() {
                break 'all;
            }
        }
    }
    Ok(explorer.explored)
}

/// An exploration under way.
struct Explorer<'e> {
    contract: &'static Contract,
    oracle: Oracle<'e>,
    stage: &'e Stage,
    player: &'e Player<'e>,
    /// The setting that explained the last sequence that needed one.
    believed: Setting,
    /// What was refuted by its looks: its place among the refuted.
    alike: BTreeMap<String, usize>,
    explored: Explored,
    seed: u64,
    lacks: &'e BTreeSet<String>,
}

/// A verdict that a rule comes before: one that is broken by an earlier call, or where the model has nothing against any.
fn with_rule(verdict: oracle::Verdict, rule: Option<&Broken>) -> oracle::Verdict {
    let is_first = |rule: &&Broken| verdict.refuted.as_ref().is_none_or(|(call, _)| rule.call < *call);
    match rule.filter(is_first).map(|rule| rule.call) {
        Some(call) => oracle::Verdict { refuted: Some((call, BTreeSet::new())), ..verdict },
        None => verdict,
    }
}

/// A sequence that was played once more: the calls of it that were made.
struct Again {
    sequence: Sequence,
    seen: Calls,
    verdict: oracle::Verdict,
    result: CaseResult,
}

impl Explorer<'_> {
    fn cases(&self, sequences: &[Sequence]) -> Result<Vec<Arc<WaitingCase>>, ExploreError> {
        let first = self.explored.sequences;
        let case = |(index, sequence): (usize, &Sequence)| {
            let name = format!("explored/seed-{}-{}", self.seed, first + index + 1);
            sequence.case(&self.stage.spec, &name).map_err(ExploreError::Sequence)
        };
        sequences.iter().enumerate().map(case).collect()
    }

    /// What the model does under the setting that is believed.
    fn expected(&self, cases: &[Arc<WaitingCase>], sequences: &[Sequence]) -> Result<Vec<Calls>, ExploreError> {
        let (results, _) = self.stage.watch(cases, &self.believed)?;
        let steps = |(result, sequence): (&CaseResult, &Sequence)| seen::calls(self.contract, result, sequence);
        Ok(results.iter().zip(sequences).map(steps).collect())
    }

    /// Judges one sequence that was played.
    fn take(&mut self, sequence: Sequence, result: &CaseResult, should: &[Option<Seen>]) -> Result<(), ExploreError> {
        self.explored.sequences += 1;
        if let Some(trouble) = result.trouble.clone().filter(|_| result.verdict == Verdict::CouldNotRun) {
            self.explored.troubles.push(trouble);
            return Ok(());
        }
        // It has a call that says nothing to this target.
        if result.verdict == Verdict::NotCovered && result.steps.is_empty() {
            return Ok(());
        }
        let seen = seen::calls(self.contract, result, &sequence);
        self.explored.calls += seen.iter().flatten().count().saturating_sub(1);
        self.explored.coverage.add(self.contract, &sequence, &seen);
        let rule = self.broken(result, &sequence, &seen);
        if rule.is_none() && seen::first_difference(should, &seen).is_none() {
            return Ok(());
        }
        let (sequence, seen) = seen::made(&sequence, seen);
        let verdict = with_rule(self.oracle.judge(&sequence, &seen, &self.believed)?, rule.as_ref());
        let Some((step, paths)) = &verdict.refuted else {
            self.learn(verdict.setting);
            return Ok(());
        };
        let rule = rule.filter(|_| paths.is_empty()).map(|rule| rule.clause).unwrap_or_default();
        let looks = looks(self.contract, &sequence, &seen, &verdict.should, *step, paths) + &rule;
        if let Some(index) = self.alike.get(&looks) {
            self.explored.refuted[*index].alike += 1;
            return Ok(());
        }
        let refuted = self.pin_down(sequence.prefix(step + 1))?;
        // What the target says it has not is not asked of it.
        let Some(refuted) = refuted.filter(|refuted| !self.lacks.contains(&refuted.clause)) else { return Ok(()) };
        let known = self.explored.refuted.iter().position(|known| known.text == refuted.text);
        let index = known.unwrap_or(self.explored.refuted.len());
        match known {
            Some(index) => self.explored.refuted[index].alike += 1,
            None => self.explored.refuted.push(refuted),
        }
        self.alike.insert(looks, index);
        Ok(())
    }

    fn learn(&mut self, setting: Setting) {
        for (choice, option) in &setting {
            self.explored.learned.entry(choice.clone()).or_default().insert(option.clone());
        }
        self.believed = setting;
    }

    /// Makes a refuted sequence small and writes it. Nothing where, played again, it is not refuted at all.
    fn pin_down(&self, sequence: Sequence) -> Result<Option<Refuted>, ExploreError> {
        let mut flaky = false;
        let whole = sequence.clone();
        let mut smallest = shrink::shrink(self.contract, sequence, |candidate| {
            let again = self.again(candidate)?;
            Ok::<_, ExploreError>(again.and_then(|again| Some(again.sequence.prefix(again.verdict.refuted?.0 + 1))))
        })?;
        let mut found = self.again(&smallest)?;
        if found.as_ref().is_none_or(|again| again.verdict.refuted.is_none()) {
            flaky = true;
            smallest = whole;
            found = self.again(&smallest)?;
        }
        let Some(Again { sequence: smallest, mut verdict, seen, result }) = found else { return Ok(None) };
        let mut endings = self.oracle.endings_of_steps(&smallest, &verdict.setting)?;
        for should in endings.values_mut().flatten().chain([&mut verdict.should]) {
            seen::keep_shown(should, &seen);
        }
        let number = self.explored.refuted.len() + 1;
        let (last, paths) = match verdict.refuted {
            Some(refuted) => refuted,
            None => (smallest.calls.len() - 1, BTreeSet::new()),
        };
        let step = smallest.steps().iter().position(|step| step.contains(&last)).map_or(0, |step| step + 1);
        let rules = result.mismatches.iter().filter(|mismatch| mismatch.step == step && !mismatch.follows);
        // Of those that weigh the same the first: a spec begins with what matters most.
        let rule = rules.min_by_key(|mismatch| Reverse(mismatch.level)).map(|mismatch| mismatch.clause.clone());
        let refutation = write::Refutation {
            contract: self.contract,
            sequence: &smallest,
            should: &verdict.should,
            endings: &endings,
            call: last,
            paths: &paths,
            rule: rule.as_deref(),
            level: &|clause| self.stage.spec.level(clause, &self.stage.profile),
            setting: &verdict.setting,
            title: write::Title::Found("Found by exploring"),
        };
        let written = write::scenario(&refutation);
        let failed = self.fails(&written)?;
        let clause = failed.clone().unwrap_or(written.clause);
        Ok(Some(Refuted {
            name: format!("seed-{}-{number}-{}", self.seed, clause.replace('.', "-")),
            call: write::made(&smallest, last),
            level: self.stage.spec.level(&clause, &self.stage.profile),
            clause,
            paths,
            text: written.text,
            steps: written.steps,
            flaky: flaky || failed.is_none(),
            after_calls: self.explored.calls,
            alike: 0,
        }))
    }

    /// Plays a sequence and judges it. Nothing where it could not be played.
    fn again(&self, sequence: &Sequence) -> Result<Option<Again>, ExploreError> {
        let results = (self.player)(&self.cases(std::slice::from_ref(sequence))?)?;
        let Some(result) = results.into_iter().next().filter(|result| result.verdict != Verdict::CouldNotRun) else {
            return Ok(None);
        };
        let seen = seen::calls(self.contract, &result, sequence);
        let rule = self.broken(&result, sequence, &seen);
        let (sequence, seen) = seen::made(sequence, seen);
        let verdict = with_rule(self.oracle.judge(&sequence, &seen, &self.believed)?, rule.as_ref());
        Ok(Some(Again { sequence, seen, verdict, result }))
    }

    /// The first rule that a sequence breaks, by the call among those that were made.
    fn broken(&self, result: &CaseResult, sequence: &Sequence, seen: &[Option<Seen>]) -> Option<Broken> {
        let broken = rules::broken(&self.stage.spec, self.lacks, result, sequence)?;
        let made = seen.iter().take(broken.call + 1).flatten().count();
        Some(Broken { call: made.checked_sub(1)?, ..broken })
    }

    /// The clause under which the written scenario fails in its last step, and in no earlier one.
    fn fails(&self, written: &write::Written) -> Result<Option<String>, ExploreError> {
        let name = "explored/again".to_owned();
        let file = SuiteFile { path: format!("{name}.yaml"), name, content: written.text.clone().into_bytes().into() };
        // What can't be read does not show it either.
        let Ok(case) = scenario(&self.stage.spec, &file) else { return Ok(None) };
        let results = (self.player)(&[case])?;
        let judged = || results.first().into_iter().flat_map(CaseResult::accusations);
        if judged().any(|mismatch| mismatch.step < written.steps) {
            return Ok(None);
        }
        let own = judged().find(|mismatch| mismatch.clause == written.clause);
        Ok(own
            .or_else(|| judged().min_by_key(|mismatch| Reverse(mismatch.level)))
            .map(|mismatch| mismatch.clause.clone()))
    }
}
