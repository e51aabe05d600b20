//! What webhooks are to be told: news of packages become deliveries, one for each webhook that wants to know. Which
//! webhooks there are is `webhook`'s matter, when a delivery comes again the outbox's.

use std::cmp::Reverse;

use super::choices::{UnsuppliedEvent, WebhookBody, WebhookOrder, WebhookRepeat};
use super::render;
use super::shape::Page;
use super::state::{Package, Store};
use super::status::Status;
use super::webhook::Webhooks;
use crate::choice::Choices;
use crate::model::Delivery;
use crate::outbox::Outbox;
use crate::wire::reply::{JSON, bytes};

/// What is still to be taken by somebody.
#[derive(Clone, Debug, Default)]
pub(super) struct Teller(Outbox<News>);

/// That a package turned something. What is told of it is written when it is handed out: the timeline of the package
/// still knows what it was then.
#[derive(Clone, Copy, Debug)]
struct News {
    webhook: u64,
    package: u64,
    status: Status,
}

impl Teller {
    /// Makes deliveries of all news up to now, for whoever is subscribed. To be called before anything changes who is, so
    /// that an event is told to those who were subscribed when it occurred (`webhook.subscription`).
    pub(super) fn advance(&mut self, store: &mut Store, webhooks: &Webhooks, choices: &Choices, now: u64) {
        while let Some((at, id, status)) = store.news.first().copied().filter(|(at, ..)| *at <= now) {
            store.news.pop_first();
            let Some(package) = store.packages.get(&id) else {
                continue;
            };
            for (webhook, told) in webhooks.of(package.seller).filter(|(_, webhook)| webhook.active) {
                let also = || {
                    status == Status::Cancelled
                        && told.wants(Status::UnSupplied)
                        && choices.get::<UnsuppliedEvent>() == UnsuppliedEvent::AlsoSent
                };
                let events = usize::from(told.wants(status)) + usize::from(also());
                if events == 0 {
                    continue;
                }
                let copies = match choices.get() {
                    WebhookRepeat::Once => 1,
                    WebhookRepeat::Twice => 2,
                };
                for _ in 0..events * copies {
                    self.0.add(at, |_| News { webhook, package: id, status });
                }
            }
        }
    }

    /// Hands out what is due.
    pub(super) fn take(&mut self, store: &Store, webhooks: &Webhooks, choices: &Choices, now: u64) -> Vec<Delivery> {
        let mut taken = self.0.take(now, |id, news| {
            // The package may have made room for others since.
            let (package, webhook) = (store.packages.get(&news.package)?, webhooks.get(news.webhook)?);
            let headers = vec![("content-type", JSON.to_owned()), webhook.wish.header()];
            let body = body(package, news.status, store, choices);
            Some((package.id, Delivery { id, url: webhook.wish.url.clone(), headers, body }))
        });
        if taken.len() > 1 {
            match choices.get() {
                // The unkindest of all orders: of what is due together, a successor comes before what it came of. What is
                // told of one package keeps its order, for the dates of two events of one millisecond don't tell it.
                WebhookOrder::Any => taken.sort_by_key(|(package, _)| Reverse(*package)),
            }
        }
        taken.into_iter().map(|(_, delivery)| delivery).collect()
    }

    /// Takes note of how a delivery ended; one that failed is due again at `again`.
    pub(super) fn tried(&mut self, webhooks: &mut Webhooks, id: u64, accepted: bool, again: u64, now: u64) {
        let Some(webhook) = self.0.on_its_way(id).map(|news| news.webhook) else {
            return;
        };
        self.0.tried(id, accepted, again);
        if !webhooks.tried(webhook, accepted, now) {
            self.forget(webhook);
        }
    }

    /// Drops what waits for a webhook that is to be told nothing any more.
    pub(super) fn forget(&mut self, webhook: u64) {
        self.0.forget(|news| news.webhook == webhook);
    }

    /// When the next delivery is due.
    pub(super) fn next(&self) -> Option<u64> {
        self.0.next()
    }
}

/// The package as it was when it turned this.
fn body(package: &Package, status: Status, store: &Store, choices: &Choices) -> Vec<u8> {
    let shown = render::package(package, package.until(status), store, choices);
    match choices.get() {
        WebhookBody::Bare => bytes(&shown),
        WebhookBody::Envelope => bytes(&Page { page: 0, size: 1, total_pages: 1, total_elements: 1, content: [shown] }),
    }
}
