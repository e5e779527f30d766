//! ROU: filters and routers.

pub(super) mod filter_cannot_match;
pub(super) mod router_not_exhaustive;
pub(super) mod router_overlap;
