//! Faults two at a time: whether a MUST that is broken is told whatever else is read wrong beside it, and whether what breaks no
//! MUST is accused of none.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_event::pairs::{self, Accused, FORMAT, Found, Hidden, Pair, Pairs, Seen};
use countermand_event::{CaseResult, Level, RunOutcome};
use countermand_harness::WaitingCase;
use countermand_model::FaultInfo;

use crate::dice::Dice;
use crate::settings::Setting;
use crate::stage::{Script, Stage, StageError};
use crate::workers::each;

/// So much is told of a pair that fails, or of something that is accused falsely.
const FEW: usize = 6;

/// What breaks no MUST, and stands beside a fault that does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The name of a fault, or `choice=option`.
    pub name: String,
    setting: Setting,
    fault: Option<&'static str>,
}

impl Beside {
    fn fault(info: &FaultInfo) -> Self {
        Self { name: info.name.to_owned(), setting: Setting::new(), fault: Some(info.name) }
    }

    fn option(choice: &str, option: &str) -> Self {
        let setting = Setting::from([(choice.to_owned(), option.to_owned())]);
        Self { name: format!("{choice}={option}"), setting, fault: None }
    }
}

/// Which pairs are played: each of `alone` by itself, and beside these faults.
#[derive(Debug)]
pub struct Sample<'f> {
    /// What was drawn by.
    pub seed: u64,
    /// How many pairs there are in all.
    pub of: usize,
    /// What is played, with the faults beside which it is played.
    pub rows: Vec<(Beside, Vec<&'f FaultInfo>)>,
}

impl<'f> Sample<'f> {
    /// Every pair: a fault whose clause is a MUST of the profile, with one whose clause is not, or with an option that departs
    /// from a clause.
    #[must_use]
    pub fn all(stage: &Stage, faults: &'f [FaultInfo]) -> Self {
        let (spec, profile) = (&stage.spec, &stage.profile);
        let is_must = |clause: &str| spec.level(clause, profile) == Level::Must;
        let musts: Vec<_> = faults.iter().filter(|fault| is_must(fault.clause)).collect();
        // What can't but break a MUST besides its own clause is neither.
        let breaks_none =
            |fault: &&FaultInfo| !is_must(fault.clause) && !fault.also.iter().any(|clause| is_must(clause));
        let others = faults.iter().filter(breaks_none);
        let options = spec.choices.iter().flat_map(|choice| {
            let departing = choice.options.iter().filter(|option| choice.departs.contains_key(*option));
            let allowed = departing.filter(|option| choice.allows(profile, option));
            allowed.map(|option| Beside::option(&choice.name, option))
        });
        let rows = others.map(Beside::fault).chain(options).map(|beside| (beside, musts.clone()));
        let rows: Vec<_> = rows.collect();
        Self { seed: 0, of: rows.len() * musts.len(), rows }
    }

    /// So many of the pairs, drawn from all of them; what stands beside a fault is played alone all the same.
    #[must_use]
    pub fn drawn(mut self, pairs: usize, seed: u64) -> Self {
        let mut left: Vec<(usize, usize)> = Vec::new();
        for (row, (_, musts)) in self.rows.iter().enumerate() {
            left.extend((0..musts.len()).map(|must| (row, must)));
        }
        let mut dice = Dice::new(seed);
        let mut taken = BTreeSet::new();
        while taken.len() < pairs && !left.is_empty() {
            taken.insert(left.swap_remove(dice.below(left.len())));
        }
        for (row, (_, musts)) in self.rows.iter_mut().enumerate() {
            let mut must = 0..;
            musts.retain(|_| must.next().is_some_and(|must| taken.contains(&(row, must))));
        }
        Self { seed, ..self }
    }

    /// All pairs of some of what stands beside faults: as much of it, drawn by the seed, as makes so many pairs.
    #[must_use]
    pub fn rows(mut self, pairs: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut rows = Vec::new();
        let mut count = 0;
        while count < pairs && !self.rows.is_empty() {
            let row = self.rows.swap_remove(dice.below(self.rows.len()));
            count += row.1.len();
            rows.push(row);
        }
        Self { seed, rows, ..self }
    }

    /// How many pairs are played.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.rows.iter().map(|(_, musts)| musts.len()).sum()
    }
}

/// Plays a sample of pairs. `done` is called after each, and after each that is played alone.
///
/// # Errors
/// When the model can't be built or the target can't be made.
pub fn play_pairs(
    stage: &Stage,
    cases: &[Arc<WaitingCase>],
    sample: &Sample<'_>,
    done: &(dyn Fn() + Sync),
) -> Result<Pairs, StageError> {
    let mut pairs = Pairs {
        format: FORMAT,
        spec: stage.spec.name.clone(),
        profile: stage.profile.clone(),
        seed: sample.seed,
        of: sample.of,
        played: sample.pairs(),
        told: 0,
        alone: sample.rows.len(),
        masked: Vec::new(),
        hidden: Vec::new(),
        accused: Vec::new(),
    };
    for (beside, musts) in &sample.rows {
        let alone = Alone::play(stage, cases, beside)?;
        pairs.accused.extend(alone.accused(beside));
        done();
        let judged = each(musts, |must| {
            let judged = alone.with(stage, must, beside);
            done();
            judged
        })?;
        for (must, judged) in musts.iter().zip(judged) {
            let (fault, clause) = (must.name.to_owned(), must.clause.to_owned());
            let pair = Pair { fault, clause, beside: beside.name.clone() };
            match judged {
                Judged::Told => pairs.told += 1,
                Judged::Masked => pairs.masked.push(pair),
                Judged::Hidden { told, seen } => pairs.hidden.push(Hidden { pair, told, seen }),
            }
        }
    }
    Ok(pairs)
}

/// What stands beside faults, played by itself.
struct Alone {
    scripts: Vec<Script>,
}

/// What was said of a pair.
enum Judged {
    Told,
    Masked,
    Hidden { told: bool, seen: Vec<Seen> },
}

impl Alone {
    fn play(stage: &Stage, cases: &[Arc<WaitingCase>], beside: &Beside) -> Result<Self, StageError> {
        Ok(Self { scripts: stage.rehearse(cases, &beside.setting, beside.fault.as_slice())? })
    }

    fn results(&self) -> impl Iterator<Item = &CaseResult> {
        self.scripts.iter().filter_map(Script::result)
    }

    /// What was said of it that should not be.
    fn accused(&self, beside: &Beside) -> Option<Accused> {
        let wrong = |seen: &Seen| seen.is_must(None) || seen.is_stopped();
        let seen: Vec<Seen> = self.results().flat_map(Seen::of).filter(wrong).take(FEW).collect();
        (!seen.is_empty()).then(|| Accused { beside: beside.name.clone(), seen })
    }

    /// Plays it beside a fault that breaks a MUST: the cases in which both together show something else.
    fn with(&self, stage: &Stage, must: &FaultInfo, beside: &Beside) -> Result<Judged, StageError> {
        let faults: Vec<&str> = [must.name].into_iter().chain(beside.fault).collect();
        let differing = stage.differing(&self.scripts, &beside.setting, &faults)?;
        let results = stage.play(&differing, &beside.setting, &faults)?;
        let outcome = pairs::outcome(self.others(&results).chain(&results));
        let told = results.iter().flat_map(Seen::of).any(|seen| seen.is_must(Some(must.clause)));
        if told && outcome == RunOutcome::Violated {
            return Ok(Judged::Told);
        }
        if !told && stage.is_alike(&self.scripts, &beside.setting, &faults)? {
            return Ok(Judged::Masked);
        }
        let seen: Vec<Seen> = match told {
            // Whatever it is that did not run, it may be what stands beside the fault that kept it.
            true => self.others(&results).chain(&results).flat_map(Seen::of).filter(Seen::is_stopped).collect(),
            false => self.instead(&results, must),
        };
        Ok(Judged::Hidden { told, seen: seen.into_iter().take(FEW).collect() })
    }

    /// The results of the cases that are not among these.
    fn others(&self, results: &[CaseResult]) -> impl Iterator<Item = &CaseResult> {
        self.results().filter(|alone| results.iter().all(|result| result.id != alone.id))
    }

    /// What the results say that is not said of this alone: first what speaks of the clause at all, then what could not run.
    fn instead(&self, results: &[CaseResult], must: &FaultInfo) -> Vec<Seen> {
        let before: BTreeSet<Seen> = self.results().flat_map(Seen::of).collect();
        let mut seen: Vec<Seen> = results.iter().flat_map(Seen::of).filter(|seen| !before.contains(seen)).collect();
        seen.sort_by_key(|seen| match &seen.found {
            Found::Violated { clause, .. } | Found::Unjudged { clause, .. } if clause == must.clause => 0,
            Found::CouldNotRun(_) => 1,
            Found::Violated { .. } | Found::Unjudged { .. } => 2,
        });
        seen
    }
}
