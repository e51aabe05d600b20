//! Asks the model whether a sequence can be explained, and says what is wrong where it can't. What one order has shown of the
//! spec's choices is believed of the next.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use countermand_event::{Level, Mismatch};
use countermand_harness::{Spec, SuiteFile, Target, scenario};
use serde_json::Value;

use super::told::{Difference, Scenario, Violation};
use super::watch::Watch;
use crate::contracts::Contract;
use crate::error::ExploreError;
use crate::oracle::looks::looks;
use crate::oracle::seen::{self, OUTCOME, Seen};
use crate::oracle::write::{self, Title};
use crate::oracle::{Oracle, Verdict as Explained};
use crate::sequence::Sequence;
use crate::settings::Setting;
use crate::stage::Stage;

/// Calls that could have come in more orders than so many are not judged.
const MOST_ORDERS: usize = 120;
/// What the scenario of a violation is called.
const SEEN: Title<'static> = Title::Found("Seen by the monitor");

/// The model, and what is known of the endpoint.
pub(super) struct Explainer {
    pub(super) stage: Stage,
    pub(super) target: Arc<Target>,
    pub(super) contract: &'static Contract,
    /// How long a change may take to be seen.
    pub(super) settle: Duration,
    /// The setting that explained the last sequence that needed one.
    believed: Setting,
    /// What violations looked like.
    told: BTreeSet<String>,
    scenarios: usize,
}

/// What nothing explains.
pub(super) struct Accused {
    explained: Explained,
    /// The last call, counted from 0, and in what it differs.
    call: usize,
    paths: BTreeSet<String>,
}

impl Explainer {
    pub(super) fn new(stage: Stage, target: Arc<Target>, contract: &'static Contract, settle: Duration) -> Self {
        let (believed, told) = (Setting::new(), BTreeSet::new());
        Self { stage, target, contract, settle, believed, told, scenarios: 0 }
    }

    pub(super) fn spec(&self) -> &Arc<Spec> {
        &self.stage.spec
    }

    /// Whether a sequence is explained without anything new having to be believed.
    pub(super) fn is_as_believed(&self, watch: &Watch) -> Result<bool, String> {
        self.explains(watch, &self.believed)
    }

    fn explains(&self, watch: &Watch, setting: &Setting) -> Result<bool, String> {
        let oracle = Oracle { stage: &self.stage, contract: self.contract };
        let endings = oracle.endings(&watch.sequence, setting).map_err(failed)?;
        Ok(endings.iter().any(|should| seen::first_difference(should, &watch.seen).is_none()))
    }

    /// Nothing where some setting and some order of what was made at once explain the sequence.
    pub(super) fn judge(&mut self, watch: &Watch) -> Result<Option<Accused>, String> {
        if too_many_orders(&watch.sequence) {
            return Err("so many calls were made at once that they could have come in any order".to_owned());
        }
        let oracle = Oracle { stage: &self.stage, contract: self.contract };
        let explained = oracle.judge(&watch.sequence, &watch.seen, &self.believed).map_err(failed)?;
        match explained.refuted.clone() {
            None => {
                self.believed = explained.setting;
                Ok(None)
            }
            Some((call, paths)) => {
                let is_open = |index: &usize| {
                    let before = seen::before(&explained.should, *index);
                    !(self.contract.speaks_of)(&watch.sequence.calls[*index], &before, &watch.sequence.lines)
                };
                if let Some(open) = (0..=call).find(is_open) {
                    let made = write::made(&watch.sequence, watch.sequence.end_of_step(open));
                    return Err(format!("nothing says what comes of {made}"));
                }
                Ok(Some(Accused { explained, call, paths }))
            }
        }
    }

    fn looks(&self, watch: &Watch, accused: &Accused, call: usize) -> String {
        looks(self.contract, &watch.sequence, &watch.seen, &accused.explained.should, call, &accused.paths)
    }

    /// What nothing explains, as a violation; nothing where no clause demands it. `from` is the first call since somebody looked:
    /// what differs is laid to the last of them that has to do with it.
    pub(super) fn violation(
        &mut self,
        order: &str,
        watch: &Watch,
        accused: &Accused,
        rules: &[Mismatch],
        from: usize,
    ) -> Result<Option<Violation>, String> {
        let Accused { explained, call: last, paths } = accused;
        let call = culprit(watch, &explained.should, *last, paths, from);
        // Of those that weigh the same the first: a spec begins with what matters most.
        let rule = rules.iter().min_by_key(|rule| std::cmp::Reverse(rule.level)).map(|rule| rule.clause.as_str());
        let written = self.write(watch, explained, call, paths, rule.filter(|_| call == *last), SEEN)?;
        if self.spec().level(&written.clause, &self.stage.profile) == Level::May {
            return Ok(None);
        }
        let differences = differences(watch, &explained.should, *last, paths);
        let looks = self.looks(watch, accused, *last);
        let made = write::made(&watch.sequence, call);
        Ok(Some(self.tell(order, made, &written.clause, differences, looks, Some(&written.text))))
    }

    /// A rule that is broken where the model has nothing against the rest. `watch` is what was seen, where it was from the
    /// beginning.
    pub(super) fn broken_rule(&mut self, order: &str, made: &str, rule: &Mismatch, watch: Option<&Watch>) -> Violation {
        let text = watch.and_then(|watch| {
            let explained = self.explained(watch).ok()?;
            let last = watch.sequence.calls.len() - 1;
            Some(self.write(watch, &explained, last, &BTreeSet::new(), Some(&rule.clause), SEEN).ok()?.text)
        });
        let difference = Difference {
            path: rule.path.clone(),
            expected: Some(rule.expected.clone().into()),
            actual: rule.actual.clone(),
        };
        let looks = format!("{} {}", rule.clause, made.split(' ').next().unwrap_or_default());
        self.tell(order, made.to_owned(), &rule.clause, vec![difference], looks, text.as_deref())
    }

    /// What was seen, as a scenario that passes.
    pub(super) fn scenario(&mut self, order: &str, watch: &Watch) -> Result<Scenario, String> {
        let explained = self.explained(watch)?;
        let last = watch.sequence.calls.len() - 1;
        let title = format!("As it was watched, order {}", word(order));
        let written = self.write(watch, &explained, last, &BTreeSet::new(), None, Title::Whole(&title))?;
        self.scenarios += 1;
        Ok(Scenario { name: format!("watched-{}-{}", self.scenarios, word(order)), text: self.shown(&written.text) })
    }

    fn explained(&self, watch: &Watch) -> Result<Explained, String> {
        let oracle = Oracle { stage: &self.stage, contract: self.contract };
        oracle.judge(&watch.sequence, &watch.seen, &self.believed).map_err(failed)
    }

    fn write(
        &self,
        watch: &Watch,
        explained: &Explained,
        call: usize,
        paths: &BTreeSet<String>,
        rule: Option<&str>,
        title: Title<'_>,
    ) -> Result<write::Written, String> {
        let oracle = Oracle { stage: &self.stage, contract: self.contract };
        let endings = oracle.endings_of_steps(&watch.sequence, &explained.setting).map_err(failed)?;
        Ok(write::scenario(&write::Refutation {
            contract: self.contract,
            sequence: &watch.sequence,
            should: &explained.should,
            endings: &endings,
            call,
            paths,
            rule,
            level: &|clause| self.spec().level(clause, &self.stage.profile),
            setting: &explained.setting,
            title,
        }))
    }

    fn tell(
        &mut self,
        order: &str,
        call: String,
        clause: &str,
        differences: Vec<Difference>,
        looks: String,
        text: Option<&str>,
    ) -> Violation {
        let is_known = !self.told.insert(looks);
        let text = text.filter(|text| !is_known && self.can_be_played(text)).map(|text| self.shown(text));
        let scenario = text.map(|text| {
            self.scenarios += 1;
            Scenario { name: format!("seen-{}-{}", self.scenarios, clause.replace('.', "-")), text }
        });
        let spec = self.spec();
        Violation {
            order: order.to_owned(),
            call,
            level: spec.level(clause, &self.stage.profile),
            statement: spec.clause(clause).map(|clause| clause.text.clone()).unwrap_or_default(),
            clause: clause.to_owned(),
            differences,
            scenario,
            is_known,
        }
    }

    /// Whether a text is a scenario of the spec.
    fn can_be_played(&self, text: &str) -> bool {
        let name = "monitor/seen".to_owned();
        let content = text.as_bytes().to_vec().into();
        scenario(self.spec(), &SuiteFile { path: format!("{name}.yaml"), name, content }).is_ok()
    }

    fn shown(&self, text: &str) -> String {
        self.target.without_secrets(text)
    }
}

/// What differs at a call, value by value; of several calls at once each answer that does.
fn differences(watch: &Watch, should: &[Option<Seen>], last: usize, paths: &BTreeSet<String>) -> Vec<Difference> {
    let outcome = |calls: &[Option<Seen>], call: usize| {
        calls.get(call).and_then(|seen| Some(Value::from(seen.as_ref()?.outcome.as_str())))
    };
    let value = |calls: &[Option<Seen>], path: &str| calls.get(last)?.as_ref()?.state.as_ref()?.get(path).cloned();
    let mut differences = Vec::new();
    let step = watch.sequence.step_of(last);
    for path in paths {
        if path != OUTCOME {
            let (expected, actual) = (value(should, path), value(&watch.seen, path));
            differences.push(Difference { path: path.clone(), expected, actual });
            continue;
        }
        for call in step.clone() {
            let (expected, actual) = (outcome(should, call), outcome(&watch.seen, call));
            let path =
                if step.len() == 1 { OUTCOME.to_owned() } else { format!("{OUTCOME} {}", call - step.start + 1) };
            if expected != actual || step.len() == 1 {
                differences.push(Difference { path, expected, actual });
            }
        }
    }
    differences
}

/// The last of the calls since somebody looked by which something changes of what differs; the very last where none does.
fn culprit(watch: &Watch, should: &[Option<Seen>], last: usize, paths: &BTreeSet<String>, from: usize) -> usize {
    if paths.contains(OUTCOME) {
        return last;
    }
    let ends = watch.sequence.steps().into_iter().map(|step| step.end - 1);
    let since: Vec<usize> = ends.filter(|end| (from..=last).contains(end)).collect();
    let moves = |end: &&usize| {
        let after = should.get(**end).and_then(|seen| seen.as_ref()?.state.as_ref());
        after.is_some_and(|after| !seen::moved(&seen::before(should, **end), after).is_disjoint(paths))
    };
    since.iter().rev().find(moves).copied().unwrap_or(last)
}

fn too_many_orders(sequence: &Sequence) -> bool {
    let ways = |many: usize| (1..=many).try_fold(1_usize, usize::checked_mul);
    let all = sequence.steps().iter().try_fold(1_usize, |all, step| all.checked_mul(ways(step.len())?));
    all.is_none_or(|all| all > MOST_ORDERS)
}

/// What may stand in a name.
fn word(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(40).collect()
}

fn failed(error: ExploreError) -> String {
    format!("the model can't be asked: {error}")
}

/// Whether a level is judged.
pub(super) fn is_judged(rule: &Mismatch) -> bool {
    rule.level > Level::May
}
