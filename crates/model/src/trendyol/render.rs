//! What is shown of packages, answers and errors, in the dialect that was chosen. Shows only, changes nothing; how a
//! shape is written as JSON stands in `shape`.

use serde_json::json;

use super::cancel::reason_name;
use super::choices::{
    CancelInfo, CancelledStatusName, ErrorShape, FieldNames, OkBody, OldLines, OriginIds, TrackingType,
};
use super::refusal::{Cause, Refusal};
use super::shape::{self, History, NumberOrText, Origins};
use super::state::{By, Line, Moment, Package, Store};
use super::status::Status;
use crate::choice::Choices;
use crate::wire::reply::{Body, json};
use crate::wire::timestamp::Rfc3339;

/// What an accepted change is answered with.
pub(super) fn done(choices: &Choices) -> Body {
    match choices.get() {
        OkBody::Empty => None,
        OkBody::Text => Some(("text/plain", b"OK".to_vec())),
        OkBody::Json => json(&json!({ "success": true })),
    }
}

/// A refusal, in one of the shapes that are seen of the real service.
pub(super) fn refused(refusal: &Refusal, choices: &Choices, now: u64) -> Body {
    let (cause, message) = (refusal.cause, &refusal.message);
    if matches!(cause, Cause::BadKey | Cause::SellerMismatch) {
        return json(&json!({ "exception": cause.exception() }));
    }
    match choices.get() {
        ErrorShape::ErrorsList => {
            let error = json!({ "key": cause.key(), "message": message, "errorCode": null });
            let when = Rfc3339(now).to_string();
            json(&json!({ "timestamp": when, "exception": cause.exception(), "errors": [error] }))
        }
        ErrorShape::ErrorMessage => json(&json!({ "error": cause.key(), "message": message })),
        ErrorShape::Empty => None,
    }
}

/// What a status is called.
pub(super) fn status_name(status: Status, choices: &Choices) -> &'static str {
    if status == Status::Cancelled && choices.get::<CancelledStatusName>() == CancelledStatusName::UnSupplied {
        return Status::UnSupplied.name();
    }
    status.name()
}

/// A package, as far as its timeline has come to pass.
pub(super) fn package<'a>(
    package: &'a Package,
    past: &[Moment],
    store: &Store,
    choices: &Choices,
) -> shape::Package<'a> {
    let last = past.last().copied().unwrap_or(Moment { at: package.ordered_at, status: Status::Created });
    let status = status_name(last.status, choices);
    let (current, legacy) = ids(package.id, choices);
    let history = |it: &Moment| History { created_date: it.at, status: status_name(it.status, choices) };
    shape::Package {
        shipment_package_id: current,
        id: legacy,
        order_number: package.order.to_string(),
        seller_id: package.seller,
        cargo_tracking_number: match choices.get() {
            TrackingType::Number => NumberOrText::Number(package.tracking),
            TrackingType::String => NumberOrText::Text(package.tracking.to_string()),
        },
        status,
        shipment_package_status: status,
        package_histories: past.iter().map(history).collect(),
        created_by: match package.origin.map(|origin| origin.by) {
            None => "order-creation",
            Some(By::Cancel) => "cancel",
            Some(By::Split) => "split",
        },
        origin_package_ids: origins(package, store, choices),
        invoice_number: package.invoice.as_deref().filter(|_| past.iter().any(|it| it.status == Status::Invoiced)),
        currency_code: "TRY",
        order_date: package.ordered_at,
        last_modified_date: last.at,
        lines: lines(package, last.status, status, choices),
    }
}

fn origins(package: &Package, store: &Store, choices: &Choices) -> Option<Origins> {
    let ways = choices.get::<OriginIds>();
    if ways == OriginIds::Absent {
        return None;
    }
    let Some(origin) = package.origin else {
        return Some(Origins::Unknown(()));
    };
    Some(match ways {
        OriginIds::Scalar => Origins::One(origin.parent),
        OriginIds::Parent => Origins::List(vec![origin.parent]),
        OriginIds::Chain => {
            let next = |id: &u64| Some(store.packages.get(id)?.origin?.parent);
            // Of a faulty mock a package can come of itself.
            let chain = std::iter::successors(Some(origin.parent), next).take(store.packages.len());
            Origins::List(chain.collect())
        }
        OriginIds::Root | OriginIds::Absent => Origins::List(vec![origin.root]),
    })
}

fn lines<'a>(package: &'a Package, status: Status, name: &'static str, choices: &Choices) -> Vec<shape::Line<'a>> {
    let cancel = package.cancel.as_ref().filter(|_| status == Status::Cancelled);
    let Some(cancel) = cancel else {
        return package.lines.iter().map(|it| line(it, it.quantity, name, None, choices)).collect();
    };
    let cancelled = package.lines.iter().zip(&cancel.units);
    let cancelled = cancelled.map(|(line, units)| (line, *units, (*units > 0).then_some(cancel.reason)));
    match choices.get() {
        OldLines::All => cancelled.map(|(it, _, reason)| line(it, it.quantity, name, reason, choices)).collect(),
        OldLines::CancelledOnly => cancelled
            .filter(|(_, units, _)| *units > 0)
            .map(|(it, units, reason)| line(it, units, name, reason, choices))
            .collect(),
        OldLines::None => Vec::new(),
    }
}

fn line<'a>(
    line: &'a Line,
    quantity: u64,
    status: &'static str,
    reason: Option<u64>,
    choices: &Choices,
) -> shape::Line<'a> {
    let (current, legacy) = ids(line.id, choices);
    let told = reason.filter(|_| choices.get::<CancelInfo>() == CancelInfo::Filled);
    shape::Line {
        line_id: current,
        id: legacy,
        quantity,
        barcode: &line.barcode,
        stock_code: &line.barcode,
        line_unit_price: &line.price,
        order_line_item_status_name: status,
        cancelled_by: if told.is_some() { "Seller" } else { "" },
        cancel_reason: told.map_or("", reason_name),
        cancel_reason_code: told,
    }
}

/// An id under its name of today, and under the one before.
fn ids(id: u64, choices: &Choices) -> (Option<u64>, Option<u64>) {
    match choices.get() {
        FieldNames::Current => (Some(id), None),
        FieldNames::Legacy => (None, Some(id)),
        FieldNames::Both => (Some(id), Some(id)),
    }
}
