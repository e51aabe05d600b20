//! Compares what a step expects with what was seen. Pure: views and answers in, mismatches out.

mod bind;
mod claims;
mod differ;
mod doubts;
mod frame;
mod heard;
mod invariants;
mod rests;
mod spot;
#[cfg(test)]
mod tests;
mod unanswerable;
mod value;
mod view;
mod watch;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countermand_event::{Blame, Difference, Finding, Level, Mismatch};
use countermand_text::{SourceFile, Span};
use serde_json::Value;

use crate::scenario::{CallUse, Case, Step};
use crate::spec::binding::{Answer, Outcome};
use crate::spec::{Call, Spec};
use crate::template::{Data, ExprError};

pub(crate) use bind::{bind_set_up, resolve_role};
pub(crate) use doubts::{Because, Doubts, Weight};
pub(crate) use frame::late_changes;
pub(crate) use heard::{Heard, read_heard};
pub(crate) use invariants::accepted;
pub(crate) use spot::Spot;
pub(crate) use value::{describe, says};
pub(crate) use view::{Entity, StateView, key, read_view};
pub(crate) use watch::{name_new, watch, watch_named};

/// What a scenario's names stand for in one order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// Role → identity of the entity.
    pub(crate) roles: BTreeMap<String, String>,
    /// The scenario's name of a product → the target's key of it.
    pub(crate) products: BTreeMap<String, Value>,
    /// Identity of a new entity → identity of the one it came of.
    pub(crate) origins: BTreeMap<String, String>,
    /// Identity of a new entity → the target's key of the product of the one it came of.
    pub(crate) counts_as: BTreeMap<String, Value>,
    /// Identity of a nested entity → identity of what it is nested in.
    pub(crate) parents: BTreeMap<String, String>,
}

impl Names {
    /// The role bound to an entity, or its identity where none is.
    pub(crate) fn role_of<'n>(&'n self, ident: &'n str) -> &'n str {
        self.roles.iter().find(|(_, bound)| *bound == ident).map_or(ident, |(role, _)| role)
    }

    /// Remembers what is nested in what.
    pub(crate) fn learn_parents(&mut self, view: &StateView) {
        let nested = view.entities.iter().filter_map(|entity| Some((entity.ident.clone(), entity.parent.clone()?)));
        self.parents.extend(nested);
    }

    /// What an entity goes back to: what it is nested in, and what that came of.
    pub(crate) fn root<'n>(&'n self, ident: &'n str) -> &'n str {
        let mut root = ident;
        // Origins are older and parents are wider, so this ends; the bound is for a target that says otherwise.
        for _ in 0..self.origins.len() + self.parents.len() {
            match self.origins.get(root).or_else(|| self.parents.get(root)) {
                Some(older) => root = older,
                None => break,
            }
        }
        root
    }
}

/// One step as it was seen: everything a judgement is made from.
pub(crate) struct Moment<'m> {
    pub(crate) case: &'m Case,
    pub(crate) profile: &'m str,
    pub(crate) step: &'m Step,
    /// From 1.
    pub(crate) number: usize,
    /// Per order of the scenario: after the set-up, before the step, after it.
    pub(crate) first: &'m [StateView],
    pub(crate) before: &'m [StateView],
    pub(crate) after: &'m [StateView],
    pub(crate) names: &'m [Names],
    /// The calls, in the order of the file.
    pub(crate) made: &'m [Made<'m>],
    /// Other views that claims ask for, with the order they were read for.
    pub(crate) others: &'m BTreeMap<String, StateView>,
    /// What webhooks have told since the case began.
    pub(crate) heard: &'m [Heard],
    /// How often the state was read since the answer, this read included.
    pub(crate) reads: u64,
    /// The calls of the case that were accepted so far, those of this step included, with the order of each.
    pub(crate) accepted: &'m [(usize, Data)],
    /// What the target declares it has not: clauses among it are not judged.
    pub(crate) lacks: &'m BTreeMap<String, String>,
}

/// A call that was made.
pub(crate) struct Made<'m> {
    pub(crate) call: &'m CallUse,
    /// The order and the identity of what it was made on, where that was an entity.
    pub(crate) on: Option<(usize, String)>,
    pub(crate) with: Data,
    pub(crate) answer: Answer,
    /// Whether it is one request of the target's: what is made of several may be done in part.
    pub(crate) is_one: bool,
}

impl Made<'_> {
    /// What it was made on, as it is in these views of the case's orders.
    pub(crate) fn entity<'v>(&self, views: &'v [StateView]) -> Option<&'v Entity> {
        let (order, ident) = self.on.as_ref()?;
        views.get(*order)?.entity(ident)
    }
}

impl Moment<'_> {
    /// How the step was answered: broken where any call was, refused where all were.
    pub(crate) fn outcome(&self) -> Outcome {
        let any = |outcome| self.made.iter().any(|made| made.answer.outcome == outcome);
        if any(Outcome::Broken) {
            Outcome::Broken
        } else if any(Outcome::Accepted) {
            Outcome::Accepted
        } else {
            Outcome::Refused
        }
    }

    /// The step's call in the words of the spec; of several at once the first.
    fn call(&self) -> Option<&Call> {
        self.case.spec.call(&self.step.call.name)
    }

    fn level(&self, clause: &str) -> Level {
        self.case.spec.level(clause, self.profile)
    }

    /// That a clause is broken in this step, for what may follow from it.
    fn because(&self, clause: &str) -> Because {
        Because { step: self.number, clause: clause.to_owned(), level: self.level(clause) }
    }

    /// The one call of the step, where there is only one.
    pub(crate) fn single(&self) -> Option<&Made<'_>> {
        match self.made {
            [made] => Some(made),
            _ => None,
        }
    }
}

/// What a step came to.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) found: Vec<Found>,
    /// Everything holds, but did not at the first read.
    pub(crate) late: Option<Found>,
    /// Every clause that was put to the test.
    pub(crate) clauses: BTreeSet<String>,
    pub(crate) findings: Vec<Finding>,
    /// The names as they stand after the step, per order.
    pub(crate) names: Vec<Names>,
}

/// Judges one step.
pub(crate) fn judge(moment: &Moment<'_>) -> Result<Judgement, ExprError> {
    let before = regrouped(moment, moment.before, moment.names);
    let moment = &Moment { before: &before, ..*moment };
    let mut claimed = claims::judge(moment);
    let after = regrouped(moment, moment.after, &claimed.names);
    let moment = &Moment { after: &after, ..*moment };
    if matches!(after, Cow::Owned(_)) {
        // A sum may be claimed before that is named which is not what it came of.
        claimed = claims::judge(moment);
    }
    let mut judgement = Judgement { names: claimed.names, findings: claimed.findings, ..Judgement::default() };
    judgement.found = claimed.differences;
    let exercised = moment.step.expect.iter().filter(|expectation| expectation.exercises);
    judgement.clauses.extend(exercised.map(|expectation| expectation.clause.clone()));
    if let Some(named) = &claimed.named {
        frame::judge(moment, &judgement.names, named, &mut judgement.found, &mut judgement.clauses);
    }
    rests::on_what_vanished(&mut judgement.found, moment);
    let scopes = invariants::scopes(moment);
    invariants::judge(moment, &scopes, &judgement.names, &mut judgement.found, &mut judgement.clauses)?;
    judgement.findings.extend(invariants::seen(moment, &scopes)?);
    if moment.outcome() == Outcome::Accepted {
        judgement.clauses.extend(moment.call().map(|call| call.frame.at_once.clone()));
        if moment.reads > 1 && judgement.found.is_empty() {
            judgement.late = frame::visible_later(moment);
        }
    }
    if let Some(otherwise) = &claimed.otherwise {
        rests::on_the_answer(&mut judgement.found, otherwise, moment);
    }
    rests::on_the_shape(&mut judgement.found, moment);
    rests::on_the_state(&mut judgement.found, moment);
    let lacking = |clause: &String| moment.lacks.contains_key(clause);
    judgement.found.retain(|found| !lacking(&found.clause));
    judgement.late = judgement.late.filter(|late| !lacking(&late.clause));
    judgement.clauses.retain(|clause| !lacking(clause));
    Ok(judgement)
}

/// The views with every sum made by the products that things count as: what came of a mug goes on being a mug's units, and that
/// it says it is a tee is told where its product is claimed.
fn regrouped<'v>(moment: &Moment<'_>, views: &'v [StateView], names: &[Names]) -> Cow<'v, [StateView]> {
    let mut views = Cow::Borrowed(views);
    for (order, names) in names.iter().enumerate() {
        let Some(view) = views.get(order) else { continue };
        // The sums could be made once: they can be made again.
        if let Ok(Some(mut view)) = view.regrouped(&moment.case.spec, &names.counts_as) {
            if let Some(first) = moment.first.get(order) {
                view.keep_products(&moment.case.spec, first);
            }
            views.to_mut()[order] = view;
        }
    }
    views
}

/// In what the observation departs from what was expected.
#[derive(Debug)]
pub(crate) struct Deviation {
    pub(crate) path: String,
    pub(crate) difference: Difference,
    /// What was expected, in words.
    pub(crate) expected: String,
    /// What was expected, where it is one value.
    pub(crate) wanted: Option<Value>,
    pub(crate) actual: Option<Value>,
    /// What it is about.
    pub(crate) spots: Vec<Spot>,
}

/// A deviation, the clause that it violates, and where the expectation is written.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) deviation: Deviation,
    pub(crate) clause: String,
    pub(crate) file: Arc<SourceFile>,
    pub(crate) at: Span,
    /// The mismatch of the same step that it stands and falls with.
    pub(crate) rests_on: Option<Because>,
    /// It counts on every read, also on one that has not settled yet.
    pub(crate) always: bool,
    /// It is of what webhooks told: that puts the state in no doubt.
    pub(crate) heard: bool,
    /// It is of what is counted or summed over the whole order.
    pub(crate) is_derived: bool,
}

impl Found {
    /// A deviation of the state or the answer as it is read in the end, which stands by itself.
    fn new(deviation: Deviation, clause: &str, file: &Arc<SourceFile>, at: Span) -> Self {
        let (clause, file) = (clause.to_owned(), Arc::clone(file));
        Self { deviation, clause, file, at, rests_on: None, always: false, heard: false, is_derived: false }
    }

    /// Whether a call was answered in another way than expected.
    pub(crate) fn is_of_answer(&self) -> bool {
        self.deviation.path == claims::ANSWER
    }

    /// Whether it is told under the frame's own clause for what is there no more.
    fn is_vanishing(&self, moment: &Moment<'_>) -> bool {
        self.is_missing() && !self.heard && moment.call().is_some_and(|call| call.frame.missing == self.clause)
    }

    fn is_missing(&self) -> bool {
        self.deviation.difference == Difference::Missing
    }

    /// Whether both say the same of the same thing.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.clause == other.clause && self.deviation.path == other.deviation.path
    }
}

/// The public form of what was found.
pub(crate) fn mismatch(found: Found, spec: &Spec, profile: &str, step: usize, follows: bool) -> Mismatch {
    let level: Level = spec.level(&found.clause, profile);
    let statement = spec.clause(&found.clause).map(|clause| clause.text.clone()).unwrap_or_default();
    let Deviation { path, difference, expected, wanted, actual, spots: _ } = found.deviation;
    Mismatch {
        system: None,
        step,
        path,
        difference,
        expected,
        expected_value: wanted,
        actual,
        place: found.file.place(found.at),
        clause: found.clause,
        level,
        statement,
        blame: Blame::Target,
        follows,
    }
}
