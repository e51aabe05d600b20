//! Makes an order outside of any request, by playing the calls that make one: the buyer's, and the fulfilments of its
//! sellers. Decides nothing itself.

use serde_json::{Value, json};

use super::ModernDropship;
use super::body::Fields;
use super::place::product_of;
use super::refusal::Refusal;
use super::route::{BUYER_COMPANY, CALLERS};
use crate::load::PlaceError;
use crate::model::{Model, Request};

/// Time passes between two calls.
const STEP_MS: u64 = 1_000;

impl ModernDropship {
    /// The body is that of `POST /buyer/orders`, with the fulfilled units by variant beside it.
    pub(super) fn make(&mut self, body: &[u8], now: u64) -> Result<(), PlaceError> {
        let before = self.store.orders.len();
        self.ask(BUYER_COMPANY, "POST /buyer/orders", "/buyer/orders", body, now)?;
        let parts = self.store.buyer_orders.values().next_back().map_or(&[][..], |order| &order.seller_orders);
        if self.store.orders.len() < before + parts.len() {
            return Err(PlaceError::NoRoom);
        }
        let mut parcels: Vec<(&str, String, Vec<Value>)> = Vec::new();
        for id in parts {
            if let Some(stored) = self.store.orders.get(id) {
                parcels.push((stored.current().seller_company, id.clone(), Vec::new()));
            }
        }
        let request = Request { method: "POST", path: "", query: None, headers: &[], body };
        let fulfilled = Fields::of_request(&request, &self.choices).and_then(|fields| fields.object("fulfilled"));
        for (variant, units) in fulfilled.map_err(invalid)?.unwrap_or_default() {
            let has_it = |id: &String| self.store.orders.get(id).is_some_and(|stored| stored.current().has(&variant));
            let Some((.., lines)) = parcels.iter_mut().find(|(_, id, _)| has_it(id)) else {
                let message = format!("fulfilled: no item is of the variant {variant}");
                return Err(PlaceError::Invalid { message });
            };
            lines.push(json!({ "sku": product_of(&variant), "quantity": units }));
        }
        for (at, (seller, id, lines)) in parcels.iter().enumerate().filter(|(_, (.., lines))| !lines.is_empty()) {
            let body = json!({ "items": lines }).to_string();
            let path = format!("/orders/{id}/fulfillments");
            let then = now.saturating_add(STEP_MS * (at as u64 + 1));
            self.ask(seller, "POST /orders/{id}/fulfillments", &path, body.as_bytes(), then)?;
        }
        Ok(())
    }

    /// One call of a company's, which must be accepted.
    fn ask(
        &mut self,
        company: &str,
        call: &'static str,
        path: &str,
        body: &[u8],
        now: u64,
    ) -> Result<(), PlaceError> {
        let key = CALLERS.iter().find(|caller| caller.company == company).map_or("", |caller| caller.key);
        let headers = [("authorization", key), ("content-type", "application/json")];
        let reply = self.handle(&Request { method: "POST", path, query: None, headers: &headers, body }, now);
        if reply.status < 300 {
            return Ok(());
        }
        let answer = String::from_utf8_lossy(&reply.body).into_owned();
        Err(PlaceError::Refused { call, status: reply.status, answer })
    }
}

fn invalid(refusal: Refusal) -> PlaceError {
    PlaceError::Invalid { message: format!("{} {}", refusal.field, refusal.message) }
}
