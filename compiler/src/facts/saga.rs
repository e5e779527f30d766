//! What a saga can be relied on for: its way, its times, the contracts of its steps, and how it may end.

pub mod contract;
pub mod ends;
pub mod faults;
pub mod promises;
pub mod report;
pub mod time;
pub mod way;
