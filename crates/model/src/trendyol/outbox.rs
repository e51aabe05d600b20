//! What webhooks are to be told: news of packages become deliveries, which are handed out when they are due and come
//! again when they fail. Sends nothing itself.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::choices::{UnsuppliedEvent, WebhookBody, WebhookOrder, WebhookRepeat};
use super::render;
use super::shape::Page;
use super::state::{Package, Store};
use super::status::Status;
use super::webhook::Webhooks;
use crate::choice::Choices;
use crate::model::Delivery;
use crate::wire::reply::{JSON, bytes};

/// More than this is not kept for receivers that don't take it. The oldest make room: what is newer tells of later
/// events, and those are what a receiver has to end up with.
const MAX_WAITING: usize = 10_000;

/// What is still to be taken by somebody.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox {
    entries: BTreeMap<u64, Entry>,
    /// When which entry is due.
    due: BTreeSet<(u64, u64)>,
    last_id: u64,
}

/// That a package turned something. What is told of it is written when it is handed out: the timeline of the package
/// still knows what it was then.
#[derive(Clone, Copy, Debug)]
struct Entry {
    webhook: u64,
    package: u64,
    status: Status,
    /// None while it is on its way.
    due: Option<u64>,
}

impl Outbox {
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
                    self.add(Entry { webhook, package: id, status, due: Some(at) });
                }
            }
        }
    }

    fn add(&mut self, entry: Entry) {
        self.last_id += 1;
        self.entries.insert(self.last_id, entry);
        self.due.extend(entry.due.map(|due| (due, self.last_id)));
        if self.entries.len() > MAX_WAITING
            && let Some((id, oldest)) = self.entries.pop_first()
        {
            self.due.remove(&(oldest.due.unwrap_or_default(), id));
        }
    }

    /// Hands out what is due.
    pub(super) fn take(&mut self, store: &Store, webhooks: &Webhooks, choices: &Choices, now: u64) -> Vec<Delivery> {
        let mut taken = Vec::new();
        while let Some((_, id)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.pop_first();
            let Some(entry) = self.entries.get_mut(&id) else {
                continue;
            };
            entry.due = None;
            // The package may have made room for others since.
            if let (Some(package), Some(webhook)) = (store.packages.get(&entry.package), webhooks.get(entry.webhook)) {
                let headers = vec![("content-type", JSON.to_owned()), webhook.wish.header()];
                let body = body(package, entry.status, store, choices);
                taken.push((package.id, Delivery { id, url: webhook.wish.url.clone(), headers, body }));
            } else {
                self.entries.remove(&id);
            }
        }
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
        let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.due.is_none()) else {
            return;
        };
        let webhook = entry.webhook;
        if accepted {
            self.entries.remove(&id);
        } else {
            entry.due = Some(again);
            self.due.insert((again, id));
        }
        if !webhooks.tried(webhook, accepted, now) {
            self.forget(webhook);
        }
    }

    /// Drops what waits for a webhook that is to be told nothing any more.
    pub(super) fn forget(&mut self, webhook: u64) {
        self.entries.retain(|_, entry| entry.webhook != webhook);
        self.due.retain(|(_, id)| self.entries.contains_key(id));
    }

    /// When the next delivery is due.
    pub(super) fn next(&self) -> Option<u64> {
        self.due.first().map(|(at, _)| *at)
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
