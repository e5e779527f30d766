//! How a handler calls a service: as declared, one constant for each `calls` line.

use std::time::Duration;

/// `calls CardGateway.capture { timeout 3s, retry 2 backoff 500ms x2, breaker 5 within 1m, bulkhead 10 }`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    pub(super) service: &'static str,
    pub(super) handler: &'static str,
    pub(super) timeout: Duration,
    pub(super) retries: u32,
    pub(super) backoff: Duration,
    pub(super) factor_percent: u32,
    pub(super) cap: Duration,
    pub(super) on: &'static [&'static str],
    pub(super) breaker: Option<(u32, Duration)>,
    pub(super) bulkhead: Option<u32>,
}

impl Call {
    /// One try, so long.
    pub const fn new(service: &'static str, handler: &'static str, timeout: Duration) -> Self {
        Self {
            service,
            handler,
            timeout,
            retries: 0,
            backoff: Duration::from_secs(1),
            factor_percent: 200,
            cap: Duration::from_secs(60),
            on: &[],
            breaker: None,
            bulkhead: None,
        }
    }

    /// How often it is tried again, and how long it waits before: each wait is `factor_percent` hundredths of the one
    /// before, up to the cap.
    pub const fn retry(mut self, count: u32, backoff: Duration, factor_percent: u32, cap: Duration) -> Self {
        self.retries = count;
        self.backoff = backoff;
        self.factor_percent = factor_percent;
        self.cap = cap;
        self
    }

    /// Only these failures are tried again; without them, all but declared faults.
    pub const fn on(mut self, names: &'static [&'static str]) -> Self {
        self.on = names;
        self
    }

    /// So many failures in this time stop calls for as long.
    pub const fn breaker(mut self, failures: u32, within: Duration) -> Self {
        self.breaker = Some((failures, within));
        self
    }

    /// How many calls may be under way.
    pub const fn bulkhead(mut self, most: u32) -> Self {
        self.bulkhead = Some(most);
        self
    }

    /// How long to wait before a try, from 2.
    pub(super) fn wait(&self, attempt: u32) -> Duration {
        let mut wait = self.backoff.min(self.cap);
        for _ in 2..attempt {
            wait = (wait * self.factor_percent / 100).min(self.cap);
        }
        wait
    }

    /// Whether a failure is tried again.
    pub(super) fn again(&self, name: Option<&str>, declared: bool) -> bool {
        match self.on {
            [] => !declared,
            on => name.is_some_and(|name| on.contains(&name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_cap() {
        const CALL: Call = Call::new("Gateway", "capture", Duration::from_secs(3)).retry(
            5,
            Duration::from_millis(100),
            300,
            Duration::from_millis(500),
        );
        let waits: Vec<u128> = (2..6).map(|attempt| CALL.wait(attempt).as_millis()).collect();
        assert_eq!(waits, [100, 300, 500, 500]);
    }
}
