//! ORD: what stays in order, and what doesn't.

pub(super) mod fifo_without_group;
pub(super) mod order_bought_then_dropped;
