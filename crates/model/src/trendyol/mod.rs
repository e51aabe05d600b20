//! Trendyol's order packages, from its public pages: packages of an order, their cancellation in whole and in part, the
//! statuses a seller pushes, splits, webhooks, and the stage helpers by which orders come to be.
//!
//! A request goes through `auth` (who calls), `route` (what), `calls` (finds the package, reads the body), one of the rules
//! (`cancel`, `push`, `split`, `stage`, `read`) and `render`. Addresses, invoices and returns are not modelled.

mod auth;
mod body;
mod calls;
mod cancel;
mod choices;
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

use std::collections::BTreeMap;

use crate::choice::Choices;
use crate::fault::FaultInfo;
use crate::model::{Model, Reply, Request, Settings};
use crate::rate::Bucket;
use auth::Seller;
pub(crate) use choices::INFOS;
use refusal::{Cause, Refusal};
use render::Body;
use state::Store;

/// Every fault of this spec, as data.
pub(crate) const FAULTS: &[FaultInfo] = &[];

/// The state machine.
pub(crate) struct Trendyol {
    choices: Choices,
    settings: Settings,
    store: Store,
    /// One per seller that called, where there is a rate.
    buckets: BTreeMap<Seller, Bucket>,
}

impl Trendyol {
    pub(crate) fn new(choices: Choices, _fault: Option<&str>, settings: Settings) -> Self {
        Self { choices, settings, store: Store::new(settings.seed), buckets: BTreeMap::new() }
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
        let mut headers = Vec::new();
        let (status, body) = match self.call(request, now_ms) {
            Ok(body) => (200, body),
            Err(refusal) => self.refused(&refusal, now_ms, &mut headers),
        };
        let body = body.map(|(media_type, body)| {
            headers.push(("content-type", media_type.to_owned()));
            body
        });
        Reply { status, headers, body: body.unwrap_or_default(), evicted: self.store.evict(self.settings.max_orders) }
    }

    fn reset(&mut self) {
        self.store = Store::new(self.settings.seed);
        self.buckets.clear();
    }

    fn consulted(&self) -> Vec<&'static str> {
        self.choices.consulted()
    }

    fn forget_consulted(&mut self) {
        self.choices.forget_consulted();
    }
}
