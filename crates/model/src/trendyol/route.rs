//! From a method and a path to one of the calls this API has. Knows whose path it is, not what a call does.

use super::auth::Seller;
use super::refusal::{Cause, Refusal};
use crate::model::Request;

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

/// What can be called at one path, by which method.
type Methods<'a> = Vec<(&'static str, Call<'a>)>;

/// Finds the call. Checked in this order: the path, the method, whose path it is.
pub(super) fn route<'a>(caller: Seller, request: &Request<'a>) -> Result<Call<'a>, Refusal> {
    let path = request.path.strip_prefix("/integration").unwrap_or(request.path);
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let (seller, methods) = calls(&segments).ok_or_else(|| Refusal::new(Cause::NoSuchPath, "nothing is here"))?;
    let found = methods.iter().find(|(method, _)| *method == request.method);
    let (_, call) = found.ok_or_else(|| {
        let allowed = allowed(&methods);
        Refusal::new(Cause::WrongMethod(allowed), format!("use {allowed} here"))
    })?;
    let seller = if *call == Call::PlaceOrder { request.header("sellerid") } else { seller };
    if seller == Some(caller.to_string().as_str()) {
        Ok(*call)
    } else {
        Err(Refusal::new(Cause::SellerMismatch, "the key is not this seller's"))
    }
}

/// The seller a path names, and what can be called there by which method.
fn calls<'a>(segments: &[&'a str]) -> Option<(Option<&'a str>, Methods<'a>)> {
    let (seller, rest) = match segments {
        ["test", "order", "orders", "core"] => return Some((None, vec![("POST", Call::PlaceOrder)])),
        ["order", "sellers", seller, rest @ ..] => (*seller, order_calls(rest)),
        ["webhook", "sellers", seller, "webhooks", rest @ ..] => (*seller, webhook_calls(rest)),
        ["test", "order", "sellers", seller, "shipment-packages", id, "status"] => {
            (*seller, Some(vec![("PUT", Call::Stage(id))]))
        }
        _ => return None,
    };
    rest.map(|calls| (Some(seller), calls))
}

fn order_calls<'a>(rest: &[&'a str]) -> Option<Methods<'a>> {
    let (id, rest) = match rest {
        ["orders"] | ["v2", "orders"] => return Some(vec![("GET", Call::Read)]),
        ["shipment-packages", id, rest @ ..] => (*id, rest),
        _ => return None,
    };
    let call = match rest {
        [] => ("PUT", Call::Push(id)),
        ["items", "unsupplied"] => ("PUT", Call::Cancel(id)),
        ["split"] => ("POST", Call::Split(Split::Lines, id)),
        ["multi-split"] => ("POST", Call::Split(Split::Groups, id)),
        ["quantity-split"] => ("POST", Call::Split(Split::Quantities, id)),
        ["split-packages"] => ("POST", Call::Split(Split::Packages, id)),
        _ => return None,
    };
    Some(vec![call])
}

fn webhook_calls<'a>(rest: &[&'a str]) -> Option<Methods<'a>> {
    Some(match rest {
        [] => vec![("GET", Call::ListWebhooks), ("POST", Call::AddWebhook)],
        [id] => vec![("PUT", Call::ChangeWebhook(id)), ("DELETE", Call::DropWebhook(id))],
        [id, "activate"] => vec![("PUT", Call::SwitchWebhook { id, on: true })],
        [id, "deactivate"] => vec![("PUT", Call::SwitchWebhook { id, on: false })],
        _ => return None,
    })
}

fn allowed(methods: &[(&'static str, Call<'_>)]) -> &'static str {
    match methods {
        [("GET", _), ("POST", _)] => "GET, POST",
        [("PUT", _), ("DELETE", _)] => "PUT, DELETE",
        [(method, _), ..] => method,
        [] => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(method: &str, path: &str) -> Cause {
        let request = Request { method, path, query: None, headers: &[], body: b"" };
        route(1001, &request).unwrap_err().cause
    }

    #[test]
    fn checks_path_then_method_then_seller() {
        for path in ["", "/", "/order", "/order/sellers/1001", "/order/sellers/1001/shipment-packages", "/orders"] {
            assert_eq!(cause("GET", path), Cause::NoSuchPath, "{path}");
        }
        assert_eq!(cause("GET", "/order/sellers/1001/shipment-packages/7/split/x"), Cause::NoSuchPath);
        assert_eq!(cause("GET", "/order/sellers/1002/shipment-packages/7/split"), Cause::WrongMethod("POST"));
        assert_eq!(cause("PATCH", "/webhook/sellers/1002/webhooks"), Cause::WrongMethod("GET, POST"));
        assert_eq!(cause("GET", "/webhook/sellers/1002/webhooks/7"), Cause::WrongMethod("PUT, DELETE"));
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
