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
mod patch;
mod place;
mod refusal;
mod render;
mod route;
mod state;

use serde_json::Value;

use crate::choice::Choices;
use crate::model::{Model, Reply, Request, Settings};
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
    requests: u64,
}

impl ModernDropship {
    pub(crate) fn new(choices: Choices, settings: Settings) -> Self {
        let ids = Ids::new(settings.seed);
        Self { choices, settings, store: Store::default(), ids, requests: 0 }
    }

    fn status_and_body(&self, outcome: &Result<Answer, Refusal>) -> (u16, Option<Value>) {
        match outcome {
            Ok(Answer::Shown(body)) => (200, Some(body.clone())),
            Ok(Answer::Created(body)) => (201, Some(body.clone())),
            Ok(Answer::Changed(body)) => match self.choices.get() {
                SuccessStatus::NoContent => (204, None),
                status => (status as u16, body.clone()),
            },
            Err(refusal) => (refusal.status(&self.choices), Some(render::error(refusal, &self.choices))),
        }
    }
}

impl Model for ModernDropship {
    fn handle(&mut self, request: &Request<'_>, now_ms: u64) -> Reply {
        self.requests += 1;
        let outcome = self.call(request, now_ms);
        let (status, body) = self.status_and_body(&outcome);
        let mut headers = vec![("x-request-id", format!("request-{}", self.requests))];
        if body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        if let Err(Refusal { cause: Cause::WrongMethod(allowed), .. }) = outcome
            && status == 405
        {
            headers.push(("allow", allowed.to_owned()));
        }
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        Reply { status, headers, body, evicted: self.store.evict(self.settings.max_orders) }
    }

    fn reset(&mut self) {
        self.store = Store::default();
        self.ids = Ids::new(self.settings.seed);
        self.requests = 0;
    }

    fn consulted(&self) -> Vec<&'static str> {
        self.choices.consulted()
    }

    fn forget_consulted(&mut self) {
        self.choices.forget_consulted();
    }
}
