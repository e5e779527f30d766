//! A queue in memory: its two lines, and who may take from them.

use std::collections::HashSet;
use std::sync::Arc;

use super::group::Grouping;
use super::lane::{Lane, Position, Waiting};
use super::turn::micros;
use crate::record::Envelope;
use crate::topology;

#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) name: String,
    /// Whether its messages are the engine's, and no events of the system.
    pub(crate) own: bool,
    /// How often a handler is started for a message.
    pub(crate) allowed: u32,
    /// Which queue gets the dead letters.
    pub(crate) dead_letter_to: Option<usize>,
    pub(crate) ready: Lane,
    pub(crate) delayed: Lane,
    pub(crate) consumers: Vec<Consumer>,
    pub(crate) in_flight: u64,
    pub(crate) dead: u64,
    /// How long a message waits, in microseconds.
    retain: Option<u64>,
    /// Which messages wait for each other.
    pub(crate) groups: Grouping,
    /// Groups whose first message a handler has, or waits for another attempt. The others of the group wait for it.
    busy: HashSet<Arc<str>>,
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
        let line = |lane: Lane| {
            if spec.fifo_by.is_empty() {
                lane
            } else {
                lane.ordered()
            }
        };
        Self {
            name: spec.name.clone(),
            own: spec.own,
            allowed: spec.attempts,
            dead_letter_to: topology
                .queues
                .iter()
                .position(|queue| Some(&queue.name) == spec.dead_letter_to.as_ref()),
            ready: line(Lane::ready()),
            delayed: line(Lane::delayed()),
            consumers: consumers
                .map(|(index, spec)| Consumer {
                    handler: index,
                    free: spec.concurrency,
                })
                .collect(),
            in_flight: 0,
            dead: 0,
            retain: spec
                .retain
                .map(|limit| u64::try_from(limit.as_micros()).unwrap_or(u64::MAX)),
            groups: Grouping(spec.fifo_by.clone()),
            busy: HashSet::new(),
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
        let due = self.delayed.first().filter(|position| position.due <= now);
        let busy = &self.busy;
        let is_free = |waiting: &Waiting| waiting.group.as_ref().is_none_or(|group| !busy.contains(group));
        let (position, waiting) = if let Some(position) = due {
            // It is what its group waits for.
            self.delayed.take(position)?
        } else {
            let (position, _) = self.ready.iter().find(|(_, waiting)| is_free(waiting))?;
            self.ready.take(position)?
        };
        self.busy.extend(waiting.group.clone());
        consumer.free -= 1;
        self.in_flight += 1;
        Some((consumer.handler, position, waiting))
    }

    /// Whether it removes what nobody handles.
    pub(crate) fn is_kept_for_a_time(&self) -> bool {
        self.retain.is_some()
    }

    /// A message waits for another attempt, so the others of its group wait.
    pub(crate) fn hold(&mut self, first: &Envelope) {
        self.busy.extend(self.groups.of(first));
    }

    /// The first message of a group has left the queue: the next may go.
    pub(crate) fn pass(&mut self, group: Option<&Arc<str>>) {
        if let Some(group) = group {
            let _ = self.busy.remove(group);
        }
    }

    /// Takes a message out whose time in the queue is over.
    pub(crate) fn outlived(&mut self, now: u64) -> Option<(Position, Waiting)> {
        self.retain?;
        // The first of those that wait has waited longest; those that are tried again are few.
        let position = {
            let mut waiting = self.ready.iter().take(1).chain(self.delayed.iter());
            let over = |waiting: &Waiting| self.ends(waiting).is_some_and(|end| end <= now);
            waiting.find(|(_, waiting)| over(waiting))?.0
        };
        let (position, waiting) = self.lane(position).take(position)?;
        if position.due > 0 {
            self.pass(waiting.group.as_ref());
        }
        Some((position, waiting))
    }

    /// When the time of a message in this queue is over.
    fn ends(&self, waiting: &Waiting) -> Option<u64> {
        let since = waiting.entry.since.unwrap_or(waiting.envelope.time);
        Some(micros(since).saturating_add(self.retain?))
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

    /// When the next message that waits is due or over; at once, when that is only known on disk.
    pub(crate) fn wake(&self) -> Option<u64> {
        self.wake_to_take().into_iter().chain(self.next_end()).min()
    }

    fn next_end(&self) -> Option<u64> {
        self.retain?;
        let waiting = self.ready.iter().take(1).chain(self.delayed.iter());
        waiting.filter_map(|(_, waiting)| self.ends(waiting)).min()
    }

    fn wake_to_take(&self) -> Option<u64> {
        if self.consumers.iter().all(|consumer| consumer.free == 0) {
            return None;
        }
        match (self.ready.gap(), self.delayed.gap()) {
            (None, None) => self.delayed.first().map(|position| position.due),
            _ => Some(0),
        }
    }
}
