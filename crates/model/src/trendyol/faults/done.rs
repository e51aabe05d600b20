//! Misreadings that show in what is done: packages as a faulty implementation leaves them behind. What it makes of a
//! successor is `successor`'s matter.

use std::ops::Bound::{Excluded, Unbounded};

use super::Fault;
use super::call::{Call, Kind, generation, is_successor};
use super::successor;
use crate::fault::Faults;
use crate::model::Request;
use crate::trendyol::refusal::{Cause, Refusal};
use crate::trendyol::state::{Cancel, Moment, Package, Store};
use crate::trendyol::status::Status;
use crate::wire::reply::Body;

/// Longer than anyone waits for a change. Milliseconds.
const HOUR_MS: u64 = 3_600_000;
/// How long two packages hold what one should. Milliseconds.
const MOMENT_MS: u64 = 100;

/// What there was before a call.
pub(in crate::trendyol) struct Before {
    /// The package that the call names.
    pub(in crate::trendyol) named: Option<Package>,
    /// The youngest package of all.
    youngest: u64,
}

impl Before {
    pub(in crate::trendyol) fn of(request: &Request<'_>, store: &Store) -> Self {
        let youngest = store.packages.last_key_value().map_or(0, |(id, _)| *id);
        Self { named: Call::of(request).named(store).cloned(), youngest }
    }
}

/// After a call with this outcome. `at_arrival` is what the package was when the call arrived, if another call came in
/// between.
pub(in crate::trendyol) fn misread(
    faults: &Faults<Fault>,
    request: &Request<'_>,
    before: &Before,
    at_arrival: Option<&Package>,
    outcome: &Result<Body, Refusal>,
    store: &mut Store,
    now: u64,
) {
    let Some(was) = &before.named else { return };
    let status = store.packages.get(&was.id).map(Package::status);
    let new = store.packages.range((Excluded(before.youngest), Unbounded)).map(|(id, _)| *id);
    let done = Done {
        call: Call::of(request),
        was,
        at_arrival,
        cause: outcome.as_ref().err().map(|refusal| refusal.cause),
        turned: status.filter(|status| *status != was.status()),
        new: new.collect(),
    };
    faults.iter().for_each(|fault| amiss(fault, &done, store, now));
}

/// What a call did, before any fault changed it.
struct Done<'d> {
    call: Call,
    /// The package that was named, as it was.
    was: &'d Package,
    /// What it was when the call arrived, if another call came in between.
    at_arrival: Option<&'d Package>,
    /// Why the call was refused, if it was.
    cause: Option<Cause>,
    /// What the package turned to, if it did.
    turned: Option<Status>,
    /// The packages that came to be.
    new: Vec<u64>,
}

/// Leaves packages behind as they are under a fault.
fn amiss(fault: Fault, done: &Done, store: &mut Store, now: u64) {
    let Done { call, was, turned, .. } = done;
    match (call.kind, done.cause) {
        (Kind::Cancel, None) if turned.is_some() => {
            match done.new[..] {
                [] => full_cancel(fault, was, store, now),
                [new, ..] => {
                    partial_cancel(fault, was, done.at_arrival, new, store);
                    successor::misread(fault, was, new, store);
                }
            }
            if fault == Fault::CancelTakesTheSiblings {
                for id in siblings(store, was, &done.new) {
                    cancel_all(store, id, now);
                }
            }
        }
        (Kind::Cancel, Some(Cause::Invalid | Cause::State)) => refused_cancel(fault, was, store, now),
        (Kind::Push, None) if *turned == Some(Status::Picking) => picked(fault, was, store, now),
        (Kind::Push, None) if turned.is_some() && fault == Fault::InvoiceChangesTheTracking => retrack(store, was.id),
        (Kind::Push, Some(Cause::State))
            if fault == Fault::RefusedPushStillTurns
                && was.status() == Status::Created
                && call.status() == Status::Invoiced.name() =>
        {
            store.turn(was.id, Moment { at: now, status: Status::Invoiced });
        }
        (Kind::Stage, None) if *turned == Some(Status::Shipped) && fault == Fault::ShippingChangesTheTracking => {
            retrack(store, was.id);
        }
        (Kind::Split, None) if fault == Fault::SplitLosesAUnit && is_successor(was) => {
            done.new.last().into_iter().for_each(|last| successor::lose_a_unit(store, *last));
        }
        _ => {}
    }
}

fn full_cancel(fault: Fault, was: &Package, store: &mut Store, now: u64) {
    let is_successor = generation(store, was) > 0;
    let created = Moment { at: now, status: Status::Created };
    match fault {
        Fault::FullCancelDoesNothing => store.revive(was.id),
        Fault::OneUnitNotCancelled if was.lines.iter().map(|line| line.quantity).sum::<u64>() == 1 => {
            store.revive(was.id);
        }
        Fault::LastRemainderStaysLive if is_successor => store.revive(was.id),
        Fault::FullCancelUnpacks => store.amend(was.id, |last| Some(Moment { status: Status::UnPacked, ..last })),
        Fault::FullCancelLeavesEmptySuccessor => successor::add(store, was, Vec::new(), created),
        Fault::LastRemainderLeavesEmptySuccessor if is_successor => successor::add(store, was, Vec::new(), created),
        Fault::FullCancelNeverSettles => store.amend(was.id, |last| Some(later(last, HOUR_MS))),
        _ => {}
    }
}

/// What becomes of the old package, and of those that it came of.
fn partial_cancel(fault: Fault, was: &Package, at_arrival: Option<&Package>, new: u64, store: &mut Store) {
    match fault {
        Fault::OldBecomesUnpacked => store.amend(was.id, |last| Some(Moment { status: Status::UnPacked, ..last })),
        Fault::OldStaysLive => store.revive(was.id),
        Fault::OldChangesTracking => retrack(store, was.id),
        Fault::ChainRevivesAncestor => was.origin.into_iter().for_each(|origin| store.revive(origin.root)),
        Fault::TwoLivePackagesWhileSettling => {
            let starts = store.packages.get(&new).and_then(|new| new.timeline.first()).map_or(0, |first| first.at);
            store.amend(was.id, |last| Some(later(Moment { at: last.at.max(starts), ..last }, MOMENT_MS)));
        }
        Fault::SuccessorNeverSettles => store.amend(new, |last| Some(later(last, HOUR_MS))),
        Fault::CancelOverlooksPicking
            if at_arrival.is_some_and(|it| it.status() == Status::Created) && was.status() == Status::Picking =>
        {
            store.revive(was.id);
        }
        _ => {}
    }
}

fn refused_cancel(fault: Fault, was: &Package, store: &mut Store, now: u64) {
    match (fault, was.status()) {
        (Fault::RepeatRevivesOld, Status::Cancelled) => store.revive(was.id),
        (Fault::RefusalStillCancels, status) if status.way().is_some() => cancel_all(store, was.id, now),
        _ => {}
    }
}

fn picked(fault: Fault, was: &Package, store: &mut Store, now: u64) {
    match fault {
        Fault::PickingDoesNothing => store.amend(was.id, |_| None),
        Fault::PickingChangesTheId => {
            let id = store.next_id();
            store.rename(was.id, id);
        }
        Fault::PickingChangesTheTracking => retrack(store, was.id),
        Fault::PickingMovesTheSiblings => {
            for id in siblings(store, was, &[]) {
                if store.packages.get(&id).is_some_and(|it| it.status() == Status::Created) {
                    store.turn(id, Moment { at: now, status: Status::Picking });
                }
            }
        }
        _ => {}
    }
}

/// The other packages of the order that are with the seller, those aside that were just made.
fn siblings(store: &Store, package: &Package, new: &[u64]) -> Vec<u64> {
    let others = store.of_order(package.order).filter(|other| other.id != package.id && !new.contains(&other.id));
    others.filter(|other| other.status().way() == Some(0)).map(|other| other.id).collect()
}

fn cancel_all(store: &mut Store, id: u64, now: u64) {
    if let Some(package) = store.turn(id, Moment { at: now, status: Status::Cancelled }) {
        let units = package.lines.iter().map(|line| line.quantity).collect();
        package.cancel = Some(Cancel { reason: 500, units });
    }
}

fn retrack(store: &mut Store, id: u64) {
    let tracking = store.next_id();
    store.packages.get_mut(&id).into_iter().for_each(|package| package.tracking = tracking);
}

fn later(moment: Moment, by: u64) -> Moment {
    Moment { at: moment.at.saturating_add(by), ..moment }
}
