//! Stops calls for a while after too many failures: who is down isn't helped by more calls.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Failures of late.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: VecDeque<Instant>,
    /// Until when nothing is let through.
    open: Option<Instant>,
    /// Whether a call is under way that decides whether it stays so.
    trying: bool,
}

impl Breaker {
    /// Whether a call may go; after a pause the first may, and the others wait for how it ends.
    pub(super) fn admits(&mut self, pause: Duration, now: Instant) -> bool {
        match self.open {
            Some(until) if now < until => false,
            Some(_) => {
                self.open = Some(now + pause);
                self.trying = true;
                true
            }
            None => true,
        }
    }

    /// A call was answered: failures before it count all the same, unless it was the one to try.
    pub(super) fn succeeded(&mut self) {
        if self.trying {
            *self = Self::default();
        }
    }

    /// A call got no answer, or none of use.
    pub(super) fn failed(&mut self, most: u32, within: Duration, now: Instant) {
        self.trying = false;
        self.failures.push_back(now);
        while self
            .failures
            .front()
            .is_some_and(|first| now.duration_since(*first) > within)
        {
            let _ = self.failures.pop_front();
        }
        if self.failures.len() >= most as usize {
            self.open = Some(now + within);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_and_tries_one_call_after_a_pause() {
        crate::test::run(async {
            let (within, start) = (Duration::from_secs(60), Instant::now());
            let mut breaker = Breaker::default();
            breaker.failed(2, within, start);
            assert!(breaker.admits(within, start));
            breaker.failed(2, within, start + within * 2);
            assert!(
                breaker.admits(within, start + within * 2),
                "the first is long ago"
            );
            let later = start + within * 2;
            breaker.failed(2, within, later);
            assert!(!breaker.admits(within, later));
            assert!(breaker.admits(within, later + within), "one may try");
            assert!(!breaker.admits(within, later + within), "and only one");
            breaker.succeeded();
            assert!(breaker.admits(within, later + within));
        });
    }

    #[test]
    fn failures_count_whatever_succeeds_between_them() {
        crate::test::run(async {
            let (within, start) = (Duration::from_secs(60), Instant::now());
            let mut breaker = Breaker::default();
            for second in 0..3 {
                assert!(breaker.admits(within, start));
                breaker.failed(3, within, start + Duration::from_secs(second));
                breaker.succeeded();
            }
            assert!(!breaker.admits(within, start + Duration::from_secs(3)));
        });
    }
}
