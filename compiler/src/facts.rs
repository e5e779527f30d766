//! What several rules need to know, worked out once.

pub mod cells;
pub mod delivery;
pub mod fields;
pub mod mapping;
pub mod saga;
pub mod sns;
pub mod subtype;
pub mod values;
