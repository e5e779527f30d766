//! DEL: delivery, failure exits, idempotency.

pub(super) mod dual_write;
pub(super) mod effect_repeats;
pub(super) mod no_failure_exit;
