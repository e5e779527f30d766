//! Time, ids and chance as values that are handed in, so that tests decide them.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

/// What time it is.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now, in whole microseconds.
    fn now(&self) -> Timestamp;
}

/// Where fresh ids come from.
pub trait Ids: Send + Sync + fmt::Debug {
    /// A fresh version 7 id.
    fn new_id(&self) -> Uuid;
}

/// The time of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let nanoseconds = Timestamp::now().as_nanosecond();
        Timestamp::from_nanosecond(nanoseconds - nanoseconds.rem_euclid(1_000)).unwrap_or_default()
    }
}

/// Ids from this machine's time and its source of chance.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// A clock that stands still until it is told otherwise.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// Stands at this instant.
    pub fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.checked_add(by).unwrap_or(Timestamp::MAX);
    }
}

impl Default for ManualClock {
    /// Stands at 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self::at(Timestamp::constant(1_767_225_600, 0))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Ids that count: the same in every run.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl Ids for CountingIds {
    fn new_id(&self) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        uuid::Builder::from_unix_timestamp_millis(1_767_225_600_000, &[0; 10])
            .into_uuid()
            .as_u128()
            .checked_add(u128::from(count))
            .map_or(Uuid::nil(), Uuid::from_u128)
    }
}

/// How long to wait before the next attempt: exponential growth with full jitter.
///
/// The wait before attempt `n + 1` is chosen evenly from zero to `min(cap, first × 2^(n-1))`.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    cap: Duration,
    state: u64,
}

impl Backoff {
    /// From the longest wait after the first failure and the longest wait ever; `seed` decides the jitter.
    pub fn new(first: Duration, cap: Duration, seed: u64) -> Self {
        Self {
            first,
            cap,
            state: seed,
        }
    }

    /// The wait after the `attempt`-th attempt failed, from 1.
    pub fn delay(&mut self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let longest = self.first.saturating_mul(1 << doublings).min(self.cap);
        let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.random() % micros.saturating_add(1))
    }

    /// The next number of splitmix64: even enough for jitter, and one word of state.
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap_and_are_jittered() {
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(30), 7);
        for attempt in 1..=40 {
            let longest = Duration::from_millis(200 << (attempt - 1).min(20)).min(Duration::from_secs(30));
            assert!(backoff.delay(attempt) <= longest, "attempt {attempt}");
        }
        let waits: std::collections::BTreeSet<_> = (0..100).map(|_| backoff.delay(10)).collect();
        assert!(waits.len() > 90);
    }

    #[test]
    fn counted_ids_are_version_7_and_differ() {
        let ids = CountingIds::default();
        let (first, second) = (ids.new_id(), ids.new_id());
        assert_eq!(first.get_version_num(), 7);
        assert!(first < second);
    }
}
