//! A handler did not succeed: again after a wait, or a dead letter.

use std::time::Duration;

use jiff::Timestamp;

use crate::record::{Attempt, Dead, Entry};

/// How long a recorded error may be, in bytes; what is cut off was in the log.
const LONGEST: usize = 1024;

/// How many attempts are kept with a message.
const KEPT: usize = 100;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What happened, for people.
    pub(crate) error: String,
    /// Whether another attempt could end differently.
    pub(crate) again: bool,
}

/// What becomes of a message after a failed attempt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    /// It waits until then.
    Retry {
        /// Its new head.
        entry: Entry,
        /// When it may start again.
        due: Timestamp,
    },
    /// It is over.
    Dead(Dead),
}

/// Notes the attempt and decides what is next.
pub(crate) fn fail(
    mut entry: Entry,
    queue: &str,
    allowed: u32,
    fault: &Fault,
    now: Timestamp,
    wait: Duration,
) -> Failed {
    let error = cut(&fault.error).to_owned();
    entry.started = None;
    if entry.history.len() == KEPT {
        entry.history.remove(0);
    }
    entry.history.push(Attempt {
        attempt: entry.attempts,
        time: now,
        error,
    });
    if fault.again && entry.attempts < allowed {
        let due = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        return Failed::Retry { entry, due };
    }
    let error = cut(&fault.error);
    let reason = match fault.again {
        true => format!(
            "the handler failed {} of {allowed} times, at last with: {error}",
            entry.attempts
        ),
        false => format!("no attempt can succeed: {error}"),
    };
    Failed::Dead(Dead {
        queue: queue.to_owned(),
        reason,
        time: now,
        attempts: entry.attempts,
        history: entry.history,
    })
}

fn cut(error: &str) -> &str {
    let end = (0..=error.len().min(LONGEST))
        .rev()
        .find(|end| error.is_char_boundary(*end));
    &error[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(9, 0);

    fn fault(again: bool) -> Fault {
        Fault {
            error: "no".to_owned(),
            again,
        }
    }

    #[test]
    fn it_waits_while_attempts_are_left() {
        let entry = Entry {
            attempts: 1,
            started: Some(NOW),
            ..Entry::default()
        };
        let Failed::Retry { entry, due } = fail(entry, "q", 2, &fault(true), NOW, Duration::from_secs(1))
        else {
            panic!("one attempt is left");
        };
        assert_eq!(
            (entry.started, entry.history.len(), due),
            (None, 1, Timestamp::constant(10, 0))
        );
    }

    #[test]
    fn the_last_attempt_makes_a_dead_letter() {
        let entry = Entry {
            attempts: 2,
            ..Entry::default()
        };
        let Failed::Dead(dead) = fail(entry, "q", 2, &fault(true), NOW, Duration::ZERO) else {
            panic!("none is left")
        };
        assert_eq!(dead.reason, "the handler failed 2 of 2 times, at last with: no");
    }

    #[test]
    fn a_hopeless_message_is_not_tried_again() {
        let entry = Entry {
            attempts: 1,
            ..Entry::default()
        };
        assert!(matches!(
            fail(entry, "q", 5, &fault(false), NOW, Duration::ZERO),
            Failed::Dead(_)
        ));
    }
}
