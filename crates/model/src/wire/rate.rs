//! A bound on the requests of each caller per second, as token buckets over a clock that is an argument. Knows neither who
//! calls nor what for.

use std::collections::BTreeMap;

/// What one request costs. Tokens are counted in thousandths, so that a millisecond at any rate is a whole number.
const COST: u64 = 1_000;

/// A bucket for each caller that was there, where there is a rate.
#[derive(Clone, Debug)]
pub(crate) struct Limiter<K> {
    per_second: Option<u32>,
    buckets: BTreeMap<K, Bucket>,
}

impl<K: Ord> Limiter<K> {
    pub(crate) fn new(per_second: Option<u32>) -> Self {
        Self { per_second, buckets: BTreeMap::new() }
    }

    /// Counts a request of this caller's.
    ///
    /// # Errors
    /// With the rate, if it is one too many.
    pub(crate) fn count(&mut self, caller: K, now_ms: u64) -> Result<(), u32> {
        let Some(rate) = self.per_second else { return Ok(()) };
        let bucket = self.buckets.entry(caller).or_insert_with(|| Bucket::new(rate, now_ms));
        if bucket.take(rate, now_ms) { Ok(()) } else { Err(rate) }
    }
}

/// A bucket that starts full, holds what one second allows, and is refilled as time goes by.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: u64,
    last_ms: u64,
}

impl Bucket {
    fn new(per_second: u32, now_ms: u64) -> Self {
        Self { tokens: capacity(per_second), last_ms: now_ms }
    }

    /// Whether one more request is within the rate; if so, it is counted.
    fn take(&mut self, per_second: u32, now_ms: u64) -> bool {
        let gained = now_ms.saturating_sub(self.last_ms).saturating_mul(u64::from(per_second));
        self.tokens = self.tokens.saturating_add(gained).min(capacity(per_second));
        self.last_ms = self.last_ms.max(now_ms);
        let enough = self.tokens >= COST;
        if enough {
            self.tokens -= COST;
        }
        enough
    }
}

fn capacity(per_second: u32) -> u64 {
    u64::from(per_second) * COST
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of these requests, each at its time, are within the rate.
    fn taken(rate: u32, times: impl IntoIterator<Item = u64>) -> usize {
        let mut bucket = Bucket::new(rate, 0);
        times.into_iter().filter(|now| bucket.take(rate, *now)).count()
    }

    #[test]
    fn a_burst_of_a_seconds_worth_and_then_the_rate() {
        assert_eq!(taken(5, [0; 100]), 5);
        assert_eq!(taken(5, [0, 0, 0, 0, 0, 199]), 5);
        assert_eq!(taken(5, [0, 0, 0, 0, 0, 200, 200]), 6);
        assert_eq!(taken(5, 0..10_000), 5 + 49, "the burst, and one each 200 ms of what follows");
        assert_eq!(taken(5, [u64::MAX; 100]), 5, "a pause is not saved up");
    }

    #[test]
    fn odd_rates_and_clocks() {
        assert_eq!(taken(0, 0..10_000), 0);
        assert_eq!(taken(u32::MAX, [0; 1_000]), 1_000);
        assert_eq!(taken(1, [1_000, 0, 1_000]), 1, "time that runs backwards brings nothing");
    }
}
