//! The frame rule: what a step does not name stays as it was; who is not named neither comes nor goes.

use std::collections::BTreeSet;

use countermand_event::{Difference, Mismatch};

use super::claims::Named;
use super::differ::{Change, between};
use super::{Deviation, Found, Made, Moment, Names, Spot, StateView, mismatch, resolve_role};
use crate::scenario::{Argument, Case, On, OrderRef};
use crate::spec::binding::Outcome;
use crate::spec::{Call, Spec};

/// Judges everything that is not `named`; nothing of a crash, of which nobody can say what it leaves.
pub(super) fn judge(
    moment: &Moment<'_>,
    all: &[Names],
    named: &Named,
    out: &mut Vec<Found>,
    clauses: &mut BTreeSet<String>,
) {
    let spec = &moment.case.spec;
    let Some(call) = moment.call() else { return };
    let outcome = moment.outcome();
    if outcome == Outcome::Broken {
        return;
    }
    let refused = outcome == Outcome::Refused;
    for (order, ((before, after), names)) in moment.before.iter().zip(moment.after).zip(all).enumerate() {
        for change in between(spec, names, before, after) {
            let named_field = change
                .field
                .as_ref()
                .is_some_and(|field| named.fields.contains(&(order, change.ident.clone(), field.clone())));
            let named_entity = change.field.is_none() && named_or_child(named, order, &change.ident, before, after);
            let meant =
                change.field.as_ref().is_some_and(|field| is_meant(moment, order, &change.ident, field, before));
            if named_field || named_entity || meant && !change.is_retyped() {
                continue;
            }
            // A value of another type is no move: whatever reads the order next will stumble over it.
            if !refused && !change.is_retyped() && free(spec, &change, before, after, named, order) {
                continue;
            }
            let spot = change.spot(spec, order, all);
            // What is counted over the order is in doubt with what came or went.
            let spots = match (&change.field, &change.after) {
                (Some(_), _) => vec![spot],
                (None, Some(_)) => vec![spot, Spot::of_order(order)],
                (None, None) => vec![spot.unseen(), Spot::of_order(order).unseen()],
            };
            out.push(found(moment, call, (change, spots), refused));
        }
        let bystander = before.entities.iter().any(|entity| {
            !named.entities.contains(&(order, entity.ident.clone())) && !is_reached(moment, order, &entity.ident)
        });
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

/// Whether a call that was accepted is there to move this field of what it was made on.
fn is_meant(moment: &Moment<'_>, order: usize, ident: &str, field: &str, before: &StateView) -> bool {
    let kind = before.entity(ident).map(|entity| entity.kind.as_str());
    let is_moved =
        |call: &Call| call.moves.iter().any(|(moved, name)| Some(moved.as_str()) == kind && name.as_str() == field);
    reaching(moment, order, ident).any(is_moved)
}

/// Whether a call that is there to move something was accepted of this entity.
fn is_reached(moment: &Moment<'_>, order: usize, ident: &str) -> bool {
    reaching(moment, order, ident).any(|call| !call.moves.is_empty())
}

/// The calls that were accepted and made on this entity: on it alone, on some that they name, or on all of its order.
fn reaching<'m>(moment: &'m Moment<'_>, order: usize, ident: &'m str) -> impl Iterator<Item = &'m Call> {
    let reaches = move |made: &&Made<'_>| {
        let is_here = made.call.order == OrderRef::Named(order) && made.answer.outcome == Outcome::Accepted;
        // Another order may have something of the same identity.
        let is_it = |role: &str| {
            let here = moment.names.get(order).zip(moment.before.get(order));
            here.and_then(|(names, before)| resolve_role(names, before, role)).is_some_and(|it| it.ident == ident)
        };
        let named = || made.call.with.as_ref().map(Argument::roles).unwrap_or_default();
        is_here
            && match &made.call.on {
                On::Order => named().is_empty() || named().into_iter().any(is_it),
                On::Role(role) => is_it(role),
                On::Unknown(_) => false,
            }
    };
    moment.made.iter().filter(reaches).filter_map(|made| moment.case.spec.call(&made.call.name))
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

/// Whether a change may go along with another one: `moves_with`, or the coming or going of what it is nested in.
fn free(spec: &Spec, change: &Change, before: &StateView, after: &StateView, named: &Named, order: usize) -> bool {
    let entity = after.entity(&change.ident).or_else(|| before.entity(&change.ident));
    let parent = entity.and_then(|entity| entity.parent.as_ref());
    if let (None, Some(parent)) = (&change.field, parent) {
        // Whether the parent itself may come or go is judged with the parent.
        let came = before.entity(parent).is_none() && !named.entities.contains(&(order, parent.clone()));
        if came || after.entity(parent).is_none() {
            return true;
        }
    }
    let kind = entity.and_then(|entity| spec.kind(&entity.kind));
    let fields = kind.map_or(&spec.order_fields, |kind| &kind.fields);
    let field = change.field.as_ref().and_then(|name| fields.iter().find(|field| field.name == *name));
    let moves_with = match (field, kind) {
        (Some(field), _) if field.free => return true,
        (None, Some(kind)) if kind.free => return true,
        (Some(field), _) => &field.moves_with,
        (None, Some(kind)) => &kind.moves_with,
        (None, None) => return false,
    };
    moves_with.iter().any(|leader| match leader.split_once('.') {
        None => moved(&change.ident, leader, before, after),
        Some((leading_kind, field)) => match parent {
            // A field of what it is nested in.
            Some(parent) if kind.is_some_and(|kind| kind.parent.as_deref() == Some(leading_kind)) => {
                moved(parent, field, before, after)
            }
            _ => any_moved(leading_kind, field, before, after),
        },
    })
}

fn moved(ident: &str, field: &str, before: &StateView, after: &StateView) -> bool {
    match (before.entity(ident), after.entity(ident)) {
        (Some(was), Some(now)) => was.fields.get(field) != now.fields.get(field),
        _ => false,
    }
}

/// Whether the field moved on any entity of a kind, or one of them came or went.
fn any_moved(kind: &str, field: &str, before: &StateView, after: &StateView) -> bool {
    let value = |view: &StateView, ident: &str| view.entity(ident).map(|entity| entity.fields.get(field).cloned());
    let mut entities = before.of_kind(kind).chain(after.of_kind(kind));
    entities.any(|entity| value(before, &entity.ident) != value(after, &entity.ident))
}

fn found(moment: &Moment<'_>, call: &Call, (change, spots): (Change, Vec<Spot>), refused: bool) -> Found {
    let frame = &call.frame;
    let (clause, difference, expected) = match (&change.field, refused) {
        (None, _) if change.after.is_none() => (&frame.missing, Difference::Missing, "it to be there still".to_owned()),
        (None, false) => (&frame.extra, Difference::Unexpected, "nothing new that no claim names".to_owned()),
        (None, true) => (&frame.refused, Difference::Unexpected, "nothing new after a refusal".to_owned()),
        (Some(_), false) if change.is_retyped() => {
            (&frame.accepted, Difference::WrongType, format!("a value of the type of {}", before(&change)))
        }
        (Some(_), false) => {
            (&frame.accepted, Difference::Moved, format!("{} as before, as no claim names it", before(&change)))
        }
        (Some(_), true) => {
            (&frame.refused, Difference::Moved, format!("{} as before the refused call", before(&change)))
        }
    };
    let deviation = deviation(change, spots, difference, expected);
    Found::new(deviation, clause, &moment.case.file, moment.step.call.at)
}

fn before(change: &Change) -> String {
    change.before.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string)
}

fn deviation(change: Change, spots: Vec<Spot>, difference: Difference, expected: String) -> Deviation {
    Deviation { path: change.path, difference, expected, wanted: change.before, actual: change.after, spots }
}

/// What moved after the last step had settled, judged under its call's clause for late effects; of a call that was refused
/// under that for what a refusal leaves alone.
pub(crate) fn late_changes(
    case: &Case,
    profile: &str,
    names: &Names,
    (last, settled): (&StateView, &StateView),
    refused: bool,
) -> Vec<Mismatch> {
    let spec = &case.spec;
    let Some(step) = case.steps.last() else { return Vec::new() };
    let Some(call) = spec.call(&step.call.name) else { return Vec::new() };
    let found = |change: Change| {
        let expected = format!("{} to stay, as the last step had settled", before(&change));
        let deviation = deviation(change, Vec::new(), Difference::Moved, expected);
        let clause = if refused { &call.frame.refused } else { &call.frame.late };
        Found::new(deviation, clause, &case.file, step.call.at)
    };
    between(spec, names, last, settled)
        .into_iter()
        .map(|change| mismatch(found(change), spec, profile, case.steps.len(), false))
        .collect()
}

/// A change that was not visible to the first read, judged under its call's clause for that.
pub(super) fn visible_later(moment: &Moment<'_>) -> Option<Found> {
    let call = moment.call()?;
    let deviation = Deviation {
        path: "answer.visible".to_owned(),
        difference: Difference::Differs,
        expected: "the change in the first read after the answer".to_owned(),
        wanted: None,
        actual: Some(serde_json::Value::String(format!("in read {}", moment.reads))),
        spots: Vec::new(),
    };
    Some(Found::new(deviation, &call.frame.at_once, &moment.case.file, moment.step.call.at))
}
