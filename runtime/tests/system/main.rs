//! Whole programs: requests in over loopback, effects out, restarts, administration, a clean end.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::struct_field_names,
    reason = "tests"
)]

mod administration;
mod edge;
#[cfg(feature = "calls")]
mod externals;
mod http;
mod kill;
mod queues;
mod rides;
mod sagas;
mod shutdown;
