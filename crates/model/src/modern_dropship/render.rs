//! What is shown of orders, items and errors, in the dialect that was chosen. Shows only, changes nothing; how a shape is
//! written as JSON stands in `shape`.

use serde_json::{Value, json};

use super::choices::{
    AbsentCancelled, AbsentHasCancellations, AbsentMetadata, AbsentShipped, ErrorShape, FulfilmentLinks, OrderLevelFlag,
};
use super::refusal::Refusal;
use super::route::BUYER_COMPANY;
use super::shape::{
    BuyersItem, BuyersLine, BuyersOrder, BuyersPart, CancelFields, Detail, Event, OrderFlags, SellerFulfilment,
    SellerFulfilmentLine, SellerItem, SellerOrder,
};
use super::state::{BuyerOrder, Fulfilment, Item, Order, Party};
use crate::choice::Choices;
use crate::wire::reply::bytes;
use crate::wire::timestamp::Rfc3339;

/// An order as its seller reads it.
pub(super) fn seller_order<'a>(order: &'a Order, choices: &Choices) -> SellerOrder<'a> {
    SellerOrder {
        id: &order.id,
        attributes: &order.attributes,
        billed: order.billed_at.is_some(),
        billed_date: order.billed_at.map(Rfc3339),
        buyer_company_id: BUYER_COMPANY,
        buyer_order_code: &order.code,
        created: Rfc3339(order.created_at),
        currency: "USD",
        flagged: order.flagged.then_some(true),
        fulfillments: order.fulfilments.iter().map(|it| seller_fulfilment(it, order, choices)).collect(),
        flags: order_flags(order, choices),
        items: order.items.iter().map(|item| seller_item(item, choices)).collect(),
        note: &order.note,
        posted: order.posted,
        posted_date: order.posted.then_some(Rfc3339(order.created_at)),
        seller_company_id: order.seller_company,
        seller_order_code: "",
        shipped: shipped(order, choices),
        shipped_date: order.shipped_at.map(Rfc3339),
        shipping_address: &order.address,
        updated: Rfc3339(order.updated_at),
    }
}

/// An item as its seller reads it.
pub(super) fn seller_item<'a>(item: &'a Item, choices: &Choices) -> SellerItem<'a> {
    SellerItem {
        id: &item.id,
        cancel: cancel_fields(item, choices),
        quantity: item.quantity,
        seller_variant_code: &item.product,
    }
}

/// An order as its buyer reads it, with the seller orders that came of it.
pub(super) fn buyer_order<'a>(
    order: &'a BuyerOrder,
    seller_orders: impl Iterator<Item = &'a Order>,
    choices: &Choices,
) -> BuyersOrder<'a> {
    BuyersOrder {
        address: &order.address,
        buyer_reference: &order.reference,
        created: Rfc3339(order.created_at),
        id: &order.id,
        items: order
            .items
            .iter()
            .map(|item| BuyersLine {
                buyer_reference: &item.reference,
                id: &item.id,
                quantity: item.quantity,
                variant_id: &item.variant,
            })
            .collect(),
        ordered_date: &order.ordered_date,
        seller_orders: seller_orders.map(|part| buyers_part(part, choices)).collect(),
    }
}

/// A seller order as the buyer reads it.
fn buyers_part<'a>(order: &'a Order, choices: &Choices) -> BuyersPart<'a> {
    BuyersPart {
        fulfilled: shipped(order, choices),
        fulfilled_date: order.shipped_at.map(Rfc3339),
        flags: order_flags(order, choices),
        id: &order.id,
        items: order.items.iter().map(|item| buyer_item(item, choices)).collect(),
        seller_company_id: order.seller_company,
        updated: Rfc3339(order.updated_at),
    }
}

/// An item of a seller order as the buyer reads it.
pub(super) fn buyer_item<'a>(item: &'a Item, choices: &Choices) -> BuyersItem<'a> {
    BuyersItem {
        buyer_reference: &item.reference,
        cancel: cancel_fields(item, choices),
        id: &item.id,
        quantity: item.quantity,
        variant_id: &item.variant,
    }
}

/// What a webhook is told of an order in which something was cancelled.
pub(super) fn event(number: u64, topic: &str, company: &str, order: &Order, choices: &Choices) -> Vec<u8> {
    bytes(&Event {
        id: format!("event-{number}"),
        company_object_id: company,
        created: Rfc3339(order.updated_at),
        data: seller_order(order, choices),
        topic,
    })
}

/// A refusal, in one of the documented shapes (`refusal.error-body`).
pub(super) fn error(refusal: &Refusal, choices: &Choices) -> Vec<u8> {
    let shape = match choices.get() {
        ErrorShape::ErrorsMap => json!({ "errors": { (&refusal.field): [refusal.message] } }),
        ErrorShape::ErrorString => json!({ "error": refusal.message }),
        ErrorShape::NullData => json!({ "data": null, "error": [{ "message": refusal.message }] }),
    };
    bytes(&shape)
}

/// What an accepted call answers that shows neither an order nor an item. An empty list of errors is the documented
/// way of saying that there was none.
pub(super) fn acknowledgement() -> Vec<u8> {
    bytes(&json!({ "error": Value::Array(Vec::new()) }))
}

fn seller_fulfilment<'a>(fulfilment: &'a Fulfilment, order: &'a Order, choices: &Choices) -> SellerFulfilment<'a> {
    let line_of = |line| match choices.get() {
        FulfilmentLinks::StayOnOriginal => line,
        FulfilmentLinks::MoveToNewItem => order.heir(line),
    };
    SellerFulfilment {
        id: &fulfilment.id,
        carrier: &fulfilment.carrier,
        items: fulfilment
            .lines
            .iter()
            .map(|line| SellerFulfilmentLine {
                id: &line.id,
                order_item_id: line_of(&line.item),
                quantity: line.quantity,
                sku: &line.product,
            })
            .collect(),
        tracking_code: &fulfilment.tracking_code,
        tracking_urls: &fulfilment.tracking_urls,
    }
}

fn cancel_fields<'a>(item: &'a Item, choices: &Choices) -> CancelFields<'a> {
    let omitted = || choices.get::<AbsentCancelled>() == AbsentCancelled::Omitted;
    let cancelled = flag(!item.live(), omitted);
    if let Some(cancellation) = &item.cancelled {
        let by = match cancellation.by {
            Party::Buyer => "buyer",
            Party::Seller => "seller",
        };
        return CancelFields {
            cancelled,
            cancelled_by: Some(Detail::Text(by)),
            cancelled_date: Some(Detail::Date(Rfc3339(cancellation.at))),
            cancelled_reason: Some(Detail::Text(&cancellation.reason)),
        };
    }
    let absent = match choices.get() {
        AbsentMetadata::Omitted => None,
        AbsentMetadata::Blank => Some(Detail::Text("")),
        AbsentMetadata::Null => Some(Detail::Null),
    };
    CancelFields { cancelled, cancelled_by: absent, cancelled_date: absent, cancelled_reason: absent }
}

fn order_flags(order: &Order, choices: &Choices) -> OrderFlags {
    let omitted = || choices.get::<AbsentHasCancellations>() == AbsentHasCancellations::Omitted;
    let untrusted = choices.get::<OrderLevelFlag>() == OrderLevelFlag::Untrusted;
    OrderFlags {
        cancelled: untrusted.then_some(false),
        has_cancellations: flag(order.has_cancellations(), omitted),
        status: untrusted.then_some("open"),
    }
}

fn shipped(order: &Order, choices: &Choices) -> Option<bool> {
    flag(order.shipped_at.is_some(), || choices.get::<AbsentShipped>() == AbsentShipped::Omitted)
}

/// A flag; a false one may be left out. Whether it is left out is asked only then.
fn flag(set: bool, omitted: impl FnOnce() -> bool) -> Option<bool> {
    (set || !omitted()).then_some(set)
}
