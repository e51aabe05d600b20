//! Misreadings of what is asked: the request as a faulty implementation takes it. Knows paths and bodies, and of orders only
//! which items they have.

use serde_json::{Map, Value};

use super::Fault;
use crate::fault::{Asked, Faults};
use crate::model::Request;
use crate::modern_dropship::route::{CALLERS, SELLERS};
use crate::modern_dropship::state::{Store, Stored};

/// What the cancel calls have at the end of their path.
const CANCEL: &str = "/cancel";

/// The request as one takes it who reads the contract wrong.
pub(in crate::modern_dropship) fn misread(faults: &Faults<Fault>, request: &Request<'_>, store: &Store) -> Asked {
    let mut asked = Asked::of(request);
    if asked.path.ends_with(CANCEL) {
        faults.iter().for_each(|fault| misread_cancel(&mut asked, fault, store));
    }
    asked
}

fn misread_cancel(asked: &mut Asked, fault: Fault, store: &Store) {
    let of_item = asked.path.contains("/items/");
    let fields: Option<Value> = serde_json::from_slice(&asked.body).ok();
    let says_nothing = matches!(&fields, Some(Value::Object(map)) if map.is_empty());
    let gives_reason = fields.as_ref().is_some_and(|fields| !fields["reason"].is_null());
    match fault {
        Fault::ItemNeedsABody if of_item && asked.body.is_empty() => spoil(asked),
        Fault::OrderNeedsABody if !of_item && asked.body.is_empty() => spoil(asked),
        Fault::ItemRefusesAnEmptyObject if of_item && says_nothing => spoil(asked),
        Fault::OrderRefusesAnEmptyObject if !of_item && says_nothing => spoil(asked),
        Fault::ReasonRequired if of_item && !gives_reason => spoil(asked),
        Fault::BadJsonCancelsAll if fields.is_none() => asked.body.clear(),
        Fault::ArrayBodyCancelsAll if fields.as_ref().is_some_and(|value| !value.is_object()) => asked.body.clear(),
        Fault::FormBodyCancelsAll if asked.header("content-type").is_some_and(|kind| !kind.contains("json")) => {
            asked.body.clear();
        }
        Fault::GetCancels if asked.method == "GET" => asked.method = "POST".to_owned(),
        Fault::PutCancels if asked.method == "PUT" => asked.method = "POST".to_owned(),
        Fault::DeleteCancels if asked.method == "DELETE" => asked.method = "POST".to_owned(),
        Fault::AnyKeyIsTheSellers if asked.header("authorization").is_some_and(is_nobodys) => become_seller(asked),
        Fault::NoKeyIsTheSellers if asked.header("authorization").is_none() => become_seller(asked),
        Fault::BuyerKeyCancels if has_key(asked, "buyer-key") && asked.path.starts_with("/orders/") => {
            become_seller(asked)
        }
        Fault::OtherCompanyCancels if has_key(asked, "other-seller-key") => become_seller(asked),
        Fault::UnknownItemIsTheFirst | Fault::ItemOfAnyOrder => find_item(asked, fault, store),
        _ => {
            if let Some(Value::Object(mut map)) = fields {
                misread_fields(fault, &mut map);
                asked.body = Value::Object(map).to_string().into_bytes();
            }
        }
    }
}

/// Makes the body one that is refused.
fn spoil(asked: &mut Asked) {
    asked.body = b"null".to_vec();
}

fn has_key(asked: &Asked, key: &str) -> bool {
    asked.header("authorization") == Some(key)
}

fn become_seller(asked: &mut Asked) {
    asked.set_header("authorization", key_of(SELLERS[0]));
}

/// Names another item, or another order, where the path's order has no such item.
fn find_item(asked: &mut Asked, fault: Fault, store: &Store) {
    let segments: Vec<&str> = asked.path.split('/').collect();
    let ["", "orders", order, "items", item, "cancel"] = segments[..] else { return };
    let Some(named) = store.orders.get(order).map(Stored::current) else { return };
    if named.item(item).is_some() {
        return;
    }
    let mut all = store.orders.values().map(Stored::current);
    let found = match fault {
        Fault::ItemOfAnyOrder => all.find(|other| other.item(item).is_some()).map(|other| (&other.id, item)),
        _ => named.items.first().map(|first| (&named.id, first.id.as_str())),
    };
    if let Some((order, item)) = found {
        asked.path = format!("/orders/{order}/items/{item}/cancel");
    }
}

fn is_nobodys(key: &str) -> bool {
    CALLERS.iter().all(|caller| caller.key != key)
}

fn key_of(company: &str) -> String {
    CALLERS.iter().find(|caller| caller.company == company).map(|caller| caller.key.to_owned()).unwrap_or_default()
}

fn misread_fields(fault: Fault, map: &mut Map<String, Value>) {
    const QUANTITY: &str = "newQuantity";
    const FLAG: &str = "unfulfilledOnly";
    let quantity = map.get(QUANTITY).cloned();
    let flag = map.get(FLAG).cloned();
    let mut set = |name: &str, value: Option<Value>| match value {
        Some(value) => drop(map.insert(name.to_owned(), value)),
        None => drop(map.remove(name)),
    };
    match (fault, quantity, flag) {
        (Fault::NewQuantityIgnored, Some(_), _) => set(QUANTITY, None),
        (Fault::StringNumberAccepted, Some(Value::String(text)), _) => {
            if let Ok(number) = text.trim().parse::<u64>() {
                set(QUANTITY, Some(number.into()));
            }
        }
        (Fault::FractionRounded, Some(Value::Number(number)), _) => {
            if let Some(decimal) = number.as_f64().filter(|decimal| *decimal > 0.0 && decimal.fract() != 0.0) {
                set(QUANTITY, Some((decimal as u64).into()));
            }
        }
        (Fault::NegativeCancelsAll, Some(Value::Number(number)), _) if number.as_f64().is_some_and(|n| n < 0.0) => {
            set(QUANTITY, None);
        }
        (Fault::BadNumberCancelsAll, Some(other), _) if !other.is_number() => set(QUANTITY, None),
        (Fault::HugeNumberWraps, Some(Value::Number(number)), _) => {
            if let Some(whole) = number.as_u64() {
                set(QUANTITY, Some((whole & u64::from(u32::MAX)).into()));
            }
        }
        (Fault::UnfulfilledOnlyIgnored, _, Some(_)) => set(FLAG, None),
        (Fault::FalseMeansTrue, _, Some(Value::Bool(false))) => set(FLAG, Some(true.into())),
        (Fault::StringFlagIsRead, _, Some(Value::String(_))) => set(FLAG, Some(true.into())),
        _ => {}
    }
}
