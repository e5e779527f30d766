//! Time and ids of a scenario: virtual, and decided by a seed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use uuid::Uuid;

use crate::clock::{Chance, Clock, Ids};

/// 2026-01-01T00:00:00Z, when every scenario begins.
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// The time of a runtime whose time is paused.
#[derive(Debug)]
pub(super) struct VirtualClock(Instant);

impl VirtualClock {
    /// Begins now.
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.0.elapsed().as_micros()).unwrap_or(i64::MAX);
        START
            .checked_add(SignedDuration::from_micros(passed))
            .unwrap_or(Timestamp::MAX)
    }
}

/// Ids that look like any others and are the same in every run with the same seed.
#[derive(Debug)]
pub(super) struct SeededIds {
    count: AtomicU64,
    chance: Mutex<Chance>,
}

impl SeededIds {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            count: AtomicU64::new(0),
            chance: Mutex::new(Chance::new(seed)),
        }
    }
}

impl Ids for SeededIds {
    fn new_id(&self) -> Uuid {
        // Each is later than the one before, so that they sort as they were made.
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let milliseconds = u64::try_from(START.as_millisecond()).unwrap_or_default() + count;
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = chance.next().to_le_bytes();
        let mut random = [0; 10];
        random.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
    }
}
