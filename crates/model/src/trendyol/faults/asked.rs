//! Misreadings of what is asked: the request as a faulty implementation takes it. Who calls, which status, which filter;
//! the lines of a cancel are `lines`' matter.

use serde_json::{Value, json};

use super::Fault;
use super::call::{CANCEL, Call, Kind};
use super::lines;
use crate::fault::{Asked, Faults};
use crate::model::Request;
use crate::trendyol::auth::{self, Seller};
use crate::trendyol::state::{Package, Store};

/// Whom a call is let in as that does not tell a seller.
const ANYONE: Seller = 1001;

/// The request as one takes it who reads the contract wrong.
pub(in crate::trendyol) fn misread(faults: &Faults<Fault>, request: &Request<'_>, store: &Store) -> Asked {
    let mut asked = Asked::of(request);
    faults.iter().for_each(|fault| misread_call(fault, store, &mut asked));
    asked
}

/// Changes a call into what it is taken for.
fn misread_call(fault: Fault, store: &Store, asked: &mut Asked) {
    let call = asked.with(Call::of);
    misread_caller(fault, &call, store, asked);
    match call.kind {
        Kind::Cancel => lines::misread(fault, &call, store, asked),
        Kind::Push => misread_status(fault, &call, store, asked),
        Kind::Read => asked.query = asked.query.take().map(|query| misread_query(fault, &query)),
        Kind::Webhook => misread_webhook(fault, &call, asked),
        Kind::Split | Kind::Stage | Kind::Other => {}
    }
}

fn misread_caller(fault: Fault, call: &Call, store: &Store, asked: &mut Asked) {
    let key = asked.header("authorization");
    let holder = key.and_then(auth::holder);
    // Who lets another seller in may still ask for a User-Agent of its own.
    let is_own = holder.is_some() && asked.header("user-agent").and_then(auth::seller_of) == holder;
    let named = || segment_after(&asked.path, "/sellers/").or(asked.header("sellerid")).and_then(|it| it.parse().ok());
    match fault {
        Fault::BadKeyAccepted if key.is_some() && holder.is_none() => become_seller(asked, named().unwrap_or(ANYONE)),
        Fault::SecretNotChecked if holder.is_none() => {
            key.and_then(auth::holder_of_key).into_iter().for_each(|seller| become_seller(asked, seller));
        }
        Fault::NoKeyAccepted if key.is_none() => become_seller(asked, named().unwrap_or(ANYONE)),
        Fault::MissingUserAgentAccepted | Fault::MissingUserAgentStillActs
            if asked.header("user-agent").is_none_or(|sent| sent.trim().is_empty()) =>
        {
            asked.set_header("user-agent", format!("{ANYONE} - Anyone"));
        }
        Fault::OtherSellerSees if call.kind == Kind::Read && is_own => {
            if let Some(package) = asked.query.as_deref().and_then(|query| asked_for(query, store)) {
                become_seller(asked, package.seller);
            }
        }
        Fault::OtherSellerCancels if call.kind == Kind::Cancel && is_own => {
            call.named(store).into_iter().for_each(|package| become_seller(asked, package.seller));
        }
        Fault::OtherSellerPicks if call.kind == Kind::Push && is_own => {
            call.named(store).into_iter().for_each(|package| become_seller(asked, package.seller));
        }
        _ => {}
    }
}

/// Makes the call one of this seller's.
fn become_seller(asked: &mut Asked, seller: Seller) {
    if let Some(key) = auth::header_of(seller) {
        asked.set_header("authorization", key);
        asked.set_header("sellerid", seller.to_string());
        if let Some((_, name)) = asked.header("user-agent").and_then(|sent| sent.split_once(" - ")) {
            let own = format!("{seller} - {name}");
            asked.set_header("user-agent", own);
        }
        if let Some(named) = segment_after(&asked.path, "/sellers/") {
            asked.path = asked.path.replacen(&format!("/sellers/{named}"), &format!("/sellers/{seller}"), 1);
        }
    }
}

fn segment_after<'p>(path: &'p str, before: &str) -> Option<&'p str> {
    path.split_once(before)?.1.split('/').next()
}

/// A package that a read names by its order or its id.
fn asked_for<'s>(query: &str, store: &'s Store) -> Option<&'s Package> {
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let by_order = || store.of_order(value("orderNumber")?.parse().ok()?).next();
    let by_id = || store.packages.get(&value("shipmentPackageIds")?.split(',').next()?.parse().ok()?);
    by_order().or_else(by_id)
}

fn misread_status(fault: Fault, call: &Call, store: &Store, asked: &mut Asked) {
    let Some(package) = call.named(store) else { return };
    match (fault, call.status()) {
        (Fault::SellerMayShip, "Shipped") => {
            asked.path = format!("{}/status", asked.path.replacen("/order/", "/test/order/", 1));
        }
        (Fault::SellerMayCancelByStatus, "Cancelled") | (Fault::SellerMayUnsupplyByStatus, "UnSupplied") => {
            let lines = package.lines.iter().map(|line| json!({ "lineId": line.id, "quantity": line.quantity }));
            let body = json!({ "lines": lines.collect::<Vec<_>>(), "reasonId": 500 });
            asked.body = body.to_string().into_bytes();
            asked.path.push_str(CANCEL);
        }
        _ => {}
    }
}

fn misread_query(fault: Fault, query: &str) -> String {
    let (name, keep) = match fault {
        Fault::FilterByStatusIgnored => ("status", false),
        Fault::FilterByIdIgnored => ("shipmentPackageIds", false),
        Fault::FilterByIdTakesTheFirst => ("shipmentPackageIds", true),
        Fault::SecondPageIsTheFirst => ("page", false),
        _ => return query.to_owned(),
    };
    let first = |pair: &str| pair.split([',', '%']).next().unwrap_or_default().to_owned();
    let pairs = query.split('&').filter_map(|pair| match pair.split_once('=') {
        Some((known, _)) if known == name => keep.then(|| first(pair)),
        _ => Some(pair.to_owned()),
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn misread_webhook(fault: Fault, call: &Call, asked: &mut Asked) {
    match fault {
        Fault::WebhookUnsubscribedSent if call.fields.contains_key("subscribedStatuses") => {
            let mut fields = call.fields.clone();
            fields.remove("subscribedStatuses");
            asked.body = Value::Object(fields).to_string().into_bytes();
        }
        Fault::WebhookToldAfterDelete if asked.method == "DELETE" => {
            asked.method = "PUT".to_owned();
            asked.path.push_str("/activate");
        }
        Fault::WebhookToldAfterDeactivate if asked.path.ends_with("/deactivate") => {
            asked.path = asked.path.replace("/deactivate", "/activate");
        }
        _ => {}
    }
}
