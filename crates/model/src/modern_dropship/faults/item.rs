//! Misreadings of the item call: what is decided in place of the right decision.

use super::Fault;
use crate::modern_dropship::cancel::{Change, Plan};
use crate::modern_dropship::refusal::Refusal;
use crate::modern_dropship::state::{Item, Order, Party};

/// What is decided under a fault. `right` is what should be.
pub(in crate::modern_dropship) fn decide(
    fault: Fault,
    order: &Order,
    item: &Item,
    new_quantity: Option<u64>,
    by: Party,
    right: Result<Plan, Refusal>,
) -> Result<Plan, Refusal> {
    let (quantity, fulfilled) = (item.quantity, item.fulfilled);
    let part_fulfilled = item.live() && 0 < fulfilled && fulfilled < quantity;
    let all_fulfilled = item.live() && item.left() == 0;
    let unfulfilled = item.live() && fulfilled == 0;
    let accepted = right.is_ok() && item.live();
    let whole = accepted && new_quantity.is_none();
    let wanted = new_quantity.unwrap_or_default();
    let splits = accepted && wanted > 0;
    let is_new = item.origin.is_some();
    let refuse = || Err(Refusal::state("the mock is told to refuse this"));
    let one = |change| Ok(Plan::of([(item, change)]));
    match fault {
        Fault::NewQuantityIsRemoved if splits => one(Change::Split(quantity - wanted)),
        Fault::SecondSplitRemoves if splits && is_new => one(Change::Split(quantity - wanted)),
        Fault::ThirdSplitRefused if splits && depth(order, item) > 1 => refuse(),
        Fault::SplitItemNotCancellable if whole && is_new => refuse(),
        Fault::PartialReducesInPlace if splits => one(Change::Reduce(wanted)),
        Fault::AboveQuantityAccepted if unfulfilled && wanted > quantity => one(Change::Split(wanted)),
        Fault::AboveQuantityCancelsAll if unfulfilled && wanted > quantity => one(Change::Cancel),
        Fault::BoundOfTheFirstItem if unfulfilled && wanted > quantity && wanted < first(order, item).quantity => {
            one(Change::Split(wanted))
        }
        Fault::EqualQuantityAccepted if item.left() > 0 && wanted == quantity => one(Change::Split(wanted)),
        Fault::EqualQuantityIsANoOp if item.left() > 0 && wanted == quantity => Ok(Plan::default()),
        Fault::BelowFulfilledRaised if part_fulfilled && 0 < wanted && wanted < fulfilled => {
            one(Change::Split(fulfilled))
        }
        Fault::BelowFulfilledAccepted if part_fulfilled && 0 < wanted && wanted < fulfilled => {
            one(Change::Split(wanted))
        }
        Fault::EqualsFulfilledRefused if splits && wanted == fulfilled => refuse(),
        Fault::AboveFulfilledRefused if splits && fulfilled > 0 && wanted > fulfilled => refuse(),
        Fault::ZeroRefused if unfulfilled && new_quantity == Some(0) => refuse(),
        Fault::ZeroMakesAnEmptyItem if unfulfilled && new_quantity == Some(0) => one(Change::Split(0)),
        Fault::ZeroOnPartFulfilledAccepted if part_fulfilled && new_quantity == Some(0) => {
            one(Change::Split(fulfilled))
        }
        Fault::OmittedCancelsTheRest if part_fulfilled && new_quantity.is_none() => one(Change::Split(fulfilled)),
        Fault::OmittedCancelsFulfilled if part_fulfilled && new_quantity.is_none() => one(Change::Cancel),
        Fault::RepeatSplitsAgain if !item.live() && wanted > 0 => one(Change::Split(wanted)),
        Fault::RepeatTakesTheNewReason if !item.live() && new_quantity.is_none() => one(Change::Cancel),
        Fault::SecondCancelRevives if !item.live() && new_quantity.is_none() => Ok(Plan::default()),
        Fault::FulfilledItemAnsweredOk if all_fulfilled => Ok(Plan::default()),
        Fault::FulfilledItemCancelled if all_fulfilled => one(Change::Cancel),
        Fault::BuyerCancelsFulfilled if all_fulfilled && by == Party::Buyer => one(Change::Cancel),
        Fault::ItemCancelDoesNothing if whole => Ok(Plan::default()),
        Fault::OneUnitNotCancelled if whole && quantity == 1 => Ok(Plan::default()),
        Fault::ThirdCancelIgnored if whole && order.items.iter().filter(|other| !other.live()).count() > 1 => {
            Ok(Plan::default())
        }
        Fault::AnyFulfilmentBlocks if unfulfilled && order.has_fulfilments() => refuse(),
        Fault::ItemCancelTakesTheOrder if whole => Ok(all_of(order, |_| true)),
        Fault::ItemCancelTakesTheNeighbour if whole => {
            let next = order.items.iter().skip_while(|other| other.id != item.id).nth(1);
            let next = next.filter(|next| next.live() && next.fulfilled == 0);
            Ok(Plan::of([Some(item), next].into_iter().flatten().map(|item| (item, Change::Cancel))))
        }
        Fault::SameProductCancelled if whole => Ok(all_of(order, |other| other.product == item.product)),
        Fault::SplitsTheWrongLine if splits => {
            let mut lines = order.items.iter().filter(|other| other.live() && other.product == item.product);
            let line = lines.find(|other| wanted < other.quantity).unwrap_or(item);
            Ok(Plan::of([(line, Change::Split(wanted))]))
        }
        Fault::BuyerItemCallDoesNothing if accepted && by == Party::Buyer => Ok(Plan::default()),
        Fault::BuyerPartialCancelsAll if splits && by == Party::Buyer => one(Change::Cancel),
        _ => right,
    }
}

fn all_of(order: &Order, which: impl Fn(&Item) -> bool) -> Plan {
    let items = order.items.iter().filter(|item| item.live() && item.fulfilled == 0 && which(item));
    Plan::of(items.map(|item| (item, Change::Cancel)))
}

/// How many splits an item comes of.
fn depth(order: &Order, item: &Item) -> usize {
    let origin = item.origin.as_deref().and_then(|id| order.item(id));
    origin.map_or(0, |origin| 1 + depth(order, origin))
}

/// The item that was ordered.
fn first<'o>(order: &'o Order, item: &'o Item) -> &'o Item {
    item.origin.as_deref().and_then(|id| order.item(id)).map_or(item, |origin| first(order, origin))
}
