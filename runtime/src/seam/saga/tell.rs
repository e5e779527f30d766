//! What happens to sagas, told to whoever listens.

use aqueduct_saga::{Entry, Event as Noted, Kind as For, Log, Outcome, State, Task};
use jiff::Timestamp;

use super::step::End;
use crate::seam::Seam;
use crate::trace::{Event, Kind};

/// A run begins.
pub(super) fn started<S: Seam>(seam: &S, log: &Log) {
    if seam.heard() {
        seam.tell(event(log, Kind::SagaStarted, log.started));
    }
}

/// Calls a person when something has been tried for longer than declared, at each try after that.
pub(super) fn alarm(log: &Log, task: &Task, end: &End, now: Timestamp) {
    let tried = now.duration_since(task.begun).as_millis();
    let late = task.alarm.is_some_and(|alarm| tried >= i128::from(alarm));
    if let (End::Failed(error), true) = (end, late) {
        let (saga, key, step, attempt) = (&log.saga, &log.key, &task.step, task.attempt);
        let error = &error.name;
        tracing::error!(%saga, %key, %step, attempt, %error, "tried for longer than it should take: somebody has to look");
    }
}

/// Tells what was noted after so many entries, and how it ended if it did.
pub(super) fn progress<S: Seam>(seam: &S, log: &Log, noted: usize, state: &State) {
    if let State::Stuck { step, error, .. } = state {
        let (saga, key, error) = (&log.saga, &log.key, &error.name);
        tracing::error!(%saga, %key, %step, %error, "stuck: look at it with `aqueduct sagas show`, mend it, resume it");
    }
    if !seam.heard() {
        return;
    }
    for (index, entry) in log.entries.iter().enumerate().skip(noted) {
        if let Some((kind, outcome)) = what(entry) {
            let before = log.entries.iter().take(index);
            let tries = before
                .filter(|other| other.kind == entry.kind && other.step == entry.step && is_a_try(other));
            seam.tell(Event {
                step: Some(entry.step.clone()),
                attempt: u32::try_from(tries.count() + 1).ok(),
                outcome,
                ..event(log, kind, entry.at)
            });
        }
    }
    if let Some(ended) = &log.ended {
        let outcome = match &ended.outcome {
            Outcome::Done => "done".to_owned(),
            Outcome::Failed { error } => error.name.clone(),
        };
        seam.tell(Event {
            outcome: Some(outcome),
            ..event(log, Kind::SagaEnded, ended.at)
        });
    }
}

fn is_a_try(entry: &Entry) -> bool {
    matches!(
        entry.event,
        Noted::Tried { .. } | Noted::Failed { .. } | Noted::Stuck { .. }
    )
}

/// What an entry is to somebody who listens; waits and choices are nothing.
fn what(entry: &Entry) -> Option<(Kind, Option<String>)> {
    Some(match (entry.kind, &entry.event) {
        (For::Timer, _) | (_, Noted::Chosen { .. } | Noted::Resumed) | (For::Undo, Noted::Begun) => {
            return None;
        }
        (For::Undo, Noted::Succeeded { .. }) => (Kind::StepUndone, None),
        (_, Noted::Begun) => (Kind::StepStarted, None),
        (_, Noted::Succeeded { .. }) => (Kind::StepSucceeded, None),
        (For::Undo, Noted::Tried { error } | Noted::Failed { error } | Noted::Stuck { error }) => {
            (Kind::UndoFailed, Some(error.name.clone()))
        }
        (_, Noted::Tried { error } | Noted::Failed { error } | Noted::Stuck { error }) => {
            (Kind::StepFailed, Some(error.name.clone()))
        }
    })
}

fn event(log: &Log, kind: Kind, time: Timestamp) -> Event {
    Event {
        seq: 0,
        time,
        kind,
        message_id: log.id.to_string(),
        correlation_id: log.correlation.clone(),
        causation_id: None,
        channel: None,
        handler: None,
        attempt: None,
        outcome: None,
        saga: Some(log.saga.clone()),
        key: Some(log.key.clone()),
        step: None,
    }
}
