//! From a method and a path to one of the calls this API has. Knows whose path it is, not what a call does.

use super::auth::Seller;
use super::refusal::{Cause, Refusal};
use crate::model::Request;
use crate::wire::route::{Miss, find};

/// One call, with the ids its path names. A package is named by what stands in the path, a number or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call<'a> {
    Read,
    Cancel(&'a str),
    Push(&'a str),
    Split(Split, &'a str),
    PlaceOrder,
    Stage(&'a str),
    ListWebhooks,
    AddWebhook,
    ChangeWebhook(&'a str),
    DropWebhook(&'a str),
    SwitchWebhook { id: &'a str, on: bool },
}

/// The ways of saying how a package is to be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// These lines, and the rest.
    Lines,
    /// These groups of lines, and the rest.
    Groups,
    /// Each of these quantities of a line, and the rest.
    Quantities,
    /// These packages, each of quantities of lines, and the rest.
    Packages,
}

/// Finds the call. Checked in this order: the path, the method, whose path it is.
pub(super) fn route<'a>(caller: Seller, request: &Request<'a>) -> Result<Call<'a>, Refusal> {
    let path = request.path.strip_prefix("/integration").unwrap_or(request.path);
    let (seller, call) = find(request.method, path, call).map_err(|miss| match miss {
        Miss::Path => Refusal::new(Cause::NoSuchPath, "nothing is here"),
        Miss::Method(allowed) => Refusal::new(Cause::WrongMethod(allowed), format!("use {allowed} here")),
    })?;
    if seller.or(request.header("sellerid")) == Some(caller.to_string().as_str()) {
        Ok(call)
    } else {
        Err(Refusal::new(Cause::SellerMismatch, "the key is not this seller's"))
    }
}

/// The call, and the seller that its path names, if it names one.
fn call<'a>(method: &str, path: &[&'a str]) -> Option<(Option<&'a str>, Call<'a>)> {
    let (seller, call) = match (method, path) {
        ("POST", ["test", "order", "orders", "core"]) => return Some((None, Call::PlaceOrder)),
        ("PUT", ["test", "order", "sellers", seller, "shipment-packages", id, "status"]) => (seller, Call::Stage(id)),
        ("GET", ["order", "sellers", seller, "orders"] | ["order", "sellers", seller, "v2", "orders"]) => {
            (seller, Call::Read)
        }
        (_, ["order", "sellers", seller, "shipment-packages", id, rest @ ..]) => {
            (seller, package_call(method, id, rest)?)
        }
        (_, ["webhook", "sellers", seller, "webhooks", rest @ ..]) => (seller, webhook_call(method, rest)?),
        _ => return None,
    };
    Some((Some(seller), call))
}

fn package_call<'a>(method: &str, id: &'a str, rest: &[&str]) -> Option<Call<'a>> {
    Some(match (method, rest) {
        ("PUT", []) => Call::Push(id),
        ("PUT", ["items", "unsupplied"]) => Call::Cancel(id),
        ("POST", ["split"]) => Call::Split(Split::Lines, id),
        ("POST", ["multi-split"]) => Call::Split(Split::Groups, id),
        ("POST", ["quantity-split"]) => Call::Split(Split::Quantities, id),
        ("POST", ["split-packages"]) => Call::Split(Split::Packages, id),
        _ => return None,
    })
}

fn webhook_call<'a>(method: &str, rest: &[&'a str]) -> Option<Call<'a>> {
    Some(match (method, rest) {
        ("GET", []) => Call::ListWebhooks,
        ("POST", []) => Call::AddWebhook,
        ("PUT", [id]) => Call::ChangeWebhook(id),
        ("DELETE", [id]) => Call::DropWebhook(id),
        ("PUT", [id, "activate"]) => Call::SwitchWebhook { id, on: true },
        ("PUT", [id, "deactivate"]) => Call::SwitchWebhook { id, on: false },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(method: &str, path: &str) -> Cause {
        let request = Request { method, path, query: None, headers: &[], body: b"" };
        route(1001, &request).unwrap_err().cause
    }

    fn allowed(method: &str, path: &str) -> String {
        match cause(method, path) {
            Cause::WrongMethod(allowed) => allowed.to_string(),
            cause => format!("{cause:?}"),
        }
    }

    #[test]
    fn checks_path_then_method_then_seller() {
        for path in ["", "/", "/order", "/order/sellers/1001", "/order/sellers/1001/shipment-packages", "/orders"] {
            assert_eq!(cause("GET", path), Cause::NoSuchPath, "{path}");
        }
        assert_eq!(cause("GET", "/order/sellers/1001/shipment-packages/7/split/x"), Cause::NoSuchPath);
        assert_eq!(allowed("GET", "/order/sellers/1002/shipment-packages/7/split"), "POST");
        assert_eq!(allowed("PATCH", "/webhook/sellers/1002/webhooks"), "GET, POST");
        assert_eq!(allowed("GET", "/webhook/sellers/1002/webhooks/7"), "PUT, DELETE");
        assert_eq!(cause("GET", "/order/sellers/1002/orders"), Cause::SellerMismatch);
        assert_eq!(cause("GET", "/order/sellers/01001/orders"), Cause::SellerMismatch);
        assert_eq!(cause("POST", "/test/order/orders/core"), Cause::SellerMismatch);
    }

    #[test]
    fn the_prefix_of_the_real_base_may_stay() {
        for path in ["/order/sellers/1001/v2/orders", "/integration/order/sellers/1001/orders"] {
            let request = Request { method: "GET", path, query: None, headers: &[], body: b"" };
            assert_eq!(route(1001, &request), Ok(Call::Read), "{path}");
        }
    }
}
