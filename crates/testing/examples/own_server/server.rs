//! A small server of the Modern Dropship order API, seller and buyer side, written from the API's documents alone: it
//! knows nothing of this project. Where the documents leave a choice, it often takes the less usual one: a cancelled
//! original shrinks to what was cancelled, the new item stands right after it, a repeat is heard without effect, a split
//! answers with the order, flags that are false are left out, and a field that a call does not have is refused.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::rules::{self, Item, Order, Parcel, Refusal, Ticks, Wish};

/// A key, the side it is of, and its company.
const KEYS: [(&str, &str, &str); 3] = [
    ("seller-key", "seller", "mugs-and-tees"),
    ("other-seller-key", "seller", "caps-only"),
    ("buyer-key", "buyer", "the-shop"),
];
const SELLER: &str = "mugs-and-tees";
const ROWS: usize = 50;

type Answer = Result<Json<Value>, Refusal>;
type Fields = Map<String, Value>;
type Shared = Arc<Mutex<Shop>>;

/// What a buyer ordered, as it was ordered: cancelling does not touch it.
struct Purchase {
    buyer: &'static str,
    items: Value,
}

#[derive(Default)]
struct Shop {
    ticks: Ticks,
    purchases: BTreeMap<String, Purchase>,
    orders: BTreeMap<String, Order>,
    patches: BTreeMap<String, Fields>,
}

/// Serves on a free port of loopback until the process ends, and returns the address.
pub(crate) fn start() -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    std::thread::spawn(move || {
        runtime.block_on(async { axum::serve(tokio::net::TcpListener::from_std(listener)?, router()).await })
    });
    Ok(url)
}

fn router() -> Router {
    Router::new()
        .route("/orders", get(list_orders))
        .route("/orders/{order}", get(read_order).patch(patch_order))
        .route("/orders/{order}/cancel", post(cancel_order))
        .route("/orders/{order}/items/{item}/cancel", post(cancel_item))
        .route("/orders/{order}/fulfillments", post(fulfil))
        .route("/buyer/orders", post(buy))
        .route("/buyer/orders/{purchase}", get(read_purchase))
        .route("/buyer/orders/{purchase}/cancel", post(cancel_purchase))
        .route("/buyer/orders/{purchase}/seller-orders/{order}/items/{item}/cancel", post(cancel_purchased_item))
        .with_state(Shared::default())
}

// The seller's calls. Another seller's order, and any order for a buyer's key, is as unknown as one that never was.

async fn list_orders(State(shop): State<Shared>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let (_, company) = caller(&headers)?;
    let query = query.unwrap_or_default();
    let (page, limit) = (number(&query, "page", 0)?, number(&query, "limit", ROWS)?.min(ROWS));
    let shop = lock(&shop);
    let own = shop.orders.values().filter(|order| order.seller == company);
    Ok(Json(own.skip(page.saturating_mul(limit)).take(limit).map(|order| shop.seller_view(order)).collect()))
}

async fn read_order(State(shop): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let shop = lock(&shop);
    Ok(Json(shop.seller_view(&shop.sold(&headers, &id)?)))
}

async fn patch_order(State(shop): State<Shared>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    let mut shop = lock(&shop);
    let order = shop.sold(&headers, &id)?;
    let fields = fields(&headers, &body, &["billed", "note", "attributes"])?;
    shop.patches.entry(id).or_default().extend(fields);
    Ok(Json(shop.seller_view(&order)))
}

async fn cancel_order(State(shop): State<Shared>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    let mut shop = lock(&shop);
    let mut order = shop.sold(&headers, &id)?;
    let fields = fields(&headers, &body, &["unfulfilledOnly", "reason"])?;
    let wish = wish("seller", &fields)?;
    let unfulfilled_only = said(&fields, "unfulfilledOnly", false, Value::as_bool)?;
    rules::cancel_order(&mut order, unfulfilled_only, &wish, &mut shop.ticks)?;
    shop.orders.insert(id, order);
    Ok(Json(json!({ "error": [] })))
}

async fn cancel_item(
    State(shop): State<Shared>,
    Path((id, item)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut shop = lock(&shop);
    let order = shop.sold(&headers, &id)?;
    let order = shop.cancel_item_of(order, &item, "seller", &fields(&headers, &body, &["newQuantity", "reason"])?)?;
    Ok(Json(shop.seller_view(&order)))
}

async fn fulfil(State(shop): State<Shared>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    let mut shop = lock(&shop);
    let mut order = shop.sold(&headers, &id)?;
    let fields = fields(&headers, &body, &["carrier", "trackingCode", "trackingUrls", "items"])?;
    let goods = goods(&fields, "sku")?;
    let parcel_id = shop.ticks.id();
    let parcel = Parcel {
        id: parcel_id.clone(),
        carrier: said(&fields, "carrier", "", Value::as_str)?.to_owned(),
        tracking_code: said(&fields, "trackingCode", "", Value::as_str)?.to_owned(),
        units: Vec::new(),
    };
    rules::fulfil(&mut order, parcel, &goods, &mut shop.ticks)?;
    shop.orders.insert(id, order);
    Ok(Json(json!({ "id": parcel_id })))
}

// The buyer's calls.

async fn buy(State(shop): State<Shared>, headers: HeaderMap, body: Bytes) -> Answer {
    let (side, buyer) = caller(&headers)?;
    if side != "buyer" {
        return Err(Refusal::Unknown);
    }
    let fields = fields(&headers, &body, &["address", "buyerReference", "orderedDate", "items"])?;
    let goods = goods(&fields, "variantId")?;
    let mut shop = lock(&shop);
    let (purchase, id) = (shop.ticks.id(), shop.ticks.id());
    let items = goods.into_iter().map(|(variant, quantity)| Item {
        id: shop.ticks.id(),
        sku: format!("S-{variant}"),
        reference: variant,
        quantity,
        cancelled: None,
    });
    let items: Vec<Item> = items.collect();
    let bought = items
        .iter()
        .map(|item| json!({ "id": item.id, "variantId": item.reference, "quantity": item.quantity }))
        .collect();
    let order =
        Order { id: id.clone(), purchase: purchase.clone(), seller: SELLER, items, parcels: Vec::new(), shipped: None };
    shop.orders.insert(id, order);
    shop.purchases.insert(purchase.clone(), Purchase { buyer, items: bought });
    Ok(Json(json!({ "data": { "id": purchase } })))
}

async fn read_purchase(State(shop): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let shop = lock(&shop);
    let orders = shop.bought(&headers, &id)?;
    let seller_orders: Vec<Value> = orders.iter().map(buyer_view).collect();
    Ok(Json(json!({ "data": { "id": id, "items": shop.purchases[&id].items, "sellerOrders": seller_orders } })))
}

async fn cancel_purchase(
    State(shop): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut shop = lock(&shop);
    let mut orders = shop.bought(&headers, &id)?;
    let wish = wish("buyer", &fields(&headers, &body, &["reason"])?)?;
    for order in &mut orders {
        rules::cancel_order(order, false, &wish, &mut shop.ticks)?;
    }
    shop.orders.extend(orders.into_iter().map(|order| (order.id.clone(), order)));
    Ok(Json(json!({ "error": [] })))
}

async fn cancel_purchased_item(
    State(shop): State<Shared>,
    Path((purchase, id, item)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut shop = lock(&shop);
    let orders = shop.bought(&headers, &purchase)?;
    let order = orders.into_iter().find(|order| order.id == id).ok_or(Refusal::Unknown)?;
    let order = shop.cancel_item_of(order, &item, "buyer", &fields(&headers, &body, &["newQuantity", "reason"])?)?;
    Ok(Json(json!({ "data": buyer_view(&order) })))
}

impl Shop {
    /// A copy of the caller's own order: what is not put back has not happened.
    fn sold(&self, headers: &HeaderMap, id: &str) -> Result<Order, Refusal> {
        let (_, company) = caller(headers)?;
        self.orders.get(id).filter(|order| order.seller == company).cloned().ok_or(Refusal::Unknown)
    }

    /// Copies of all that came of the caller's own purchase.
    fn bought(&self, headers: &HeaderMap, id: &str) -> Result<Vec<Order>, Refusal> {
        let (_, company) = caller(headers)?;
        self.purchases.get(id).filter(|purchase| purchase.buyer == company).ok_or(Refusal::Unknown)?;
        Ok(self.orders.values().filter(|order| order.purchase == id).cloned().collect())
    }

    fn cancel_item_of(
        &mut self,
        mut order: Order,
        item: &str,
        by: &'static str,
        fields: &Fields,
    ) -> Result<Order, Refusal> {
        let (wish, keep) = (wish(by, fields)?, said(fields, "newQuantity", 0, Value::as_u64)?);
        rules::cancel_item(&mut order, item, keep, &wish, &mut self.ticks)?;
        self.orders.insert(order.id.clone(), order.clone());
        Ok(order)
    }

    /// The order as its seller sees it. `status` never changes: it tells nothing of cancellations.
    fn seller_view(&self, order: &Order) -> Value {
        let mut view = view(order, "_id", "shipped");
        view.extend(self.patches.get(&order.id).cloned().unwrap_or_default());
        view.insert("status".to_owned(), json!("open"));
        let parcels = order.parcels.iter().map(|parcel| {
            let units = parcel.units.iter().map(
                |units| json!({ "_id": units.id, "orderItemId": units.item, "sku": units.sku, "quantity": units.quantity }),
            );
            let items: Vec<Value> = units.collect();
            json!({ "_id": parcel.id, "carrier": parcel.carrier, "trackingCode": parcel.tracking_code, "items": items })
        });
        view.insert("fulfillments".to_owned(), parcels.collect());
        Value::Object(view)
    }
}

fn buyer_view(order: &Order) -> Value {
    Value::Object(view(order, "id", "fulfilled"))
}

/// What both sides see, in the words of one of them; a flag is shown only where it is true.
fn view(order: &Order, id: &str, shipped: &str) -> Fields {
    let items = order.items.iter().map(|item| {
        let mut shown = json!({
            id: item.id, "sellerVariantCode": item.sku, "buyerReference": item.reference, "quantity": item.quantity,
            "cancelledReason": null, "cancelledBy": null, "cancelledDate": null,
        });
        if let Some(cancellation) = &item.cancelled {
            shown["cancelled"] = json!(true);
            shown["cancelledReason"] = json!(cancellation.reason);
            shown["cancelledBy"] = json!(cancellation.by);
            shown["cancelledDate"] = json!(cancellation.date);
        }
        shown
    });
    let mut view = Fields::from_iter([(id.to_owned(), json!(order.id)), ("items".to_owned(), items.collect())]);
    if order.has_cancellations() {
        view.insert("hasCancellations".to_owned(), json!(true));
    }
    if let Some(date) = &order.shipped {
        view.insert(shipped.to_owned(), json!(true));
        view.insert(format!("{shipped}Date"), json!(date));
    }
    view
}

// Reading requests: what is not said is empty, and what is said wrong is never taken for unsaid.

/// The side and the company of the caller.
fn caller(headers: &HeaderMap) -> Result<(&'static str, &'static str), Refusal> {
    let key = headers.get(AUTHORIZATION).and_then(|key| key.to_str().ok()).unwrap_or_default();
    let known = KEYS.iter().find(|(known, ..)| *known == key);
    known.map(|(_, side, company)| (*side, *company)).ok_or(Refusal::Unauthenticated)
}

fn fields(headers: &HeaderMap, body: &[u8], known: &[&str]) -> Result<Fields, Refusal> {
    if body.is_empty() {
        return Ok(Fields::new());
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Refusal::NotJson);
    }
    let fields: Fields =
        serde_json::from_slice(body).map_err(|_| Refusal::Unreadable("the body has to be a JSON object"))?;
    if fields.keys().any(|name| !known.contains(&name.as_str())) {
        return Err(Refusal::Unreadable("the call has no such field"));
    }
    Ok(fields)
}

/// What a field says, or its default where it says nothing.
fn said<'f, T>(fields: &'f Fields, name: &str, unsaid: T, read: fn(&'f Value) -> Option<T>) -> Result<T, Refusal> {
    fields.get(name).map_or(Some(unsaid), read).ok_or(Refusal::Unreadable("a field is not of its type"))
}

fn wish(by: &'static str, fields: &Fields) -> Result<Wish, Refusal> {
    Ok(Wish { by, reason: said(fields, "reason", "", Value::as_str)?.to_owned() })
}

fn goods(fields: &Fields, product: &str) -> Result<Vec<(String, u64)>, Refusal> {
    let rows = fields.get("items").and_then(Value::as_array).filter(|rows| !rows.is_empty());
    let read =
        |row: &Value| Some((row[product].as_str()?.to_owned(), row["quantity"].as_u64().filter(|units| *units > 0)?));
    let goods = rows.and_then(|rows| rows.iter().map(read).collect());
    goods.ok_or(Refusal::Unreadable("items is a list of products and quantities of 1 or more"))
}

fn number(query: &str, name: &str, unsaid: usize) -> Result<usize, Refusal> {
    let said = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    said.map_or(Ok(unsaid), |(_, value)| {
        value.parse().map_err(|_| Refusal::Unreadable("page and limit are whole numbers"))
    })
}

fn lock(shop: &Shared) -> MutexGuard<'_, Shop> {
    shop.lock().unwrap_or_else(PoisonError::into_inner)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unreadable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
        };
        (status, Json(json!({ "error": self.to_string() }))).into_response()
    }
}
