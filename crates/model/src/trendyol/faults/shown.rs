//! Misreadings that show in what is told: the answer as a faulty implementation gives it, and packages as it shows them.
//! Changes no package.

use serde_json::{Map, Value, json};

use super::Fault;
use super::call::{Call, Kind, ancestors, is_split_part, is_successor, line_of};
use super::lines;
use crate::choice::Choices;
use crate::fault::Asked;
use crate::model::{Reply, Request};
use crate::trendyol::refusal::{Cause, Refusal};
use crate::trendyol::render;
use crate::trendyol::state::{Package, Store};
use crate::trendyol::status::Status;
use crate::wire::reply::Body;

/// The outcome of a call that is told in place of the one it had. `asked` is the request as it was carried out, and `was` the
/// package that it named, as it was before.
pub(in crate::trendyol) fn outcome(
    fault: Fault,
    request: &Request<'_>,
    asked: &Asked,
    was: Option<&Package>,
    store: &Store,
    choices: &Choices,
    outcome: Result<Body, Refusal>,
) -> Result<Body, Refusal> {
    match (fault, &outcome) {
        (Fault::MissingUserAgentStillActs, _) if asked.header("user-agent") != request.header("user-agent") => {
            Err(Refusal::new(Cause::UserAgent, "a User-Agent is required"))
        }
        (Fault::RefusedCancelHalfDone, Ok(_))
            if was.is_some_and(|was| lines::is_half_good(&Call::of(request), was)) =>
        {
            Err(Refusal::invalid("a line is not in this package, or has not so many units"))
        }
        (_, Err(refusal)) if answers_ok(fault, &Call::of(request), refusal.cause, store) => Ok(render::done(choices)),
        _ => outcome,
    }
}

/// Whether a refusal is answered as if it were none.
fn answers_ok(fault: Fault, call: &Call, cause: Cause, store: &Store) -> bool {
    let named = call.named(store);
    let dead = cause == Cause::State && named.is_some_and(|package| package.status() == Status::Cancelled);
    let live = cause == Cause::Invalid && named.is_some_and(|package| package.status().way() == Some(0));
    let rows = call.rows();
    let foreign = |package: &Package| {
        let is_foreign = |row: &Value| row["lineId"].is_u64() && line_of(package, row).is_none();
        !rows.is_empty() && rows.iter().all(is_foreign)
    };
    match (fault, call.kind) {
        (Fault::UnknownPackageAnsweredOk, Kind::Cancel) => cause == Cause::UnknownPackage,
        (Fault::CancelOnOldAnsweredOk, Kind::Cancel) => dead,
        (Fault::PickingOnOldAnsweredOk, Kind::Push) => dead && call.status() == Status::Picking.name(),
        (Fault::InvoicedOnOldAnsweredOk, Kind::Push) => dead && call.status() == Status::Invoiced.name(),
        (Fault::EmptyLinesAnsweredOk, Kind::Cancel) => live && rows.is_empty(),
        (Fault::ZeroQuantityAnsweredOk, Kind::Cancel) => live && rows.iter().any(|row| row["quantity"] == 0),
        (Fault::ForeignLineAnsweredOk, Kind::Cancel) => live && named.is_some_and(foreign),
        _ => false,
    }
}

/// Writes an answer as a faulty implementation does. `cause` is why the call was refused, if it was.
pub(in crate::trendyol) fn misread(
    fault: Fault,
    request: &Request<'_>,
    cause: Option<Cause>,
    store: &Store,
    reply: &mut Reply,
) {
    match (fault, cause) {
        (Fault::RefusalIs500, Some(Cause::State)) => reply.status = 500,
        (Fault::BadBodyIs500, Some(Cause::Invalid)) if Call::of(request).kind == Kind::Cancel => reply.status = 500,
        (Fault::BadKeyIs403, Some(Cause::BadKey)) => reply.status = 403,
        (_, None) => packages(fault, store, &mut reply.body),
        _ => {}
    }
}

/// Shows packages as a faulty implementation does, in a page of them or bare.
pub(super) fn packages(fault: Fault, store: &Store, body: &mut Vec<u8>) {
    each_package(body, |shown| {
        let id = id_of(shown).unwrap_or_default();
        let Some(package) = store.packages.get(&id).filter(|package| is_successor(package)) else { return };
        match fault {
            Fault::SuccessorWithoutId => {
                shown.remove("shipmentPackageId");
                shown.remove("id");
            }
            Fault::SuccessorWithoutTracking => set(shown, "cargoTrackingNumber", Value::Null),
            Fault::SuccessorCreatedByOrder => set(shown, "createdBy", "order-creation".into()),
            Fault::SuccessorOfASplitPartCreatedBySplit
                if ancestors(store, package).next().is_some_and(is_split_part) =>
            {
                set(shown, "createdBy", "split".into());
            }
            Fault::SuccessorIsItsOwnOrigin => {
                let own = match shown.get("originPackageIds") {
                    Some(Value::Array(_)) => json!([id]),
                    Some(_) => json!(id),
                    None => return,
                };
                set(shown, "originPackageIds", own);
            }
            _ => {}
        }
    });
}

/// Changes each package that is shown in a page of them or bare.
pub(super) fn each_package(body: &mut Vec<u8>, mut change: impl FnMut(&mut Map<String, Value>)) {
    let Ok(right) = serde_json::from_slice::<Value>(body) else { return };
    let mut told = right.clone();
    match told.get_mut("content") {
        Some(Value::Array(content)) => content.iter_mut().filter_map(Value::as_object_mut).for_each(change),
        _ => told.as_object_mut().into_iter().for_each(&mut change),
    }
    // What is shown as it should be stays as it was written.
    if told != right {
        *body = told.to_string().into_bytes();
    }
}

/// The id that a package is shown with, whatever it is called.
pub(super) fn id_of(shown: &Map<String, Value>) -> Option<u64> {
    shown.get("shipmentPackageId").or_else(|| shown.get("id"))?.as_u64()
}

pub(super) fn set(shown: &mut Map<String, Value>, key: &str, value: Value) {
    shown.insert(key.to_owned(), value);
}
