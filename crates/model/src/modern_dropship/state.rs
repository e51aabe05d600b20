//! What is remembered: orders, their items, their fulfilments. Facts and simple questions about them; who may change
//! what is decided in `cancel`, `fulfil` and `patch`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::ids::HexIds;
use crate::past::Past;

/// Ids as the real service has them.
pub(super) type Ids = HexIds;

/// How many states before the present one are kept for calls that came before the last changes.
const HISTORY: usize = 8;

/// One of the two sides of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Party {
    Buyer,
    Seller,
}

/// What the buyer placed. It never changes: cancellations happen on the seller orders that come of it.
#[derive(Clone, Debug)]
pub(super) struct BuyerOrder {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) ordered_date: String,
    pub(super) address: Arc<RawValue>,
    pub(super) items: Vec<BuyerItem>,
    pub(super) seller_orders: Vec<String>,
    pub(super) created_at: u64,
}

/// A line as the buyer placed it.
#[derive(Clone, Debug)]
pub(super) struct BuyerItem {
    pub(super) id: String,
    pub(super) variant: String,
    pub(super) reference: String,
    pub(super) quantity: u64,
}

/// An order as a seller has it.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) code: String,
    pub(super) seller_company: &'static str,
    pub(super) address: Arc<RawValue>,
    pub(super) items: Vec<Item>,
    pub(super) fulfilments: Vec<Fulfilment>,
    pub(super) note: String,
    pub(super) attributes: Map<String, Value>,
    pub(super) posted: bool,
    pub(super) flagged: bool,
    pub(super) billed_at: Option<u64>,
    pub(super) shipped_at: Option<u64>,
    pub(super) created_at: u64,
    pub(super) updated_at: u64,
}

/// A line of an order.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) variant: String,
    /// The code by which the seller knows the product.
    pub(super) product: String,
    pub(super) reference: String,
    pub(super) quantity: u64,
    /// How many of the live units are fulfilled; a split moves them to the new item.
    pub(super) fulfilled: u64,
    pub(super) cancelled: Option<Cancellation>,
    /// Part of it was cancelled in place, without a new item.
    pub(super) reduced: bool,
    /// The item that this one was split off.
    pub(super) origin: Option<String>,
}

/// By whom, why and when an item was cancelled.
#[derive(Clone, Debug)]
pub(super) struct Cancellation {
    pub(super) by: Party,
    pub(super) reason: String,
    pub(super) at: u64,
}

/// A parcel that left.
#[derive(Clone, Debug)]
pub(super) struct Fulfilment {
    pub(super) id: String,
    pub(super) carrier: String,
    pub(super) tracking_code: String,
    pub(super) tracking_urls: Vec<String>,
    pub(super) lines: Vec<FulfilmentLine>,
}

/// Units of one item in a parcel.
#[derive(Clone, Debug)]
pub(super) struct FulfilmentLine {
    pub(super) id: String,
    /// The item the units were fulfilled from. A later split does not change it; what is shown may.
    pub(super) item: String,
    pub(super) product: String,
    pub(super) quantity: u64,
}

impl Item {
    pub(super) fn live(&self) -> bool {
        self.cancelled.is_none()
    }

    /// Units that can still be fulfilled or cancelled.
    pub(super) fn left(&self) -> u64 {
        // Of a faulty mock more may be fulfilled than is live.
        if self.live() { self.quantity.saturating_sub(self.fulfilled) } else { 0 }
    }
}

impl Order {
    pub(super) fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The item that holds today what was once of the item `id`: the end of its chain of splits.
    pub(super) fn heir<'a>(&'a self, id: &'a str) -> &'a str {
        let mut heir = id;
        while let Some(next) = self.items.iter().find(|item| item.origin.as_deref() == Some(heir)) {
            heir = &next.id;
        }
        heir
    }

    /// `flags.iff`: some item is cancelled, or was reduced in place.
    pub(super) fn has_cancellations(&self) -> bool {
        self.items.iter().any(|item| !item.live() || item.reduced)
    }

    pub(super) fn has_fulfilments(&self) -> bool {
        !self.fulfilments.is_empty()
    }

    pub(super) fn has_live(&self) -> bool {
        self.items.iter().any(Item::live)
    }

    /// Whether a live unit is unfulfilled.
    pub(super) fn has_left(&self) -> bool {
        self.items.iter().any(|item| item.left() > 0)
    }
}

/// An order with what reads may still show of it.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) buyer_order: String,
    current: Order,
    /// The order before its last change, and until when reads show it.
    before: Option<(u64, Box<Order>)>,
    /// The order before each of its last changes; only where it is asked for.
    past: Past<Order, HISTORY>,
}

/// How a change is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeping {
    /// When it is made.
    pub(super) now: u64,
    /// How long reads show what was before it, milliseconds.
    pub(super) delay: u64,
    /// The number of the request, where what was before it has to be known later.
    pub(super) request: Option<u64>,
}

impl Stored {
    pub(super) fn new(buyer_order: String, order: Order) -> Self {
        Self { buyer_order, current: order, before: None, past: Past::default() }
    }

    /// The order as it is: what the rules judge by.
    pub(super) fn current(&self) -> &Order {
        &self.current
    }

    /// The order as a read at `now` shows it.
    pub(super) fn shown(&self, now: u64) -> &Order {
        match &self.before {
            Some((until, before)) if now < *until => before,
            _ => &self.current,
        }
    }

    /// The order as it was when no more than this many requests had been handled.
    pub(super) fn as_of(&self, requests: u64) -> &Order {
        self.past.as_of(requests, |_| true).unwrap_or(&self.current)
    }

    /// The order, to be changed.
    pub(super) fn change(&mut self, keeping: Keeping) -> &mut Order {
        let until = keeping.now.saturating_add(keeping.delay);
        self.before = (keeping.delay > 0).then(|| (until, Box::new(self.current.clone())));
        if let Some(request) = keeping.request {
            self.past.note(request, self.current.clone());
        }
        self.current.updated_at = keeping.now;
        &mut self.current
    }
}

/// All orders. Ids grow with age, so that the maps are in order of creation.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    pub(super) orders: BTreeMap<String, Stored>,
    pub(super) buyer_orders: BTreeMap<String, BuyerOrder>,
}

impl Store {
    /// Drops the oldest buyer orders, with all that came of them, until no more than `max` seller orders remain; the
    /// newest stays whatever its size. Tells which seller orders are gone.
    pub(super) fn evict(&mut self, max: usize) -> Vec<String> {
        let mut evicted = Vec::new();
        while self.orders.len() > max && self.buyer_orders.len() > 1 {
            let Some((_, oldest)) = self.buyer_orders.pop_first() else {
                break;
            };
            for id in oldest.seller_orders {
                self.orders.remove(&id);
                evicted.push(id);
            }
        }
        evicted
    }
}
