//! Misreadings of what a package is: the package that a faulty implementation judges by in place of the one there is, and
//! what it remembers for that.

use super::Fault;
use super::call::{Call, Kind, generation, is_successor};
use crate::model::Request;
use crate::trendyol::state::{Package, Store};
use crate::trendyol::status::Status;

/// How many calls back a package is remembered.
const HISTORY: usize = 64;

/// Packages as they were before the last calls that named them.
pub(in crate::trendyol) type Past = crate::past::Past<Package, HISTORY>;

/// What the package is taken for, if not for what it is. `at_arrival` is what it was when the call arrived, if another call came in between.
pub(in crate::trendyol) fn misread(
    fault: Fault,
    package: &Package,
    at_arrival: Option<&Package>,
    request: &Request<'_>,
    store: &Store,
) -> Option<Package> {
    let call = Call::of(request);
    match call.kind {
        Kind::Cancel => for_cancel(fault, package, at_arrival, &call, store),
        Kind::Push => for_push(fault, package, at_arrival, &call),
        Kind::Stage => for_stage(fault, package),
        Kind::Split if fault == Fault::SplitOverlooksCancel => at_arrival.cloned(),
        _ => None,
    }
}

fn for_cancel(
    fault: Fault,
    package: &Package,
    at_arrival: Option<&Package>,
    call: &Call,
    store: &Store,
) -> Option<Package> {
    let status = package.status();
    let (all, generation) = (call.takes_all(package), generation(store, package));
    let refuses = match fault {
        Fault::SuccessorNotCancellable => generation > 0,
        Fault::SuccessorOnlyCancelledWhole => generation > 0 && !all,
        Fault::ThirdPartialRefused => generation > 1 && !all,
        Fault::LastRemainderRefused => generation > 0 && all,
        _ => false,
    };
    if refuses {
        return Some(dead(package));
    }
    let with_carrier = |status: Status| status.way().is_some_and(|way| way > 0);
    match fault {
        Fault::RepeatCancelsAgain if status == Status::Cancelled => Some(package.before(|it| it == Status::Cancelled)),
        Fault::CancelAfterShipped if status == Status::Shipped => Some(package.before(with_carrier)),
        Fault::CancelAfterDelivered if status == Status::Delivered => Some(package.before(with_carrier)),
        Fault::CancelAfterReturned if status == Status::Returned => Some(package.before(with_carrier)),
        Fault::BothPartialsWin if !all => at_arrival.cloned(),
        Fault::FullOverlooksPartial if all => at_arrival.cloned(),
        Fault::CancelOverlooksPicking => at_arrival.filter(|was| was.status() == Status::Created).cloned(),
        _ => None,
    }
}

fn for_push(fault: Fault, package: &Package, at_arrival: Option<&Package>, call: &Call) -> Option<Package> {
    let status = package.status();
    match (fault, call.status()) {
        (Fault::PickingWakesOld, "Picking") if status == Status::Cancelled => Some(package.turned(Status::Created)),
        (Fault::PickingOverlooksCancel, "Picking") => at_arrival.cloned(),
        (Fault::SuccessorNotPickable, "Picking") if is_successor(package) => Some(dead(package)),
        (Fault::SuccessorNotInvoiceable, "Invoiced") if is_successor(package) => Some(dead(package)),
        (Fault::InvoicedAfterPickingRefused, "Invoiced") if status == Status::Picking => Some(dead(package)),
        (Fault::InvoicedWithoutPicking, "Invoiced") if status == Status::Created => {
            Some(package.turned(Status::Picking))
        }
        _ => None,
    }
}

fn for_stage(fault: Fault, package: &Package) -> Option<Package> {
    match (fault, package.status()) {
        (Fault::InvoicedCannotBeSkipped, Status::Picking) => Some(dead(package)),
        // What the seller pushes comes this way too, and is to be accepted of any package that is not with the carrier.
        (Fault::SellerMayShip, Status::Created) => Some(package.turned(Status::Picking)),
        _ => None,
    }
}

/// The package as one of which nothing is accepted any more.
fn dead(package: &Package) -> Package {
    package.turned(Status::Cancelled)
}
