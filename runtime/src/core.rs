//! The one writer: takes commands in turns, decides each, writes a turn in one transaction, then answers.
//!
//! Synchronous and single-threaded; `committer` gives it a thread of its own.
//! What it knows in memory is a bounded window over the store plus what is in flight; all the rest is on disk.

mod apply;
pub(crate) mod command;
mod group;
pub(crate) mod lane;
mod open;
mod queue;
mod turn;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use command::{Command, Lease, Started};
use lane::Waiting;
use queue::Queue;
use tokio::sync::mpsc;
use turn::Turn;

use crate::clock::{Backoff, Clock};
use crate::record::{Entry, Envelope};
use crate::stats::{Counters, QueueStats, Stats};
use crate::step::start::{Start, start};
use crate::store::keys::{Key, Space};
use crate::store::{Error, Storage};
use crate::trace::{Kind, Place, Tracer};

pub(crate) use open::next_sequence;
pub(crate) use turn::micros;

#[derive(Debug)]
pub(crate) struct Core {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    backoff: Backoff,
    tracer: Tracer,
    starts: mpsc::Sender<Started>,
    queues: Vec<Queue>,
    handlers: Vec<String>,
    flight: HashMap<Lease, Flight>,
    sequence: Sequence,
    counters: Counters,
    /// Whether more has expired than one sweep takes.
    unswept: bool,
    draining: bool,
    /// Answers are given this long before the commit: a fault on purpose, and `None` unless a test asks for it.
    early: Option<Duration>,
}

/// A message that a handler has.
#[derive(Debug)]
struct Flight {
    handler: usize,
    entry: Entry,
    envelope: Arc<Envelope>,
    group: Option<Arc<str>>,
}

/// Numbers that are never given twice, not even after a restart: they are reserved on disk in blocks.
#[derive(Debug)]
struct Sequence {
    next: u64,
    reserved: u64,
}

impl Core {
    /// Takes one turn. `commands` is empty afterwards.
    ///
    /// An error means that the outcome of the turn is unknown; the core must not be used again.
    pub(crate) fn turn(&mut self, commands: &mut Vec<Command>) -> Result<(), Error> {
        let storage = Arc::clone(&self.storage);
        let mut turn = Turn::new(storage.as_ref(), self.clock.now(), self.tracer.heard());
        self.refill(&turn)?;
        for command in commands.drain(..) {
            self.apply(command, &mut turn)?;
        }
        if self.unswept {
            self.sweep(&mut turn)?;
        }
        self.expire(&mut turn);
        if !self.draining {
            self.dispatch(&mut turn);
        }
        if let Some(early) = self.early {
            self.release(&mut turn);
            std::thread::sleep(early);
        }
        if !turn.batch.is_empty() {
            self.counters.commits += 1;
            storage.commit(&turn.batch)?;
        }
        self.release(&mut turn);
        Ok(())
    }

    /// When the next turn is needed without a command, in microseconds since 1970; 0 for at once.
    pub(crate) fn wake(&self) -> Option<u64> {
        if self.draining {
            return None;
        }
        if self.unswept {
            return Some(0);
        }
        self.queues.iter().filter_map(Queue::wake).min()
    }

    /// What has been counted.
    pub(crate) fn stats(&self, now: u64) -> Stats {
        let queues = self.queues.iter().filter(|queue| !queue.own).map(|queue| {
            let due = queue.delayed.due(now);
            let stats = QueueStats {
                ready: queue.ready.length + due,
                delayed: queue.delayed.length - due,
                in_flight: queue.in_flight,
                dead: queue.dead,
            };
            (queue.name.clone(), stats)
        });
        Stats {
            running: true,
            counters: self.counters.clone(),
            queues: queues.collect(),
            // Whoever asks counts them, off this thread.
            tables: BTreeMap::new(),
            sagas: BTreeMap::new(),
        }
    }

    /// Starts as many handlers as are free.
    fn dispatch(&mut self, turn: &mut Turn<'_>) {
        for index in 0..self.queues.len() {
            while let Some((handler, position, waiting)) = self.queues[index].take(turn.micros) {
                let lease = Lease {
                    queue: index,
                    position,
                };
                let Waiting {
                    entry,
                    envelope,
                    group,
                } = waiting;
                let queue = &self.queues[index];
                match start(entry, &queue.name, queue.allowed, turn.now) {
                    Start::Begin(entry) => {
                        turn.batch
                            .put(self.key(lease), crate::record::join(&entry, &envelope));
                        self.counters.delivered += self.one(index);
                        self.tell(
                            turn,
                            Kind::Delivered,
                            &envelope,
                            lease,
                            handler,
                            entry.attempts,
                            None,
                        );
                        let (attempt, envelope) = (entry.attempts, envelope);
                        turn.started.push(Started {
                            lease,
                            handler,
                            attempt,
                            envelope: Arc::clone(&envelope),
                        });
                        self.flight.insert(
                            lease,
                            Flight {
                                handler,
                                entry,
                                envelope,
                                group,
                            },
                        );
                    }
                    Start::Dead(dead) => {
                        self.queues[index].free(handler);
                        self.queues[index].pass(group.as_ref());
                        turn.batch.delete(self.key(lease));
                        self.bury(dead, &envelope, index, turn);
                    }
                }
            }
        }
    }

    /// Says what was decided.
    fn release(&mut self, turn: &mut Turn<'_>) {
        // Before the answers, so that what follows from an answer comes after what led to it.
        for event in turn.events.drain(..) {
            self.tracer.tell(event);
        }
        for (done, outcome) in turn.outcomes.drain(..) {
            // Who does not wait for the answer any more does not need it.
            let _ = done.send(outcome);
        }
        for (done, count) in turn.redriven.drain(..) {
            let _ = done.send(count);
        }
        for done in turn.counts.drain(..) {
            let _ = done.send(self.stats(turn.micros));
        }
        for started in turn.started.drain(..) {
            // The channel has room for every handler that may run; it is closed only when the program ends.
            let _ = self.starts.try_send(started);
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "one flat list of facts, only passed through"
    )]
    fn tell(
        &self,
        turn: &mut Turn<'_>,
        kind: Kind,
        envelope: &Envelope,
        lease: Lease,
        handler: usize,
        attempt: u32,
        outcome: Option<&str>,
    ) {
        if turn.heard && !self.queues[lease.queue].own {
            let place = Place {
                channel: Some(&self.queues[lease.queue].name),
                handler: Some(&self.handlers[handler]),
                attempt: Some(attempt),
                outcome,
            };
            turn.events.push(Tracer::event(kind, turn.now, envelope, &place));
        }
    }

    /// Where a message in a queue is stored.
    fn key(&self, lease: Lease) -> Vec<u8> {
        let queue = &self.queues[lease.queue].name;
        Key::new(Space::Entry)
            .name(queue)
            .number(lease.position.due)
            .number(lease.position.sequence)
            .bytes()
    }
}

#[cfg(test)]
mod tests {
    //! The core alone, driven turn by turn: against a small model, and over a disk that crashes.

    mod behavior;
    mod crash;
    mod driver;
    mod model;
}
