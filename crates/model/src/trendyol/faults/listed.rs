//! Misreadings of a read: the packages that a faulty implementation finds.

use super::Fault;
use super::call::{ancestors, has_successor, is_split_part, is_successor};
use crate::trendyol::query::Query;
use crate::trendyol::read::Seen;
use crate::trendyol::state::{Package, Store};
use crate::trendyol::status::Status;

/// Leaves out of what was found what a faulty implementation does not find.
pub(in crate::trendyol) fn misread(fault: Fault, store: &Store, query: &Query, found: &mut Vec<Seen<'_>>) {
    let cancelled = |package: &Package| package.status() == Status::Cancelled;
    // Before that an order is made, and has to be found.
    let order = query.order.as_deref().and_then(|order| order.parse().ok());
    let of_order = order.is_some_and(|order: u64| store.of_order(order).any(|it| it.cancel.is_some()));
    match fault {
        Fault::FullCancelIsUnlisted => found.retain(|(it, _)| !cancelled(it) || has_successor(store, it)),
        Fault::SuccessorIsUnlisted => found.retain(|(it, _)| !is_successor(it)),
        Fault::SuccessorNotByItsId if query.packages.is_some() => found.retain(|(it, _)| !is_successor(it)),
        Fault::OldIsUnlisted => found.retain(|(it, _)| !has_successor(store, it)),
        Fault::FirstOldIsUnlisted => {
            let gone: Vec<u64> = store
                .packages
                .values()
                .filter(|it| is_successor(it))
                .flat_map(|it| ancestors(store, it).skip(1).map(|ancestor| ancestor.id))
                .collect();
            found.retain(|(it, _)| !gone.contains(&it.id));
        }
        Fault::OrderViewOnlyNewest if of_order => {
            let newest = found.iter().map(|(it, _)| it.id).max();
            found.retain(|(it, _)| Some(it.id) == newest);
        }
        Fault::OrderViewForgetsSplitParts if of_order => {
            let parent = |package: &Package| package.origin.map(|origin| origin.parent);
            let follows =
                |it: &Package, other: &Package| is_split_part(other) && other.id > it.id && parent(other) == parent(it);
            let is_last = |it: &Package| is_split_part(it) && !store.packages.values().any(|other| follows(it, other));
            found.retain(|(it, _)| !is_last(it));
        }
        Fault::PageLosesLast if found.len() > query.size => drop(found.pop()),
        Fault::FilterOverlooksCancelled if query.statuses.is_some() => found.retain(|(it, _)| !cancelled(it)),
        Fault::FilterOverlooksSuccessors if query.statuses.is_some() => found.retain(|(it, _)| !is_successor(it)),
        _ => {}
    }
}
