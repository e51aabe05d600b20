//! The spec's invariants, asked of the state before and after a step; and what a choice's `seen` says of the raw answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::view::data;
use super::{Deviation, Entity, Fields, Found, Made, Moment, Names, StateView, differ};
use crate::event::{Difference, Finding};
use crate::scenario::{On, OrderRef, Outcome};
use crate::spec::{Each, Invariant};
use crate::target::template::{self, Data, ExprError, Scope};

/// Judges every invariant; a clause counts as exercised where its `when` was true at least once.
pub(super) fn judge(
    moment: &Moment<'_>,
    names: &[Names],
    out: &mut Vec<Found>,
    clauses: &mut BTreeSet<String>,
) -> Result<(), ExprError> {
    for (order, names) in names.iter().enumerate() {
        let (Some(before), Some(after)) = (moment.before.get(order), moment.after.get(order)) else { continue };
        let Some(first) = moment.first.get(order) else { continue };
        let scope = with_states(moment, order, &step_scope(moment, order), first, before, after);
        for invariant in &moment.case.spec.invariants {
            if invariant.each == Each::Answer {
                for made in moment.made.iter().filter(|made| order_of(made) == order) {
                    let scope = with_states(moment, order, &call_scope(moment, made), first, before, after);
                    ask(moment, invariant, &scope, answer_subject(made), out, clauses)?;
                }
                continue;
            }
            for subject in subjects(moment, invariant, names, before, after) {
                ask(moment, invariant, &scope, subject, out, clauses)?;
            }
        }
    }
    Ok(())
}

/// Asks an invariant of one subject.
fn ask(
    moment: &Moment<'_>,
    invariant: &Invariant,
    scope: &Scope,
    subject: Subject,
    out: &mut Vec<Found>,
    clauses: &mut BTreeSet<String>,
) -> Result<(), ExprError> {
    let scope = scope.with("was", subject.was).with("now", subject.now.clone());
    let concerns = invariant.when.as_ref().map_or(Ok(true), |when| when.holds(&scope))?;
    if !concerns {
        return Ok(());
    }
    if invariant.covers {
        clauses.insert(invariant.clause.clone());
    }
    if !invariant.holds.holds(&scope)? {
        let deviation = Deviation {
            path: subject.path,
            difference: Difference::Rule,
            expected: invariant.holds.source().to_owned(),
            wanted: None,
            actual: template::to_json(&subject.now).ok().flatten(),
            subjects: subject.roots,
        };
        out.push(Found {
            deviation,
            clause: invariant.clause.clone(),
            file: std::sync::Arc::clone(&moment.case.spec.file),
            at: invariant.holds.at(),
            follows: false,
            always: !invariant.settled,
        });
    }
    Ok(())
}

/// What an invariant is asked of, before and after.
struct Subject {
    path: String,
    was: Data,
    now: Data,
    roots: Vec<String>,
}

fn answer_subject(made: &Made<'_>) -> Subject {
    let now = template::map([("status", Data::from(made.answer.status)), ("body", made.answer.body.clone())]);
    Subject { path: "answer.rule".to_owned(), was: Data::UNDEFINED, now, roots: Vec::new() }
}

/// Everything but answers that an invariant is asked of.
fn subjects(
    moment: &Moment<'_>,
    invariant: &Invariant,
    names: &Names,
    before: &StateView,
    after: &StateView,
) -> Vec<Subject> {
    let spec = &moment.case.spec;
    match &invariant.each {
        Each::Answer => Vec::new(),
        Each::Order => {
            vec![Subject {
                path: "order".to_owned(),
                was: data(&before.order),
                now: data(&after.order),
                roots: vec!["order".to_owned()],
            }]
        }
        Each::Kind(kind) => {
            let gone = before.of_kind(kind).filter(|entity| after.entity(&entity.ident).is_none());
            after
                .of_kind(kind)
                .chain(gone)
                .map(|entity| Subject {
                    path: differ::entity_path(spec, kind, names.role_of(&entity.ident)),
                    was: entity_data(before.entity(&entity.ident)),
                    now: entity_data(after.entity(&entity.ident)),
                    roots: vec![names.root(&entity.ident).to_owned()],
                })
                .collect()
        }
        Each::Group(group) => group_subjects(moment, group, names, before, after),
    }
}

fn group_subjects(
    moment: &Moment<'_>,
    group: &str,
    names: &Names,
    before: &StateView,
    after: &StateView,
) -> Vec<Subject> {
    let empty = BTreeMap::new();
    let (was, now) = (before.groups.get(group).unwrap_or(&empty), after.groups.get(group).unwrap_or(&empty));
    let plural = moment.case.spec.group(group).map_or(group, |group| group.plural.as_str());
    let keys: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
    keys.into_iter()
        .map(|key| {
            let of_product = |entity: &&Entity| super::view::key(&entity.same) == *key;
            let product = names
                .products
                .iter()
                .find(|(_, same)| super::view::key(same) == *key)
                .map_or(key.as_str(), |(name, _)| name);
            Subject {
                path: format!("{plural}.{product}"),
                was: row_data(key, was.get(key)),
                now: row_data(key, now.get(key)),
                roots: after
                    .entities
                    .iter()
                    .filter(of_product)
                    .map(|entity| names.root(&entity.ident).to_owned())
                    .collect(),
            }
        })
        .collect()
}

/// The sums of a product and its key, or undefined where there are none.
fn row_data(key: &str, row: Option<&Fields>) -> Data {
    row.map_or(Data::UNDEFINED, |row| {
        let mut fields = row.clone();
        fields.insert("product".to_owned(), Value::String(key.to_owned()));
        data(&fields)
    })
}

/// An entity's fields and its id, or undefined where it is not there.
fn entity_data(entity: Option<&Entity>) -> Data {
    entity.map_or(Data::UNDEFINED, |entity| {
        let mut fields = entity.fields.clone();
        fields.insert("id".to_owned(), entity.id.clone());
        fields.entry("product".to_owned()).or_insert_with(|| entity.same.clone());
        data(&fields)
    })
}

/// What is remembered of a call that was accepted: its name, its arguments, and what it was made on as it was then.
pub(crate) fn accepted(made: &Made<'_>, before: &[StateView]) -> Option<(usize, Data)> {
    let on = made.on.as_ref().and_then(|ident| before.iter().find_map(|view| view.entity(ident)));
    let entries = [
        ("call", Data::from(made.call.name.as_str())),
        ("with", made.with.clone()),
        ("on", entity_data(on)),
        ("product", on.map_or(Data::UNDEFINED, |entity| Data::from(super::view::key(&entity.same)))),
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
    let on = made.on.as_ref().and_then(|ident| moment.before.iter().find_map(|view| view.entity(ident)));
    let mut scope = common_scope(moment);
    scope.set("unknown", Data::from(matches!(call.on, On::Unknown(_)) || call.order == OrderRef::Unknown));
    scope.set("outcome", Data::from(made.answer.outcome.word()));
    // With another method it is another call, that no invariant knows.
    if call.request.method.is_none() {
        scope.set("call", Data::from(call.name.as_str()));
    }
    scope.set("caller", Data::from(call.caller.as_str()));
    scope.set("with", made.with.clone());
    scope.set("on", entity_data(on));
    scope.set("status", Data::from(made.answer.status));
    scope.set("reason", made.answer.reason.as_deref().map_or(Data::UNDEFINED, Data::from));
    scope.set("headers", made.answer.headers.clone());
    scope.set("body", made.answer.body.clone());
    scope
}

/// Adds the entities after, before and at first: `items`, `was_items`, `first_items`, and the sums the same way.
fn with_states(
    moment: &Moment<'_>,
    order: usize,
    step: &Scope,
    first: &StateView,
    before: &StateView,
    after: &StateView,
) -> Scope {
    let mut scope = step.clone();
    let accepted = moment.accepted.iter().filter(|(of, _)| *of == order).map(|(_, call)| call.clone());
    scope.set("accepted", accepted.collect::<Vec<_>>().into());
    scope.set("order", data(&after.order));
    scope.set("was_order", data(&before.order));
    for kind in &moment.case.spec.kinds {
        let list =
            |view: &StateView| view.of_kind(&kind.name).map(|entity| entity_data(Some(entity))).collect::<Vec<_>>();
        scope.set(&kind.plural, Data::from(list(after)));
        scope.set(&format!("was_{}", kind.plural), Data::from(list(before)));
        scope.set(&format!("first_{}", kind.plural), Data::from(list(first)));
    }
    for group in &moment.case.spec.groups {
        let rows = |view: &StateView| match view.groups.get(&group.name) {
            Some(rows) => template::map(rows.iter().map(|(key, fields)| (key.as_str(), data(fields)))),
            None => Data::UNDEFINED,
        };
        scope.set(&group.plural, rows(after));
        scope.set(&format!("was_{}", group.plural), rows(before));
        scope.set(&format!("first_{}", group.plural), rows(first));
    }
    scope
}

/// What the raw answer and the raw views say of choices that vanish in the mapped view. Of several calls at once no answer
/// shows what was chosen.
pub(super) fn seen(moment: &Moment<'_>) -> Result<Vec<Finding>, ExprError> {
    let Some(order) = moment.single().map(order_of) else { return Ok(Vec::new()) };
    let states = (moment.first.get(order), moment.before.get(order), moment.after.get(order));
    let (Some(first), Some(before), Some(after)) = states else { return Ok(Vec::new()) };
    let scope =
        with_states(moment, order, &step_scope(moment, order), first, before, after).with("raw", after.raw.clone());
    let mut findings = Vec::new();
    for choice in &moment.case.spec.choices {
        let Some(seen) = &choice.seen else { continue };
        let option = match seen.json(&scope)? {
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
