//! Misreadings of what webhooks are told: the deliveries as a faulty implementation makes them, and those it leaves out.

use serde_json::{Map, Value, json};

use super::Fault;
use super::call::{has_successor, is_successor};
use super::shown::{each_package, id_of, packages, set};
use crate::fault::Faults;
use crate::model::Delivery;
use crate::trendyol::state::Store;

/// Changes the deliveries, and tells which of them are not made.
pub(in crate::trendyol) fn misread(fault: Fault, store: &Store, deliveries: &mut Vec<Delivery>) -> Vec<u64> {
    let dropped = deliveries.extract_if(.., |delivery| is_left_out(fault, store, delivery));
    let dropped = dropped.map(|delivery| delivery.id).collect();
    for delivery in deliveries {
        if fault == Fault::WebhookWrongCredentials {
            delivery.headers.iter_mut().filter(|(name, _)| *name != "content-type").for_each(|(_, value)| {
                value.push('x');
            });
        }
        each_package(&mut delivery.body, |told| misread_package(fault, store, told));
        packages(fault, store, &mut delivery.body);
    }
    dropped
}

/// Whether a delivery counts as taken that was tried.
pub(in crate::trendyol) fn counts_as_taken(faults: &Faults<Fault>, accepted: bool) -> bool {
    accepted || faults.has(Fault::WebhookNotRetried)
}

fn is_left_out(fault: Fault, store: &Store, delivery: &Delivery) -> bool {
    let (mut cancelled, mut replaced, mut is_new_successor) = (false, false, false);
    each_package(&mut delivery.body.clone(), |told| {
        let package = id_of(told).and_then(|id| store.packages.get(&id));
        let turns = told.get("packageHistories").and_then(Value::as_array).map_or(0, Vec::len);
        cancelled = says_cancelled(told);
        replaced = package.is_some_and(|package| has_successor(store, package));
        is_new_successor = turns == 1 && package.is_some_and(is_successor);
    });
    match fault {
        Fault::WebhookNotDelivered => true,
        Fault::WebhookOnlyTellsOld => is_new_successor,
        Fault::WebhookOnlyTellsSuccessor => cancelled && replaced,
        Fault::WebhookFullCancelNotTold => cancelled && !replaced,
        _ => false,
    }
}

fn misread_package(fault: Fault, store: &Store, told: &mut Map<String, Value>) {
    let Some(package) = id_of(told).and_then(|id| store.packages.get(&id)) else { return };
    match fault {
        Fault::WebhookSaysCreated if says_cancelled(told) => {
            set(told, "status", "Created".into());
            set(told, "shipmentPackageStatus", "Created".into());
        }
        Fault::WebhookTellsOneUnitMore if is_successor(package) => {
            let lines = told.get_mut("lines").and_then(Value::as_array_mut).into_iter().flatten();
            for line in lines.filter_map(Value::as_object_mut) {
                let units = line.get("quantity").and_then(Value::as_u64).unwrap_or_default();
                set(line, "quantity", json!(units.saturating_add(1)));
            }
        }
        Fault::WebhookDatesRunBack => {
            let at = told.get("lastModifiedDate").and_then(Value::as_u64).unwrap_or_default();
            let since = at.saturating_sub(package.ordered_at);
            set(told, "lastModifiedDate", json!(package.ordered_at.saturating_sub(since)));
        }
        _ => {}
    }
}

/// The names that a seller's cancel goes by.
fn says_cancelled(told: &Map<String, Value>) -> bool {
    told.get("status").is_some_and(|status| status == "Cancelled" || status == "UnSupplied")
}
