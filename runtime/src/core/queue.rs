//! A queue in memory: its two lines, and who may take from them.

use super::lane::{Lane, Position, Waiting};
use crate::topology;

#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) name: String,
    /// How often a handler is started for a message.
    pub(crate) allowed: u32,
    /// Which queue gets the dead letters.
    pub(crate) dead_letter_to: Option<usize>,
    pub(crate) ready: Lane,
    pub(crate) delayed: Lane,
    pub(crate) consumers: Vec<Consumer>,
    pub(crate) in_flight: u64,
    pub(crate) dead: u64,
}

/// A handler that takes from a queue.
#[derive(Debug)]
pub(crate) struct Consumer {
    pub(crate) handler: usize,
    pub(crate) free: u32,
}

impl Queue {
    pub(crate) fn new(spec: &topology::Queue, topology: &topology::Topology) -> Self {
        let consumers = topology
            .handlers
            .iter()
            .enumerate()
            .filter(|(_, handler)| handler.queue.as_ref() == Some(&spec.name));
        Self {
            name: spec.name.clone(),
            allowed: spec.attempts,
            dead_letter_to: topology
                .queues
                .iter()
                .position(|queue| Some(&queue.name) == spec.dead_letter_to.as_ref()),
            ready: Lane::ready(),
            delayed: Lane::delayed(),
            consumers: consumers
                .map(|(index, spec)| Consumer {
                    handler: index,
                    free: spec.concurrency,
                })
                .collect(),
            in_flight: 0,
            dead: 0,
        }
    }

    /// The line that a position belongs to.
    pub(crate) fn lane(&mut self, position: Position) -> &mut Lane {
        if position.due == 0 {
            &mut self.ready
        } else {
            &mut self.delayed
        }
    }

    /// Takes the next message for a handler that is free. One whose wait is over goes before the new ones.
    pub(crate) fn take(&mut self, now: u64) -> Option<(usize, Position, Waiting)> {
        let consumer = self
            .consumers
            .iter_mut()
            .max_by_key(|consumer| consumer.free)
            .filter(|one| one.free > 0)?;
        let due = self.delayed.first().is_some_and(|position| position.due <= now);
        let lane = if due { &mut self.delayed } else { &mut self.ready };
        let (position, waiting) = lane.take()?;
        consumer.free -= 1;
        self.in_flight += 1;
        Some((consumer.handler, position, waiting))
    }

    /// A handler has finished with a message.
    pub(crate) fn free(&mut self, handler: usize) {
        self.in_flight -= 1;
        if let Some(consumer) = self
            .consumers
            .iter_mut()
            .find(|consumer| consumer.handler == handler)
        {
            consumer.free += 1;
        }
    }

    /// When the next message that waits is due; at once, when that is only known on disk.
    pub(crate) fn wake(&self) -> Option<u64> {
        if self.consumers.iter().all(|consumer| consumer.free == 0) {
            return None;
        }
        match (self.ready.gap(), self.delayed.gap()) {
            (None, None) => self.delayed.first().map(|position| position.due),
            _ => Some(0),
        }
    }
}
