//! The deployment on AWS before judges that we did not write: translator, linters, and an emulated account in which
//! the real program runs.

use std::sync::{Mutex, MutexGuard, PoisonError};

mod account;
mod deployed;
mod events;
mod filters;
mod judges;
mod machines;
mod ordered;
mod workshop;

/// Held by whoever drives an account or judges: on a machine with little to spare they would slow each other down until
/// the program's own time limits are met, and that is seen in the trace.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
