//! Misreadings of the order call: what is decided in place of the right decision, for one seller order or for all that a
//! buyer's order call reaches.

use super::Fault;
use crate::choice::Choices;
use crate::modern_dropship::cancel::{Change, Plan, plan_rest};
use crate::modern_dropship::refusal::Refusal;
use crate::modern_dropship::state::{Item, Order, Party};

/// What is decided under a fault. `right` is what should be, one plan for each of `orders`.
pub(in crate::modern_dropship) fn decide(
    fault: Fault,
    orders: &[&Order],
    unfulfilled_only: bool,
    by: Party,
    choices: &Choices,
    right: Result<Vec<Plan>, Refusal>,
) -> Result<Vec<Plan>, Refusal> {
    let any = |which: fn(&Order) -> bool| orders.iter().any(|order| which(order));
    let refuse = || Err(Refusal::state("the mock is told to refuse this"));
    let each = |plan: fn(&Order) -> Plan| Ok(orders.iter().map(|order| plan(order)).collect());
    let plain = !unfulfilled_only;
    let is_new = |order: &Order, id: &str| order.item(id).is_some_and(|item| item.origin.is_some());
    match fault {
        Fault::UnpostedRefused if any(|order| !order.posted) => return refuse(),
        Fault::FlaggedRefused if any(|order| order.flagged) => return refuse(),
        Fault::OrderAfterItemRefused if any(|order| order.has_live() && order.has_cancellations()) => return refuse(),
        Fault::UnfulfilledOnlyNeedsFulfilments if unfulfilled_only && !any(Order::has_fulfilments) => return refuse(),
        Fault::PlainTakesTheRest if plain && any(Order::has_fulfilments) && any(Order::has_left) => {
            return Ok(orders.iter().map(|order| plan_rest(order, false, choices)).collect());
        }
        Fault::PlainTakesEverything if plain && any(Order::has_fulfilments) && any(Order::has_left) => {
            return each(all);
        }
        Fault::FulfilledOrderAnsweredOk if plain && any(Order::has_live) && !any(Order::has_left) => {
            return each(|_| Plan::default());
        }
        Fault::FulfilledOrderCancelled if plain && any(Order::has_live) && !any(Order::has_left) => return each(all),
        Fault::UnfulfilledOnlyTakesFulfilled if unfulfilled_only && any(Order::has_left) => return each(all),
        Fault::NothingLeftCancels if unfulfilled_only && any(Order::has_live) && !any(Order::has_left) => {
            return each(all);
        }
        Fault::RepeatedOrderRedates if !any(Order::has_live) => return each(every),
        Fault::OrderRecancelsEarlier if any(Order::has_live) && right.is_ok() => {
            return each(|order| {
                let open = |item: &&Item| !item.live() || item.fulfilled == 0;
                Plan::of(order.items.iter().filter(open).map(|item| (item, Change::Cancel)))
            });
        }
        Fault::BuyerOrderDoesNothing if by == Party::Buyer && right.is_ok() => return each(|_| Plan::default()),
        _ => {}
    }
    let mut plans = right?;
    for (index, (plan, order)) in plans.iter_mut().zip(orders).enumerate() {
        match fault {
            Fault::LastItemForgotten if plan.changes.len() > 2 => drop(plan.changes.pop()),
            Fault::OnlyTheFirstItem => plan.changes.truncate(1),
            Fault::OrderFlagInsteadOfItems if plain => {
                *plan = Plan::of(
                    order.items.iter().filter(|item| item.live()).map(|item| (item, Change::Reduce(item.quantity))),
                );
            }
            Fault::OrderSkipsSplitItems if plain => plan.changes.retain(|(id, _)| !is_new(order, id)),
            Fault::UnfulfilledOnlySkipsSplitItems if unfulfilled_only => {
                plan.changes.retain(|(id, _)| !is_new(order, id));
            }
            Fault::OrderCancelShips if plain && !plan.is_empty() => plan.ships = true,
            Fault::UnfulfilledOnlyLeavesPart if unfulfilled_only => {
                plan.changes.retain(|(_, change)| *change == Change::Cancel);
            }
            Fault::UnfulfilledOnlyTakesPart if unfulfilled_only => each_part(plan, order, |_, _| Change::Cancel),
            Fault::UnfulfilledOnlyKeepsTheRest if unfulfilled_only => {
                each_part(plan, order, |item, kept| Change::Split(item.quantity - kept));
            }
            Fault::UnfulfilledOnlyReduces if unfulfilled_only => each_part(plan, order, |_, kept| Change::Reduce(kept)),
            Fault::UnfulfilledOnlyDoesNotShip if unfulfilled_only => plan.ships = false,
            Fault::UnfulfilledOnlyShipsAnyway if unfulfilled_only && !plan.is_empty() => plan.ships = true,
            Fault::BuyerOrderFirstSellerOnly if by == Party::Buyer && index > 0 => *plan = Plan::default(),
            _ => {}
        }
    }
    Ok(plans)
}

/// Every live item is cancelled, fulfilled or not.
fn all(order: &Order) -> Plan {
    Plan::of(order.items.iter().filter(|item| item.live()).map(|item| (item, Change::Cancel)))
}

/// Every item is cancelled, those that are cancelled already once more.
fn every(order: &Order) -> Plan {
    Plan::of(order.items.iter().map(|item| (item, Change::Cancel)))
}

/// Puts something else in the place of each split.
fn each_part(plan: &mut Plan, order: &Order, change: impl Fn(&Item, u64) -> Change) {
    for (id, planned) in &mut plan.changes {
        if let (Change::Split(kept), Some(item)) = (&*planned, order.item(id)) {
            *planned = change(item, *kept);
        }
    }
}
