//! Trendyol's order packages, from its public pages: packages of an order, their cancellation in whole and in part, the
//! statuses a seller pushes, splits, webhooks, and the stage helpers by which orders come to be.
//!
//! A request goes through `auth` (who calls), `route` (what), `calls` (finds the package, reads the body), one of the rules
//! (`cancel`, `push`, `split`, `stage`, `read`, `webhook`) and `render`. What comes to pass meanwhile goes through `outbox` to
//! the webhooks. Addresses, invoices and returns are not modelled.

mod auth;
mod body;
mod calls;
mod cancel;
mod choices;
mod load;
mod outbox;
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
mod webhook;

use std::collections::BTreeMap;

use crate::choice::Choices;
use crate::fault::FaultInfo;
use crate::load::PlaceError;
use crate::model::{Delivery, Model, Reply, Request, Settings};
use crate::rate::Bucket;
use auth::Seller;
pub(crate) use choices::INFOS;
use outbox::Outbox;
use refusal::{Cause, Refusal};
use render::Body;
use state::Store;
use webhook::Webhooks;

/// Every fault of this spec, as data.
pub(crate) const FAULTS: &[FaultInfo] = &[];

/// The state machine.
pub(crate) struct Trendyol {
    choices: Choices,
    settings: Settings,
    store: Store,
    webhooks: Webhooks,
    outbox: Outbox,
    /// One per seller that called, where there is a rate.
    buckets: BTreeMap<Seller, Bucket>,
}

impl Trendyol {
    pub(crate) fn new(choices: Choices, _fault: Option<&str>, settings: Settings) -> Self {
        Self {
            choices,
            settings,
            store: Store::new(settings.seed),
            webhooks: Webhooks::default(),
            outbox: Outbox::default(),
            buckets: BTreeMap::new(),
        }
    }

    /// Lets come to pass what was to by now.
    fn advance(&mut self, now: u64) {
        self.outbox.advance(&mut self.store, &self.webhooks, &self.choices, now);
    }

    fn refused(&self, refusal: &Refusal, now: u64, headers: &mut Vec<(&'static str, String)>) -> (u16, Body) {
        match refusal.cause {
            Cause::WrongMethod(allowed) => headers.push(("allow", allowed.to_owned())),
            Cause::TooMany => headers.push(("retry-after", "1".to_owned())),
            _ => {}
        }
        (refusal.status(&self.choices), render::refused(refusal, &self.choices, now))
    }
}

impl Model for Trendyol {
    fn handle_since(&mut self, request: &Request<'_>, now_ms: u64, _arrived: u64) -> Reply {
        self.advance(now_ms);
        let mut headers = Vec::new();
        let (status, body) = match self.call(request, now_ms) {
            Ok(body) => (200, body),
            Err(refusal) => self.refused(&refusal, now_ms, &mut headers),
        };
        let body = body.map(|(media_type, body)| {
            headers.push(("content-type", media_type.to_owned()));
            body
        });
        self.advance(now_ms);
        Reply { status, headers, body: body.unwrap_or_default(), evicted: self.store.evict(self.settings.max_orders) }
    }

    fn place(&mut self, order: &[u8], now_ms: u64) -> Result<(), PlaceError> {
        self.make(order, now_ms)
    }

    fn deliveries(&mut self, now_ms: u64) -> Vec<Delivery> {
        self.advance(now_ms);
        self.outbox.take(&self.store, &self.webhooks, &self.choices, now_ms)
    }

    fn delivered(&mut self, id: u64, accepted: bool, now_ms: u64) {
        self.advance(now_ms);
        let again = now_ms.saturating_add(self.settings.webhook_retry_ms);
        self.outbox.tried(&mut self.webhooks, id, accepted, again, now_ms);
    }

    fn next_delivery(&self) -> Option<u64> {
        let next_news = self.store.news.first().map(|(at, ..)| *at);
        self.outbox.next().into_iter().chain(next_news).min()
    }

    fn reset(&mut self) {
        self.store = Store::new(self.settings.seed);
        self.webhooks = Webhooks::default();
        self.outbox = Outbox::default();
        self.buckets.clear();
    }

    fn consulted(&self) -> Vec<&'static str> {
        self.choices.consulted()
    }

    fn forget_consulted(&mut self) {
        self.choices.forget_consulted();
    }
}
