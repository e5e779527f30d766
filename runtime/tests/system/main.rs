//! Whole programs: requests in over loopback, effects out, restarts, administration, a clean end.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "tests")]

mod administration;
mod edge;
mod http;
mod queues;
mod rides;
mod shutdown;
