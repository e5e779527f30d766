//! What a saga can be relied on for: the contracts of its steps, its way, its times.

pub mod contract;
