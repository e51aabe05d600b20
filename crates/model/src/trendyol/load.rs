//! Makes an order outside of any request, by playing the calls that make one: the stage helper, and the calls that bring a
//! package to the status it is to have. Decides nothing itself.

use serde_json::json;

use super::Trendyol;
use super::auth::{self, Seller};
use super::status::Status;
use crate::load::{STEP_MS, play};
use crate::model::{PlaceError, Request};
use crate::wire::fields::{Fields, Unreadable};

/// Whose an order is if nothing is said.
const DEFAULT_SELLER: Seller = 1001;

impl Trendyol {
    /// The body is that of `POST /test/order/orders/core`, with the seller under `sellerId` and the status that the package
    /// is to have under `status`.
    pub(super) fn make(&mut self, body: &[u8], now: u64) -> Result<(), PlaceError> {
        let fields = Fields::of_body(body).map_err(invalid)?;
        let status = fields.text("status").map_err(invalid)?.unwrap_or(Status::Created.name());
        let steps = Status::named(status).and_then(steps_to);
        let steps = steps.ok_or_else(|| unclear(format!("status: no order can be made that is {status:?}")))?;
        let seller = fields.maybe_count("sellerId").map_err(invalid)?.unwrap_or(DEFAULT_SELLER);
        self.ask("POST /test/order/orders/core", seller, "/test/order/orders/core", body, now)?;
        let Some(package) = self.store.packages.values().next_back() else {
            return Ok(());
        };
        let lines = package.lines.iter().map(|line| json!({ "lineId": line.id, "quantity": line.quantity }));
        let lines: Vec<_> = lines.collect();
        let named = format!("sellers/{seller}/shipment-packages/{}", package.id);
        for (step, then) in steps.iter().zip(1..) {
            let (call, path) = match step {
                Status::Picking | Status::Invoiced => ("PUT …/shipment-packages/{id}", format!("/order/{named}")),
                Status::Cancelled => ("PUT …/items/unsupplied", format!("/order/{named}/items/unsupplied")),
                _ => ("PUT …/status", format!("/test/order/{named}/status")),
            };
            let body = json!({
                "status": step.name(), "lines": lines, "params": { "invoiceNumber": "I-1" }, "reasonId": 500,
            });
            self.ask(call, seller, &path, body.to_string().as_bytes(), now.saturating_add(then * STEP_MS))?;
        }
        Ok(())
    }

    /// One call of a seller's, which must be accepted.
    fn ask(&mut self, call: &'static str, seller: Seller, path: &str, body: &[u8], now: u64) -> Result<(), PlaceError> {
        let key = auth::header_of(seller).ok_or_else(|| unclear(format!("sellerId: there is no seller {seller}")))?;
        let (seller, user_agent) = (seller.to_string(), format!("{seller} - Orders"));
        let headers =
            [("authorization", key.as_str()), ("user-agent", user_agent.as_str()), ("sellerid", seller.as_str())];
        let method = call.split(' ').next().unwrap_or_default();
        play(self, call, &Request { method, path, query: None, headers: &headers, body }, now)
    }
}

/// The statuses that lie between a fresh order and this.
fn steps_to(status: Status) -> Option<&'static [Status]> {
    use Status::{AtCollectionPoint, Cancelled, Created, Delivered, Invoiced, Picking, Returned, Shipped, UnDelivered};
    Some(match status {
        Created => &[],
        Picking => &[Picking],
        Invoiced => &[Picking, Invoiced],
        Shipped => &[Picking, Shipped],
        AtCollectionPoint => &[Picking, Shipped, AtCollectionPoint],
        Delivered => &[Picking, Shipped, Delivered],
        UnDelivered => &[Picking, Shipped, UnDelivered],
        Returned => &[Picking, Shipped, UnDelivered, Returned],
        Cancelled => &[Cancelled],
        Status::Awaiting | Status::Verified | Status::UnPacked | Status::UnSupplied => return None,
    })
}

fn invalid(error: Unreadable) -> PlaceError {
    unclear(error.to_string())
}

fn unclear(message: String) -> PlaceError {
    PlaceError::Invalid { message }
}
