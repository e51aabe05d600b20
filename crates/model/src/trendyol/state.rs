//! What is remembered: packages, their lines, and when each turned what. Facts and simple questions about them; who may
//! change what is decided elsewhere.
//!
//! A package has a timeline, and part of it may lie ahead: a change that is decided now can be one that shows later. The
//! rules judge by all of it, reads see what has come to pass. So nothing has to run when a delay is over.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Number;

use super::auth::Seller;
use super::status::Status;
use crate::ids::NumberIds;

/// A part of an order that is packed, shipped or cancelled as one.
#[derive(Clone, Debug)]
pub(super) struct Package {
    pub(super) id: u64,
    pub(super) order: u64,
    pub(super) seller: Seller,
    pub(super) tracking: u64,
    pub(super) lines: Vec<Line>,
    /// What it came of, if not of the order itself.
    pub(super) origin: Option<Origin>,
    pub(super) ordered_at: u64,
    pub(super) invoice: Option<String>,
    pub(super) cancel: Option<Cancel>,
    /// Never empty.
    pub(super) timeline: Vec<Moment>,
}

/// Units of one product in a package.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) barcode: String,
    pub(super) quantity: u64,
    pub(super) price: Number,
}

/// The package that another one came of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) by: By,
    pub(super) parent: u64,
    /// The first of the line.
    pub(super) root: u64,
}

/// What makes a package of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Cancel,
    Split,
}

/// The cancel that ended a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cancel {
    pub(super) reason: u64,
    /// Cancelled units, line by line.
    pub(super) units: Vec<u64>,
}

/// When a package turned what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: u64,
    pub(super) status: Status,
}

impl Package {
    pub(super) fn line(&self, id: u64) -> Option<usize> {
        self.lines.iter().position(|line| line.id == id)
    }

    /// The status as decided, whether it shows yet or not.
    pub(super) fn status(&self) -> Status {
        self.timeline.last().map_or(Status::Created, |moment| moment.status)
    }

    /// What has come to pass by now: nothing, as long as the package isn't there to be seen.
    pub(super) fn past(&self, now: u64) -> &[Moment] {
        &self.timeline[..self.timeline.partition_point(|moment| moment.at <= now)]
    }

    /// The timeline up to where it turned this.
    pub(super) fn until(&self, status: Status) -> &[Moment] {
        let turned = self.timeline.iter().position(|moment| moment.status == status);
        &self.timeline[..turned.map_or(0, |at| at + 1)]
    }
}

/// All packages. Ids grow with age, so that the maps are in order of creation.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) packages: BTreeMap<u64, Package>,
    /// The packages of each order.
    pub(super) orders: BTreeMap<u64, Vec<u64>>,
    /// When which package turns what, of which nobody was told yet.
    pub(super) news: BTreeSet<(u64, u64, Status)>,
    ids: NumberIds,
}

impl Store {
    pub(super) fn new(seed: u64) -> Self {
        Self { packages: BTreeMap::new(), orders: BTreeMap::new(), news: BTreeSet::new(), ids: NumberIds::new(seed) }
    }

    /// An id that nothing else has, packages, lines, tracking numbers, orders and webhooks alike.
    pub(super) fn next_id(&mut self) -> u64 {
        self.ids.next()
    }

    /// Adds a package of an order, which starts with this status then. Tells its id.
    pub(super) fn add(&mut self, draft: Draft, first: Moment) -> u64 {
        let (id, tracking) = (self.next_id(), self.next_id());
        let package = Package {
            id,
            tracking,
            order: draft.order,
            seller: draft.seller,
            lines: draft.lines,
            origin: draft.origin,
            ordered_at: draft.ordered_at,
            invoice: draft.invoice,
            cancel: None,
            timeline: vec![first],
        };
        self.packages.insert(id, package);
        self.orders.entry(draft.order).or_default().push(id);
        self.news.insert((first.at, id, first.status));
        id
    }

    /// Turns a package, and tells the package for what else that changes. Time never runs back on a timeline.
    pub(super) fn turn(&mut self, id: u64, next: Moment) -> Option<&mut Package> {
        let package = self.packages.get_mut(&id)?;
        let at = package.timeline.last().map_or(next.at, |last| last.at.max(next.at));
        package.timeline.push(Moment { at, ..next });
        self.news.insert((at, id, next.status));
        Some(package)
    }

    /// The packages of an order, the oldest first.
    pub(super) fn of_order(&self, order: u64) -> impl Iterator<Item = &Package> {
        let ids = self.orders.get(&order).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.packages.get(id))
    }

    /// Drops the oldest orders until no more than `max` remain, or one. Tells which are gone.
    pub(super) fn evict(&mut self, max: usize) -> Vec<String> {
        let mut evicted = Vec::new();
        while self.orders.len() > max.max(1) {
            let Some((order, packages)) = self.orders.pop_first() else {
                break;
            };
            packages.iter().for_each(|id| drop(self.packages.remove(id)));
            evicted.push(order.to_string());
        }
        evicted
    }
}

/// A package to be.
pub(super) struct Draft {
    pub(super) order: u64,
    pub(super) seller: Seller,
    pub(super) lines: Vec<Line>,
    pub(super) origin: Option<Origin>,
    pub(super) ordered_at: u64,
    pub(super) invoice: Option<String>,
}
