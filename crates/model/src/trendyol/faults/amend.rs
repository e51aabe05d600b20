//! What no rule does to what is remembered, and a fault may: turns are taken back, ids and orders change, webhooks give way.

use std::collections::BTreeSet;

use crate::trendyol::auth::Seller;
use crate::trendyol::state::{Moment, Package, Store};
use crate::trendyol::status::Status;
use crate::trendyol::webhook::{MAX_PER_SELLER, Webhook, Webhooks};

impl Package {
    /// The package as if it had turned this too.
    pub(super) fn turned(&self, status: Status) -> Self {
        let mut package = self.clone();
        let at = package.timeline.last().map_or(package.ordered_at, |last| last.at);
        package.timeline.push(Moment { at, status });
        package
    }

    /// The package as it was when it last was none of these.
    pub(super) fn before(&self, no: impl Fn(Status) -> bool) -> Self {
        let mut package = self.clone();
        while package.timeline.len() > 1 && package.timeline.last().is_some_and(|last| no(last.status)) {
            package.timeline.pop();
        }
        package
    }
}

impl Webhooks {
    /// Takes from each seller with as many webhooks as there may be one that was switched or changed, or else the oldest.
    pub(in crate::trendyol) fn make_room(&mut self) {
        let sellers: BTreeSet<Seller> = self.all().map(|webhook| webhook.seller).collect();
        for seller in sellers {
            let of: Vec<&Webhook> = self.all().filter(|webhook| webhook.seller == seller).collect();
            let spare = of.iter().min_by_key(|webhook| (webhook.created_at == webhook.changed_at, webhook.id));
            if let Some(id) = spare.filter(|_| of.len() >= MAX_PER_SELLER).map(|webhook| webhook.id) {
                self.remove(id);
            }
        }
    }
}

impl Store {
    /// Puts something in the place of the last turn of a package, or nothing. What it was at first is not taken away.
    pub(super) fn amend(&mut self, id: u64, to: impl FnOnce(Moment) -> Option<Moment>) {
        let Some(package) = self.packages.get_mut(&id) else { return };
        let Some(last) = package.timeline.pop() else { return };
        let next = match to(last) {
            None if package.timeline.is_empty() => Some(last),
            next => next,
        };
        self.news.remove(&(last.at, id, last.status));
        if let Some(next) = next {
            package.timeline.push(next);
            self.news.insert((next.at, id, next.status));
        }
    }

    /// Takes back that a package was cancelled.
    pub(super) fn revive(&mut self, id: u64) {
        self.amend(id, |last| (last.status != Status::Cancelled).then_some(last));
        if let Some(package) = self.packages.get_mut(&id) {
            package.cancel = None;
        }
    }

    /// Gives a package another id. One that had it before is no more.
    pub(super) fn rename(&mut self, id: u64, to: u64) {
        let Some(mut package) = self.packages.remove(&id) else { return };
        if let Some(ids) = self.orders.get_mut(&package.order) {
            ids.retain(|known| *known != to);
            ids.iter_mut().filter(|known| **known == id).for_each(|known| *known = to);
        }
        let news: Vec<_> = self.news.iter().filter(|(_, of, _)| *of == id).copied().collect();
        for (at, _, status) in news {
            self.news.remove(&(at, id, status));
            self.news.insert((at, to, status));
        }
        package.id = to;
        self.packages.insert(to, package);
    }

    /// Puts a package into an order of its own.
    pub(super) fn move_to_new_order(&mut self, id: u64) {
        let order = self.next_id();
        let Some(package) = self.packages.get_mut(&id) else { return };
        if let Some(ids) = self.orders.get_mut(&package.order) {
            ids.retain(|known| *known != id);
        }
        package.order = order;
        self.orders.insert(order, vec![id]);
    }
}
