//! Faults on purpose, so that tests can see what a failure does: a disk that crashes and forgets.

mod disk;

pub use disk::{CrashDisk, Sync};
