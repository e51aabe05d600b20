//! Asks the model what should have come of a sequence. Where the spec leaves a choice, every option that the profile allows
//! is right; so a sequence is refuted only where no setting that could be found explains all of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_harness::{Holds, WaitingCase};

use super::ExploreError;
use super::seen::{self, Seen};
use super::sequence::Sequence;
use crate::settings::Setting;
use crate::stage::Stage;

/// So many settings are tried for one sequence.
const TRIALS: usize = 1_500;
/// So many choices can bear on one call: what is kept of a part-fulfilled item hangs on three.
const CHANGES_AT_ONCE: usize = 4;

/// What the oracle makes of a sequence.
pub(super) struct Verdict {
    /// The setting that explains most of it.
    pub(super) setting: Setting,
    /// What the model does under it.
    pub(super) should: Vec<Option<Seen>>,
    /// The step that nothing explains, counted from 0, and in what it differs.
    pub(super) refuted: Option<(usize, BTreeSet<String>)>,
}

/// A sequence, what was seen of it, and how many settings may still be tried.
struct Search<'s> {
    stage: &'s Stage,
    sequence: &'s Sequence,
    /// The same, read once for all trials.
    whole: Played,
    seen: &'s [Option<Seen>],
    left: usize,
}

/// A sequence, ready to be played.
#[derive(Clone)]
struct Played {
    case: Arc<WaitingCase>,
    calls: usize,
}

fn played(stage: &Stage, sequence: &Sequence) -> Result<Played, ExploreError> {
    let case = sequence.case(&stage.spec, "oracle").map_err(ExploreError::Sequence)?;
    Ok(Played { case, calls: sequence.calls.len() })
}

/// One setting, played.
struct Trial {
    should: Vec<Option<Seen>>,
    consulted: BTreeSet<&'static str>,
    difference: Option<(usize, BTreeSet<String>)>,
}

/// Looks for a setting that explains what was seen, from the one that is `believed` and from the defaults.
pub(super) fn judge(
    stage: &Stage,
    sequence: &Sequence,
    seen: &[Option<Seen>],
    believed: &Setting,
) -> Result<Verdict, ExploreError> {
    let whole = played(stage, sequence)?;
    let mut search = Search { stage, sequence, whole, seen, left: TRIALS };
    let verdict = search.extend(believed.clone())?;
    if verdict.refuted.is_none() || believed.is_empty() {
        return Ok(verdict);
    }
    search.left = TRIALS;
    Ok(further(verdict, search.extend(Setting::new())?))
}

impl Search<'_> {
    /// Follows a setting as far as it explains, and from there every change to it that explains one step more.
    fn extend(&mut self, setting: Setting) -> Result<Verdict, ExploreError> {
        let trial = self.try_out(&self.whole.clone(), &setting)?;
        let mut best = Verdict { setting: setting.clone(), should: trial.should, refuted: trial.difference };
        let Some((step, _)) = &best.refuted else { return Ok(best) };
        for changed in self.explanations(&setting, *step)? {
            if self.left == 0 {
                break;
            }
            best = further(best, self.extend(changed)?);
            if best.refuted.is_none() {
                break;
            }
        }
        Ok(best)
    }

    /// The settings that explain the calls up to this one and differ from this one in a choice; where one is not enough in
    /// two, and so on. A further change is tried where the last one led somewhere else: of the choices that were then read.
    fn explanations(&mut self, setting: &Setting, step: usize) -> Result<Vec<Setting>, ExploreError> {
        let prefix = played(self.stage, &self.sequence.prefix(step + 1))?;
        let first = self.try_out(&prefix, setting)?;
        if first.difference.is_none() {
            return Ok(vec![setting.clone()]);
        }
        let choices = first.consulted.clone();
        let mut open = vec![(setting.clone(), first, choices)];
        let mut found = Vec::new();
        for _ in 0..CHANGES_AT_ONCE {
            let mut further = Vec::new();
            for (setting, before, choices) in open {
                for changed in self.changes(&setting, &choices) {
                    if self.left == 0 {
                        return Ok(found);
                    }
                    let trial = self.try_out(&prefix, &changed)?;
                    let is_same = trial.difference == before.difference;
                    match &trial.difference {
                        None => found.push(changed),
                        Some((at, _)) if *at == step && !(is_same && trial.consulted == before.consulted) => {
                            let news = trial.consulted.difference(&before.consulted).copied().collect();
                            let choices = if is_same { news } else { trial.consulted.clone() };
                            further.push((changed, trial, choices));
                        }
                        Some(_) => {}
                    }
                }
            }
            if !found.is_empty() {
                break;
            }
            open = further;
        }
        Ok(found)
    }

    /// Every other option of these choices that the profile allows, each alone.
    fn changes(&self, setting: &Setting, choices: &BTreeSet<&'static str>) -> Vec<Setting> {
        let mut changes = Vec::new();
        // A status is compared with none. What is only seen in the raw answer can matter: by the place where a new item stands,
        // units are fulfilled from another line.
        let concerned = self.stage.spec.choices.iter().filter(|choice| choice.holds != Holds::Never);
        for choice in concerned.filter(|choice| choices.contains(choice.name.as_str())) {
            // A model takes the first option where nothing is said.
            let now = setting.get(&choice.name).or(choice.options.first());
            let others = choice.options.iter().filter(|option| Some(*option) != now);
            for option in others.filter(|option| choice.allows(&self.stage.profile, option)) {
                let mut changed = setting.clone();
                match choice.options.first() == Some(option) {
                    true => drop(changed.remove(&choice.name)),
                    false => drop(changed.insert(choice.name.clone(), option.clone())),
                }
                changes.push(changed);
            }
        }
        changes
    }

    fn try_out(&mut self, played: &Played, setting: &Setting) -> Result<Trial, ExploreError> {
        self.left = self.left.saturating_sub(1);
        let (results, consulted) =
            self.stage.watch(std::slice::from_ref(&played.case), setting).map_err(ExploreError::Stage)?;
        let should = results.first().map(|result| seen::steps(result, played.calls)).unwrap_or_default();
        let difference = seen::first_difference(&should, self.seen);
        Ok(Trial { should, consulted: consulted.into_iter().collect(), difference })
    }
}

/// The verdict that explains more; of two that explain as much the first.
fn further(one: Verdict, other: Verdict) -> Verdict {
    let explained = |verdict: &Verdict| verdict.refuted.as_ref().map_or(usize::MAX, |(step, _)| *step);
    if explained(&other) > explained(&one) { other } else { one }
}
