//! Makes an order outside of any request, by playing the calls that make one: the buyer's, and the fulfilments of its
//! sellers. Decides nothing itself.

use serde_json::{Map, Value, json};

use super::ModernDropship;
use super::body;
use super::place::product_of;
use super::refusal::Refusal;
use super::route::{BUYER_COMPANY, CALLERS};
use super::state::Stored;
use crate::load::{STEP_MS, play};
use crate::model::{PlaceError, Request};
use crate::wire::reply::JSON;

impl ModernDropship {
    /// The body is that of `POST /buyer/orders`, with the units that are fulfilled under `fulfilled`, by variant.
    pub(super) fn make(&mut self, body: &[u8], now: u64) -> Result<(), PlaceError> {
        let request = Request { method: "POST", path: "/buyer/orders", query: None, headers: &[], body };
        let fields = body::read(&request, &self.choices);
        let mut fulfilled =
            fields.and_then(|fields| Ok(fields.object("fulfilled")?.cloned().unwrap_or_default())).map_err(invalid)?;
        self.ask("POST /buyer/orders", BUYER_COMPANY, request.path, body, now)?;
        let newest = self.store.buyer_orders.values().next_back();
        let mut then = now;
        for id in newest.map(|order| order.seller_orders.clone()).unwrap_or_default() {
            let Some(order) = self.store.orders.get(&id).map(Stored::current) else {
                continue;
            };
            let (own, others): (Map<_, _>, Map<_, _>) =
                fulfilled.into_iter().partition(|(variant, _)| order.items.iter().any(|item| item.variant == *variant));
            fulfilled = others;
            if !own.is_empty() {
                let line =
                    |(variant, units): (&String, &Value)| json!({ "sku": product_of(variant), "quantity": units });
                let parcel = json!({ "items": own.iter().map(line).collect::<Vec<_>>() }).to_string();
                let path = format!("/orders/{id}/fulfillments");
                then += STEP_MS;
                self.ask("POST /orders/{id}/fulfillments", order.seller_company, &path, parcel.as_bytes(), then)?;
            }
        }
        match fulfilled.keys().next() {
            None => Ok(()),
            Some(stranger) => {
                let message = format!("fulfilled: no item has the variant {stranger:?}");
                Err(PlaceError::Invalid { message })
            }
        }
    }

    /// One call of a company's, which must be accepted.
    fn ask(&mut self, call: &'static str, company: &str, path: &str, body: &[u8], now: u64) -> Result<(), PlaceError> {
        let key = CALLERS.iter().find(|caller| caller.company == company).map_or("", |caller| caller.key);
        let headers = [("authorization", key), ("content-type", JSON)];
        play(self, call, &Request { method: "POST", path, query: None, headers: &headers, body }, now)
    }
}

fn invalid(refusal: Refusal) -> PlaceError {
    PlaceError::Invalid { message: format!("{} {}", refusal.field, refusal.message) }
}
