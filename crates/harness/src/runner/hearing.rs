//! The inbox of a case under way: what was received, and what that tells.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use crate::check::{Heard, read_heard};
use crate::inbox::{Opened, Received, path_of};
use crate::spec::binding::Webhooks;
use crate::template::Scope;

/// The inbox of a case under way.
pub(super) struct Hearing {
    pub(super) opened: Opened,
    /// Where it is reached from the target.
    pub(super) base: String,
    /// What was read so far, one entry per webhook that was received.
    pub(super) read: Mutex<Vec<Vec<Heard>>>,
    /// So many of what was received have been told with a step.
    pub(super) told: usize,
    /// No other case may have a webhook in its place.
    _turn: Option<OwnedSemaphorePermit>,
}

impl Hearing {
    /// Nothing was received yet.
    pub(super) fn new(opened: Opened, base: String, turn: Option<OwnedSemaphorePermit>) -> Self {
        Self { opened, base, read: Mutex::default(), told: 0, _turn: turn }
    }

    /// The address of one order's webhooks.
    pub(super) fn url(&self, order: usize) -> Option<String> {
        self.opened.keys.get(order).map(|key| format!("{}{}", self.base, path_of(key)))
    }

    /// How much was received.
    pub(super) fn count(&self) -> usize {
        self.opened.post_box.received().len()
    }

    /// How many of these were refused.
    pub(super) fn refused(&self) -> u32 {
        let received = self.opened.post_box.received();
        let refused = received.iter().filter(|received| received.is_refused()).count();
        u32::try_from(refused).unwrap_or(u32::MAX)
    }

    /// Waits for more than `known`, up to `patience`.
    pub(super) async fn wait(&self, known: usize, patience: Duration) {
        // Whatever comes, or nothing: it is looked at again.
        let _ = tokio::time::timeout(patience, self.opened.post_box.more_than(known)).await;
    }

    /// What was told by what was received.
    pub(super) fn heard(&self, webhooks: &Webhooks, orders: &[Scope]) -> Vec<Heard> {
        let received = self.opened.post_box.received();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        for received in received.iter().skip(read.len()) {
            read.push(told_by(webhooks, received, orders));
        }
        // What was refused has told nothing: it has to come again.
        let taken = read.iter().zip(received.iter()).filter(|(_, received)| !received.is_refused());
        taken.flat_map(|(told, _)| told).cloned().collect()
    }
}

pub(super) fn told_by(webhooks: &Webhooks, received: &Received, orders: &[Scope]) -> Vec<Heard> {
    read_heard(webhooks, (&received.headers, &received.body), orders, received.order)
}
