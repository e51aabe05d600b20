//! From a method, a path and a key to one of the calls this API has. Knows who may call what, not what a call does.

use super::refusal::{Cause, Refusal};
use super::state::Party;
use crate::model::Request;

/// Whoever holds one of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) party: Party,
    pub(super) company: &'static str,
}

/// The company that every order goes to.
pub(super) const SELLER_COMPANY: &str = "seller-company";
/// The company that places every order.
pub(super) const BUYER_COMPANY: &str = "buyer-company";

const KEYS: &[(&str, Caller)] = &[
    ("seller-key", Caller { party: Party::Seller, company: SELLER_COMPANY }),
    ("other-seller-key", Caller { party: Party::Seller, company: "other-seller-company" }),
    ("buyer-key", Caller { party: Party::Buyer, company: BUYER_COMPANY }),
];

/// One call, with the ids its path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call<'a> {
    ListOrders,
    ReadOrder(&'a str),
    PatchOrder(&'a str),
    Fulfil(&'a str),
    CancelOrder(&'a str),
    CancelItem { order: &'a str, item: &'a str },
    PlaceBuyerOrder,
    ReadBuyerOrder(&'a str),
    CancelBuyerOrder(&'a str),
    CancelBuyerItem { buyer_order: &'a str, order: &'a str, item: &'a str },
}

/// Finds the caller and the call. Checked in this order: the key, the party, the path, the method.
pub(super) fn route<'a>(request: &Request<'a>) -> Result<(Caller, Call<'a>), Refusal> {
    let caller = caller(request)?;
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    let whose = match segments.first() {
        Some(&"orders") => Party::Seller,
        Some(&"buyer") => Party::Buyer,
        _ => return Err(no_such_path()),
    };
    if whose != caller.party {
        let message = "this key belongs to the other party";
        return Err(Refusal::general(Cause::WrongRole, message));
    }
    Ok((caller, call(request.method, &segments)?))
}

/// The key stands in the header as it is, without a scheme before it.
fn caller(request: &Request<'_>) -> Result<Caller, Refusal> {
    let key = request.header("authorization");
    KEYS.iter()
        .find(|(known, _)| Some(*known) == key)
        .map(|(_, caller)| *caller)
        .ok_or_else(|| Refusal::general(Cause::Unauthenticated, "the Authorization header must carry a known key"))
}

fn call<'a>(method: &str, segments: &[&'a str]) -> Result<Call<'a>, Refusal> {
    let (get, patch, post): (Option<Call<'a>>, Option<Call<'a>>, Option<Call<'a>>) = match *segments {
        ["orders"] => (Some(Call::ListOrders), None, None),
        ["orders", id] => (Some(Call::ReadOrder(id)), Some(Call::PatchOrder(id)), None),
        ["orders", id, "cancel"] => (None, None, Some(Call::CancelOrder(id))),
        ["orders", id, "fulfillments"] => (None, None, Some(Call::Fulfil(id))),
        ["orders", order, "items", item, "cancel"] => (None, None, Some(Call::CancelItem { order, item })),
        ["buyer", "orders"] => (None, None, Some(Call::PlaceBuyerOrder)),
        ["buyer", "orders", id] => (Some(Call::ReadBuyerOrder(id)), None, None),
        ["buyer", "orders", id, "cancel"] => (None, None, Some(Call::CancelBuyerOrder(id))),
        ["buyer", "orders", buyer_order, "seller-orders", order, "items", item, "cancel"] => {
            (None, None, Some(Call::CancelBuyerItem { buyer_order, order, item }))
        }
        _ => return Err(no_such_path()),
    };
    let found = match method {
        "GET" => get,
        "PATCH" => patch,
        "POST" => post,
        _ => None,
    };
    found.ok_or_else(|| {
        let allowed = match (get, patch) {
            (Some(_), Some(_)) => "GET, PATCH",
            (Some(_), None) => "GET",
            _ => "POST",
        };
        Refusal::general(Cause::WrongMethod(allowed), format!("use {allowed} here"))
    })
}

fn no_such_path() -> Refusal {
    Refusal::general(Cause::NoSuchPath, "there is nothing at this path")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(method: &str, path: &str, key: &str) -> Cause {
        let headers = [("authorization", key)];
        let request = Request { method, path, query: None, headers: &headers, body: b"" };
        route(&request).unwrap_err().cause
    }

    #[test]
    fn checks_key_then_party_then_path_then_method() {
        assert_eq!(cause("PUT", "/nowhere", "Bearer seller-key"), Cause::Unauthenticated);
        assert_eq!(cause("PUT", "/buyer/nowhere", "seller-key"), Cause::WrongRole);
        assert_eq!(cause("PUT", "/orders/o/nowhere", "buyer-key"), Cause::WrongRole);
        assert_eq!(cause("PUT", "/orders/o/nowhere", "seller-key"), Cause::NoSuchPath);
        assert_eq!(cause("GET", "/", "seller-key"), Cause::NoSuchPath);
        assert_eq!(cause("GET", "", "seller-key"), Cause::NoSuchPath);
        assert_eq!(cause("PUT", "/orders/o", "seller-key"), Cause::WrongMethod("GET, PATCH"));
        assert_eq!(cause("DELETE", "/orders/o/cancel", "seller-key"), Cause::WrongMethod("POST"));
        assert_eq!(cause("POST", "/buyer/orders/o", "buyer-key"), Cause::WrongMethod("GET"));
    }
}
