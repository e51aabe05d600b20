//! What is to be sent to others and was not taken yet: it comes due, is handed out, and comes due again when it failed.
//! Who is told what, and by which request, is each spec's own matter. Sends nothing itself.

use std::collections::{BTreeMap, BTreeSet};

/// More than this is not kept for receivers that don't take it. The oldest make room: what is newer tells of later
/// events, and those are what a receiver has to end up with.
const MAX_WAITING: usize = 10_000;

/// Whatever a spec has to know of a delivery, under the number of the delivery.
#[derive(Clone, Debug)]
pub(crate) struct Outbox<T> {
    waiting: BTreeMap<u64, Waiting<T>>,
    /// When which is due.
    due: BTreeSet<(u64, u64)>,
    last_id: u64,
}

#[derive(Clone, Debug)]
struct Waiting<T> {
    what: T,
    /// None while it is on its way.
    due: Option<u64>,
}

impl<T> Default for Outbox<T> {
    fn default() -> Self {
        Self { waiting: BTreeMap::new(), due: BTreeSet::new(), last_id: 0 }
    }
}

impl<T> Outbox<T> {
    /// Adds what is made of its number; it is due at `at`.
    pub(crate) fn add(&mut self, at: u64, what: impl FnOnce(u64) -> T) {
        self.last_id += 1;
        self.waiting.insert(self.last_id, Waiting { what: what(self.last_id), due: Some(at) });
        self.due.insert((at, self.last_id));
        if self.waiting.len() > MAX_WAITING
            && let Some((id, oldest)) = self.waiting.pop_first()
        {
            self.due.remove(&(oldest.due.unwrap_or_default(), id));
        }
    }

    /// Hands out what is due, as `write` has it; what it makes nothing of is dropped.
    pub(crate) fn take<D>(&mut self, now: u64, mut write: impl FnMut(u64, &T) -> Option<D>) -> Vec<D> {
        let mut taken = Vec::new();
        while let Some((_, id)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.pop_first();
            let Some(waiting) = self.waiting.get_mut(&id) else { continue };
            waiting.due = None;
            match write(id, &waiting.what) {
                Some(delivery) => taken.push(delivery),
                None => drop(self.waiting.remove(&id)),
            }
        }
        taken
    }

    /// What is on its way under this number.
    pub(crate) fn on_its_way(&self, id: u64) -> Option<&T> {
        self.waiting.get(&id).filter(|waiting| waiting.due.is_none()).map(|waiting| &waiting.what)
    }

    /// Takes note of how a delivery ended that was on its way; one that failed is due again at `again`.
    pub(crate) fn tried(&mut self, id: u64, accepted: bool, again: u64) {
        let Some(waiting) = self.waiting.get_mut(&id).filter(|waiting| waiting.due.is_none()) else { return };
        if accepted {
            self.waiting.remove(&id);
        } else {
            waiting.due = Some(again);
            self.due.insert((again, id));
        }
    }

    /// Drops what is to be sent no more.
    pub(crate) fn forget(&mut self, is_such: impl Fn(&T) -> bool) {
        self.waiting.retain(|_, waiting| !is_such(&waiting.what));
        let waiting = &self.waiting;
        self.due.retain(|(_, id)| waiting.contains_key(id));
    }

    /// When the next is due.
    pub(crate) fn next(&self) -> Option<u64> {
        self.due.first().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(outbox: &mut Outbox<&'static str>, now: u64) -> Vec<(u64, &'static str)> {
        outbox.take(now, |id, what| (*what != "gone").then_some((id, *what)))
    }

    #[test]
    fn what_failed_comes_again_and_what_was_taken_does_not() {
        let mut outbox = Outbox::default();
        outbox.add(10, |_| "late");
        outbox.add(5, |_| "early");
        outbox.add(5, |_| "gone");
        assert_eq!((outbox.next(), taken(&mut outbox, 4)), (Some(5), vec![]));
        assert_eq!(taken(&mut outbox, 10), [(2, "early"), (1, "late")]);
        assert_eq!((outbox.next(), outbox.on_its_way(1), outbox.on_its_way(3)), (None, Some(&"late"), None));
        outbox.tried(1, false, 20);
        outbox.tried(1, true, 0);
        outbox.tried(2, true, 20);
        assert_eq!((outbox.on_its_way(1), outbox.on_its_way(2)), (None, None));
        assert_eq!(taken(&mut outbox, 20), [(1, "late")]);
    }

    #[test]
    fn what_is_forgotten_or_too_old_is_not_sent() {
        let mut outbox = Outbox::default();
        outbox.add(1, |_| "old");
        (0..MAX_WAITING).for_each(|_| outbox.add(2, |_| "new"));
        assert_eq!(outbox.next(), Some(2));
        outbox.add(3, |_| "last");
        outbox.forget(|what| *what == "new");
        assert_eq!(taken(&mut outbox, 9), [(MAX_WAITING as u64 + 2, "last")]);
    }
}
