//! The frame rule: what a step does not name stays as it was; who is not named neither comes nor goes.

use std::collections::BTreeSet;

use super::claims::Named;
use super::differ::{Change, between};
use super::{Deviation, Entity, Found, Moment, Names, StateView, mismatch};
use crate::event::{Difference, Mismatch};
use crate::scenario::{Case, Outcome};
use crate::spec::{Call, Spec};

/// Judges everything the claims of a step do not speak of. Only for an answer that was expected.
pub(super) fn judge(
    moment: &Moment<'_>,
    names: &[Names],
    named: &Named,
    out: &mut Vec<Found>,
    clauses: &mut BTreeSet<String>,
) {
    let spec = &moment.case.spec;
    let Some(call) = spec.call(&moment.step.call.name) else { return };
    if moment.answer.outcome == Outcome::Broken {
        return;
    }
    let refused = moment.answer.outcome == Outcome::Refused;
    for (order, ((before, after), names)) in moment.before.iter().zip(moment.after).zip(names).enumerate() {
        for change in between(spec, names, before, after) {
            let named_field = change
                .field
                .as_ref()
                .is_some_and(|field| named.fields.contains(&(order, change.ident.clone(), field.clone())));
            let named_entity = change.field.is_none() && named_or_child(named, order, &change.ident, before, after);
            if named_field || named_entity {
                continue;
            }
            let free = if refused { None } else { free(spec, &change, before, after, named, order) };
            if free == Some(true) {
                continue;
            }
            out.push(found(moment, call, change, refused));
        }
        let bystander = before.entities.iter().any(|entity| !named.entities.contains(&(order, entity.ident.clone())));
        if refused {
            clauses.insert(call.frame.refused.clone());
        } else if bystander {
            clauses.insert(call.frame.accepted.clone());
        }
        if !before.entities.is_empty() {
            clauses.insert(call.frame.missing.clone());
        }
    }
}

/// Whether the entity is named, or nested in a new one of whose inside nothing is said.
fn named_or_child(named: &Named, order: usize, ident: &str, before: &StateView, after: &StateView) -> bool {
    if named.entities.contains(&(order, ident.to_owned())) {
        return true;
    }
    let Some(parent) = after.entity(ident).and_then(|entity| entity.parent.as_ref()) else { return false };
    let parent_is_new = before.entity(parent).is_none();
    let inside_is_said = after
        .entities
        .iter()
        .any(|e| e.parent.as_ref() == Some(parent) && named.entities.contains(&(order, e.ident.clone())));
    parent_is_new && !inside_is_said && named.entities.contains(&(order, parent.clone()))
}

/// Whether a change may go along with another one: `moves_with`.
fn free(
    spec: &Spec,
    change: &Change,
    before: &StateView,
    after: &StateView,
    named: &Named,
    order: usize,
) -> Option<bool> {
    let entity = after.entity(&change.ident).or_else(|| before.entity(&change.ident));
    let field = match (&change.field, entity) {
        (Some(field), Some(entity)) => spec.kind(&entity.kind)?.field(field),
        (Some(field), None) => spec.order_fields.iter().find(|known| known.name == *field),
        (None, _) => None,
    };
    let moves_with = match (field, entity) {
        (Some(field), _) if field.free => return Some(true),
        (Some(field), _) => &field.moves_with,
        (None, Some(entity)) => &spec.kind(&entity.kind)?.moves_with,
        (None, None) => return None,
    };
    Some(moves_with.iter().any(|leader| match leader.split_once('.') {
        None => entity.is_some_and(|entity| moved(&entity.ident, leader, before, after)),
        Some((kind, field)) => {
            let parent = entity.and_then(|entity| entity.parent.as_ref());
            let nested = spec.kind(kind).is_some_and(|kind| {
                entity.is_some_and(|e| spec.kind(&e.kind).is_some_and(|k| k.parent.as_ref() == Some(&kind.name)))
            });
            match parent {
                // A field of the own parent.
                Some(parent) if nested => {
                    moved(parent, field, before, after)
                        || named.entities.contains(&(order, parent.clone())) && before.entity(parent).is_none()
                }
                // A field of any entity of that kind, or one that came or went.
                _ => before
                    .of_kind(kind)
                    .chain(after.of_kind(kind))
                    .any(|entity: &Entity| moved(&entity.ident, field, before, after)),
            }
        }
    }))
}

fn moved(ident: &str, field: &str, before: &StateView, after: &StateView) -> bool {
    let value = |view: &StateView| view.entity(ident).and_then(|entity| entity.fields.get(field)).cloned();
    value(before) != value(after)
}

fn found(moment: &Moment<'_>, call: &Call, change: Change, refused: bool) -> Found {
    let frame = &call.frame;
    let (clause, difference, expected) = match (&change.field, refused) {
        (None, _) if change.after.is_none() => (&frame.missing, Difference::Missing, "it to be there still".to_owned()),
        (None, false) => (&frame.extra, Difference::Unexpected, "nothing new that no claim names".to_owned()),
        (None, true) => (&frame.refused, Difference::Unexpected, "nothing new after a refusal".to_owned()),
        (Some(_), false) => {
            (&frame.accepted, Difference::Moved, format!("{} as before, as no claim names it", before(&change)))
        }
        (Some(_), true) => {
            (&frame.refused, Difference::Moved, format!("{} as before the refused call", before(&change)))
        }
    };
    let file = std::sync::Arc::clone(&moment.case.file);
    Found {
        deviation: deviation(change, difference, expected),
        clause: clause.clone(),
        file,
        at: moment.step.call.at,
        follows: false,
    }
}

fn before(change: &Change) -> String {
    change.before.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string)
}

fn deviation(change: Change, difference: Difference, expected: String) -> Deviation {
    Deviation {
        path: change.path,
        difference,
        expected,
        wanted: change.before,
        actual: change.after,
        subjects: vec![change.subject],
    }
}

/// What moved after the last step had settled, judged under its call's clause for late effects.
pub(crate) fn late_changes(
    case: &Case,
    profile: &str,
    names: &Names,
    last: &StateView,
    settled: &StateView,
) -> Vec<Mismatch> {
    let spec = &case.spec;
    let Some(step) = case.steps.last() else { return Vec::new() };
    let Some(call) = spec.call(&step.call.name) else { return Vec::new() };
    let found = |change: Change| {
        let expected = format!("{} to stay, as the last step had settled", before(&change));
        let deviation = deviation(change, Difference::Moved, expected);
        Found {
            deviation,
            clause: call.frame.late.clone(),
            file: std::sync::Arc::clone(&case.file),
            at: step.call.at,
            follows: false,
        }
    };
    between(spec, names, last, settled)
        .into_iter()
        .map(|change| mismatch(found(change), spec, profile, case.steps.len()))
        .collect()
}

/// A change that was not visible to the first read, judged under its call's clause for that.
pub(super) fn visible_later(moment: &Moment<'_>) -> Option<Found> {
    let call = moment.case.spec.call(&moment.step.call.name)?;
    let deviation = Deviation {
        path: "answer.visible".to_owned(),
        difference: Difference::Differs,
        expected: "the change in the first read after the answer".to_owned(),
        wanted: None,
        actual: Some(serde_json::Value::String(format!("in read {}", moment.reads))),
        subjects: Vec::new(),
    };
    let file = std::sync::Arc::clone(&moment.case.file);
    Some(Found { deviation, clause: call.frame.at_once.clone(), file, at: moment.step.call.at, follows: false })
}
