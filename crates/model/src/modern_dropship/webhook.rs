//! Webhooks. That `order.cancelled` is told to the seller and the buyer, at least once, and in which envelope, is in the
//! public reference; how one is registered is not, so that `POST /webhooks` and `DELETE /webhooks/{id}` are this mock's own
//! way. Sends nothing itself.

use std::collections::BTreeMap;

use super::refusal::{Cause, Refusal};
use super::route::Caller;
use crate::model::Delivery;
use crate::outbox::Outbox;
use crate::wire::fields::Fields;
use crate::wire::reply::JSON;

/// The one topic there is.
const CANCELLED: &str = "order.cancelled";
/// More webhooks than this are not kept.
const MAX_WEBHOOKS: usize = 1_000;

/// Who is told, and what is still to be taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Webhooks {
    registered: BTreeMap<String, Webhook>,
    pub(super) outbox: Outbox<Told>,
}

#[derive(Clone, Debug)]
struct Webhook {
    company: &'static str,
    url: String,
}

#[derive(Clone, Debug)]
pub(super) struct Told {
    webhook: String,
    body: Vec<u8>,
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
        self.outbox.forget(|told| told.webhook == id);
        Ok(())
    }

    /// Whether anybody wants to be told.
    pub(super) fn is_empty(&self) -> bool {
        self.registered.is_empty()
    }

    /// Tells whoever is of one of these companies; `body` writes what, from an id, a topic and the company.
    pub(super) fn tell(&mut self, companies: [&str; 2], now: u64, body: impl Fn(u64, &str, &str) -> Vec<u8>) {
        for (name, webhook) in self.registered.iter().filter(|(_, webhook)| companies.contains(&webhook.company)) {
            let body = |id| body(id, CANCELLED, webhook.company);
            self.outbox.add(now, |id| Told { webhook: name.clone(), body: body(id) });
        }
    }

    /// Hands out what is due.
    pub(super) fn take(&mut self, now: u64) -> Vec<Delivery> {
        self.outbox.take(now, |id, told| {
            let url = self.registered.get(&told.webhook)?.url.clone();
            let headers = vec![("content-type", JSON.to_owned())];
            Some(Delivery { id, url, headers, body: told.body.clone() })
        })
    }
}
