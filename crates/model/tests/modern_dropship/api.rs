//! A client of the model: sends calls, and reads orders into one form whatever dialect they are shown in.

use std::collections::BTreeMap;

use countermand_model::{Model, Reply, Request, Settings, build};
use serde_json::Value;

pub(crate) const SELLER: &str = "seller-key";
pub(crate) const BUYER: &str = "buyer-key";
pub(crate) const UNKNOWN: &str = "000000000000000000000000";

/// A model with a clock that runs on by more than any delay before each request.
pub(crate) struct Api {
    pub(crate) model: Box<dyn Model>,
    pub(crate) now: u64,
}

/// An order that was placed: its id at the buyer's and at the seller's.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) buyer_order: String,
    pub(crate) order: String,
}

/// An order as it is shown, without what may differ between two equal orders.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct View {
    pub(crate) has_cancellations: bool,
    pub(crate) shipped: bool,
    pub(crate) items: Vec<ItemView>,
    /// Units by product.
    pub(crate) fulfilled: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ItemView {
    pub(crate) id: String,
    pub(crate) product: String,
    pub(crate) quantity: u64,
    pub(crate) cancelled: bool,
    pub(crate) reason: String,
    pub(crate) by: String,
    pub(crate) date: String,
}

impl Api {
    pub(crate) fn new(picks: &[(&str, &str)]) -> Self {
        let picks: Vec<_> = picks.iter().map(|(c, o)| (c.to_string(), o.to_string())).collect();
        let model = build("modern-dropship", &picks, &[], Settings::default()).unwrap();
        Self { model, now: 1_700_000_000_000 }
    }

    pub(crate) fn send(
        &mut self,
        key: Option<&str>,
        method: &str,
        target: &str,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Reply {
        self.now += 1_000;
        let headers: Vec<_> = [("authorization", key), ("content-type", content_type)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        self.model.handle(&Request { method, path, query, headers: &headers, body }, self.now)
    }

    /// A call with a body of JSON, or none if it is empty.
    pub(crate) fn call(&mut self, key: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
        let content_type = (!body.is_empty()).then_some("application/json");
        let reply = self.send(Some(key), method, path, content_type, body.as_bytes());
        (reply.status, json_of(&reply))
    }

    /// A call of the seller's to an order.
    pub(crate) fn post(&mut self, order: &str, rest: &str, body: &str) -> (u16, Value) {
        self.call(SELLER, "POST", &format!("/orders/{order}/{rest}"), body)
    }

    pub(crate) fn cancel_item(&mut self, order: &str, item: &str, body: &str) -> u16 {
        self.post(order, &format!("items/{item}/cancel"), body).0
    }

    pub(crate) fn fulfil(&mut self, order: &str, product: &str, units: u64) -> u16 {
        let body = format!(r#"{{"items":[{{"sku":"{product}","quantity":{units}}}]}}"#);
        self.post(order, "fulfillments", &body).0
    }

    pub(crate) fn place(&mut self, lines: &[(&str, u64)]) -> Placed {
        let items: Vec<Value> = lines
            .iter()
            .map(|(variant, quantity)| {
                serde_json::json!({
                    "variantId": variant, "buyerReference": format!("ref-{variant}"), "quantity": quantity,
                })
            })
            .collect();
        let body = serde_json::json!({ "items": items, "buyerReference": "PO-1" }).to_string();
        let (status, placed) = self.call(BUYER, "POST", "/buyer/orders", &body);
        assert_eq!(status, 201, "{placed}");
        let buyer_order = placed["data"]["id"].as_str().unwrap().to_owned();
        let whole = self.buyer_order(&buyer_order);
        let order = whole["sellerOrders"][0]["id"].as_str().unwrap().to_owned();
        Placed { buyer_order, order }
    }

    pub(crate) fn buyer_order(&mut self, id: &str) -> Value {
        let (status, body) = self.call(BUYER, "GET", &format!("/buyer/orders/{id}"), "");
        assert_eq!(status, 200, "{body}");
        body["data"].clone()
    }

    pub(crate) fn view(&mut self, order: &str) -> View {
        let (status, body) = self.call(SELLER, "GET", &format!("/orders/{order}"), "");
        assert_eq!(status, 200, "{body}");
        view_of(bare(&body))
    }
}

impl View {
    pub(crate) fn item(&self, id: &str) -> Option<&ItemView> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Units that are not cancelled, by product.
    pub(crate) fn live(&self) -> BTreeMap<String, u64> {
        let mut live = BTreeMap::new();
        for item in &self.items {
            *live.entry(item.product.clone()).or_insert(0) += item.live();
        }
        live
    }

    pub(crate) fn live_total(&self) -> u64 {
        self.items.iter().map(ItemView::live).sum()
    }

    pub(crate) fn fulfilled_total(&self) -> u64 {
        self.fulfilled.values().sum()
    }

    /// Every item as `quantity` if live, `-quantity` if cancelled, in the order shown.
    pub(crate) fn signed(&self) -> Vec<i64> {
        let sign = |item: &ItemView| if item.cancelled { -1 } else { 1 };
        self.items.iter().map(|item| sign(item) * i64::try_from(item.quantity).unwrap()).collect()
    }
}

impl ItemView {
    pub(crate) fn live(&self) -> u64 {
        if self.cancelled { 0 } else { self.quantity }
    }
}

pub(crate) fn json_of(reply: &Reply) -> Value {
    if reply.body.is_empty() { Value::Null } else { serde_json::from_slice(&reply.body).unwrap() }
}

/// What stands under `data`, or the whole.
pub(crate) fn bare(body: &Value) -> &Value {
    body.get("data").unwrap_or(body)
}

/// Reads an order of either party.
pub(crate) fn view_of(order: &Value) -> View {
    let mut fulfilled = BTreeMap::new();
    for fulfilment in order["fulfillments"].as_array().into_iter().flatten() {
        for line in fulfilment["items"].as_array().unwrap() {
            let product = line["sku"].as_str().unwrap().to_owned();
            *fulfilled.entry(product).or_insert(0) += line["quantity"].as_u64().unwrap();
        }
    }
    let either = |one: &str, other: &str| order.get(one).or_else(|| order.get(other)) == Some(&Value::Bool(true));
    View {
        has_cancellations: order["hasCancellations"] == true,
        shipped: either("shipped", "fulfilled"),
        items: order["items"].as_array().unwrap().iter().map(item_of).collect(),
        fulfilled,
    }
}

pub(crate) fn item_of(item: &Value) -> ItemView {
    let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    ItemView {
        id: item.get("_id").or_else(|| item.get("id")).unwrap().as_str().unwrap().to_owned(),
        product: match item["variantId"].as_str() {
            Some(variant) => format!("S-{variant}"),
            None => text("sellerVariantCode"),
        },
        quantity: item["quantity"].as_u64().unwrap(),
        cancelled: item["cancelled"] == true,
        reason: text("cancelledReason"),
        by: text("cancelledBy"),
        date: text("cancelledDate"),
    }
}
