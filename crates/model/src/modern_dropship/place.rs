//! How orders come to be: the buyer places one, and each seller with a part in it gets an order of its own.

use std::sync::Arc;

use serde_json::Map;
use serde_json::value::{RawValue, to_raw_value};

use super::body;
use super::refusal::Refusal;
use super::route::{SELLERS, seller_of};
use super::state::{BuyerItem, BuyerOrder, Ids, Item, Order, Store, Stored};
use crate::choice::Choices;
use crate::wire::fields::Fields;

/// An order as the buyer asks for it.
pub(super) struct Wish {
    reference: String,
    ordered_date: String,
    address: Arc<RawValue>,
    posted: bool,
    flagged: bool,
    lines: Vec<Line>,
}

struct Line {
    variant: String,
    reference: String,
    quantity: u64,
}

impl Wish {
    /// `posted` and `flagged` are the mock's own: the API documents both states and no way to ask for them. They make
    /// `order.any-status` playable, and no rule looks at them.
    pub(super) fn read(fields: &Fields<'_>, choices: &Choices) -> Result<Self, Refusal> {
        let address = fields.object("address")?.map_or_else(|| to_raw_value(&Map::new()), to_raw_value);
        let address = address.map_err(|error| Refusal::invalid("address", error.to_string()))?;
        Ok(Self {
            reference: fields.text("buyerReference")?.unwrap_or_default().to_owned(),
            ordered_date: fields.text("orderedDate")?.unwrap_or_default().to_owned(),
            address: address.into(),
            posted: fields.flag("posted")?.unwrap_or(true),
            flagged: fields.flag("flagged")?.unwrap_or(false),
            lines: fields
                .rows("items", None)?
                .iter()
                .map(|row| {
                    Ok(Line {
                        variant: row.word("variantId")?.to_owned(),
                        reference: row.text("buyerReference")?.unwrap_or_default().to_owned(),
                        quantity: body::quantity(row, "quantity", choices)?,
                    })
                })
                .collect::<Result<_, Refusal>>()?,
        })
    }
}

/// Stores the order, as the buyer's and as its sellers', and tells the id of the buyer's.
pub(super) fn place(wish: Wish, store: &mut Store, ids: &mut Ids, now: u64) -> String {
    let mut buyer_order = BuyerOrder {
        id: ids.next(),
        reference: wish.reference.clone(),
        ordered_date: wish.ordered_date.clone(),
        address: wish.address.clone(),
        items: wish.lines.iter().map(|line| buyer_item(line, ids)).collect(),
        seller_orders: Vec::new(),
        created_at: now,
    };
    for seller in SELLERS {
        let lines: Vec<&Line> = wish.lines.iter().filter(|line| seller_of(&line.variant) == seller).collect();
        if lines.is_empty() {
            continue;
        }
        let order = seller_order(seller, &lines, &wish, ids, now);
        buyer_order.seller_orders.push(order.id.clone());
        store.orders.insert(order.id.clone(), Stored::new(buyer_order.id.clone(), order));
    }
    let id = buyer_order.id.clone();
    store.buyer_orders.insert(id.clone(), buyer_order);
    id
}

fn buyer_item(line: &Line, ids: &mut Ids) -> BuyerItem {
    BuyerItem {
        id: ids.next(),
        variant: line.variant.clone(),
        reference: line.reference.clone(),
        quantity: line.quantity,
    }
}

fn seller_order(seller: &'static str, lines: &[&Line], wish: &Wish, ids: &mut Ids, now: u64) -> Order {
    Order {
        id: ids.next(),
        code: wish.reference.clone(),
        seller_company: seller,
        address: wish.address.clone(),
        items: lines.iter().map(|line| item(line, ids)).collect(),
        fulfilments: Vec::new(),
        note: String::new(),
        attributes: Map::new(),
        posted: wish.posted,
        flagged: wish.flagged,
        billed_at: None,
        shipped_at: None,
        created_at: now,
        updated_at: now,
    }
}

fn item(line: &Line, ids: &mut Ids) -> Item {
    Item {
        id: ids.next(),
        product: product_of(&line.variant),
        variant: line.variant.clone(),
        reference: line.reference.clone(),
        quantity: line.quantity,
        fulfilled: 0,
        cancelled: None,
        reduced: false,
        origin: None,
    }
}

/// The code by which the seller knows a variant of the buyer's.
pub(super) fn product_of(variant: &str) -> String {
    format!("S-{variant}")
}
