//! ROU: filters and routers.

pub(super) mod filter_cannot_match;
