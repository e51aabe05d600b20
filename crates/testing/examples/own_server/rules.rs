//! What cancelling and fulfilling do to an order: plain functions over plain data, without HTTP and without a store.
//! A rule may stop half-way with a refusal: the caller works on a copy and drops it then.

use std::fmt;

/// Why a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unauthenticated,
    Unknown,
    NotJson,
    Unreadable(&'static str),
    Conflict(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthenticated => "unknown key",
            Self::Unknown => "no such order or item",
            Self::NotJson => "the body has to be application/json",
            Self::Unreadable(why) | Self::Conflict(why) => why,
        })
    }
}

/// Counts what happens: ids and dates are made of the count, so that both are new every time and runs are alike.
#[derive(Default)]
pub(crate) struct Ticks(u64);

impl Ticks {
    pub(crate) fn id(&mut self) -> String {
        self.0 += 1;
        format!("{:024x}", self.0)
    }

    fn date(&mut self) -> String {
        self.0 += 1;
        let (days, hours, minutes, seconds) = (self.0 / 86_400, self.0 / 3_600 % 24, self.0 / 60 % 60, self.0 % 60);
        format!("2026-01-{:02}T{hours:02}:{minutes:02}:{seconds:02}Z", days % 31 + 1)
    }
}

#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) purchase: String,
    pub(crate) seller: &'static str,
    pub(crate) items: Vec<Item>,
    pub(crate) parcels: Vec<Parcel>,
    pub(crate) shipped: Option<String>,
}

#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) sku: String,
    pub(crate) reference: String,
    pub(crate) quantity: u64,
    pub(crate) cancelled: Option<Cancellation>,
}

#[derive(Clone)]
pub(crate) struct Cancellation {
    pub(crate) reason: String,
    pub(crate) by: &'static str,
    pub(crate) date: String,
}

#[derive(Clone)]
pub(crate) struct Parcel {
    pub(crate) id: String,
    pub(crate) carrier: String,
    pub(crate) tracking_code: String,
    pub(crate) units: Vec<Units>,
}

/// Fulfilled units of one item.
#[derive(Clone)]
pub(crate) struct Units {
    pub(crate) id: String,
    pub(crate) item: String,
    pub(crate) sku: String,
    pub(crate) quantity: u64,
}

/// Who cancels, and why.
pub(crate) struct Wish {
    pub(crate) by: &'static str,
    pub(crate) reason: String,
}

impl Order {
    pub(crate) fn has_cancellations(&self) -> bool {
        self.items.iter().any(|item| item.cancelled.is_some())
    }

    fn fulfilled(&self, item: &Item) -> u64 {
        let units = self.parcels.iter().flat_map(|parcel| &parcel.units);
        units.filter(|units| units.item == item.id).map(|units| units.quantity).sum()
    }

    fn live(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.cancelled.is_none())
    }

    /// Something is live, and all of it is fulfilled.
    fn is_complete(&self) -> bool {
        self.live().next().is_some() && self.live().all(|item| self.fulfilled(item) == item.quantity)
    }
}

/// Leaves `keep` units of an item. A second cancel of an item is heard, and does nothing.
pub(crate) fn cancel_item(
    order: &mut Order,
    id: &str,
    keep: u64,
    wish: &Wish,
    ticks: &mut Ticks,
) -> Result<(), Refusal> {
    let place = order.items.iter().position(|item| item.id == id).ok_or(Refusal::Unknown)?;
    let item = &order.items[place];
    let fulfilled = order.fulfilled(item);
    if item.cancelled.is_some() {
        return Ok(());
    }
    if keep < fulfilled {
        return Err(Refusal::Conflict("fulfilled units can not be cancelled"));
    }
    if keep >= item.quantity {
        return Err(Refusal::Conflict("newQuantity has to be less than the quantity"));
    }
    let rest =
        Item { id: ticks.id(), sku: item.sku.clone(), reference: String::new(), quantity: keep, cancelled: None };
    let item = &mut order.items[place];
    item.cancelled = Some(Cancellation { reason: wish.reason.clone(), by: wish.by, date: ticks.date() });
    if keep > 0 {
        item.quantity -= keep;
        for units in order.parcels.iter_mut().flat_map(|parcel| &mut parcel.units).filter(|units| units.item == id) {
            units.item.clone_from(&rest.id);
        }
        order.items.insert(place + 1, rest);
    }
    ship_if_complete(order, ticks);
    Ok(())
}

/// Leaves of every item what is fulfilled; without `unfulfilled_only` nothing may be.
pub(crate) fn cancel_order(
    order: &mut Order,
    unfulfilled_only: bool,
    wish: &Wish,
    ticks: &mut Ticks,
) -> Result<(), Refusal> {
    let open: Vec<(String, u64)> = order.live().map(|item| (item.id.clone(), order.fulfilled(item))).collect();
    if !unfulfilled_only && open.iter().any(|(_, fulfilled)| *fulfilled > 0) {
        return Err(Refusal::Conflict("units of the order are fulfilled: say unfulfilledOnly"));
    }
    for (id, fulfilled) in open {
        if order.live().any(|item| item.id == id && item.quantity > fulfilled) {
            cancel_item(order, &id, fulfilled, wish, ticks)?;
        }
    }
    Ok(())
}

/// Books a parcel of `(sku, quantity)`: on the line that it fills to the last unit, else on the product's last lines.
pub(crate) fn fulfil(
    order: &mut Order,
    mut parcel: Parcel,
    goods: &[(String, u64)],
    ticks: &mut Ticks,
) -> Result<(), Refusal> {
    for (sku, quantity) in goods {
        let booked = |item: &Item| {
            parcel.units.iter().filter(|units| units.item == item.id).map(|units| units.quantity).sum::<u64>()
        };
        let lines = order.live().filter(|item| item.sku == *sku);
        let mut open: Vec<(&Item, u64)> =
            lines.map(|item| (item, item.quantity - order.fulfilled(item) - booked(item))).collect();
        open.reverse();
        open.sort_by_key(|(_, units)| units != quantity);
        let mut left = *quantity;
        let mut taken = Vec::new();
        for (item, units) in open {
            let quantity = left.min(units);
            if quantity > 0 {
                taken.push(Units { id: ticks.id(), item: item.id.clone(), sku: sku.clone(), quantity });
            }
            left -= quantity;
        }
        if left > 0 {
            return Err(Refusal::Conflict("so many units of it are not open"));
        }
        parcel.units.append(&mut taken);
    }
    order.parcels.push(parcel);
    ship_if_complete(order, ticks);
    Ok(())
}

fn ship_if_complete(order: &mut Order, ticks: &mut Ticks) {
    if order.shipped.is_none() && order.is_complete() {
        order.shipped = Some(ticks.date());
    }
}
