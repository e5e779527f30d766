//! Sagas without an engine: what one is, and the pure function that says what comes next.
//!
//! Pure: no clock, no IO. The engine of the runtime, the simulator and the tests' explorer all ask it.

pub mod definition;
