//! Misreadings that show in what is told: the answer as a faulty implementation writes it. Changes no order.

use serde_json::{Map, Value, json};

use super::Fault;
use crate::fault::Faults;
use crate::model::{Reply, Request};
use crate::modern_dropship::state::{Item, Store, Stored};

/// The order's own flag.
const MARK: &str = "hasCancellations";

/// Writes an answer as one does who reads the contract wrong.
pub(in crate::modern_dropship) fn misread(
    faults: &Faults<Fault>,
    request: &Request<'_>,
    store: &Store,
    reply: &mut Reply,
) {
    // What one of them makes of the status keeps no other from the body.
    let status = reply.status;
    faults.iter().for_each(|fault| misread_reply(fault, status, request, store, reply));
}

/// `status` is the one that the answer should have.
fn misread_reply(fault: Fault, status: u16, request: &Request<'_>, store: &Store, reply: &mut Reply) {
    let cancels = request.method == "POST" && request.path.ends_with("/cancel");
    match (fault, status) {
        (Fault::AcceptedIs202, 200..300) if cancels => reply.status = 202,
        (Fault::AcceptedIsACrash, 200..300) if cancels => reply.status = 500,
        (Fault::AcceptedIsARedirect, 200..300) if cancels => reply.status = 303,
        (Fault::RefusalIsACrash, 422) | (Fault::BadBodyIsACrash, 400) => reply.status = 500,
        (Fault::UnknownIsGone, 404) => reply.status = 410,
        (Fault::UnknownOrderAnsweredOk, 404) if cancels => reply.status = 200,
        (Fault::UnauthenticatedIs403, 401) => reply.status = 403,
        (Fault::RefusalIsText, 400..) => {
            reply.body = b"No.".to_vec();
            reply.headers.retain(|(name, _)| *name != "content-type");
            reply.headers.push(("content-type", "text/plain".to_owned()));
        }
        (_, 200..300) => {
            let Ok(right) = serde_json::from_slice::<Value>(&reply.body) else { return };
            let mut told = right.clone();
            each_order(&mut told, &mut |order| misread_order(fault, request, store, order));
            if fault == Fault::AnswerFromBefore && cancels {
                answer_from_before(&mut told);
            }
            // What is shown as it should be stays as it was written.
            if told != right {
                reply.body = told.to_string().into_bytes();
            }
        }
        _ => {}
    }
}

/// Every seller order in an answer, as the seller or the buyer reads it, and the buyer's order around it.
fn each_order(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|value| each_order(value, change)),
        Value::Object(map) => {
            for key in ["data", "sellerOrders"] {
                if let Some(inner) = map.get_mut(key) {
                    each_order(inner, change);
                }
            }
            if map.contains_key("items") {
                change(map);
            }
        }
        _ => {}
    }
}

fn misread_order(fault: Fault, request: &Request<'_>, store: &Store, order: &mut Map<String, Value>) {
    let id = order.get("_id").or_else(|| order.get("id")).and_then(Value::as_str).unwrap_or_default();
    let Some(known) = store.orders.get(id).map(Stored::current) else {
        return misread_buyers(fault, store, order);
    };
    let lists = request.path == "/orders";
    let buyer_reads = request.path.starts_with("/buyer");
    let was_split = |item: &Item| known.items.iter().any(|other| other.origin.as_ref() == Some(&item.id));
    let is_new = |value: &Value| item_of(value, &known.items).is_some_and(|item| item.origin.is_some());
    match fault {
        Fault::NeverMarked => set(order, MARK, false.into()),
        Fault::MarkedFromTheStart => set(order, MARK, true.into()),
        Fault::MarkedOnlyWhenAll => set(order, MARK, known.items.iter().all(|item| !item.live()).into()),
        Fault::UnmarkedBySplits => {
            let whole = known.items.iter().any(|item| !item.live() && !was_split(item));
            set(order, MARK, whole.into());
        }
        Fault::UnmarkedOnceShipped if known.shipped_at.is_some() => set(order, MARK, false.into()),
        Fault::ShipmentWithoutDate => set(order, "shippedDate", Value::Null),
        Fault::CancelWithoutDate => each_item(order, |item| set(item, "cancelledDate", "".into())),
        Fault::ListForgetsFlags if lists => each_item(order, |item| set(item, "cancelled", false.into())),
        Fault::ListHidesSplitItems if lists => {
            if let Some(Value::Array(items)) = order.get_mut("items") {
                items.retain(|item| !is_new(item));
            }
        }
        Fault::BuyerSeesNothing if buyer_reads => each_item(order, |item| set(item, "cancelled", false.into())),
        Fault::BuyerSeesNoSplits if buyer_reads => each_item(order, |item| {
            if item_of(&Value::Object(item.clone()), &known.items).is_some_and(was_split) {
                set(item, "cancelled", false.into());
            }
        }),
        _ => {}
    }
}

/// The buyer's order around the seller orders.
fn misread_buyers(fault: Fault, store: &Store, order: &mut Map<String, Value>) {
    let id = order.get("id").and_then(Value::as_str).unwrap_or_default();
    let Some(known) = store.buyer_orders.get(id).filter(|_| fault == Fault::BuyerLinesReduced) else { return };
    let parts = known.seller_orders.iter().filter_map(|id| store.orders.get(id)).map(Stored::current);
    let live: u64 = parts.flat_map(|part| &part.items).filter(|item| item.live()).map(|item| item.quantity).sum();
    let mut left = live;
    each_item(order, |item| {
        let kept = item.get("quantity").and_then(Value::as_u64).unwrap_or_default().min(left);
        left -= kept;
        set(item, "quantity", json!(kept));
    });
}

/// An item or an order, as if nothing of it were cancelled.
fn answer_from_before(body: &mut Value) {
    let shown = if body.get("data").is_some() { &mut body["data"] } else { body };
    if let Some(map) = shown.as_object_mut() {
        each_item(map, |item| set(item, "cancelled", false.into()));
        let flag = if map.contains_key("items") { MARK } else { "cancelled" };
        set(map, flag, false.into());
    }
}

fn each_item(order: &mut Map<String, Value>, mut change: impl FnMut(&mut Map<String, Value>)) {
    if let Some(Value::Array(items)) = order.get_mut("items") {
        items.iter_mut().filter_map(Value::as_object_mut).for_each(&mut change);
    }
}

fn item_of<'i>(shown: &Value, items: &'i [Item]) -> Option<&'i Item> {
    let id = shown.get("_id").or_else(|| shown.get("id"))?.as_str()?;
    items.iter().find(|item| item.id == id)
}

fn set(map: &mut Map<String, Value>, key: &str, value: Value) {
    map.insert(key.to_owned(), value);
}
