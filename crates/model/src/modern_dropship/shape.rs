//! The JSON of what is shown, as types. An `Option` marked `skip_serializing_if` is a field that may be left out; any
//! other is shown as null. Fields stand in alphabetical order, by their names in JSON. Fills nothing in.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::wire::timestamp::Rfc3339;

/// A value under `data`.
#[derive(Serialize)]
pub(super) struct Data<T> {
    pub(super) data: T,
}

/// The id of something that was made.
#[derive(Serialize)]
pub(super) struct Made<'a> {
    pub(super) id: &'a str,
}

/// What a webhook is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'a> {
    #[serde(rename = "_id")]
    pub(super) id: String,
    pub(super) company_object_id: &'a str,
    pub(super) created: Rfc3339,
    pub(super) data: SellerOrder<'a>,
    #[serde(rename = "type")]
    pub(super) topic: &'a str,
}

/// An order as its seller reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SellerOrder<'a> {
    #[serde(rename = "_id")]
    pub(super) id: &'a str,
    pub(super) attributes: &'a Map<String, Value>,
    pub(super) billed: bool,
    pub(super) billed_date: Option<Rfc3339>,
    pub(super) buyer_company_id: &'a str,
    pub(super) buyer_order_code: &'a str,
    pub(super) created: Rfc3339,
    pub(super) currency: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flagged: Option<bool>,
    pub(super) fulfillments: Vec<SellerFulfilment<'a>>,
    #[serde(flatten)]
    pub(super) flags: OrderFlags,
    pub(super) items: Vec<SellerItem<'a>>,
    pub(super) note: &'a str,
    pub(super) posted: bool,
    pub(super) posted_date: Option<Rfc3339>,
    pub(super) seller_company_id: &'a str,
    pub(super) seller_order_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) shipped: Option<bool>,
    pub(super) shipped_date: Option<Rfc3339>,
    pub(super) shipping_address: &'a RawValue,
    pub(super) updated: Rfc3339,
}

/// An item as its seller reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SellerItem<'a> {
    #[serde(rename = "_id")]
    pub(super) id: &'a str,
    #[serde(flatten)]
    pub(super) cancel: CancelFields<'a>,
    pub(super) quantity: u64,
    pub(super) seller_variant_code: &'a str,
}

/// A fulfilment as the seller reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SellerFulfilment<'a> {
    #[serde(rename = "_id")]
    pub(super) id: &'a str,
    pub(super) carrier: &'a str,
    pub(super) items: Vec<SellerFulfilmentLine<'a>>,
    pub(super) tracking_code: &'a str,
    pub(super) tracking_urls: &'a [String],
}

/// A line of a fulfilment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SellerFulfilmentLine<'a> {
    #[serde(rename = "_id")]
    pub(super) id: &'a str,
    pub(super) order_item_id: &'a str,
    pub(super) quantity: u64,
    pub(super) sku: &'a str,
}

/// An order as its buyer reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BuyersOrder<'a> {
    pub(super) address: &'a RawValue,
    pub(super) buyer_reference: &'a str,
    pub(super) created: Rfc3339,
    pub(super) id: &'a str,
    pub(super) items: Vec<BuyersLine<'a>>,
    pub(super) ordered_date: &'a str,
    pub(super) seller_orders: Vec<BuyersPart<'a>>,
}

/// A line as the buyer placed it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BuyersLine<'a> {
    pub(super) buyer_reference: &'a str,
    pub(super) id: &'a str,
    pub(super) quantity: u64,
    pub(super) variant_id: &'a str,
}

/// A seller order as the buyer reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BuyersPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fulfilled: Option<bool>,
    pub(super) fulfilled_date: Option<Rfc3339>,
    #[serde(flatten)]
    pub(super) flags: OrderFlags,
    pub(super) id: &'a str,
    pub(super) items: Vec<BuyersItem<'a>>,
    pub(super) seller_company_id: &'a str,
    pub(super) updated: Rfc3339,
}

/// An item of a seller order as the buyer reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BuyersItem<'a> {
    pub(super) buyer_reference: &'a str,
    #[serde(flatten)]
    pub(super) cancel: CancelFields<'a>,
    pub(super) id: &'a str,
    pub(super) quantity: u64,
    pub(super) variant_id: &'a str,
}

/// What either party reads of the cancellations of an order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderFlags {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cancelled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) has_cancellations: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<&'static str>,
}

/// What either party reads of the cancellation of an item.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CancelFields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cancelled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cancelled_by: Option<Detail<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cancelled_date: Option<Detail<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cancelled_reason: Option<Detail<'a>>,
}

/// One fact about a cancellation.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
pub(super) enum Detail<'a> {
    Text(&'a str),
    Date(Rfc3339),
    Null,
}
