//! How an order comes to be: the buyer places it, and a seller order appears.

use serde_json::{Map, Value};

use super::body::Fields;
use super::refusal::Refusal;
use super::route::SELLER_COMPANY;
use super::state::{BuyerItem, BuyerOrder, Ids, Item, Order, Store, Stored};

/// An order as the buyer asks for it.
pub(super) struct Wish {
    reference: String,
    ordered_date: String,
    address: Map<String, Value>,
    lines: Vec<Line>,
}

struct Line {
    variant: String,
    reference: String,
    quantity: u64,
}

impl Wish {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            reference: fields.text("buyerReference")?.unwrap_or_default(),
            ordered_date: fields.text("orderedDate")?.unwrap_or_default(),
            address: fields.object("address")?.unwrap_or_default(),
            lines: fields
                .rows("items")?
                .iter()
                .map(|row| {
                    Ok(Line {
                        variant: row.word("variantId")?,
                        reference: row.text("buyerReference")?.unwrap_or_default(),
                        quantity: row.quantity("quantity")?,
                    })
                })
                .collect::<Result<_, Refusal>>()?,
        })
    }
}

/// Stores the order, as the buyer's and as the seller's, and tells the id of the buyer's.
pub(super) fn place(wish: Wish, store: &mut Store, ids: &mut Ids, now: u64) -> String {
    let id = ids.next();
    let seller_order = Order {
        id: ids.next(),
        code: wish.reference.clone(),
        seller_company: SELLER_COMPANY,
        address: Value::Object(wish.address),
        items: wish.lines.iter().map(|line| item(line, ids)).collect(),
        fulfilments: Vec::new(),
        note: String::new(),
        attributes: Map::new(),
        billed_at: None,
        shipped_at: None,
        created_at: now,
        updated_at: now,
    };
    let buyer_order = BuyerOrder {
        id: id.clone(),
        reference: wish.reference,
        ordered_date: wish.ordered_date,
        address: seller_order.address.clone(),
        items: wish
            .lines
            .into_iter()
            .map(|line| BuyerItem {
                id: ids.next(),
                variant: line.variant,
                reference: line.reference,
                quantity: line.quantity,
            })
            .collect(),
        seller_orders: vec![seller_order.id.clone()],
        created_at: now,
    };
    store.orders.insert(seller_order.id.clone(), Stored::new(id.clone(), seller_order));
    store.buyer_orders.insert(id.clone(), buyer_order);
    id
}

fn item(line: &Line, ids: &mut Ids) -> Item {
    Item {
        id: ids.next(),
        variant: line.variant.clone(),
        reference: line.reference.clone(),
        quantity: line.quantity,
        fulfilled: 0,
        cancelled: None,
        reduced: false,
        origin: None,
    }
}
