//! An order system of nothing but units: lines of a product, of which some units are live, cancelled or fulfilled. It keeps the
//! laws of order cancellation and has no other features; what the laws leave open is a choice.
//!
//! `route` finds the call, `calls` its arguments, `order` holds the rules. There are no parties and no stock.

mod calls;
mod choices;
mod order;
mod route;

use std::collections::BTreeMap;

use crate::choice::Choices;
use crate::model::{Model, Reply, Request, Settings};
use crate::wire::reply::reply;
use calls::Answer;
pub(crate) use choices::INFOS;
use order::Order;
use route::Call;

/// Ids of orders stay below what a number in JSON holds to the last digit.
const MOST_ORDERS: u64 = 100_000_000;
const MOST_SEEDS: u64 = 10_000;

/// The state machine.
pub(crate) struct Laws {
    choices: Choices,
    settings: Settings,
    orders: BTreeMap<u64, Order>,
    /// How many orders were placed.
    placed: u64,
}

impl Laws {
    pub(crate) fn new(choices: Choices, settings: Settings) -> Self {
        Self { choices, settings, orders: BTreeMap::new(), placed: 0 }
    }

    fn answer(&mut self, request: &Request<'_>) -> Answer {
        let Some(call) = Call::of(request) else { return Answer::NotFound };
        let id = match call {
            Call::Place => return self.place(request.body),
            Call::Of(id, _) => id,
        };
        let Some(order) = self.orders.get_mut(&id) else { return Answer::NotFound };
        let Call::Of(_, act) = call else { return Answer::NotFound };
        match calls::perform(order, &self.choices, act, request.body) {
            Ok(()) => Answer::Shown(calls::shown(id, order)),
            Err(refusal) => Answer::Refused(refusal),
        }
    }

    fn place(&mut self, body: &[u8]) -> Answer {
        // Other orders than those of a model with another seed.
        let id = (self.settings.seed % MOST_SEEDS) * MOST_ORDERS + self.placed + 1;
        match calls::placed(id, body) {
            Ok(order) => {
                self.placed += 1;
                let shown = calls::shown(id, &order);
                self.orders.insert(id, order);
                Answer::Created(shown)
            }
            Err(refusal) => Answer::Refused(refusal),
        }
    }

    /// Drops the oldest orders beyond what is kept.
    fn evict(&mut self) -> Vec<String> {
        let mut evicted = Vec::new();
        while self.orders.len() > self.settings.max_orders.max(1) {
            let Some((id, _)) = self.orders.pop_first() else { break };
            evicted.push(id.to_string());
        }
        evicted
    }
}

impl Model for Laws {
    fn handle_since(&mut self, request: &Request<'_>, _: u64, _: u64) -> Reply {
        let (status, body) = match self.answer(request) {
            Answer::Shown(body) => (200, body),
            Answer::Created(body) => (201, body),
            Answer::NotFound => (404, calls::error("there is no such order, line or call")),
            Answer::Refused(refusal) => (refusal.status(), calls::error(refusal.message())),
        };
        Reply { evicted: self.evict(), ..reply(status, Vec::new(), body) }
    }

    fn reset(&mut self) {
        *self = Self::new(self.choices.clone(), self.settings);
    }

    fn consulted(&self) -> Vec<&'static str> {
        self.choices.consulted()
    }

    fn forget_consulted(&mut self) {
        self.choices.forget_consulted();
    }
}
