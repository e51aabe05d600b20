//! What is shown: orders, items and errors as JSON, in the dialect that was chosen. Shows only, changes nothing.

use serde_json::{Map, Value, json};

use super::choices::{
    AbsentCancelled, AbsentHasCancellations, AbsentMetadata, AbsentShipped, ErrorShape, FulfilmentLinks, OrderLevelFlag,
};
use super::refusal::Refusal;
use super::route::BUYER_COMPANY;
use super::state::{BuyerOrder, Fulfilment, Item, Order, Party};
use crate::choice::Choices;
use crate::timestamp::rfc3339;

/// An order as its seller reads it.
pub(super) fn seller_order(order: &Order, choices: &Choices) -> Value {
    let mut shown = json!({
        "_id": order.id,
        "buyerOrderCode": order.code,
        "sellerOrderCode": "",
        "buyerCompanyId": BUYER_COMPANY,
        "sellerCompanyId": order.seller_company,
        "currency": "USD",
        "note": order.note,
        "attributes": order.attributes,
        "shippingAddress": order.address,
        "items": order.items.iter().map(|item| seller_item(item, choices)).collect::<Vec<_>>(),
        "fulfillments": fulfilments(order, choices),
        "posted": true,
        "postedDate": rfc3339(order.created_at),
        "shippedDate": date(order.shipped_at),
        "billed": order.billed_at.is_some(),
        "billedDate": date(order.billed_at),
        "created": rfc3339(order.created_at),
        "updated": rfc3339(order.updated_at),
    });
    flag(&mut shown, "shipped", order.shipped_at.is_some(), || omits_shipped(choices));
    order_flags(&mut shown, order, choices);
    shown
}

/// An item as its seller reads it.
pub(super) fn seller_item(item: &Item, choices: &Choices) -> Value {
    let mut shown = json!({
        "_id": item.id,
        "sellerVariantCode": item.product(),
        "quantity": item.quantity,
    });
    cancel_fields(&mut shown, item, choices);
    shown
}

/// An order as its buyer reads it, with the seller orders that came of it.
pub(super) fn buyer_order<'a>(
    order: &BuyerOrder,
    seller_orders: impl Iterator<Item = &'a Order>,
    choices: &Choices,
) -> Value {
    let items: Vec<Value> = order
        .items
        .iter()
        .map(|item| {
            json!({
                "id": item.id,
                "variantId": item.variant,
                "buyerReference": item.reference,
                "quantity": item.quantity,
            })
        })
        .collect();
    json!({
        "id": order.id,
        "buyerReference": order.reference,
        "orderedDate": order.ordered_date,
        "address": order.address,
        "items": items,
        "sellerOrders": seller_orders.map(|seller| buyers_part(seller, choices)).collect::<Vec<_>>(),
        "created": rfc3339(order.created_at),
    })
}

/// A seller order as the buyer reads it.
fn buyers_part(order: &Order, choices: &Choices) -> Value {
    let mut shown = json!({
        "id": order.id,
        "sellerCompanyId": order.seller_company,
        "items": order.items.iter().map(|item| buyer_item(item, choices)).collect::<Vec<_>>(),
        "fulfilledDate": date(order.shipped_at),
        "updated": rfc3339(order.updated_at),
    });
    flag(&mut shown, "fulfilled", order.shipped_at.is_some(), || omits_shipped(choices));
    order_flags(&mut shown, order, choices);
    shown
}

/// An item of a seller order as the buyer reads it.
pub(super) fn buyer_item(item: &Item, choices: &Choices) -> Value {
    let mut shown = json!({
        "id": item.id,
        "variantId": item.variant,
        "buyerReference": item.reference,
        "quantity": item.quantity,
    });
    cancel_fields(&mut shown, item, choices);
    shown
}

/// A refusal, in one of the documented shapes (`refusal.error-body`).
pub(super) fn error(refusal: &Refusal, choices: &Choices) -> Value {
    match choices.get() {
        ErrorShape::ErrorsMap => json!({ "errors": { (&refusal.field): [refusal.message] } }),
        ErrorShape::ErrorString => json!({ "error": refusal.message }),
        ErrorShape::NullData => json!({ "data": null, "error": [{ "message": refusal.message }] }),
    }
}

/// What an accepted call answers that shows neither an order nor an item. An empty list of errors is the documented
/// way of saying that there was none.
pub(super) fn acknowledgement() -> Value {
    json!({ "error": [] })
}

fn fulfilments(order: &Order, choices: &Choices) -> Vec<Value> {
    order.fulfilments.iter().map(|fulfilment| seller_fulfilment(fulfilment, order, choices)).collect()
}

fn seller_fulfilment(fulfilment: &Fulfilment, order: &Order, choices: &Choices) -> Value {
    let lines: Vec<Value> = fulfilment
        .lines
        .iter()
        .map(|line| {
            let item = match choices.get() {
                FulfilmentLinks::StayOnOriginal => &line.item,
                FulfilmentLinks::MoveToNewItem => order.heir(&line.item),
            };
            json!({
                "_id": line.id,
                "orderItemId": item,
                "quantity": line.quantity,
                "sku": line.product,
            })
        })
        .collect();
    json!({
        "_id": fulfilment.id,
        "carrier": fulfilment.carrier,
        "trackingCode": fulfilment.tracking_code,
        "trackingUrls": fulfilment.tracking_urls,
        "items": lines,
    })
}

fn cancel_fields(shown: &mut Value, item: &Item, choices: &Choices) {
    let omitted = || choices.get::<AbsentCancelled>() == AbsentCancelled::Omitted;
    flag(shown, "cancelled", !item.live(), omitted);
    if let Some(cancellation) = &item.cancelled {
        let by = match cancellation.by {
            Party::Buyer => "buyer",
            Party::Seller => "seller",
        };
        shown["cancelledReason"] = json!(cancellation.reason);
        shown["cancelledBy"] = json!(by);
        shown["cancelledDate"] = json!(rfc3339(cancellation.at));
        return;
    }
    let blank = match choices.get() {
        AbsentMetadata::Omitted => return,
        AbsentMetadata::Blank => json!(""),
        AbsentMetadata::Null => Value::Null,
    };
    for name in ["cancelledReason", "cancelledBy", "cancelledDate"] {
        shown[name] = blank.clone();
    }
}

fn order_flags(shown: &mut Value, order: &Order, choices: &Choices) {
    let omitted = || choices.get::<AbsentHasCancellations>() == AbsentHasCancellations::Omitted;
    flag(shown, "hasCancellations", order.has_cancellations(), omitted);
    if choices.get::<OrderLevelFlag>() == OrderLevelFlag::Untrusted {
        shown["cancelled"] = json!(false);
        shown["status"] = json!("open");
    }
}

/// A flag; a false one may be left out. What is left out is asked only then.
fn flag(shown: &mut Value, name: &str, set: bool, omitted: impl FnOnce() -> bool) {
    if set || !omitted() {
        shown[name] = json!(set);
    }
}

fn omits_shipped(choices: &Choices) -> bool {
    choices.get::<AbsentShipped>() == AbsentShipped::Omitted
}

fn date(at: Option<u64>) -> Option<String> {
    at.map(rfc3339)
}

/// Puts a value under `data`.
pub(super) fn data(value: Value) -> Value {
    Value::Object(Map::from_iter([("data".to_owned(), value)]))
}
