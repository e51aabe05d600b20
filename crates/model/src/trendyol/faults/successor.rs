//! Misreadings of what takes over after a partial cancel: which packages there are then, and what they hold.

use super::Fault;
use super::call::{ancestors, generation, is_split_part};
use crate::trendyol::state::{By, Draft, Line, Moment, Origin, Package, Store};
use crate::trendyol::status::Status;

/// After `was` was cancelled in part, which made `new`.
pub(super) fn misread(fault: Fault, was: &Package, new: u64, store: &mut Store) {
    let Some(successor) = store.packages.get(&new).cloned() else { return };
    let nth = generation(store, &successor);
    match fault {
        Fault::PartialCancelKeepsTheId => {
            store.amend(was.id, |_| None);
            store.packages.get_mut(&new).into_iter().for_each(|package| package.origin = was.origin);
            store.rename(new, was.id);
        }
        Fault::NoSuccessor => drop(store.packages.remove(&new)),
        Fault::TwoSuccessors => {
            let (first, second) = halves(successor.lines.clone(), store);
            if !second.is_empty() {
                put(store, new, first);
                beside(store, was, &successor, second);
            }
        }
        Fault::SuccessorPerLine => {
            for line in successor.lines.iter().skip(1) {
                beside(store, was, &successor, vec![line.clone()]);
            }
            put(store, new, successor.lines.into_iter().take(1).collect());
        }
        Fault::ThirdPackageReusesTheFirstId if nth > 1 => {
            let first = ancestors(store, &successor).last().map(|first| first.id);
            first.into_iter().for_each(|first| store.rename(new, first));
        }
        Fault::SuccessorKeepsTracking => retrack(store, new, was.tracking),
        Fault::ThirdPackageKeepsTracking if nth > 1 => retrack(store, new, was.tracking),
        Fault::SuccessorUnderNewOrderNumber => store.move_to_new_order(new),
        Fault::ThirdPackageUnderNewOrderNumber if nth > 1 => store.move_to_new_order(new),
        Fault::SuccessorIsPicking if was.status() == Status::Created => {
            store.amend(new, |last| Some(Moment { status: Status::Picking, ..last }));
        }
        Fault::ThirdSuccessorLosesAUnit if nth > 2 => lose_a_unit(store, new),
        Fault::InvoicedParentLosesAUnit if was.status() == Status::Invoiced => lose_a_unit(store, new),
        Fault::SplitAncestorLosesAUnit if is_split_part(was) => {
            lose_a_unit(store, new);
        }
        Fault::SuccessorHoldsTheCancelled => {
            let lines = renewed(cancelled(store, was), was, &successor, store);
            put(store, new, lines);
        }
        Fault::SuccessorHoldsAll => {
            let lines = renewed(was.lines.clone(), was, &successor, store);
            put(store, new, lines);
        }
        Fault::UntouchedLinesDropped => {
            let named = cancelled(store, was);
            let touched = |line: &Line| named.iter().any(|other| other.barcode == line.barcode);
            let lines: Vec<_> = successor.lines.into_iter().filter(touched).collect();
            if !lines.is_empty() {
                put(store, new, lines);
            }
        }
        Fault::CancelledUnitsComeBack => {
            let back = ancestors(store, was).next().map(|parent| cancelled(store, parent)).unwrap_or_default();
            let mut lines = successor.lines;
            for gone in back {
                let line = lines.iter_mut().find(|line| line.barcode == gone.barcode);
                line.into_iter().for_each(|line| line.quantity += gone.quantity);
            }
            put(store, new, lines);
        }
        _ => {}
    }
}

/// Makes one more package of `old`.
pub(super) fn add(store: &mut Store, old: &Package, lines: Vec<Line>, first: Moment) {
    let root = old.origin.map_or(old.id, |origin| origin.root);
    let draft = Draft {
        order: old.order,
        seller: old.seller,
        lines,
        origin: Some(Origin { by: By::Cancel, parent: old.id, root }),
        ordered_at: old.ordered_at,
        invoice: None,
    };
    store.add(draft, first);
}

/// Takes a unit from a package that has more than one.
pub(super) fn lose_a_unit(store: &mut Store, id: u64) {
    let Some(package) = store.packages.get_mut(&id) else { return };
    match package.lines.iter().rposition(|line| line.quantity > 1) {
        Some(at) => package.lines[at].quantity -= 1,
        None if package.lines.len() > 1 => drop(package.lines.pop()),
        None => {}
    }
}

/// Makes one more package, with these lines, that begins as the successor did.
fn beside(store: &mut Store, old: &Package, successor: &Package, lines: Vec<Line>) {
    successor.timeline.first().into_iter().for_each(|first| add(store, old, lines.clone(), *first));
}

fn put(store: &mut Store, id: u64, lines: Vec<Line>) {
    store.packages.get_mut(&id).into_iter().for_each(|package| package.lines = lines.clone());
}

fn retrack(store: &mut Store, id: u64, tracking: u64) {
    store.packages.get_mut(&id).into_iter().for_each(|package| package.tracking = tracking);
}

/// Lines in two parts; the second is empty only where there is no more than a unit.
fn halves(mut lines: Vec<Line>, store: &mut Store) -> (Vec<Line>, Vec<Line>) {
    if lines.len() > 1 {
        let second = lines.split_off(1);
        return (lines, second);
    }
    let second = lines.iter_mut().filter(|line| line.quantity > 1).map(|line| {
        line.quantity -= 1;
        Line { id: store.next_id(), quantity: 1, ..line.clone() }
    });
    let second = second.collect();
    (lines, second)
}

/// Lines of the old package with ids as those of its successor are: other ones, unless they are kept.
fn renewed(lines: Vec<Line>, old: &Package, successor: &Package, store: &mut Store) -> Vec<Line> {
    let kept = successor.lines.iter().all(|line| old.line(line.id).is_some());
    lines.into_iter().map(|line| if kept { line } else { Line { id: store.next_id(), ..line } }).collect()
}

/// What was cancelled of a package, as lines.
fn cancelled(store: &Store, package: &Package) -> Vec<Line> {
    let units = store.packages.get(&package.id).and_then(|package| package.cancel.as_ref());
    let lines = package.lines.iter().zip(units.map(|cancel| cancel.units.as_slice()).unwrap_or_default());
    lines.filter(|(_, units)| **units > 0).map(|(line, units)| Line { quantity: *units, ..line.clone() }).collect()
}
