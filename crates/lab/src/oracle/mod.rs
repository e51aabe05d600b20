//! Asks the model what should have come of a sequence. Where the spec leaves a choice, every option that the profile allows
//! is right, and so is every order of calls that were made at once; so a sequence is refuted only where no setting and no
//! order that could be found explain all of it.

mod claims;
pub(crate) mod looks;
mod orders;
pub(crate) mod seen;
mod text;
pub(crate) mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countermand_harness::{Holds, WaitingCase};

use crate::contracts::Contract;
use crate::error::ExploreError;
use crate::sequence::Sequence;
use crate::settings::Setting;
use crate::stage::Stage;
use orders::{Order, orders};
use seen::{Calls, Seen};

/// So many settings are tried for one sequence.
const TRIALS: usize = 1_500;
/// So many choices can bear on one call: what is kept of a part-fulfilled item hangs on three.
const CHANGES_AT_ONCE: usize = 4;

/// What the oracle makes of a sequence.
pub(crate) struct Verdict {
    /// The setting that explains most of it.
    pub(crate) setting: Setting,
    /// What the model does under it.
    pub(crate) should: Calls,
    /// The call that nothing explains, counted from 0, and in what it differs; of calls made at once the last.
    pub(crate) refuted: Option<(usize, BTreeSet<String>)>,
}

/// The model of a stage, asked about sequences.
#[derive(Clone, Copy)]
pub(crate) struct Oracle<'s> {
    pub(crate) stage: &'s Stage,
    pub(crate) contract: &'static Contract,
}

/// A sequence, what was seen of it, and how many settings may still be tried.
struct Search<'s> {
    oracle: Oracle<'s>,
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
    sequence: Sequence,
}

/// One setting, played.
struct Trial {
    should: Calls,
    consulted: BTreeSet<&'static str>,
    difference: Option<(usize, BTreeSet<String>)>,
}

impl Oracle<'_> {
    /// Looks for a setting that explains what was seen, from the one that is `believed` and from the defaults.
    pub(crate) fn judge(
        &self,
        sequence: &Sequence,
        seen: &[Option<Seen>],
        believed: &Setting,
    ) -> Result<Verdict, ExploreError> {
        let mut best: Option<Verdict> = None;
        for order in orders(sequence) {
            let verdict = self.judge_in(&order, sequence, seen, believed)?;
            let explains = verdict.refuted.is_none();
            best = Some(match best.take() {
                Some(best) => further(best, verdict),
                None => verdict,
            });
            if explains {
                break;
            }
        }
        // Calls that could have come in too many orders are not judged.
        Ok(best.unwrap_or_else(|| Verdict { setting: believed.clone(), should: seen.to_vec(), refuted: None }))
    }

    /// What the model makes of a sequence in each order of the calls that are made at once.
    pub(crate) fn endings(&self, sequence: &Sequence, setting: &Setting) -> Result<Vec<Calls>, ExploreError> {
        let ending = |order: Order| {
            let (should, _) = self.ask(&self.played(order.of(sequence))?, setting)?;
            Ok(order.back(sequence, &should))
        };
        orders(sequence).into_iter().map(ending).collect()
    }

    /// What each step of several calls may come to, by its last call.
    pub(crate) fn endings_of_steps(
        &self,
        sequence: &Sequence,
        setting: &Setting,
    ) -> Result<BTreeMap<usize, Vec<Calls>>, ExploreError> {
        let several = sequence.steps().into_iter().filter(|step| step.len() > 1);
        several.map(|step| Ok((step.end - 1, self.endings(&sequence.prefix(step.end), setting)?))).collect()
    }

    /// The verdict where the calls were made one after the other in this order.
    fn judge_in(
        &self,
        order: &Order,
        sequence: &Sequence,
        seen: &[Option<Seen>],
        believed: &Setting,
    ) -> Result<Verdict, ExploreError> {
        let (in_order, seen) = (order.of(sequence), order.seen(seen));
        let whole = self.played(in_order.clone())?;
        let mut search = Search { oracle: *self, sequence: &in_order, whole, seen: &seen, left: TRIALS };
        let mut verdict = search.extend(believed.clone())?;
        if verdict.refuted.is_some() && !believed.is_empty() {
            search.left = TRIALS;
            verdict = further(verdict, search.extend(Setting::new())?);
        }
        Ok(Verdict {
            should: order.back(sequence, &verdict.should),
            refuted: verdict.refuted.map(|(call, paths)| (sequence.end_of_step(call), paths)),
            setting: verdict.setting,
        })
    }

    fn played(&self, sequence: Sequence) -> Result<Played, ExploreError> {
        let case = sequence.case(&self.stage.spec, "oracle").map_err(ExploreError::Sequence)?;
        Ok(Played { case, sequence })
    }

    /// What the model makes of a sequence, and which choices it read.
    fn ask(&self, played: &Played, setting: &Setting) -> Result<(Calls, Vec<&'static str>), ExploreError> {
        let (results, consulted) =
            self.stage.watch(std::slice::from_ref(&played.case), setting).map_err(ExploreError::Stage)?;
        let should = results.first().map(|result| seen::calls(self.contract, result, &played.sequence));
        Ok((should.unwrap_or_default(), consulted))
    }
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
    /// What explains this call and breaks an earlier one comes last, with a change that mends that.
    fn explanations(&mut self, setting: &Setting, step: usize) -> Result<Vec<Setting>, ExploreError> {
        let prefix = self.oracle.played(self.sequence.prefix(step + 1))?;
        let first = self.try_out(&prefix, setting)?;
        if first.difference.is_none() {
            return Ok(vec![setting.clone()]);
        }
        let choices = first.consulted.clone();
        let mut open = vec![(setting.clone(), first, choices)];
        let mut found = Vec::new();
        let mut broken = Vec::new();
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
                        Some((at, _)) if *at < step => broken.push((changed, trial.consulted)),
                        Some(_) => {}
                    }
                }
            }
            if !found.is_empty() {
                return Ok(found);
            }
            open = further;
        }
        self.mended(&prefix, setting, broken)
    }

    /// Of settings that break an earlier call those that a second change makes explain all of a prefix.
    fn mended(
        &mut self,
        prefix: &Played,
        from: &Setting,
        broken: Vec<(Setting, BTreeSet<&'static str>)>,
    ) -> Result<Vec<Setting>, ExploreError> {
        let mut tried = BTreeSet::new();
        for (setting, mut choices) in broken {
            // What was changed is not changed back.
            choices.retain(|choice| setting.get(*choice) == from.get(*choice));
            for changed in self.changes(&setting, &choices) {
                if self.left == 0 {
                    return Ok(Vec::new());
                }
                if tried.insert(changed.clone()) && self.try_out(prefix, &changed)?.difference.is_none() {
                    return Ok(vec![changed]);
                }
            }
        }
        Ok(Vec::new())
    }

    /// Every other option of these choices that the profile allows, each alone.
    fn changes(&self, setting: &Setting, choices: &BTreeSet<&'static str>) -> Vec<Setting> {
        let mut changes = Vec::new();
        // A status is compared with none. What is only seen in the raw answer can matter: by the place where a new item stands,
        // units are fulfilled from another line.
        let concerned = self.oracle.stage.spec.choices.iter().filter(|choice| choice.holds != Holds::Never);
        for choice in concerned.filter(|choice| choices.contains(choice.name.as_str())) {
            // A model takes the first option where nothing is said.
            let now = setting.get(&choice.name).or(choice.options.first());
            let others = choice.options.iter().filter(|option| Some(*option) != now);
            for option in others.filter(|option| choice.allows(&self.oracle.stage.profile, option)) {
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
        let (should, consulted) = self.oracle.ask(played, setting)?;
        let difference = seen::first_difference(&should, self.seen);
        Ok(Trial { should, consulted: consulted.into_iter().collect(), difference })
    }
}

/// The verdict that explains more; of two that explain as much the first.
fn further(one: Verdict, other: Verdict) -> Verdict {
    let explained = |verdict: &Verdict| verdict.refuted.as_ref().map_or(usize::MAX, |(step, _)| *step);
    if explained(&other) > explained(&one) { other } else { one }
}
