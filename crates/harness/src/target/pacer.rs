//! Keeps the limits of a target: so many requests per second, so many under way at once.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::spec::binding::Limits;

/// Gives every request of a run its turn.
#[derive(Debug)]
pub(crate) struct Pacer {
    /// The time from one request to the next.
    gap: Option<Duration>,
    /// When the next request may be sent.
    next: Mutex<Option<Instant>>,
    slots: Option<Semaphore>,
}

impl Pacer {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            gap: limits.rate.map(|rate| Duration::from_secs_f64(1.0 / rate)),
            next: Mutex::default(),
            slots: limits.in_flight.map(|count| Semaphore::new(count.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Waits until a request may be sent; it is under way until what this returns is dropped.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let permit = match &self.slots {
            // Nobody closes it.
            Some(slots) => slots.acquire().await.ok(),
            None => None,
        };
        if let Some(gap) = self.gap {
            let at = {
                let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
                let at = next.map_or_else(Instant::now, |next| next.max(Instant::now()));
                *next = Some(at + gap);
                at
            };
            tokio::time::sleep_until(at).await;
        }
        permit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_keep_their_distance() {
        let pacer = Pacer::new(&Limits { rate: Some(5.0), ..Limits::default() });
        let begin = Instant::now();
        for _ in 0..11 {
            pacer.turn().await;
        }
        assert_eq!(begin.elapsed().as_millis(), 2000);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_are_under_way_than_the_target_bears() {
        let pacer = Pacer::new(&Limits { in_flight: Some(1), ..Limits::default() });
        let first = pacer.turn().await;
        assert!(tokio::time::timeout(Duration::from_secs(1), pacer.turn()).await.is_err());
        drop(first);
        assert!(tokio::time::timeout(Duration::from_secs(1), pacer.turn()).await.is_ok());
    }
}
