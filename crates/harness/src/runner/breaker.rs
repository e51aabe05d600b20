//! Notices that an endpoint is down, so that a run does not wait out a time-out per case.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::transport::TransportError;

/// So many silences in a row, with no answer between them, and the endpoint is taken to be down.
const SILENCES: u32 = 2;

/// What a request is for. Each is counted apart: an endpoint may answer reads and hang on every cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    SetUp,
    Call,
    View,
}

/// Counts refused connections and time-outs, over all cases of a run.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    silences: [AtomicU32; 3],
}

impl Breaker {
    /// Whether the endpoint was silent often enough to leave it alone.
    pub(super) fn is_open(&self, purpose: Purpose) -> bool {
        self.silences[purpose as usize].load(Ordering::Relaxed) >= SILENCES
    }

    /// Notes how a request went.
    pub(super) fn note(&self, purpose: Purpose, error: Option<&TransportError>) {
        let count = &self.silences[purpose as usize];
        match error {
            Some(error) if error.is_silence() => drop(count.fetch_add(1, Ordering::Relaxed)),
            // Once open it stays so: answers to requests that were under way do not count.
            _ if !self.is_open(purpose) => count.store(0, Ordering::Relaxed),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn two_silences_in_a_row_open_it_and_an_answer_between_them_does_not() {
        let breaker = Breaker::default();
        let silence = TransportError::TimedOut(Duration::from_secs(1));
        breaker.note(Purpose::Call, Some(&silence));
        breaker.note(Purpose::Call, None);
        breaker.note(Purpose::Call, Some(&silence));
        breaker.note(Purpose::View, Some(&silence));
        assert!(!breaker.is_open(Purpose::Call));
        breaker.note(Purpose::Call, Some(&silence));
        assert!(breaker.is_open(Purpose::Call));
        assert!(!breaker.is_open(Purpose::View));
    }

    #[test]
    fn a_broken_answer_is_no_silence() {
        let breaker = Breaker::default();
        for _ in 0..5 {
            breaker.note(Purpose::SetUp, Some(&TransportError::Broken("reset".to_owned())));
        }
        assert!(!breaker.is_open(Purpose::SetUp));
    }
}
