//! The JSON of what is shown, as types. An `Option` marked `skip_serializing_if` is a field that may be left out; any
//! other is shown as null. Fills nothing in.

use serde::Serialize;
use serde_json::Number;

/// One page of a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    pub(super) page: usize,
    pub(super) size: usize,
    pub(super) total_pages: usize,
    pub(super) total_elements: usize,
    pub(super) content: T,
}

/// A package as its seller reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Package<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) shipment_package_id: Option<u64>,
    /// What it was called before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<u64>,
    pub(super) order_number: String,
    pub(super) seller_id: u64,
    pub(super) cargo_tracking_number: NumberOrText,
    pub(super) status: &'static str,
    pub(super) shipment_package_status: &'static str,
    pub(super) package_histories: Vec<History>,
    pub(super) created_by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) origin_package_ids: Option<Origins>,
    pub(super) invoice_number: Option<&'a str>,
    pub(super) currency_code: &'static str,
    pub(super) order_date: u64,
    pub(super) last_modified_date: u64,
    pub(super) lines: Vec<Line<'a>>,
}

/// When a package turned what.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct History {
    pub(super) created_date: u64,
    pub(super) status: &'static str,
}

/// A line as the seller reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line_id: Option<u64>,
    /// What it was called before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<u64>,
    pub(super) quantity: u64,
    pub(super) barcode: &'a str,
    pub(super) stock_code: &'a str,
    pub(super) line_unit_price: &'a Number,
    pub(super) order_line_item_status_name: &'static str,
    pub(super) cancelled_by: &'static str,
    pub(super) cancel_reason: &'static str,
    pub(super) cancel_reason_code: Option<u64>,
}

/// A number, or the same as text.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum NumberOrText {
    Number(u64),
    Text(String),
}

/// The packages that one came of.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Origins {
    List(Vec<u64>),
    One(u64),
    Unknown(()),
}

/// A webhook as its seller reads it: without what it authenticates by.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Webhook<'a> {
    pub(super) id: String,
    pub(super) url: &'a str,
    pub(super) authentication_type: &'static str,
    pub(super) subscribed_statuses: Vec<&'static str>,
    pub(super) status: &'static str,
    pub(super) created_date: u64,
    pub(super) last_modified_date: u64,
}
