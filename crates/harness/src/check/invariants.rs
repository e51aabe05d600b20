//! The spec's invariants, asked of the state before and after a step; and what a choice's `seen` says of the raw answer.

use std::collections::BTreeSet;

use countermand_event::{Difference, Finding};
use serde_json::Value;

use super::{Deviation, Entity, Found, Made, Moment, Names, Spot, StateView, differ, unanswerable, view};
use crate::scenario::{On, OrderRef};
use crate::spec::binding::Outcome;
use crate::spec::{Each, Invariant};
use crate::template::{self, Data, ExprError, Scope};

/// What expressions over a step can name, per order.
pub(super) fn scopes(moment: &Moment<'_>) -> Vec<Scope> {
    States::all(moment).map(|(order, states)| with_states(moment, order, step_scope(moment, order), &states)).collect()
}

/// One order at first, before the step and after it.
#[derive(Clone, Copy)]
struct States<'m> {
    first: &'m StateView,
    before: &'m StateView,
    after: &'m StateView,
}

impl<'m> States<'m> {
    /// Those of every order, in turn.
    fn all(moment: &Moment<'m>) -> impl Iterator<Item = (usize, Self)> {
        let states = moment.first.iter().zip(moment.before).zip(moment.after);
        states.map(|((first, before), after)| Self { first, before, after }).enumerate()
    }
}

/// Judges every invariant; a clause counts as exercised where its `when` was true at least once.
pub(super) fn judge(
    moment: &Moment<'_>,
    scopes: &[Scope],
    names: &[Names],
    out: &mut Vec<Found>,
    clauses: &mut BTreeSet<String>,
) -> Result<(), ExprError> {
    for ((order, states), scope) in States::all(moment).zip(scopes) {
        let mut known: Vec<(&Each, Vec<Subject<'_>>)> = Vec::new();
        for invariant in &moment.case.spec.invariants {
            let index = known.iter().position(|(each, _)| **each == invariant.each).unwrap_or_else(|| {
                known.push((&invariant.each, subjects(moment, order, &invariant.each, scope, states)));
                known.len() - 1
            });
            for subject in &known[index].1 {
                ask(moment, invariant, subject, (order, names, states.after), out, clauses)?;
            }
        }
    }
    Ok(())
}

/// Asks an invariant of one subject, which is told of by the names of its order.
fn ask(
    moment: &Moment<'_>,
    invariant: &Invariant,
    subject: &Subject<'_>,
    (order, names, after): (usize, &[Names], &StateView),
    out: &mut Vec<Found>,
    clauses: &mut BTreeSet<String>,
) -> Result<(), ExprError> {
    let concerns = match &invariant.when {
        Some(when) => unanswerable::ask(when, &subject.scope, moment, after)?,
        None => Some(true),
    };
    if concerns == Some(false) {
        return Ok(());
    }
    if invariant.covers {
        clauses.insert(invariant.clause.clone());
    }
    if unanswerable::ask(&invariant.holds, &subject.scope, moment, after)? != Some(true) {
        let (path, spots) = subject.about.tell(moment, order, names, after);
        let deviation = Deviation {
            path,
            difference: Difference::Rule,
            expected: invariant.holds.source().to_owned(),
            wanted: None,
            actual: template::to_json(&subject.now).ok().flatten(),
            spots,
        };
        let file = &moment.case.spec.file;
        out.push(Found {
            always: !invariant.settled,
            is_derived: matches!(invariant.each, Each::Order | Each::Group(_)),
            ..Found::new(deviation, &invariant.clause, file, invariant.holds.at())
        });
    }
    Ok(())
}

/// What an invariant is asked of, and what it can name then.
struct Subject<'s> {
    about: About<'s>,
    now: Data,
    scope: Scope,
}

impl<'s> Subject<'s> {
    fn new(about: About<'s>, scope: &Scope, was: Data, now: Data) -> Self {
        let scope = scope.with("was", was).with("now", now.clone());
        Self { about, now, scope }
    }
}

enum About<'s> {
    Answer,
    Order,
    Entity(&'s Entity),
    /// A group, and the target's key of a product.
    Row(&'s str, &'s str),
}

impl About<'_> {
    /// Its path in messages, and what it is about.
    fn tell(&self, moment: &Moment<'_>, order: usize, all: &[Names], after: &StateView) -> (String, Vec<Spot>) {
        let spec = &moment.case.spec;
        let nobody = Names::default();
        let names = all.get(order).unwrap_or(&nobody);
        let spot = |entity: &Entity| Spot::of_thing(order, all, &entity.ident);
        match self {
            Self::Answer => ("answer.rule".to_owned(), Vec::new()),
            Self::Order => ("order".to_owned(), vec![Spot::of_order(order)]),
            Self::Entity(entity) => {
                (differ::entity_path(spec, &entity.kind, names.role_of(&entity.ident)), vec![spot(entity)])
            }
            Self::Row(group, key) => {
                let plural = spec.group(group).map_or(*group, |group| group.plural.as_str());
                let product = names.products.iter().find(|(_, same)| view::key(same) == *key);
                let entities = after.entities.iter().filter(|entity| view::key(&entity.same) == *key);
                (format!("{plural}.{}", product.map_or(*key, |(name, _)| name)), entities.map(spot).collect())
            }
        }
    }
}

/// Everything that an invariant is asked of.
fn subjects<'m>(
    moment: &Moment<'m>,
    order: usize,
    each: &'m Each,
    scope: &Scope,
    states: States<'m>,
) -> Vec<Subject<'m>> {
    let States { before, after, .. } = states;
    let shown = |entity: Option<&Entity>| entity.map_or(Data::UNDEFINED, |entity| entity.shown.clone());
    match each {
        Each::Answer => {
            let answer = |made: &Made<'_>| {
                let now = [("status", Data::from(made.answer.status)), ("body", made.answer.body.clone())];
                let scope = match moment.single() {
                    Some(_) => scope.clone(),
                    None => with_states(moment, order, call_scope(moment, made), &states),
                };
                Subject::new(About::Answer, &scope, Data::UNDEFINED, template::map(now))
            };
            moment.made.iter().filter(|made| order_of(made) == order).map(answer).collect()
        }
        Each::Order => {
            vec![Subject::new(About::Order, scope, before.shown.order.clone(), after.shown.order.clone())]
        }
        Each::Kind(kind) => {
            let gone = before.of_kind(kind).filter(|entity| after.entity(&entity.ident).is_none());
            let subject = |entity: &'m Entity| {
                let (was, now) = (before.entity(&entity.ident), after.entity(&entity.ident));
                Subject::new(About::Entity(entity), scope, shown(was), shown(now))
            };
            after.of_kind(kind).chain(gone).map(subject).collect()
        }
        Each::Group(group) => {
            let rows = |view: &'m StateView| view.groups.get(group).into_iter().flatten();
            let row = |view: &StateView, key: &str| {
                let fields = view.groups.get(group).and_then(|rows| rows.get(key));
                fields.map_or(Data::UNDEFINED, |fields| view::row_data(key, fields))
            };
            let keys: BTreeSet<&String> = rows(before).chain(rows(after)).map(|(key, _)| key).collect();
            let subject =
                |key: &'m String| Subject::new(About::Row(group, key), scope, row(before, key), row(after, key));
            keys.into_iter().map(subject).collect()
        }
    }
}

/// What is remembered of a call that was accepted: its name, its arguments, and what it was made on as it was then.
pub(crate) fn accepted(made: &Made<'_>, before: &[StateView]) -> Option<(usize, Data)> {
    let on = made.entity(before);
    let entries = [
        ("call", Data::from(made.call.name.as_str())),
        ("with", made.with.clone()),
        ("on", on.map_or(Data::UNDEFINED, |entity| entity.shown.clone())),
        ("product", on.map_or(Data::UNDEFINED, |entity| Data::from(view::key(&entity.same)))),
    ];
    (made.answer.outcome == Outcome::Accepted).then(|| (order_of(made), template::map(entries)))
}

/// The order a call was made in.
fn order_of(made: &Made<'_>) -> usize {
    match made.call.order {
        OrderRef::Named(index) => index,
        OrderRef::Unknown => 0,
    }
}

/// What every expression over a step can name, asked of one order. Of several calls at once none is the call, and of an
/// order in which none was made there is none.
fn step_scope(moment: &Moment<'_>, order: usize) -> Scope {
    match moment.single() {
        Some(made) if order_of(made) == order => call_scope(moment, made),
        _ => common_scope(moment).with("outcome", Data::from(moment.outcome().word())),
    }
}

fn common_scope(moment: &Moment<'_>) -> Scope {
    let mut scope = Scope::default();
    scope.set("reads", Data::from(moment.reads));
    scope.set("parallel", Data::from(moment.made.len() > 1));
    scope
}

/// The same with one call of the step.
fn call_scope(moment: &Moment<'_>, made: &Made<'_>) -> Scope {
    let call = made.call;
    let on = made.entity(moment.before);
    let mut scope = common_scope(moment);
    scope.set("unknown", Data::from(matches!(call.on, On::Unknown(_)) || call.order == OrderRef::Unknown));
    scope.set("outcome", Data::from(made.answer.outcome.word()));
    // With another method it is another call, that no invariant knows.
    if call.request.method.is_none() {
        scope.set("call", Data::from(call.name.as_str()));
    }
    scope.set("caller", Data::from(call.caller.as_str()));
    scope.set("with", made.with.clone());
    scope.set("on", on.map_or(Data::UNDEFINED, |entity| entity.shown.clone()));
    scope.set("status", Data::from(made.answer.status));
    scope.set("reason", made.answer.reason.as_deref().map_or(Data::UNDEFINED, Data::from));
    scope.set("headers", made.answer.headers.clone());
    scope.set("body", made.answer.body.clone());
    scope
}

/// Adds the entities after, before and at first: `items`, `was_items`, `first_items`, and the sums the same way.
fn with_states(moment: &Moment<'_>, order: usize, mut scope: Scope, states: &States<'_>) -> Scope {
    let accepted = moment.accepted.iter().filter(|(of, _)| *of == order).map(|(_, call)| call.clone());
    scope.set("accepted", accepted.collect::<Vec<_>>().into());
    scope.set("order", states.after.shown.order.clone());
    scope.set("was_order", states.before.shown.order.clone());
    let spec = &moment.case.spec;
    for (prefix, view) in [("", states.after), ("was_", states.before), ("first_", states.first)] {
        let kinds = spec.kinds.iter().map(|kind| &kind.plural).zip(&view.shown.kinds);
        let groups = spec.groups.iter().map(|group| &group.plural).zip(&view.shown.groups);
        for (plural, shown) in kinds.chain(groups) {
            scope.set(&format!("{prefix}{plural}"), shown.clone());
        }
    }
    scope
}

/// What the raw answer and the raw views say of choices that vanish in the mapped view. Of several calls at once no answer
/// shows what was chosen.
pub(super) fn seen(moment: &Moment<'_>, scopes: &[Scope]) -> Result<Vec<Finding>, ExprError> {
    let Some(order) = moment.single().map(order_of) else { return Ok(Vec::new()) };
    let (Some(scope), Some(after)) = (scopes.get(order), moment.after.get(order)) else { return Ok(Vec::new()) };
    let scope = scope.with("raw", after.raw.clone());
    let mut findings = Vec::new();
    for choice in &moment.case.spec.choices {
        let Some(seen) = &choice.seen else { continue };
        let option = match seen.answered().json(&scope)? {
            None | Some(Value::Null) => continue,
            Some(Value::String(option)) => option,
            Some(other) => other.to_string(),
        };
        if choice.options.contains(&option) {
            findings.push(Finding { step: moment.number, choice: choice.name.clone(), options: vec![option] });
        }
    }
    Ok(findings)
}
