//! For unit tests of handlers: runs a future, so that a project needs no tokio of its own.

use std::future::Future;

/// Runs a future to its end on this thread, with timers.
///
/// ```
/// assert_eq!(aqueduct::test::run(async { 1 + 1 }), 2);
/// ```
///
/// # Panics
/// When the runtime cannot be built, or when the future panics.
pub fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime of one thread needs nothing from the system")
        .block_on(future)
}
