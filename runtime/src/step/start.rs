//! Starting a handler for a message: the attempt is counted before anything runs.

use jiff::Timestamp;

use crate::record::{Attempt, Dead, Entry};

/// What becomes of a message whose turn it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// A handler may run once this is on disk.
    Begin(Entry),
    /// All its attempts were used by starts that never ended.
    Dead(Dead),
}

/// Counts a start. One that is still open belongs to a program that stopped: it is noted as interrupted.
pub(crate) fn start(mut entry: Entry, queue: &str, allowed: u32, now: Timestamp) -> Start {
    if let Some(started) = entry.started.take() {
        entry.history.push(Attempt {
            attempt: entry.attempts,
            time: now,
            error: format!(
                "interrupted: the program stopped before the handler, started at {started}, had finished"
            ),
        });
    }
    if entry.attempts >= allowed {
        return Start::Dead(Dead {
            queue: queue.to_owned(),
            reason: format!(
                "all {} attempts were used, the last was interrupted by a stop of the program",
                entry.attempts
            ),
            time: now,
            attempts: entry.attempts,
            history: entry.history,
        });
    }
    Start::Begin(Entry {
        attempts: entry.attempts + 1,
        started: Some(now),
        ..entry
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(9, 0);

    #[test]
    fn a_start_is_counted() {
        let Start::Begin(entry) = start(Entry::default(), "q", 1, NOW) else {
            panic!("it has an attempt left")
        };
        assert_eq!((entry.attempts, entry.started), (1, Some(NOW)));
    }

    #[test]
    fn an_open_start_was_interrupted_and_counts() {
        let open = Entry {
            attempts: 1,
            started: Some(NOW),
            ..Entry::default()
        };
        let Start::Begin(entry) = start(open.clone(), "q", 2, NOW) else {
            panic!("it has an attempt left")
        };
        assert_eq!(entry.attempts, 2);
        assert!(entry.history[0].error.starts_with("interrupted"));
        let Start::Dead(dead) = start(open, "q", 1, NOW) else {
            panic!("it has no attempt left")
        };
        assert_eq!((dead.attempts, dead.history.len()), (1, 1));
    }
}
