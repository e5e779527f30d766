//! Sagas over the seam: a run is one row, its log; what is to be done are messages of a queue of its own.
//!
//! One activation takes one task off the queue, does it, notes in the log how it ended, and puts what is next into the
//! queue, all in one unit of work. So a crash anywhere leaves either the task or what follows from it.

mod deed;
mod resume;
mod start;
mod step;
mod tell;

use aqueduct_saga::definition::Saga;
use aqueduct_saga::{Kind, Log, State, Task};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Outgoing, RowKey, Rows, Site, Unit};
use crate::Failure;
use crate::topology::own_name;

/// The type of a task's message.
const TASK: &str = "SagaTask";

/// Names a task: the body of its message.
#[derive(Debug, Serialize, Deserialize)]
struct Ticket {
    key: String,
    kind: Kind,
    step: String,
    attempt: u32,
}

/// A log as it was read.
#[derive(Debug, Clone)]
struct Kept {
    log: Log,
    revision: u64,
}

/// The row that a run is in.
fn row(saga: &str, key: &str) -> RowKey {
    RowKey {
        table: own_name(saga).into(),
        key: key.to_owned(),
    }
}

async fn read(rows: &dyn Rows, saga: &Saga, key: &str) -> Result<Option<Kept>, Failure> {
    let Some(row) = rows.get(&row(&saga.name, key)).await? else {
        return Ok(None);
    };
    Ok(Some(Kept {
        log: serde_json::from_slice(&row.json)?,
        revision: row.revision,
    }))
}

/// What was to be done when a log was last written: there is a message for each.
fn tasks(saga: &Saga, log: &Log) -> Vec<Task> {
    match aqueduct_saga::advance(saga, log, log.touched()).state {
        State::Running(tasks) => tasks,
        State::Stuck { .. } | State::Ended(_) => Vec::new(),
    }
}

impl Site {
    /// Adds a log to a unit, in the place of the one of this revision, with messages for what is new to be done.
    fn write_log(
        &self,
        unit: &mut Unit,
        log: &Log,
        revision: u64,
        before: &[Task],
        state: &State,
    ) -> Result<(), Failure> {
        let place = row(&log.saga, &log.key);
        let _ = unit.reads.insert(place.clone(), revision);
        let _ = unit
            .writes
            .insert(place, Some(Bytes::from(serde_json::to_vec(log)?)));
        let State::Running(tasks) = state else {
            return Ok(());
        };
        let now = self.clock.now();
        for task in tasks {
            if !before
                .iter()
                .any(|known| known.is(task.kind, &task.step, task.attempt))
            {
                unit.messages.push(self.ticket(log, task, now)?);
            }
        }
        Ok(())
    }

    fn ticket(&self, log: &Log, task: &Task, now: Timestamp) -> Result<Outgoing, Failure> {
        let ticket = Ticket {
            key: log.key.clone(),
            kind: task.kind,
            step: task.step.clone(),
            attempt: task.attempt,
        };
        let body = Bytes::from(serde_json::to_vec(&ticket)?);
        Ok(Outgoing {
            id: self.ids.new_id(),
            time: now,
            channel: own_name(&log.saga),
            kind: TASK.into(),
            // Nothing filters or groups tasks.
            parsed: serde_json::Value::Null,
            body,
            due: Some(task.due).filter(|due| *due > now),
        })
    }
}
