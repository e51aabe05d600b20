//! The order API of Modern Dropship, from its public guide and reference: orders, their cancellation in whole and in
//! part, fulfilment, and the buyer's side of it all.
//!
//! A request goes through `route` (who calls what), `calls` and `cancel_calls` (find the order, read the body), one of the
//! rules (`cancel`, `fulfil`, `patch`, `place`) and `render`. What was cancelled is told to `webhook`s. Refunds are not
//! modelled. What a model does wrong that is built with a fault stands apart, in `faults`.

mod body;
mod calls;
mod cancel;
mod cancel_calls;
mod choices;
mod faults;
mod fulfil;
mod load;
mod patch;
mod place;
mod refusal;
mod render;
mod route;
mod shape;
mod state;
mod webhook;

use crate::choice::Choices;
use crate::fault::Faults;
use crate::model::{Delivery, Model, PlaceError, Reply, Request, Settings};
use crate::wire::rate::Limiter;
use crate::wire::reply::{self, JSON};
use calls::Answer;
pub(crate) use choices::INFOS;
use choices::{SuccessStatus, Visibility};
pub(crate) use faults::{FAULTS, Fault};
use faults::{asked, shown};
use refusal::{Cause, Refusal};
use state::{Ids, Keeping, Order, Store, Stored};
use webhook::Webhooks;

/// How long reads lag behind under `visibility: delayed`.
const DELAY_MS: u64 = 150;
/// How long they do under the fault that no settle time covers.
const LONG_DELAY_MS: u64 = 60_000;

/// The state machine.
pub(crate) struct ModernDropship {
    choices: Choices,
    faults: Faults<Fault>,
    settings: Settings,
    store: Store,
    ids: Ids,
    webhooks: Webhooks,
    limiter: Limiter<&'static str>,
    requests: u64,
    /// How many requests had been handled when the present one arrived.
    arrived: u64,
}

impl ModernDropship {
    pub(crate) fn new(choices: Choices, faults: Faults<Fault>, settings: Settings) -> Self {
        Self {
            choices,
            faults,
            settings,
            store: Store::default(),
            ids: Ids::new(settings.seed),
            webhooks: Webhooks::default(),
            limiter: Limiter::new(settings.rate),
            requests: 0,
            arrived: 0,
        }
    }

    /// Reads the request, as it is or as the faults have it, and writes the answer likewise.
    fn answer(&mut self, request: &Request<'_>, now_ms: u64) -> Reply {
        if self.faults.is_empty() {
            return self.reply(request, now_ms);
        }
        let asked = asked::misread(&self.faults, request, &self.store);
        let mut reply = asked.with(|asked| self.reply(asked, now_ms));
        shown::misread(&self.faults, request, &self.store, &mut reply);
        reply
    }

    fn reply(&mut self, request: &Request<'_>, now_ms: u64) -> Reply {
        let mut headers = vec![("x-request-id", format!("request-{}", self.requests))];
        let (status, body) = match self.call(request, now_ms) {
            Ok(answer) => self.accepted(answer),
            Err(refusal) => self.refused(&refusal, &mut headers),
        };
        reply::reply(status, headers, body.map(|json| (JSON, json)))
    }

    fn keeping(&self, now: u64) -> Keeping {
        let delay = match self.choices.get::<Visibility>() {
            _ if self.faults.has(Fault::ShownLate) => DELAY_MS,
            Visibility::Delayed => DELAY_MS,
            Visibility::AtOnce => 0,
        };
        Keeping { now, delay, request: self.is_racy().then_some(self.requests) }
    }

    /// How what a cancel changes is kept.
    fn keeping_a_cancel(&self, now: u64) -> Keeping {
        let keeping = self.keeping(now);
        match self.faults.has(Fault::ShownMuchLater) {
            true => Keeping { delay: LONG_DELAY_MS, ..keeping },
            false => keeping,
        }
    }

    /// The order as a call sees it that is decided now; under some faults, as it was when the call arrived.
    fn seen<'s>(&self, stored: &'s Stored, overlooks: impl FnMut(Fault) -> bool) -> &'s Order {
        if self.faults.any(overlooks) { stored.as_of(self.arrived) } else { stored.current() }
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
            Cause::WrongMethod(allowed) if status == 405 => headers.push(("allow", allowed.to_string())),
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
    fn handled(&self) -> u64 {
        self.requests
    }

    fn handle_since(&mut self, request: &Request<'_>, now_ms: u64, arrived: u64) -> Reply {
        self.requests += 1;
        self.arrived = arrived;
        let reply = self.answer(request, now_ms);
        Reply { evicted: self.store.evict(self.settings.max_orders), ..reply }
    }

    fn is_racy(&self) -> bool {
        self.faults.any(Fault::is_race)
    }

    fn place(&mut self, order: &[u8], now_ms: u64) -> Result<(), PlaceError> {
        self.make(order, now_ms)
    }

    fn deliveries(&mut self, now_ms: u64) -> Vec<Delivery> {
        self.webhooks.take(now_ms)
    }

    fn delivered(&mut self, id: u64, accepted: bool, now_ms: u64) {
        self.webhooks.outbox.tried(id, accepted, now_ms.saturating_add(self.settings.webhook_retry_ms));
    }

    fn next_delivery(&self) -> Option<u64> {
        self.webhooks.outbox.next()
    }

    fn reset(&mut self) {
        *self = Self::new(self.choices.clone(), self.faults.clone(), self.settings);
    }

    fn consulted(&self) -> Vec<&'static str> {
        self.choices.consulted()
    }

    fn forget_consulted(&mut self) {
        self.choices.forget_consulted();
    }
}
