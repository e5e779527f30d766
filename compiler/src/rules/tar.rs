//! TAR: what targets can and can't carry.

pub(super) mod target_cannot_mean_that;
