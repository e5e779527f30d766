//! Carries one command out: asks the store for facts, lets `step` decide, notes the writes.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::command::{Command, Keep, Lease, Outcome, Unit};
use super::lane::{Position, Waiting};
use super::open::BLOCK;
use super::turn::{Turn, micros};
use super::{Core, Flight};
use crate::record::{self, Dead, Entry, Envelope, Kept, join_row, split_row};
use crate::step::commit::{Facts, Verdict, judge};
use crate::step::fail::{Failed, Fault, fail};
use crate::store::Error;
use crate::store::keys::{self, Key, Space};
use crate::trace::{Kind, Place, Tracer};

/// How many expired keys go in one turn.
const SWEEP: usize = 512;

impl Core {
    pub(super) fn apply(&mut self, command: Command, turn: &mut Turn<'_>) -> Result<(), Error> {
        match command {
            Command::Finish(unit) => self.finish(*unit, turn)?,
            Command::Fail { lease, fault } => self.fail(lease, &fault, turn),
            Command::Handled { lease } => self.handled(lease, turn),
            Command::Redrive { keys, done } => {
                let count = self.redrive(keys, turn)?;
                turn.redriven.push((done, count));
            }
            Command::Count { done } => turn.counts.push(done),
            Command::Tick => self.sweep(turn)?,
            Command::Drain | Command::Stop => self.draining = true,
        }
        Ok(())
    }

    fn finish(&mut self, unit: Unit, turn: &mut Turn<'_>) -> Result<(), Error> {
        let facts = Facts {
            answered: kept(unit.answer.as_ref(), turn)?,
            handled: kept(unit.inbox.as_ref(), turn)?,
            overtaken: overtaken(&unit, turn)?,
        };
        let outcome = match judge(facts) {
            Verdict::Commit => {
                self.commit(&unit, turn);
                Outcome::Committed
            }
            Verdict::Conflict => {
                self.counters.conflicts += 1;
                Outcome::Conflict
            }
            Verdict::Answered(answer) => {
                self.counters.duplicates += 1;
                Outcome::Answered(answer)
            }
            Verdict::Handled(reply) => {
                match unit.lease {
                    Some(lease) => self.handled(lease, turn),
                    None => self.counters.duplicates += 1,
                }
                Outcome::Handled(reply)
            }
        };
        turn.outcomes.push((unit.done, outcome));
        Ok(())
    }

    /// Writes everything that a unit does.
    fn commit(&mut self, unit: &Unit, turn: &mut Turn<'_>) {
        match unit.lease {
            Some(lease) => self.counters.succeeded += self.one(lease.queue),
            None => self.counters.accepted += 1,
        }
        if let Some((lease, flight)) = unit
            .lease
            .and_then(|lease| Some((lease, self.land(lease, turn)?)))
        {
            self.queues[lease.queue].pass(flight.group.as_ref());
            let attempt = flight.entry.attempts;
            self.tell(
                turn,
                Kind::Succeeded,
                &flight.envelope,
                lease,
                flight.handler,
                attempt,
                None,
            );
        }
        let revision = self.number(turn);
        for (key, value) in &unit.writes {
            match value {
                Some(json) => turn.batch.put(key.clone(), join_row(revision, json)),
                None => turn.batch.delete(key.clone()),
            }
        }
        let marks = unit.marks.iter().map(|(keep, _)| keep);
        for keep in [&unit.inbox, &unit.answer].into_iter().flatten().chain(marks) {
            turn.batch.put(
                keep.key.clone(),
                Kept {
                    until: keep.until,
                    value: &keep.value,
                }
                .write(),
            );
            if keep.until < u64::MAX {
                turn.batch.put(
                    Key::new(Space::Expiry).number(keep.until).rest(&keep.key).bytes(),
                    Vec::new(),
                );
            }
        }
        for message in &unit.messages {
            let own = message.queues.iter().any(|queue| self.queues[*queue].own);
            self.counters.published += u64::from(!own);
            self.counters.filtered += u64::from(message.filtered);
            self.counters.unrouted += u64::from(message.queues.is_empty());
            if turn.heard && !own {
                let place = Place {
                    channel: Some(&message.envelope.channel),
                    ..Place::default()
                };
                turn.events.push(Tracer::event(
                    Kind::Published,
                    turn.now,
                    &message.envelope,
                    &place,
                ));
            }
            for queue in &message.queues {
                let due = if message.due <= turn.micros {
                    0
                } else {
                    message.due
                };
                self.enqueue(*queue, due, Entry::default(), Arc::clone(&message.envelope), turn);
            }
        }
    }

    fn fail(&mut self, lease: Lease, fault: &Fault, turn: &mut Turn<'_>) {
        let Some(flight) = self.land(lease, turn) else {
            return;
        };
        self.counters.failed += self.one(lease.queue);
        let Flight {
            handler,
            entry,
            envelope,
            group,
        } = flight;
        self.tell(
            turn,
            Kind::Failed,
            &envelope,
            lease,
            handler,
            entry.attempts,
            Some(&fault.error),
        );
        let wait = self.backoff.delay(entry.attempts);
        let queue = &self.queues[lease.queue];
        match fail(entry, &queue.name, queue.allowed, fault, turn.now, wait) {
            // It keeps its number, so that its group knows who was first even after a restart.
            Failed::Retry { entry, due } if queue.groups.is_ordered() => {
                let position = Position {
                    due: micros(due),
                    sequence: lease.position.sequence,
                };
                self.put(lease.queue, position, entry, envelope, turn);
            }
            Failed::Retry { entry, due } => self.enqueue(lease.queue, micros(due), entry, envelope, turn),
            Failed::Dead(dead) => {
                self.queues[lease.queue].pass(group.as_ref());
                self.bury(dead, &envelope, lease.queue, turn);
            }
        }
    }

    fn handled(&mut self, lease: Lease, turn: &mut Turn<'_>) {
        let Some(flight) = self.land(lease, turn) else {
            return;
        };
        self.queues[lease.queue].pass(flight.group.as_ref());
        self.counters.duplicates += self.one(lease.queue);
        self.tell(
            turn,
            Kind::Duplicate,
            &flight.envelope,
            lease,
            flight.handler,
            flight.entry.attempts,
            None,
        );
    }

    /// A message dies: it goes to the dead letters, or to the queue that is declared to receive them.
    pub(super) fn bury(&mut self, dead: Dead, envelope: &Arc<Envelope>, queue: usize, turn: &mut Turn<'_>) {
        self.counters.dead_lettered += 1;
        if turn.heard {
            let place = Place {
                channel: Some(&dead.queue),
                attempt: Some(dead.attempts),
                outcome: Some(&dead.reason),
                handler: None,
            };
            turn.events
                .push(Tracer::event(Kind::DeadLettered, turn.now, envelope, &place));
        }
        tracing::warn!(queue = %dead.queue, message = %envelope.id, reason = %dead.reason, "dead letter");
        if let Some(to) = self.queues[queue].dead_letter_to {
            let entry = Entry {
                origin: Some(Box::new(dead)),
                ..Entry::default()
            };
            return self.enqueue(to, 0, entry, Arc::clone(envelope), turn);
        }
        self.queues[queue].dead += 1;
        let key = Key::new(Space::Dead)
            .name(&dead.queue)
            .number(self.number(turn))
            .bytes();
        turn.batch.put(key, record::join(&dead, envelope));
    }

    /// Removes what has waited longer than its queue keeps messages.
    pub(super) fn expire(&mut self, turn: &mut Turn<'_>) {
        for index in 0..self.queues.len() {
            for _ in 0..SWEEP {
                let Some((position, waiting)) = self.queues[index].outlived(turn.micros) else {
                    break;
                };
                let lease = Lease {
                    queue: index,
                    position,
                };
                turn.batch.delete(self.key(lease));
                self.counters.expired += 1;
                let queue = &self.queues[index].name;
                tracing::warn!(%queue, message = %waiting.envelope.id, "expired: nobody handled it in time");
                if turn.heard {
                    let place = Place {
                        channel: Some(queue),
                        ..Place::default()
                    };
                    turn.events
                        .push(Tracer::event(Kind::Expired, turn.now, &waiting.envelope, &place));
                }
            }
        }
    }

    /// Moves dead letters back; those that are gone or whose queue is gone stay out of the count.
    fn redrive(&mut self, keys: Vec<Vec<u8>>, turn: &mut Turn<'_>) -> Result<u64, Error> {
        let mut count = 0;
        for key in keys {
            let Some(stored) = turn.get(&key)? else { continue };
            let (dead, envelope): (Dead, Envelope) = record::split(&stored)?;
            let Some(queue) = self.queues.iter().position(|queue| queue.name == dead.queue) else {
                continue;
            };
            turn.batch.delete(key);
            self.queues[queue].dead = self.queues[queue].dead.saturating_sub(1);
            self.counters.redriven += 1;
            count += 1;
            if turn.heard {
                let place = Place {
                    channel: Some(&dead.queue),
                    ..Place::default()
                };
                turn.events
                    .push(Tracer::event(Kind::Redriven, turn.now, &envelope, &place));
            }
            self.enqueue(queue, 0, Entry::default(), Arc::new(envelope), turn);
        }
        Ok(count)
    }

    /// Forgets inbox keys and answers whose time is over.
    pub(super) fn sweep(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let (from, _) = Key::new(Space::Expiry).range();
        let to = Key::new(Space::Expiry).number(turn.micros).bytes();
        let mut over = Vec::new();
        turn.snapshot()?.scan(&from, &to, &mut |key, _| {
            over.push(key.to_vec());
            if over.len() < SWEEP {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        self.unswept = over.len() == SWEEP;
        for marker in over {
            // After the space, the version and the instant comes the key that the marker is about.
            if let Some(key) = marker.get(10..) {
                let stored = turn.get(key)?;
                let over = stored
                    .as_deref()
                    .map(Kept::read)
                    .transpose()?
                    .is_some_and(|kept| !kept.holds(turn.micros));
                if over {
                    turn.batch.delete(key.to_vec());
                    self.counters.forgotten += 1;
                }
            }
            turn.batch.delete(marker);
        }
        Ok(())
    }

    /// Puts a message into a queue.
    fn enqueue(
        &mut self,
        queue: usize,
        due: u64,
        entry: Entry,
        envelope: Arc<Envelope>,
        turn: &mut Turn<'_>,
    ) {
        let position = Position {
            due,
            sequence: self.number(turn),
        };
        self.put(queue, position, entry, envelope, turn);
    }

    fn put(
        &mut self,
        queue: usize,
        position: Position,
        mut entry: Entry,
        envelope: Arc<Envelope>,
        turn: &mut Turn<'_>,
    ) {
        if self.queues[queue].is_kept_for_a_time() {
            let _ = entry.since.get_or_insert(turn.now);
        }
        let key = self.key(Lease { queue, position });
        turn.batch.put(key, record::join(&entry, &envelope));
        self.counters.queued += u64::from(position.due == 0) * self.one(queue);
        let queue = &mut self.queues[queue];
        let group = queue.groups.of(&envelope);
        let waiting = Waiting {
            entry,
            envelope,
            group,
        };
        queue.lane(position).join(position, waiting);
    }

    /// A message leaves the hands of its handler and its place in the queue.
    fn land(&mut self, lease: Lease, turn: &mut Turn<'_>) -> Option<Flight> {
        let flight = self.flight.remove(&lease)?;
        self.queues[lease.queue].free(flight.handler);
        turn.batch.delete(self.key(lease));
        Some(flight)
    }

    /// What a message of a queue counts: the engine's own are no messages of the system.
    pub(super) fn one(&self, queue: usize) -> u64 {
        u64::from(!self.queues[queue].own)
    }

    /// The next number; a new block is reserved in the same transaction as its first use.
    fn number(&mut self, turn: &mut Turn<'_>) -> u64 {
        let number = self.sequence.next;
        if number == self.sequence.reserved {
            self.sequence.reserved += BLOCK;
            turn.batch.put(
                keys::meta("sequence"),
                self.sequence.reserved.to_be_bytes().to_vec(),
            );
        }
        self.sequence.next += 1;
        number
    }
}

/// What is kept under a key already, if it still holds.
fn kept(keep: Option<&Keep>, turn: &Turn<'_>) -> Result<Option<Vec<u8>>, Error> {
    let Some(keep) = keep else { return Ok(None) };
    let stored = turn.get(&keep.key)?;
    let kept = stored.as_deref().map(Kept::read).transpose()?;
    Ok(kept
        .filter(|kept| kept.holds(turn.micros))
        .map(|kept| kept.value.to_vec()))
}

/// Whether a row that the unit read or wrote has another revision now, or something else is kept.
fn overtaken(unit: &Unit, turn: &Turn<'_>) -> Result<bool, Error> {
    for (key, revision) in &unit.reads {
        let stored = turn.get(key)?;
        let now = stored
            .as_deref()
            .map(split_row)
            .transpose()?
            .map_or(0, |(revision, _)| revision);
        if now != *revision {
            return Ok(true);
        }
    }
    for (keep, was) in &unit.marks {
        if kept(Some(keep), turn)?.as_deref() != was.as_deref() {
            return Ok(true);
        }
    }
    Ok(false)
}
