//! Wild Rydes from outside: built by the command line, run as a process of its own, asked over loopback.

mod gateway;
mod http;
mod program;
mod project;
mod rides;

use std::time::{Duration, Instant};

pub use gateway::Gateway;
pub use http::{Answer, Client};
pub use program::{Ended, Program};
pub use project::{
    Build, Project, bare_lambda, cargo, lambda, parcel_depot, parcel_lambda, place, wild_rydes,
};
pub use rides::{CONSUMERS, Consumer, Ride};

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again until the answer is there.
///
/// # Panics
/// When it never is.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
