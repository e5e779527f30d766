//! One ordered line of waiting messages: a bounded window in memory over what is on disk.
//!
//! Every stored message of the line before `horizon` is in the window or in flight; those after it are only on disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::record::{Entry, Envelope};

/// How many messages of a line are in memory, and how many bytes of bodies. Few in tests, so that windows run dry.
const MOST: usize = if cfg!(test) { 4 } else { 512 };
const MOST_BYTES: usize = 8 << 20;

/// The same for a queue that keeps an order: so far it looks for groups that may go on while others wait.
const MOST_ORDERED: usize = if cfg!(test) { 16 } else { 8192 };
const MOST_BYTES_ORDERED: usize = 32 << 20;

/// Where a message stands in its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position {
    /// From when it may be taken, in microseconds since 1970; 0 for at once.
    pub(crate) due: u64,
    /// Counts everything that was ever stored.
    pub(crate) sequence: u64,
}

/// A message that waits.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) entry: Entry,
    pub(crate) envelope: Arc<Envelope>,
    /// The messages among which it keeps its place; none in a queue without an order.
    pub(crate) group: Option<Arc<str>>,
}

#[derive(Debug)]
pub(crate) struct Lane {
    window: BTreeMap<Position, Waiting>,
    bytes: usize,
    horizon: Position,
    end: Position,
    most: usize,
    most_bytes: usize,
    /// How many wait, on disk and in memory.
    pub(crate) length: u64,
}

impl Lane {
    /// The line of messages that may be taken at once.
    pub(crate) fn ready() -> Self {
        Self::between(Position { due: 0, sequence: 0 }, Position { due: 1, sequence: 0 })
    }

    /// The line of messages that wait for an instant.
    pub(crate) fn delayed() -> Self {
        Self::between(
            Position { due: 1, sequence: 0 },
            Position {
                due: u64::MAX,
                sequence: u64::MAX,
            },
        )
    }

    fn between(start: Position, end: Position) -> Self {
        Self {
            window: BTreeMap::new(),
            bytes: 0,
            horizon: start,
            end,
            most: MOST,
            most_bytes: MOST_BYTES,
            length: 0,
        }
    }

    /// The same line, of a queue that keeps an order.
    pub(crate) fn ordered(self) -> Self {
        Self {
            most: MOST_ORDERED,
            most_bytes: MOST_BYTES_ORDERED,
            ..self
        }
    }

    /// Nothing is stored beyond the window, as in a new queue.
    pub(crate) fn complete(&mut self) {
        self.horizon = self.end;
    }

    /// A message that is being stored joins the line.
    pub(crate) fn join(&mut self, position: Position, waiting: Waiting) {
        self.length += 1;
        if position < self.horizon {
            self.bytes += waiting.envelope.text().len();
            self.window.insert(position, waiting);
        }
        while self.window.len() > self.most || (self.bytes > self.most_bytes && self.window.len() > 1) {
            let Some((last, dropped)) = self.window.pop_last() else {
                break;
            };
            self.bytes -= dropped.envelope.text().len();
            self.horizon = last;
        }
    }

    /// Where the next message stands, as far as it is in memory.
    pub(crate) fn first(&self) -> Option<Position> {
        self.window.first_key_value().map(|(position, _)| *position)
    }

    /// The messages of the window, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Position, &Waiting)> {
        self.window.iter().map(|(position, waiting)| (*position, waiting))
    }

    /// Takes a message out of the line.
    pub(crate) fn take(&mut self, position: Position) -> Option<(Position, Waiting)> {
        let waiting = self.window.remove(&position)?;
        self.bytes -= waiting.envelope.text().len();
        self.length -= 1;
        Some((position, waiting))
    }

    /// From where to where to read when the window has run dry although messages wait.
    pub(crate) fn gap(&self) -> Option<(Position, Position)> {
        (self.window.is_empty() && self.length > 0 && self.horizon < self.end)
            .then_some((self.horizon, self.end))
    }

    /// Takes in a message that was read from the gap; `false` when that is enough.
    pub(crate) fn fill(&mut self, position: Position, waiting: Waiting) -> bool {
        self.bytes += waiting.envelope.text().len();
        self.window.insert(position, waiting);
        self.horizon = Position {
            sequence: position.sequence + 1,
            ..position
        };
        self.window.len() < self.most && self.bytes < self.most_bytes
    }

    /// How many of the window are due.
    pub(crate) fn due(&self, now: u64) -> u64 {
        self.window
            .range(
                ..Position {
                    due: now.saturating_add(1),
                    sequence: 0,
                },
            )
            .count() as u64
    }
}
