//! One run of a handler that cannot take the process with it: panics and timeouts are failures of its input.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use crate::Failure;

/// Why a run gave no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The handler said so.
    Failed(Failure),
    /// The handler panicked, with this text.
    Panicked(String),
    /// The handler took longer than this.
    TimedOut(Duration),
    /// It was overtaken by others this often.
    Overtaken(u32),
}

impl Trouble {
    /// Whether another attempt may end differently.
    pub fn may_pass(&self) -> bool {
        !matches!(self, Self::Failed(failure) if failure.is_hopeless())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(failure) => failure.fmt(out),
            Self::Panicked(text) => write!(out, "the handler panicked: {text}"),
            Self::TimedOut(after) => write!(out, "the handler took longer than {after:?}"),
            Self::Overtaken(times) => {
                write!(
                    out,
                    "other activations changed the same rows first, {times} times in a row"
                )
            }
        }
    }
}

/// Runs to the end, to the timeout or to the panic.
pub(super) async fn guard<T>(
    timeout: Duration,
    run: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Trouble> {
    let mut run = pin!(run);
    let caught = std::future::poll_fn(|context| {
        // The activation behind the future is thrown away after a panic, so nobody sees it half changed.
        match catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(context))) {
            Ok(poll) => poll.map(|outcome| outcome.map_err(Trouble::Failed)),
            Err(panic) => Poll::Ready(Err(Trouble::Panicked(text(panic.as_ref())))),
        }
    });
    tokio::time::timeout(timeout, caught)
        .await
        .unwrap_or(Err(Trouble::TimedOut(timeout)))
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_and_timeouts_are_caught() {
        crate::test::run(async {
            tokio::time::pause();
            let long = Duration::from_secs(30);
            let panicking = guard::<()>(long, async { panic!("no {}", 1) }).await;
            assert_eq!(panicking, Err(Trouble::Panicked("no 1".to_owned())));
            let sleeping = guard(long, async {
                tokio::time::sleep(long * 2).await;
                Ok(())
            });
            assert_eq!(sleeping.await, Err(Trouble::TimedOut(long)));
            assert_eq!(guard(long, async { Ok(1) }).await, Ok(1));
        });
    }
}
