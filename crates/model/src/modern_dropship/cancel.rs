//! The rules of cancelling. Each is decided in full on the order as it is, and gives a [`Plan`]; only then is anything
//! changed (`refusal.no-change`). Reads no bytes, renders nothing, and does not ask which party is calling: either may
//! cancel, by the same rules.

use super::choices::{
    NewItemPosition, NewItemReference, NothingLeft, OmittedOnPartFulfilled, OriginalQuantity, PartFulfilledForm,
    PlainCancelOfPartFulfilled, RepeatFullCancel, RepeatPartialCancel, ShippedWhenOnlyFulfilledRemains,
    ZeroNewQuantity, ZeroOnPartFulfilled,
};
use super::refusal::Refusal;
use super::state::{Cancellation, Ids, Item, Order};
use crate::choice::Choices;

/// What an accepted cancel will do. Empty when it is accepted without effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Items by id, and what becomes of each.
    pub(super) changes: Vec<(String, Change)>,
    /// Whether the order turns shipped.
    pub(super) ships: bool,
}

/// What becomes of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// All of it is cancelled.
    Cancel,
    /// It is cancelled, and a new live item of this quantity appears.
    Split(u64),
    /// It stays live, with this quantity.
    Reduce(u64),
}

impl Plan {
    /// What becomes of these items.
    pub(super) fn of<'i>(changes: impl IntoIterator<Item = (&'i Item, Change)>) -> Self {
        let changes = changes.into_iter().map(|(item, change)| (item.id.clone(), change)).collect();
        Self { changes, ships: false }
    }

    /// Whether anything will change.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.ships
    }
}

/// The item call. `new_quantity` is what is to remain; left out, nothing is.
pub(super) fn plan_item(
    order: &Order,
    item: &Item,
    new_quantity: Option<u64>,
    choices: &Choices,
) -> Result<Plan, Refusal> {
    let Some(change) = change_item(item, new_quantity, choices)? else {
        return Ok(Plan::default());
    };
    let kept = if let Change::Split(n) = change { n - item.fulfilled } else { 0 };
    let left_elsewhere = order.items.iter().any(|other| other.id != item.id && other.left() > 0);
    let only_fulfilled_remains = order.has_fulfilments() && kept == 0 && !left_elsewhere;
    let ships = only_fulfilled_remains
        && choices.get::<ShippedWhenOnlyFulfilledRemains>() == ShippedWhenOnlyFulfilledRemains::TurnsTrue;
    Ok(Plan { ships, ..Plan::of([(item, change)]) })
}

/// Sorts the item call by the state of the item. `None` is an accepted repeat.
fn change_item(item: &Item, new_quantity: Option<u64>, choices: &Choices) -> Result<Option<Change>, Refusal> {
    if !item.live() {
        return repeat_item(new_quantity, choices).map(|()| None);
    }
    if item.left() == 0 {
        // fulfilled.item-refused, fulfilled.units-kept
        return Err(Refusal::state("the item is fulfilled"));
    }
    match new_quantity {
        None if item.fulfilled > 0 => cancel_remainder_unasked(item, choices),
        None => Ok(Change::Cancel),
        Some(0) => keep_nothing(item, choices),
        Some(n) => keep(item, n),
    }
    .map(Some)
}

/// `repeat.full`, `partial.cancelled-original`: a cancelled item stays as it is, said or refused.
fn repeat_item(new_quantity: Option<u64>, choices: &Choices) -> Result<(), Refusal> {
    let accepted = match new_quantity {
        None | Some(0) => choices.get::<RepeatFullCancel>() == RepeatFullCancel::Accept,
        Some(_) => choices.get::<RepeatPartialCancel>() == RepeatPartialCancel::AcceptNoOp,
    };
    if accepted { Ok(()) } else { Err(Refusal::state("the item is cancelled already")) }
}

/// `partial.new-quantity` within its bounds: `partial.above-refused`, `partial.equal-refused`,
/// `partial.below-fulfilled-refused`; `partial.equals-fulfilled` is the lowest that is accepted.
fn keep(item: &Item, n: u64) -> Result<Change, Refusal> {
    if n >= item.quantity {
        return Err(Refusal::new_quantity(format!("must be below {}", item.quantity)));
    }
    if n < item.fulfilled {
        return Err(Refusal::new_quantity(format!("{} are fulfilled already", item.fulfilled)));
    }
    Ok(Change::Split(n))
}

/// `partial.zero`, `partial.zero-part-fulfilled`, `partial.no-empty-item`: a new quantity of nothing never makes a new
/// item of nothing.
fn keep_nothing(item: &Item, choices: &Choices) -> Result<Change, Refusal> {
    if item.fulfilled == 0 {
        return match choices.get() {
            ZeroNewQuantity::FullCancel => Ok(Change::Cancel),
            ZeroNewQuantity::Refuse => Err(Refusal::new_quantity("must be above 0")),
        };
    }
    match choices.get() {
        ZeroOnPartFulfilled::AsOmitted => cancel_remainder_unasked(item, choices),
        ZeroOnPartFulfilled::Refuse => Err(Refusal::new_quantity(format!("{} are fulfilled already", item.fulfilled))),
    }
}

/// `partial.omitted-part-fulfilled`: all of an item is asked for, and not all of it can be had.
fn cancel_remainder_unasked(item: &Item, choices: &Choices) -> Result<Change, Refusal> {
    match choices.get() {
        OmittedOnPartFulfilled::CancelRemainder => Ok(change_to_rest(item, choices)),
        OmittedOnPartFulfilled::Refuse => Err(Refusal::state(format!(
            "the item is fulfilled in part; say newQuantity {} to keep that part",
            item.fulfilled
        ))),
    }
}

/// The order call, on the one order of a seller or on all seller orders of a buyer's. All of them accept it, or none
/// changes. One with nothing to cancel is no obstacle to the others (`order.cancels-the-rest`, `buyer.order-cancels`);
/// one that a plain cancel may not touch is.
pub(super) fn plan_orders(orders: &[&Order], unfulfilled_only: bool, choices: &Choices) -> Result<Vec<Plan>, Refusal> {
    let some_left = orders.iter().any(|order| order.has_left());
    let plan = |order: &&Order| {
        let passed_over = some_left && !order.has_left() && (unfulfilled_only || !order.has_live());
        if passed_over { Ok(Plan::default()) } else { plan_order(order, unfulfilled_only, choices) }
    };
    orders.iter().map(plan).collect()
}

fn plan_order(order: &Order, unfulfilled_only: bool, choices: &Choices) -> Result<Plan, Refusal> {
    if !order.has_live() {
        // repeat.full. Nothing is fulfilled here, so unfulfilledOnly makes no difference.
        return match choices.get() {
            RepeatFullCancel::Accept => Ok(Plan::default()),
            RepeatFullCancel::Refuse => Err(Refusal::state("the order is cancelled already")),
        };
    }
    if !order.has_fulfilments() {
        // order.cancels-all, order.cancels-the-rest, order.shipped-unchanged, unfulfilled.no-fulfilments
        return Ok(plan_rest(order, false, choices));
    }
    match (unfulfilled_only, order.has_left()) {
        // unfulfilled.cancels-rest, unfulfilled.ships
        (true, true) => Ok(plan_rest(order, true, choices)),
        // unfulfilled.nothing-left
        (true, false) => match choices.get() {
            NothingLeft::AcceptNoOp => Ok(Plan::default()),
            NothingLeft::Refuse => Err(Refusal::state("nothing is left to cancel")),
        },
        // order.part-fulfilled-refused
        (false, true) => match choices.get() {
            PlainCancelOfPartFulfilled::CancelRemainder => Ok(plan_rest(order, false, choices)),
            PlainCancelOfPartFulfilled::Refuse => {
                let message = "the order is fulfilled in part; say unfulfilledOnly to cancel the rest";
                Err(Refusal::state(message))
            }
        },
        // fulfilled.order-refused
        (false, false) => Err(Refusal::state("the order is fulfilled")),
    }
}

/// Cancels every unit that is not fulfilled, and no other.
pub(super) fn plan_rest(order: &Order, ships: bool, choices: &Choices) -> Plan {
    let left = order.items.iter().filter(|item| item.left() > 0);
    Plan { ships, ..Plan::of(left.map(|item| (item, change_to_rest(item, choices)))) }
}

/// `unfulfilled.part-fulfilled`, `unfulfilled.splits`: a part-fulfilled item keeps exactly what is fulfilled.
fn change_to_rest(item: &Item, choices: &Choices) -> Change {
    if item.fulfilled == 0 {
        return Change::Cancel;
    }
    match choices.get() {
        PartFulfilledForm::Split => Change::Split(item.fulfilled),
        PartFulfilledForm::ReduceInPlace => Change::Reduce(item.fulfilled),
    }
}

/// Carries a plan out, and tells the id of the (last) new item.
pub(super) fn apply(
    plan: &Plan,
    order: &mut Order,
    cancellation: &Cancellation,
    ids: &mut Ids,
    choices: &Choices,
) -> Option<String> {
    let mut new_item = None;
    for (id, change) in &plan.changes {
        let Some(at) = order.items.iter().position(|item| item.id == *id) else {
            continue;
        };
        let item = &mut order.items[at];
        match *change {
            Change::Cancel => item.cancelled = Some(cancellation.clone()),
            Change::Reduce(n) => {
                item.quantity = n;
                item.reduced = true;
            }
            Change::Split(n) => {
                let rest = split_off(item, n, ids, choices);
                item.cancelled = Some(cancellation.clone());
                new_item = Some(rest.id.clone());
                let position = match choices.get() {
                    NewItemPosition::Last => order.items.len(),
                    NewItemPosition::AfterOriginal => at + 1,
                    NewItemPosition::BeforeOriginal => at,
                    NewItemPosition::First => 0,
                };
                order.items.insert(position, rest);
            }
        }
    }
    if plan.ships {
        order.shipped_at = Some(cancellation.at);
    }
    new_item
}

/// `partial.one-new-item`, `partial.new-live`, `partial.same-product`: the units that stay, with all that are
/// fulfilled among them, become an item of their own.
fn split_off(item: &mut Item, n: u64, ids: &mut Ids, choices: &Choices) -> Item {
    let rest = Item {
        id: ids.next(),
        reference: match choices.get() {
            NewItemReference::Copied => item.reference.clone(),
            NewItemReference::Blank => String::new(),
        },
        quantity: n,
        cancelled: None,
        origin: Some(item.id.clone()),
        ..item.clone()
    };
    if choices.get::<OriginalQuantity>() == OriginalQuantity::Reduce {
        // Only a faulty mock keeps more than there is.
        item.quantity = item.quantity.saturating_sub(n);
    }
    item.fulfilled = 0;
    rest
}
