//! What lies between the proxy and whoever judges: so many marks and so many bytes, and what there is no room for is missed and
//! counted. Whoever forwards never waits here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use super::exchange::{End, Event, Mark};

/// Where marks go in.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    sender: SyncSender<Item>,
    load: Arc<Load>,
    bytes_limit: usize,
}

/// Where they come out.
#[derive(Debug)]
pub(super) struct Marks {
    receiver: Receiver<Item>,
    load: Arc<Load>,
}

#[derive(Debug, Default)]
struct Load {
    bytes: AtomicUsize,
    missed: AtomicU64,
}

#[derive(Debug)]
enum Item {
    Event(Event),
    Stop,
}

/// A queue for so many marks with so many bytes in them.
pub(super) fn queue(marks: usize, bytes: usize) -> (Queue, Marks) {
    let (sender, receiver) = sync_channel(marks);
    let load = Arc::<Load>::default();
    (Queue { sender, load: Arc::clone(&load), bytes_limit: bytes }, Marks { receiver, load })
}

impl Queue {
    /// Hands a mark over, or counts it as missed. What was missed is counted before anything that follows from the exchange can
    /// be seen: a mark that is made later tells of it.
    pub(super) fn put(&self, number: u64, mark: Mark) -> bool {
        let size = size(&mark);
        let missed = self.load.missed.load(Ordering::SeqCst);
        let event = Item::Event(Event { number, mark, missed });
        let waiting = self.load.bytes.fetch_add(size, Ordering::SeqCst);
        let is_full = waiting > 0 && waiting + size > self.bytes_limit;
        let has_room = !is_full && self.sender.try_send(event).is_ok();
        if !has_room {
            self.load.bytes.fetch_sub(size, Ordering::SeqCst);
            self.load.missed.fetch_add(1, Ordering::SeqCst);
        }
        has_room
    }

    /// Says that nothing more comes, and waits until there is room to say so.
    pub(super) fn stop(&self) {
        // Where nobody listens any more it has stopped.
        if let Err(TrySendError::Full(stop)) = self.sender.try_send(Item::Stop) {
            let _gone = self.sender.send(stop);
        }
    }

    /// How many marks were missed.
    pub(super) fn missed(&self) -> u64 {
        self.load.missed.load(Ordering::SeqCst)
    }
}

impl Iterator for Marks {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let Ok(Item::Event(event)) = self.receiver.recv() else { return None };
        self.load.bytes.fetch_sub(size(&event.mark), Ordering::SeqCst);
        Some(event)
    }
}

fn size(mark: &Mark) -> usize {
    match mark {
        Mark::Ended(End::Answered(exchange)) => exchange.request.body().len() + exchange.response.body().len(),
        _ => 0,
    }
}
