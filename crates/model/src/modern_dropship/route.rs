//! From a method, a path and a key to one of the calls this API has. Knows who may call what, not what a call does.
//!
//! The API tells its versions apart by `Accept: application/vnd.convictional.<date>`. What differs between them is not
//! documented, nor what becomes of an unknown one, so that every version is served alike and none is refused. The forms
//! of errors that came with them are a choice (`error-shape`); its default is the newest.

use super::refusal::{Cause, Refusal};
use super::state::Party;
use crate::model::Request;
use crate::wire::route::{Miss, find};

/// Whoever holds one of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) key: &'static str,
    pub(super) party: Party,
    pub(super) company: &'static str,
}

/// The company that places every order.
pub(super) const BUYER_COMPANY: &str = "buyer-company";
/// The companies that orders go to. A buyer sees their parts of an order in this sequence.
pub(super) const SELLERS: [&str; 2] = ["seller-company", "other-seller-company"];

/// Everyone there is.
pub(super) const CALLERS: [Caller; 3] = [
    Caller { key: "seller-key", party: Party::Seller, company: SELLERS[0] },
    Caller { key: "other-seller-key", party: Party::Seller, company: SELLERS[1] },
    Caller { key: "buyer-key", party: Party::Buyer, company: BUYER_COMPANY },
];

/// Who sells a variant. The prefix is the mock's own way of letting a buyer ask for either seller.
pub(super) fn seller_of(variant: &str) -> &'static str {
    SELLERS[usize::from(variant.starts_with("B-"))]
}

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
    RegisterWebhook,
    RemoveWebhook(&'a str),
}

/// Finds the call. Checked in this order: the party, the path, the method.
pub(super) fn route<'a>(caller: Caller, request: &Request<'a>) -> Result<Call<'a>, Refusal> {
    // Either party registers its own webhooks.
    let whose = match request.path.split('/').nth(1) {
        Some("orders") => Some(Party::Seller),
        Some("buyer") => Some(Party::Buyer),
        _ => None,
    };
    if whose.is_some_and(|party| party != caller.party) {
        let message = "this key belongs to the other party";
        return Err(Refusal::general(Cause::WrongRole, message));
    }
    find(request.method, request.path, call).map_err(|miss| match miss {
        Miss::Path => Refusal::general(Cause::NoSuchPath, "there is nothing at this path"),
        Miss::Method(allowed) => Refusal::general(Cause::WrongMethod(allowed), format!("use {allowed} here")),
    })
}

/// Finds the caller. The key stands in the header as it is, without a scheme before it.
pub(super) fn caller(request: &Request<'_>) -> Result<Caller, Refusal> {
    let key = request.header("authorization");
    CALLERS
        .into_iter()
        .find(|caller| Some(caller.key) == key)
        .ok_or_else(|| Refusal::general(Cause::Unauthenticated, "the Authorization header must carry a known key"))
}

fn call<'a>(method: &str, path: &[&'a str]) -> Option<Call<'a>> {
    Some(match (method, path) {
        ("GET", ["orders"]) => Call::ListOrders,
        ("GET", ["orders", id]) => Call::ReadOrder(id),
        ("PATCH", ["orders", id]) => Call::PatchOrder(id),
        ("POST", ["orders", id, "cancel"]) => Call::CancelOrder(id),
        ("POST", ["orders", id, "fulfillments"]) => Call::Fulfil(id),
        ("POST", ["orders", order, "items", item, "cancel"]) => Call::CancelItem { order, item },
        ("POST", ["buyer", "orders"]) => Call::PlaceBuyerOrder,
        ("GET", ["buyer", "orders", id]) => Call::ReadBuyerOrder(id),
        ("POST", ["buyer", "orders", id, "cancel"]) => Call::CancelBuyerOrder(id),
        ("POST", ["buyer", "orders", buyer_order, "seller-orders", order, "items", item, "cancel"]) => {
            Call::CancelBuyerItem { buyer_order, order, item }
        }
        ("POST", ["webhooks"]) => Call::RegisterWebhook,
        ("DELETE", ["webhooks", id]) => Call::RemoveWebhook(id),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(method: &str, path: &str, key: &str) -> Cause {
        let headers = [("authorization", key)];
        let request = Request { method, path, query: None, headers: &headers, body: b"" };
        caller(&request).and_then(|caller| route(caller, &request)).unwrap_err().cause
    }

    fn allowed(method: &str, path: &str, key: &str) -> String {
        match cause(method, path, key) {
            Cause::WrongMethod(allowed) => allowed.to_string(),
            cause => format!("{cause:?}"),
        }
    }

    #[test]
    fn checks_key_then_party_then_path_then_method() {
        assert_eq!(cause("PUT", "/nowhere", "Bearer seller-key"), Cause::Unauthenticated);
        assert_eq!(cause("PUT", "/buyer/nowhere", "seller-key"), Cause::WrongRole);
        assert_eq!(cause("PUT", "/orders/o/nowhere", "buyer-key"), Cause::WrongRole);
        assert_eq!(cause("PUT", "/orders/o/nowhere", "seller-key"), Cause::NoSuchPath);
        assert_eq!(cause("GET", "/", "seller-key"), Cause::NoSuchPath);
        assert_eq!(cause("GET", "", "seller-key"), Cause::NoSuchPath);
        assert_eq!(allowed("PUT", "/orders/o", "seller-key"), "GET, PATCH");
        assert_eq!(allowed("DELETE", "/orders/o/cancel", "seller-key"), "POST");
        assert_eq!(allowed("POST", "/buyer/orders/o", "buyer-key"), "GET");
    }
}
