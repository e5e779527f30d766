//! What the consumers depend on is out now and then, as in the workshop, where every second call fails.
//!
//! `WILD_RYDES_OUTAGES=0.5 aqueduct run` makes half of all starts fail; without it one in ten does. Whether a start
//! fails depends on nothing but the message, the handler and the attempt, so that a run can be repeated.

use aqueduct::{Delivery, Failure};

/// How often things are out, in thousandths.
#[derive(Debug, Clone, Copy)]
pub struct Outages {
    per_thousand: u64,
}

impl Outages {
    /// As the environment says, one in ten when it says nothing.
    pub fn from_env() -> Self {
        let share = std::env::var("WILD_RYDES_OUTAGES")
            .ok()
            .and_then(|text| text.parse::<f64>().ok());
        let share = share
            .filter(|share| (0.0..=1.0).contains(share))
            .unwrap_or(0.1);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the share lies between 0 and 1"
        )]
        let per_thousand = (share * 1_000.0).round() as u64;
        Self { per_thousand }
    }

    /// Fails when `what` is out for this attempt.
    ///
    /// # Errors
    /// Now and then; the message is tried again later.
    pub fn reach(self, what: &str, delivery: &Delivery) -> Result<(), Failure> {
        let seed = format!("{what} {} {}", delivery.message_id, delivery.attempt);
        if fnv(seed.as_bytes()) % 1_000 < self.per_thousand {
            return Err(Failure::named("Outage", format!("the {what} is out")));
        }
        Ok(())
    }
}

/// FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>), with a final mix: short texts that differ little give
/// numbers that differ much.
fn fnv(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32
}
