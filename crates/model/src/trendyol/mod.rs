//! Trendyol's order packages, from its public pages: packages of an order, their cancellation in whole and in part, the
//! statuses a seller pushes, splits, webhooks, and the stage helpers by which orders come to be.
//!
//! A request goes through `auth` (who calls), `route` (what), `calls` (finds the package, reads the body), one of the rules
//! (`cancel`, `push`, `split`, `stage`, `read`, `webhook`) and `render`. What comes to pass meanwhile goes through `teller` to
//! the webhooks. Addresses, invoices and returns are not modelled. What a model does wrong that is built with a fault stands
//! apart, in `faults`.

mod auth;
mod calls;
mod cancel;
mod choices;
mod faults;
mod load;
mod push;
mod query;
mod read;
mod refusal;
mod render;
mod route;
mod shape;
mod split;
mod stage;
mod state;
mod status;
mod succession;
mod teller;
mod webhook;

use crate::choice::Choices;
use crate::fault::Faults;
use crate::model::{Delivery, Model, PlaceError, Reply, Request, Settings};
use crate::wire::rate::Limiter;
use crate::wire::reply::{self, Body};
use auth::Seller;
pub(crate) use choices::INFOS;
use faults::done::{self, Before};
use faults::seen::Past;
pub(crate) use faults::{FAULTS, Fault};
use faults::{asked, shown, told};
use refusal::{Cause, Refusal};
use state::Store;
use teller::Teller;
use webhook::Webhooks;

/// The state machine.
pub(crate) struct Trendyol {
    choices: Choices,
    faults: Faults<Fault>,
    settings: Settings,
    store: Store,
    webhooks: Webhooks,
    teller: Teller,
    limiter: Limiter<Seller>,
    requests: u64,
    /// How many requests had been handled when the present one arrived.
    arrived: u64,
    /// What packages were lately, where a fault asks for it.
    past: Past,
}

impl Trendyol {
    pub(crate) fn new(choices: Choices, faults: Faults<Fault>, settings: Settings) -> Self {
        Self {
            choices,
            faults,
            settings,
            store: Store::new(settings.seed),
            webhooks: Webhooks::default(),
            teller: Teller::default(),
            limiter: Limiter::new(settings.rate),
            requests: 0,
            arrived: 0,
            past: Past::default(),
        }
    }

    /// Lets come to pass what was to by now.
    fn advance(&mut self, now: u64) {
        self.teller.advance(&mut self.store, &self.webhooks, &self.choices, now);
    }

    /// Reads the request, as it is or as the faults have it, and writes the answer likewise.
    fn answer(&mut self, request: &Request<'_>, now: u64) -> Reply {
        if self.faults.is_empty() {
            let outcome = self.call(request, now);
            return self.reply(outcome, now);
        }
        let asked = asked::misread(&self.faults, request, &self.store);
        // What should have been deleted keeps nobody from having another.
        if self.faults.has(Fault::WebhookToldAfterDelete) {
            self.webhooks.make_room();
        }
        let before = asked.with(|asked| Before::of(asked, &self.store));
        let outcome = asked.with(|asked| self.call_wrongly(asked, &before, now));
        let misread = |outcome, fault| {
            shown::outcome(fault, request, &asked, before.named.as_ref(), &self.store, &self.choices, outcome)
        };
        let outcome = self.faults.iter().fold(outcome, misread);
        let cause = outcome.as_ref().err().map(|refusal| refusal.cause);
        let mut reply = self.reply(outcome, now);
        self.faults.iter().for_each(|fault| shown::misread(fault, request, cause, &self.store, &mut reply));
        reply
    }

    /// Carries out a call and leaves behind what the faults make of it.
    fn call_wrongly(&mut self, request: &Request<'_>, before: &Before, now: u64) -> Result<Body, Refusal> {
        let outcome = self.call(request, now);
        let at_arrival =
            before.named.as_ref().and_then(|package| self.past.as_of(self.arrived, |it| it.id == package.id));
        done::misread(&self.faults, request, before, at_arrival, &outcome, &mut self.store, now);
        if self.is_racy() {
            before.named.iter().for_each(|package| self.past.note(self.requests, package.clone()));
        }
        outcome
    }

    fn reply(&self, outcome: Result<Body, Refusal>, now: u64) -> Reply {
        let mut headers = Vec::new();
        let (status, body) = match outcome {
            Ok(body) => (200, body),
            Err(refusal) => self.refused(&refusal, now, &mut headers),
        };
        reply::reply(status, headers, body)
    }

    fn refused(&self, refusal: &Refusal, now: u64, headers: &mut Vec<(&'static str, String)>) -> (u16, Body) {
        match refusal.cause {
            Cause::WrongMethod(allowed) => headers.push(("allow", allowed.to_string())),
            Cause::TooMany => headers.push(("retry-after", "1".to_owned())),
            _ => {}
        }
        (refusal.status(&self.choices), render::refused(refusal, &self.choices, now))
    }
}

impl Model for Trendyol {
    fn handled(&self) -> u64 {
        self.requests
    }

    fn handle_since(&mut self, request: &Request<'_>, now_ms: u64, arrived: u64) -> Reply {
        self.requests += 1;
        self.arrived = arrived;
        self.advance(now_ms);
        let reply = self.answer(request, now_ms);
        self.advance(now_ms);
        Reply { evicted: self.store.evict(self.settings.max_orders), ..reply }
    }

    fn is_racy(&self) -> bool {
        self.faults.any(Fault::is_race)
    }

    fn place(&mut self, order: &[u8], now_ms: u64) -> Result<(), PlaceError> {
        // What an order is at first is as it should be; the faults are in what is done with it.
        let faults = std::mem::take(&mut self.faults);
        let made = self.make(order, now_ms);
        self.faults = faults;
        made
    }

    fn deliveries(&mut self, now_ms: u64) -> Vec<Delivery> {
        self.advance(now_ms);
        let mut deliveries = self.teller.take(&self.store, &self.webhooks, &self.choices, now_ms);
        let misread = |fault| told::misread(fault, &self.store, &mut deliveries);
        let dropped: Vec<u64> = self.faults.iter().flat_map(misread).collect();
        for id in dropped {
            self.teller.tried(&mut self.webhooks, id, true, now_ms, now_ms);
        }
        deliveries
    }

    fn delivered(&mut self, id: u64, accepted: bool, now_ms: u64) {
        self.advance(now_ms);
        let accepted = told::counts_as_taken(&self.faults, accepted);
        let again = now_ms.saturating_add(self.settings.webhook_retry_ms);
        self.teller.tried(&mut self.webhooks, id, accepted, again, now_ms);
    }

    fn next_delivery(&self) -> Option<u64> {
        let next_news = self.store.news.first().map(|(at, ..)| *at);
        self.teller.next().into_iter().chain(next_news).min()
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
