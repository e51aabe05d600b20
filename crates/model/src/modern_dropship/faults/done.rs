//! Misreadings that show in what is done: an order as a faulty implementation leaves it behind.

use super::Fault;
use crate::modern_dropship::state::{Cancellation, Ids, Item, Order, Party};

/// After an item call on `item` that was accepted. `before` is the order as it was.
pub(in crate::modern_dropship) fn item_call(
    fault: Fault,
    order: &mut Order,
    before: &Order,
    item: &str,
    ids: &mut Ids,
) {
    let was_live = before.item(item).is_some_and(Item::live);
    let was_split = order.items.len() > before.items.len();
    match fault {
        Fault::ItemCancelDelists if was_live && !was_split => order.items.retain(|kept| kept.id != item),
        Fault::SecondCancelRevives if !was_live => revive(order, |other| other.id == item),
        _ => any_cancel(fault, order, before, ids),
    }
}

/// After an order call that was accepted.
pub(in crate::modern_dropship) fn order_call(fault: Fault, order: &mut Order, before: &Order, ids: &mut Ids) {
    match fault {
        Fault::OrderCancelDelists => order.items.retain(Item::live),
        Fault::OrderCancelZeroes => {
            order.items.iter_mut().filter(|item| !item.live()).for_each(|item| item.quantity = 0);
        }
        _ => any_cancel(fault, order, before, ids),
    }
}

/// After an item call on `item` that was refused.
pub(in crate::modern_dropship) fn refused_item_call(
    fault: Fault,
    order: &mut Order,
    item: &str,
    cancellation: &Cancellation,
    ids: &mut Ids,
) {
    let Some(target) = order.items.iter_mut().find(|other| other.id == item && other.live() && other.fulfilled == 0)
    else {
        return;
    };
    match fault {
        Fault::RefusalStillCancels => target.cancelled = Some(cancellation.clone()),
        Fault::BuyerRefusalStillCancels if cancellation.by == Party::Buyer => {
            target.cancelled = Some(cancellation.clone());
        }
        Fault::RefusalStillSplits => {
            let left_behind = Item { id: ids.next(), quantity: 1, ..target.clone() };
            order.items.push(left_behind);
        }
        _ => {}
    }
}

/// After an order call that was refused.
pub(in crate::modern_dropship) fn refused_order_call(fault: Fault, order: &mut Order, cancellation: &Cancellation) {
    if fault == Fault::RefusedOrderIsHalfDone {
        let before_fulfilled = order.items.iter_mut().take_while(|item| item.fulfilled == 0);
        before_fulfilled.filter(|item| item.live()).for_each(|item| item.cancelled = Some(cancellation.clone()));
    }
}

/// After a parcel left.
pub(in crate::modern_dropship) fn fulfilment(fault: Fault, order: &mut Order, now: u64) {
    let parcel: Vec<String> = order
        .fulfilments
        .last()
        .map(|last| last.lines.iter().map(|line| line.product.clone()).collect())
        .unwrap_or_default();
    match fault {
        Fault::ShipsAtFirstParcel => order.shipped_at = Some(now),
        Fault::NeverShipped => order.shipped_at = None,
        Fault::CancelledUnitsBlockShipping if order.has_cancellations() => order.shipped_at = None,
        Fault::FulfilmentRevives => revive(order, |item| parcel.contains(&item.product)),
        _ => {}
    }
}

/// After a PATCH.
pub(in crate::modern_dropship) fn patch(fault: Fault, order: &mut Order) {
    if fault == Fault::PatchRevives {
        revive(order, |_| true);
    }
}

fn any_cancel(fault: Fault, order: &mut Order, before: &Order, ids: &mut Ids) {
    let earlier = before.items.iter().find_map(|item| item.cancelled.as_ref()).map(|first| first.reason.clone());
    let is_fresh = |item: &Item| !item.live() && before.item(&item.id).is_none_or(Item::live);
    for item in order.items.iter_mut().filter(|item| is_fresh(item)) {
        if let Some(cancellation) = &mut item.cancelled {
            match (fault, &earlier) {
                (Fault::ReasonDropped, _) => cancellation.reason.clear(),
                (Fault::PartySwapped, _) => cancellation.by = Party::Buyer,
                (Fault::FirstReasonForAll, Some(first)) => cancellation.reason.clone_from(first),
                _ => {}
            }
        }
    }
    // The new item of a split and its original.
    let Some(new) = order.items.iter().position(|item| before.item(&item.id).is_none()) else { return };
    let Some(origin) = order.items[new].origin.clone() else { return };
    let Some(old) = order.items.iter().position(|item| item.id == origin) else { return };
    match fault {
        Fault::SplitKeepsTheId => order.items[new].id = origin,
        Fault::SecondSplitKeepsTheId if order.items[old].origin.is_some() => order.items[new].id = origin,
        Fault::SplitMakesTwo if order.items[new].quantity > 1 => {
            order.items[new].quantity -= 1;
            let second = Item { id: ids.next(), quantity: 1, fulfilled: 0, ..order.items[new].clone() };
            order.items.push(second);
        }
        Fault::SplitOriginalStaysLive => {
            order.items[old].cancelled = None;
            order.items[old].quantity -= order.items[new].quantity.min(order.items[old].quantity);
        }
        Fault::SplitNewItemCancelled => order.items[new].cancelled = order.items[old].cancelled.clone(),
        Fault::SplitLosesTheOriginal => drop(order.items.remove(old)),
        Fault::SplitChangesTheProduct if order.items[new].fulfilled == 0 => order.items[new].product.push_str("-REST"),
        Fault::SplitForgetsFulfilled => order.items[new].fulfilled = 0,
        Fault::SplitDropsFulfilments => order.fulfilments.clear(),
        Fault::ChainRevivesAncestor => {
            let ancestor = order.items[old].origin.clone();
            revive(order, |item| Some(&item.id) == ancestor.as_ref());
        }
        _ => {}
    }
}

fn revive(order: &mut Order, which: impl Fn(&Item) -> bool) {
    order.items.iter_mut().filter(|item| which(item)).for_each(|item| item.cancelled = None);
}
