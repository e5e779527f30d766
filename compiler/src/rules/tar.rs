//! TAR: what targets can and can't carry.

pub(super) mod dead_letter_kind;
pub(super) mod few_receives;
pub(super) mod illegal_subscriber;
pub(super) mod pattern_limits;
pub(super) mod target_cannot_mean_that;
pub(super) mod visibility_vs_handler;
