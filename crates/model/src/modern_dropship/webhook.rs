//! Webhooks. That `order.cancelled` is told to the seller and the buyer, at least once, and in which envelope, is in the
//! public reference; how one is registered is not, so that `POST /webhooks` and `DELETE /webhooks/{id}` are this mock's own
//! way. Sends nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use super::refusal::{Cause, Refusal};
use super::route::Caller;
use crate::model::Delivery;
use crate::wire::fields::Fields;
use crate::wire::reply::JSON;

/// The one topic there is.
const CANCELLED: &str = "order.cancelled";
/// More webhooks than this are not kept.
const MAX_WEBHOOKS: usize = 1_000;
/// More than this is not kept for receivers that don't take it. The oldest make room.
const MAX_WAITING: usize = 10_000;

/// Who is told, and what is still to be taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Webhooks {
    registered: BTreeMap<String, Webhook>,
    waiting: BTreeMap<u64, Waiting>,
    /// When which is due.
    due: BTreeSet<(u64, u64)>,
    last_id: u64,
}

#[derive(Clone, Debug)]
struct Webhook {
    company: &'static str,
    url: String,
}

#[derive(Clone, Debug)]
struct Waiting {
    webhook: String,
    body: Vec<u8>,
    /// Whether it was handed out, and nothing is known yet of how that ended.
    is_out: bool,
}

impl Webhooks {
    /// `{"url": …, "topic": "order.cancelled"}`.
    pub(super) fn register(&mut self, id: String, caller: Caller, fields: &Fields<'_>) -> Result<(), Refusal> {
        let (url, topic) = (fields.word("url")?, fields.word("topic")?);
        if topic != CANCELLED {
            return Err(Refusal::invalid("topic", format!("there is {CANCELLED}")));
        }
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Refusal::invalid("url", "must be an http or https address"));
        }
        if self.registered.len() >= MAX_WEBHOOKS {
            return Err(Refusal::state(format!("there are {MAX_WEBHOOKS} webhooks, and no more can be")));
        }
        self.registered.insert(id, Webhook { company: caller.company, url: url.to_owned() });
        Ok(())
    }

    pub(super) fn remove(&mut self, id: &str, caller: Caller) -> Result<(), Refusal> {
        let is_own = self.registered.get(id).is_some_and(|webhook| webhook.company == caller.company);
        if !is_own {
            return Err(Refusal::general(Cause::UnknownId, "no such webhook"));
        }
        self.registered.remove(id);
        self.waiting.retain(|_, waiting| waiting.webhook != id);
        let waiting = &self.waiting;
        self.due.retain(|(_, id)| waiting.contains_key(id));
        Ok(())
    }

    /// Whether anybody wants to be told.
    pub(super) fn is_empty(&self) -> bool {
        self.registered.is_empty()
    }

    /// Tells whoever is of one of these companies; `body` writes what, from an id, a topic and the company.
    pub(super) fn tell(&mut self, companies: [&str; 2], now: u64, body: impl Fn(u64, &str, &str) -> Vec<u8>) {
        for (name, webhook) in self.registered.iter().filter(|(_, webhook)| companies.contains(&webhook.company)) {
            self.last_id += 1;
            let body = body(self.last_id, CANCELLED, webhook.company);
            self.waiting.insert(self.last_id, Waiting { webhook: name.clone(), body, is_out: false });
            self.due.insert((now, self.last_id));
        }
        while self.waiting.len() > MAX_WAITING {
            let Some((oldest, _)) = self.waiting.pop_first() else { break };
            self.due.retain(|(_, id)| *id != oldest);
        }
    }

    /// Hands out what is due.
    pub(super) fn take(&mut self, now: u64) -> Vec<Delivery> {
        let mut taken = Vec::new();
        while let Some((_, id)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.pop_first();
            let Some(waiting) = self.waiting.get_mut(&id) else { continue };
            let Some(webhook) = self.registered.get(&waiting.webhook) else { continue };
            waiting.is_out = true;
            let headers = vec![("content-type", JSON.to_owned())];
            taken.push(Delivery { id, url: webhook.url.clone(), headers, body: waiting.body.clone() });
        }
        taken
    }

    /// Takes note of how a delivery ended; one that failed is due again at `again`.
    pub(super) fn tried(&mut self, id: u64, accepted: bool, again: u64) {
        let Some(waiting) = self.waiting.get_mut(&id).filter(|waiting| waiting.is_out) else { return };
        if accepted {
            self.waiting.remove(&id);
        } else {
            waiting.is_out = false;
            self.due.insert((again, id));
        }
    }

    /// When the next is due.
    pub(super) fn next(&self) -> Option<u64> {
        self.due.first().map(|(at, _)| *at)
    }
}
