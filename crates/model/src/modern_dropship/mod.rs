//! The order API of Modern Dropship, from its public guide and reference: orders, their cancellation in whole and in
//! part, fulfilment, and the buyer's side of it all.
//!
//! A request goes through `route` (who calls what), `calls` (finds the order, reads the body), one of the rules
//! (`cancel`, `fulfil`, `patch`, `place`) and `render`. Webhooks and refunds are not modelled.

mod body;
mod calls;
mod cancel;
mod choices;
mod fulfil;
mod load;
mod patch;
mod place;
mod refusal;
mod render;
mod route;
mod shape;
mod state;

use std::collections::BTreeMap;

use crate::choice::Choices;
use crate::load::PlaceError;
use crate::model::{Model, Reply, Request, Settings};
use crate::rate::Bucket;
use calls::Answer;
pub(crate) use choices::INFOS;
use choices::SuccessStatus;
use refusal::{Cause, Refusal};
use state::{Ids, Store};

/// The state machine.
pub(crate) struct ModernDropship {
    choices: Choices,
    settings: Settings,
    store: Store,
    ids: Ids,
    /// One per key that was used, where there is a rate.
    buckets: BTreeMap<&'static str, Bucket>,
    requests: u64,
}

impl ModernDropship {
    pub(crate) fn new(choices: Choices, settings: Settings) -> Self {
        let ids = Ids::new(settings.seed);
        Self { choices, settings, store: Store::default(), ids, buckets: BTreeMap::new(), requests: 0 }
    }

    fn accepted(&self, answer: Answer) -> (u16, Option<Vec<u8>>) {
        match answer {
            Answer::Shown(body) => (200, Some(body)),
            Answer::Created(body) => (201, Some(body)),
            Answer::Changed(body) => match self.choices.get() {
                SuccessStatus::NoContent => (204, None),
                status => (status as u16, body),
            },
        }
    }

    fn refused(&self, refusal: &Refusal, headers: &mut Vec<(&'static str, String)>) -> (u16, Option<Vec<u8>>) {
        let status = refusal.status(&self.choices);
        match refusal.cause {
            Cause::WrongMethod(allowed) if status == 405 => headers.push(("allow", allowed.to_owned())),
            Cause::TooMany(rate) => {
                headers.push(("x-rate-limit-limit", rate.to_string()));
                // Seconds.
                headers.push(("x-rate-limit-duration", "1".to_owned()));
            }
            _ => {}
        }
        (status, Some(render::error(refusal, &self.choices)))
    }
}

impl Model for ModernDropship {
    fn handle(&mut self, request: &Request<'_>, now_ms: u64) -> Reply {
        self.requests += 1;
        let mut headers = vec![("x-request-id", format!("request-{}", self.requests))];
        let (status, body) = match self.call(request, now_ms) {
            Ok(answer) => self.accepted(answer),
            Err(refusal) => self.refused(&refusal, &mut headers),
        };
        if body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        Reply { status, headers, body: body.unwrap_or_default(), evicted: self.store.evict(self.settings.max_orders) }
    }

    fn place(&mut self, order: &[u8], now_ms: u64) -> Result<(), PlaceError> {
        self.make(order, now_ms)
    }

    fn reset(&mut self) {
        self.store = Store::default();
        self.ids = Ids::new(self.settings.seed);
        self.buckets.clear();
        self.requests = 0;
    }

    fn consulted(&self) -> Vec<&'static str> {
        self.choices.consulted()
    }

    fn forget_consulted(&mut self) {
        self.choices.forget_consulted();
    }
}
